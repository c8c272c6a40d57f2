#include "sensor/system_calls.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <fstream>
#include <functional>
#include <string>

#include "base/thread.h"

using namespace argus;

namespace {

// What a child says that has given up system calls, and what it said on standard error.
struct Said {
  std::string out, err;
};
Said under(Duty duty, const std::function<std::string()>& work) {
  std::array<int, 2> out{}, err{};
  REQUIRE((::pipe(out.data()) == 0 && ::pipe(err.data()) == 0));
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::dup2(err[1], STDERR_FILENO);
    const auto limited = limit_system_calls(duty);
    const std::string text = limited ? work() : "no filter: " + limited.error().text;
    ::_exit(::write(out[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1);
  }
  const auto all_of = [](int ours, int theirs) {
    ::close(theirs);
    std::string text(65'536, '\0');
    std::size_t size = 0;
    for (ssize_t n = 0; (n = ::read(ours, text.data() + size, text.size() - size)) > 0;)
      size += static_cast<std::size_t>(n);
    ::close(ours);
    text.resize(size);
    return text;
  };
  Said said;
  said.out = all_of(out[0], out[1]);
  said.err = all_of(err[0], err[1]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  return said;
}

std::string reason(long done) {
  return done >= 0 ? "done" : errno == EPERM ? "refused" : errno == ENOSYS ? "none" : "other";
}

long run_true() {
  std::array<char*, 1> no_words = {nullptr};
  return ::execve("/bin/true", no_words.data(), no_words.data());
}

std::string seccomp_mode() {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("Seccomp:")) return line.substr(line.find('\t') + 1);
  return "?";
}

// The kernel's own word about a container without seccomp.
bool is_possible() {
  if (under(Duty::reader, [] { return "filtered"; }).out == "filtered") return true;
  WARN("skipped: no filter of system calls here");
  return false;
}

}  // namespace

TEST_CASE("neither a sensor nor a reader starts programs, and both say that it was tried") {
  if (!is_possible()) return;
  for (const Duty duty : {Duty::sensor, Duty::reader}) {
    const Said said = under(duty, [] { return seccomp_mode() + " " + reason(run_true()); });
    CHECK(said.out == "2 refused");
    CHECK(said.err ==
          fmt::format("argus: a system call that it never makes was tried and refused: number {}\n", SYS_execve));
  }
}

TEST_CASE("what is dangerous is refused to both") {
  if (!is_possible()) return;
  for (const Duty duty : {Duty::sensor, Duty::reader}) {
    CHECK(under(duty, [] { return reason(::syscall(SYS_bpf, 0, nullptr, 0)); }).out == "refused");
    CHECK(under(duty, [] { return reason(::syscall(SYS_setuid, 0)); }).out == "refused");
    CHECK(under(duty, [] { return reason(::syscall(SYS_mount, "a", "/", "tmpfs", 0, nullptr)); }).out == "refused");
    CHECK(under(duty, [] { return reason(::syscall(SYS_unshare, 0)); }).out == "refused");
    CHECK(under(duty, [] { return reason(::syscall(SYS_keyctl, 0, 0, 0, 0, 0)); }).out == "refused");
  }
  CHECK(under(Duty::reader, [] { return reason(::ioctl(0, TIOCSTI, "x")); }).out == "refused");
}

TEST_CASE("a sensor has memory, sockets and limits of its work only") {
  if (!is_possible()) return;
  const auto sensor = [](const std::function<long()>& call) {
    return under(Duty::sensor, [&] { return reason(call()); }).out;
  };
  const auto mapped = [](int protection) {
    return ::mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1L : 0L;
  };
  CHECK(sensor([&] { return mapped(PROT_READ | PROT_WRITE); }) == "done");
  CHECK(sensor([&] { return mapped(PROT_READ | PROT_WRITE | PROT_EXEC); }) == "none");
  CHECK(sensor([] { return ::socket(AF_INET, SOCK_STREAM, 0); }) == "done");
  CHECK(sensor([] { return ::socket(AF_VSOCK, SOCK_STREAM, 0); }) == "none");
  const rlimit limit{10, 10};
  CHECK(sensor([&] { return ::setrlimit(RLIMIT_NOFILE, &limit); }) == "none");
  CHECK(sensor([] { return ::kill(::getppid(), 0); }) == "none");
}

TEST_CASE("threads and files go on under both") {
  if (!is_possible()) return;
  for (const Duty duty : {Duty::sensor, Duty::reader}) {
    const Said said = under(duty, []() -> std::string {
      std::string heard;
      auto thread = start_thread("a test", [&heard] { heard = reason(run_true()); });
      if (!thread) return thread.error().text;
      thread->join();
      const int fd = ::open("/tmp", O_TMPFILE | O_RDWR, 0600);
      if (fd < 0 || ::write(fd, "x", 1) != 1 || ::fdatasync(fd) != 0) return "no file";
      return heard;
    });
    CHECK(said.out == "refused");
  }
}
