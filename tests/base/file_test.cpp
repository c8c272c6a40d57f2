#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include <catch2/catch.hpp>

#include "base/result.h"
#include "base/temporary.h"
#include "support/capture_writer.h"

using namespace argus;

TEST_CASE("a replacement takes its name only when it is committed") {
  const std::string folder = scratch_folder();
  const std::string path = folder + "/day.flows";
  write_file(path, std::as_bytes(std::span("old", 3)));
  {
    auto kept = Replacement::create(path);
    REQUIRE(kept);
    REQUIRE(kept->file().write(std::string_view("half")));
  }
  CHECK(read_whole_file(path).size() == 3);
  auto whole = Replacement::create(path);
  REQUIRE(whole);
  REQUIRE(whole->file().write(std::string_view("whole")));
  REQUIRE(whole->commit());
  CHECK(read_whole_file(path).size() == 5);
  auto fresh = Replacement::create(folder + "/fresh");
  REQUIRE(fresh);
  REQUIRE(fresh->commit());
  struct stat info {};
  REQUIRE(::stat((folder + "/fresh").c_str(), &info) == 0);
  CHECK((info.st_mode & 0007) == 0);
}

TEST_CASE("a replacement keeps the mode and the owner of what it replaces") {
  const std::string path = scratch_folder() + "/day.flows";
  write_file(path, std::as_bytes(std::span("old", 3)));
  REQUIRE(::chmod(path.c_str(), 0664) == 0);
  const bool root = ::chown(path.c_str(), 65534, 65534) == 0;
  auto whole = Replacement::create(path);
  REQUIRE(whole);
  REQUIRE(whole->commit());
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0664);
  CHECK(info.st_uid == (root ? 65534 : ::geteuid()));
  if (root) CHECK(info.st_gid == 65534);
}

TEST_CASE("what a killed process left half written is removed by the next one, what is being written is not") {
  const std::string folder = scratch_folder(), path = folder + "/day.flows";
  const auto age = [](const std::string& of, time_t by) {
    const timespec times[2] = {{::time(nullptr) - by, 0}, {::time(nullptr) - by, 0}};
    REQUIRE(::utimensat(AT_FDCWD, of.c_str(), times, 0) == 0);
  };
  const std::string left = folder + "/.day.flows.0123abcd.part", young = folder + "/.day.flows.0123abce.part",
                    other = folder + "/.dax.flows.0123abcd.part", used = folder + "/.day.flows.0123abcf.part";
  for (const std::string& name : {left, young, other, used}) write_file(name, {});
  for (const std::string& name : {left, other, used}) age(name, 90);
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    mark_in_use(::open(used.c_str(), O_WRONLY));
    (void)!::write(ends[1], "x", 1);
    ::pause();
    ::_exit(0);
  }
  char ready = 0;
  REQUIRE(::read(ends[0], &ready, 1) == 1);
  REQUIRE(Replacement::create(path));
  CHECK(::access(left.c_str(), F_OK) != 0);
  for (const std::string& name : {young, other, used}) CHECK(::access(name.c_str(), F_OK) == 0);
  ::kill(child, SIGKILL);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
}

TEST_CASE("a named pipe is written to and stays what it is") {
  const std::string path = scratch_folder() + "/pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const File reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC), path);
  auto out = Replacement::create(path);
  REQUIRE(out);
  REQUIRE(out->file().write(std::string_view("whole")));
  REQUIRE(out->commit());
  std::array<char, 8> bytes{};
  CHECK(::read(reader.fd(), bytes.data(), bytes.size()) == 5);
  struct stat info {};
  REQUIRE(::lstat(path.c_str(), &info) == 0);
  CHECK(S_ISFIFO(info.st_mode));
}

TEST_CASE("a missing file and a folder say what they are") {
  const auto missing = open_read("/nowhere/at/all");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::io);
  CHECK(missing.error().text == "/nowhere/at/all: no such file or directory");
  const auto folder = open_read("/");
  REQUIRE_FALSE(folder);
  CHECK(folder.error().text == "/: is a directory");
  CHECK_FALSE(Replacement::create("/nowhere/x"));
}

TEST_CASE("writing to a pipe that nobody reads is closed, to a full device an error") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  ::signal(SIGPIPE, SIG_IGN);
  File pipe(ends[1], "pipe");
  const auto closed = pipe.write(std::string_view("x"));
  REQUIRE_FALSE(closed);
  CHECK(closed.error().code == Errc::closed);
  File full(::open("/dev/full", O_WRONLY), "full");
  const auto error = full.write(std::string_view("x"));
  REQUIRE_FALSE(error);
  CHECK(error.error().text == "full: no space left on device");
}
