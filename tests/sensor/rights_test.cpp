#include "sensor/rights.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <thread>

#include "base/file.h"
#include "base/result.h"

using namespace argus;

namespace {

constexpr uid_t kNobody = 65534;

bool is_root() {
  if (::geteuid() == 0) return true;
  std::cout << "skipped: giving up rights needs root\n";
  return false;
}

// What a child that may lose its rights says.
std::string in_child(const std::function<std::string()>& work) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const std::string text = work();
    const bool sent = ::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::_exit(sent ? 0 : 1);
  }
  ::close(ends[1]);
  std::string out;
  std::array<char, 4096> piece{};
  for (ssize_t n = 0; (n = ::read(ends[0], piece.data(), piece.size())) > 0;)
    out.append(piece.data(), static_cast<std::size_t>(n));
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  return out;
}

std::string own_status(const std::string& name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name + ":")) return line.substr(line.find('\t') + 1);
  return "?";
}

void become_sudo_caller() {
  ::setenv("SUDO_UID", "65534", 1);
  ::setenv("SUDO_GID", "65534", 1);
}

// Chooses, drops, and says how it went and what the kernel says about it.
std::string dropped(const RightsOptions& options) {
  const auto who = choose_identity(options);
  if (!who) return who.error().text;
  const auto report = drop_rights(*who, options);
  if (!report) return report.error().text;
  return fmt::format("{}|{}|{}|{}|{}|{}", report->sentence, own_status("Uid").substr(0, own_status("Uid").find('\t')),
                     own_status("CapEff"), own_status("CapPrm"), own_status("CapBnd"), own_status("NoNewPrivs"));
}

constexpr std::string_view kNone = "0000000000000000", kNetRaw = "0000000000002000";

class ModeFolder {
 public:
  explicit ModeFolder(mode_t mode) {
    std::string name = "/tmp/argus-rights-XXXXXX";
    path_ = ::mkdtemp(name.data());
    REQUIRE(::chmod(path_.c_str(), mode) == 0);
  }
  ~ModeFolder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

TEST_CASE("root becomes the sudo caller, for good and without capabilities") {
  if (!is_root()) return;
  const std::string said = in_child([] {
    become_sudo_caller();
    std::string out = dropped({});
    out += ::setuid(0) == 0 ? "|root again" : "|no way back";
    return out;
  });
  CHECK(
      said ==
      fmt::format("rights: now user nobody (the sudo caller), no capabilities|65534|{0}|{0}|{0}|1|no way back", kNone));
}

TEST_CASE("CAP_NET_RAW stays where it is asked for") {
  if (!is_root()) return;
  const std::string said =
      in_child([] { return dropped({.user = "nobody", .group = {}, .folders = {}, .keep_net_raw = true}); });
  CHECK(said == fmt::format("rights: now user nobody (as requested), no capability but CAP_NET_RAW|65534|{0}|{0}|{1}|1",
                            kNetRaw, kNone));
}

TEST_CASE("who is to stay root has no capability") {
  if (!is_root()) return;
  const std::string said = in_child([] {
    become_sudo_caller();
    return dropped({.user = "root", .group = {}, .folders = {}, .stay_root = true});
  });
  CHECK(said == fmt::format("rights: user root (as requested), no capabilities|0|{0}|{0}|{0}|1", kNone));
}

TEST_CASE("root does not stay root unless that is asked for") {
  if (!is_root()) return;
  const ModeFolder closed(0700), open(0777);
  const auto uid_of = [](const RightsOptions& options) {
    return in_child([&] {
      ::unsetenv("SUDO_UID");
      std::string said = dropped(options);
      return said.find('|') == std::string::npos ? said : own_status("Uid").substr(0, own_status("Uid").find('\t'));
    });
  };
  CHECK(uid_of({}) != "0");
  CHECK(uid_of({.user = {}, .group = {}, .folders = {open.path()}, .makes_files = true}) != "0");
  CHECK(uid_of({.user = {}, .group = {}, .folders = {closed.path()}}) != "0");  // one plain file, open by then
  const std::string refused = uid_of({.user = {}, .group = {}, .folders = {closed.path()}, .makes_files = true});
  CHECK(refused.starts_with(closed.path() + ": only root could make the next file there"));
  CHECK(refused.ends_with("or say --stay-root"));
  CHECK(uid_of({.user = {}, .group = {}, .folders = {}, .stay_root = true}) == "0");
  CHECK(uid_of({.user = "root", .group = {}, .folders = {}}) == "--user root stays root, which needs --stay-root");
  CHECK(uid_of({.user = "nobody", .group = {}, .folders = {}, .stay_root = true}) ==
        "--stay-root and --user nobody exclude each other");
}

TEST_CASE("nobody is given what it must have, and no more") {
  if (!is_root()) return;
  const ModeFolder closed(0700), open(0777);
  const auto owner_of_file_in = [](const std::string& folder) {
    const std::string path = folder + "/day.flows";
    (void)in_child([&]() -> std::string {
      ::unsetenv("SUDO_UID");
      const auto who = choose_identity({.user = {}, .group = {}, .folders = {folder}});
      const File file(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0640), path);
      return who && who->is_shared && give_to(path, *who) ? "given" : "not";
    });
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_uid;
  };
  if (is_user("argus")) return;  // who is taken before
  CHECK(owner_of_file_in(open.path()) == kNobody);
  CHECK(owner_of_file_in(closed.path()) == 0);
}

