#include "shell/pipe.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/text.h"
#include "shell/classic.h"

namespace argus {

namespace {

// The lock stands at a byte that names us; the offset from it is the newest record format the reader understands.
constexpr off_t kLockStart = 0x61726775;
constexpr off_t kFormatsMax = 256;
constexpr off_t kFormat = 0;

using Clock = std::chrono::steady_clock;
constexpr auto kPatience = std::chrono::milliseconds(40);
constexpr auto kPatienceWithSigns = std::chrono::milliseconds(2000);
constexpr auto kBetweenLooks = std::chrono::milliseconds(3);
constexpr int kQuietLooks = 5;

std::optional<ino_t> pipe_inode(int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0 || !S_ISFIFO(info.st_mode)) return std::nullopt;
  return info.st_ino;
}

bool reader_is_locked(int fd) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = kLockStart;
  lock.l_len = kFormatsMax;
  return ::fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

std::string link_of(const std::string& path) {
  std::array<char, 4096> text{};
  const ssize_t n = ::readlink(path.c_str(), text.data(), text.size());
  return n > 0 ? std::string(text.data(), static_cast<std::size_t>(n)) : std::string();
}

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool is_awake(const std::string& proc) {
  const std::string stat = content_of(proc + "/stat");
  const auto after_name = stat.rfind(')');
  if (after_name == std::string::npos || after_name + 2 >= stat.size()) return false;
  const char state = stat[after_name + 2];
  return state == 'R' || state == 'D';
}

bool names_argus(const std::string& proc) {
  const std::string line = content_of(proc + "/cmdline");
  std::size_t at = 0;
  while (at < line.size()) {
    const auto end = std::min(line.find('\0', at), line.size());
    std::string_view word(line.data() + at, end - at);
    if (const auto slash = word.rfind('/'); slash != std::string_view::npos) word.remove_prefix(slash + 1);
    if (word.find("argus") != std::string_view::npos || !command_of_classic(word).empty()) return true;
    at = end + 1;
  }
  return false;
}

bool holds_pipe(const std::string& proc, const std::string& pipe) {
  const std::string folder = proc + "/fd";
  DIR* dir = ::opendir(folder.c_str());
  if (dir == nullptr) return false;
  bool found = false;
  while (const dirent* entry = ::readdir(dir))
    if (link_of(folder + "/" + entry->d_name) == pipe) found = true;
  ::closedir(dir);
  return found;
}

// Signs that a reader of records is on its way: a sibling at the other end that is argus, or that is still the shell's
// image and running; or the shell itself, still busy with the pipe in its hands.
bool reader_is_coming(ino_t inode) {
  const std::string pipe = "pipe:[" + std::to_string(inode) + "]";
  const std::string parent = "/proc/" + std::to_string(::getppid());
  if (is_awake(parent) && holds_pipe(parent, pipe)) return true;
  const std::string shell = link_of(parent + "/exe");
  const std::string own = std::to_string(::getpid());
  const std::string children = content_of(parent + "/task/" + std::to_string(::getppid()) + "/children");
  for (const std::string_view pid : split_words(children, " ")) {
    if (pid == own) continue;
    const std::string sibling = "/proc/" + std::string(pid);
    // A fresh copy of the shell holds the pipe before it is its standard input, and becomes a reader by exec.
    if (link_of(sibling + "/exe") == shell && is_awake(sibling) && holds_pipe(sibling, pipe)) return true;
    if (link_of(sibling + "/fd/0") == pipe && names_argus(sibling)) return true;
  }
  return false;
}

}  // namespace

bool may_have_records(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 && (S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode) || S_ISREG(info.st_mode));
}

void announce_record_reader(int fd) {
  if (!pipe_inode(fd)) return;
  struct flock lock {};
  lock.l_type = F_RDLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = kLockStart + kFormat;
  lock.l_len = 1;
  (void)::fcntl(fd, F_SETLK, &lock);  // without it the writer sends text, and the reader says how to ask for records
  (void)::fcntl(fd, F_SETPIPE_SZ, 1 << 20);
}

bool reader_takes_records(int fd, Clock::time_point started) {
  const auto inode = pipe_inode(fd);
  if (!inode) return false;
  const char* wish = std::getenv("ARGUS_PIPE");
  const std::string_view mode = wish != nullptr ? wish : "auto";
  if (mode == "explicit" || mode == "text") return false;
  if (mode == "records") return true;
  int quiet = 0;
  for (;;) {
    if (reader_is_locked(fd)) return true;
    const auto waited = Clock::now() - started;
    quiet = reader_is_coming(*inode) ? 0 : quiet + 1;
    if (waited > kPatienceWithSigns || (waited > kPatience && quiet >= kQuietLooks)) return reader_is_locked(fd);
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

}  // namespace argus