TEST_CASE("users and groups are found by name and by number, or named as unknown") {
  if (!is_root()) return;
  const auto chosen = choose_identity({.user = "65534", .group = "daemon", .folders = {}});
  REQUIRE(chosen);
  CHECK(chosen->uid == kNobody);
  CHECK(chosen->gid == 1);
  CHECK(chosen->name == "nobody");
  CHECK(choose_identity({.user = "no-such-user", .group = {}, .folders = {}}).error().text ==
        "--user: no user 'no-such-user'");
  CHECK(choose_identity({.user = "nobody", .group = "no-such", .folders = {}}).error().code == Errc::usage);
  CHECK(choose_identity({.user = {}, .group = "daemon", .folders = {}}).error().text == "--group needs --user");
  CHECK_FALSE(choose_identity({.user = "123456789", .group = {}, .folders = {}}));
}

TEST_CASE("a file that root opened in a closed folder belongs to the caller and can be written on") {
  if (!is_root()) return;
  const ModeFolder closed(0700);
  const std::string path = closed.path() + "/day.flows";
  const std::string said = in_child([&]() -> std::string {
    become_sudo_caller();
    const RightsOptions options{.user = {}, .group = {}, .folders = {closed.path()}};
    const auto who = choose_identity(options);
    if (!who) return who.error().text;
    File file(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0640), path);
    if (auto given = give_to(path, *who); !given) return given.error().text;
    if (auto report = drop_rights(*who, options); !report) return report.error().text;
    if (auto written = file.write(std::string_view("flows")); !written) return written.error().text;
    return who->makes_files ? "could reopen" : "written";
  });
  CHECK(said == "written");
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK(info.st_uid == kNobody);
  CHECK(info.st_size == 5);
}

TEST_CASE("files that could not follow later are an error before anything is captured") {
  if (!is_root()) return;
  const ModeFolder closed(0700), open(0777);
  const auto choose = [](const std::string& folder) {
    return in_child([&]() -> std::string {
      become_sudo_caller();
      const auto who = choose_identity({.user = {}, .group = {}, .folders = {folder}, .makes_files = true});
      return who ? who->name : who.error().text;
    });
  };
  CHECK(choose(open.path()) == "nobody");
  CHECK(choose(open.path() + "/made/later") == "nobody");
  CHECK(choose(closed.path())
            .starts_with(closed.path() + ": nobody (the sudo caller) could not make the next file there"));
  CHECK(choose(closed.path() + "/made/later").find("could not make") != std::string::npos);
}

TEST_CASE("only what root has just made is given away") {
  if (!is_root()) return;
  const ModeFolder folder(0777);
  const std::string file = folder.path() + "/a", linked = folder.path() + "/b", symbolic = folder.path() + "/c";
  const auto owner = [](const std::string& path) {
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_uid;
  };
  const auto who = choose_identity({.user = "nobody", .group = {}, .folders = {}});
  REQUIRE(who);
  std::ofstream(file) << "x";
  REQUIRE(::link(file.c_str(), linked.c_str()) == 0);
  REQUIRE(::symlink(file.c_str(), symbolic.c_str()) == 0);
  CHECK(give_to(file, *who));  // it has a second name
  CHECK(owner(file) == 0);
  ::unlink(linked.c_str());
  CHECK_FALSE(give_to(symbolic, *who));
  CHECK(owner(file) == 0);
  CHECK(give_to(file, *who));
  CHECK(owner(file) == kNobody);
  CHECK(give_to(folder.path(), *who));
  CHECK(owner(folder.path()) == kNobody);
}

TEST_CASE("a file that is given keeps the lock of its writer") {
  if (!is_root()) return;
  const ModeFolder folder(0755);
  const std::string path = folder.path() + "/a";
  const File file(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0640), path);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  REQUIRE(::fcntl(file.fd(), F_SETLK, &lock) == 0);
  const auto who = choose_identity({.user = "nobody", .group = {}, .folders = {}});
  REQUIRE(who);
  REQUIRE(give_to(path, *who));
  CHECK(in_child([&]() -> std::string {
          const File other(::open(path.c_str(), O_RDWR | O_CLOEXEC), path);
          struct flock seen {};
          seen.l_type = F_WRLCK;
          (void)::fcntl(other.fd(), F_GETLK, &seen);
          return seen.l_type == F_WRLCK ? "locked" : "free";
        }) == "locked");
}

TEST_CASE("of a pattern's file all that was made for it is given") {
  if (!is_root()) return;
  const ModeFolder folder(0755);
  const std::string pattern = folder.path() + "/a/b/%Y/x/%H.flows", path = folder.path() + "/a/b/2026/x/12.flows";
  const auto who = choose_identity({.user = "nobody", .group = {}, .folders = {}});
  REQUIRE(who);
  const MissingParts missing = missing_for(pattern);
  CHECK(missing.folders == std::vector<std::string>{folder.path() + "/a/b", folder.path() + "/a"});
  std::filesystem::create_directories(folder.path() + "/a/b/2026/x");
  std::ofstream(path) << "x";
  REQUIRE(give_made(path, pattern, missing, *who));
  const auto owner = [](const std::string& name) {
    struct stat info {};
    return ::stat(name.c_str(), &info) == 0 ? info.st_uid : 1;
  };
  for (const char* made : {"/a", "/a/b", "/a/b/2026", "/a/b/2026/x", "/a/b/2026/x/12.flows"})
    CHECK(owner(folder.path() + made) == kNobody);
  CHECK(owner(folder.path()) == 0);
  const std::string old = folder.path() + "/old.flows";
  std::ofstream(old) << "x";
  REQUIRE(give_made(old, old, missing_for(old), *who));  // it was there
  CHECK(owner(old) == 0);
}

#ifndef __SANITIZE_THREAD__  // which has a thread of its own, so that threads are not counted
TEST_CASE("rights are not given up for one thread of several") {
  if (!is_root()) return;
  const std::string said = in_child([]() -> std::string {
    std::atomic<bool> enough = false;
    std::thread other([&] { enough.wait(false); });
    std::string out = dropped({});
    enough = true;
    enough.notify_one();
    other.join();
    return out;
  });
  CHECK(said == "rights: 2 threads run already, and would keep theirs");
}
#endif

TEST_CASE("the folder of a pattern is what stands before the clock") {
  CHECK(fixed_folder("/var/lib/argus/%Y/%m/a.flows") == "/var/lib/argus");
  CHECK(fixed_folder("/var/lib/argus/a.%H.flows") == "/var/lib/argus");
  CHECK(fixed_folder("a.flows") == ".");
  CHECK(fixed_folder("%Y/a.flows") == ".");
  CHECK(fixed_folder("/a.flows") == "/");
  CHECK(fixed_folder("x/y") == "x");
}

TEST_CASE("whoever is not root stays who it is and keeps CAP_NET_RAW alone") {
  if (!is_root()) return;
  const std::string said = in_child([]() -> std::string {
    if (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) return "no nobody";
    return dropped({});
  });
  CHECK(said.starts_with(fmt::format("rights: user nobody, no capabilities|65534|{0}|{0}|", kNone)));
  CHECK(said.ends_with("|1"));
}
