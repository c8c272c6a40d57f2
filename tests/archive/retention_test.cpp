#include "archive/retention.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include <filesystem>

#include "archive/file_pattern.h"
#include "base/time.h"
#include "codec/streams.h"
#include "support/capture_writer.h"

using namespace argus;

namespace {

constexpr Nanos kNow = 1'795'518'000 * kSecond;

// A flow file that was written to so long before kNow.
void put(const std::string& path, Nanos age, unsigned frames = 1) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  write_file(path, stream_of(1, frames, 10));
  const Nanos time = kNow - age;
  const struct timespec times[2] = {{time / kSecond, time % kSecond}, {time / kSecond, time % kSecond}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
}
FilePattern pattern_of(const std::string& path) {
  auto out = FilePattern::parse(path);
  REQUIRE(out);
  return *out;
}
std::vector<std::string> going(const Expiry& expiry) {
  std::vector<std::string> out;
  for (const auto& one : expiry.going) out.push_back(one.file.names.back());
  return out;
}
std::vector<KeptFile> three_files() {
  return {{{"b"}, 100, 4096, kNow - 2 * kDay}, {{"c"}, 100, 4096, kNow - kDay}, {{"a"}, 100, 4096, kNow - 3 * kDay}};
}

}  // namespace

TEST_CASE("the oldest go first, by age, by size and for free space") {
  const DiskSpace space{100'000, 50'000};
  using Names = std::vector<std::string>;
  CHECK(going(choose_expired(three_files(), {}, kNow, space)).empty());
  CHECK(going(choose_expired(three_files(), {.keep = 36 * kHour}, kNow, space)) == Names{"a", "b"});
  CHECK(going(choose_expired(three_files(), {.keep = kDay}, kNow, space)) == Names{"a", "b"});
  CHECK(going(choose_expired(three_files(), {.keep_size = 200}, kNow, space)) == Names{"a"});
  CHECK(going(choose_expired(three_files(), {.keep_size = 199}, kNow, space)) == Names{"a", "b"});
  CHECK(going(choose_expired(three_files(), {.min_free_percent = 54}, kNow, space)) == Names{"a"});
  CHECK(going(choose_expired(three_files(), {.min_free_percent = 99}, kNow, space)) == Names{"a", "b", "c"});
  const Expiry both = choose_expired(three_files(), {.keep = 60 * kHour, .keep_size = 100}, kNow, space);
  REQUIRE(going(both) == Names{"a", "b"});
  CHECK(both.going[0].reason == ExpiryReason::age);
  CHECK(both.going[1].reason == ExpiryReason::size);
  CHECK(both.files == 3);
  CHECK(both.bytes == 300);
  CHECK(both.going_bytes == 200);
}

TEST_CASE("only finished flow files of the pattern's shape go, and folders that are empty then") {
  const std::string folder = scratch_folder();
  put(folder + "/01/1000.flows", 5 * kDay);
  put(folder + "/01/1000-1.flows", 5 * kDay);
  put(folder + "/02/1000.flows", 4 * kDay);
  put(folder + "/02/1000.flows.part", 4 * kDay);
  put(folder + "/02/notes.flows", 4 * kDay);
  put(folder + "/old/1000.flows", 9 * kDay);
  put(folder + "/1000.flows", 9 * kDay);
  put(folder + "/03/1000.flows", kHour);
  write_file(folder + "/02/1100.flows", std::vector<std::byte>(100));  // not a flow file
  std::filesystem::create_directories(folder + "/02/1200.flows");
  std::filesystem::last_write_time(folder + "/02/1100.flows", std::filesystem::file_time_type{});
  const FilePattern pattern = pattern_of(folder + "/%d/%H%M.flows");
  const auto plan = plan_expiry(pattern, {.keep = kDay}, kNow);
  REQUIRE(plan);
  CHECK(plan->files == 4);
  CHECK(plan->going.size() == 3);
  CHECK(std::filesystem::exists(folder + "/01/1000.flows"));
  const Removal removed = remove_expired(pattern, *plan);
  CHECK(removed.files == 3);
  CHECK(removed.bytes == plan->going_bytes);
  CHECK(removed.failures.empty());
  CHECK_FALSE(std::filesystem::exists(folder + "/01"));
  for (const char* name : {"/02/1000.flows.part", "/02/notes.flows", "/02/1100.flows", "/02/1200.flows",
                           "/old/1000.flows", "/1000.flows", "/03/1000.flows"})
    CHECK(std::filesystem::exists(folder + name));
  CHECK_FALSE(std::filesystem::exists(folder + "/02/1000.flows"));
  CHECK(std::filesystem::exists(folder));
}

TEST_CASE("links are no files of the pattern, and no folders of it") {
  const std::string folder = scratch_folder(), elsewhere = scratch_folder();
  put(elsewhere + "/1000.flows", 5 * kDay);
  std::filesystem::create_directories(folder + "/02");
  std::filesystem::create_directory_symlink(elsewhere, folder + "/01");
  std::filesystem::create_symlink(elsewhere + "/1000.flows", folder + "/02/1000.flows");
  const FilePattern pattern = pattern_of(folder + "/%d/%H%M.flows");
  const auto files = finished_files(pattern);
  REQUIRE(files);
  CHECK(files->empty());
  CHECK_FALSE(finished_files(pattern_of(folder + "/no/%d/%H%M.flows")));
}

TEST_CASE("a file that changed since it was chosen stays, and one that went is no failure") {
  const std::string folder = scratch_folder();
  put(folder + "/01.flows", 5 * kDay);
  put(folder + "/02.flows", 5 * kDay);
  put(folder + "/03.flows", 5 * kDay);
  const FilePattern pattern = pattern_of(folder + "/%d.flows");
  const auto plan = plan_expiry(pattern, {.keep = kDay}, kNow);
  REQUIRE(plan);
  REQUIRE(plan->going.size() == 3);
  put(folder + "/01.flows", 5 * kDay, 2);
  std::filesystem::remove(folder + "/02.flows");
  std::filesystem::create_directory(folder + "/02.flows");
  const Removal removed = remove_expired(pattern, *plan);
  CHECK(removed.files == 1);
  CHECK(removed.failures.empty());
  CHECK(std::filesystem::exists(folder + "/01.flows"));
  CHECK(std::filesystem::exists(folder + "/02.flows"));
}

TEST_CASE("a file that another process is writing to stays") {
  const std::string folder = scratch_folder(), path = folder + "/01.flows";
  put(path, 5 * kDay);
  int ready[2], go[2];
  REQUIRE(::pipe(ready) == 0);
  REQUIRE(::pipe(go) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(go[1]);
    const int fd = ::open(path.c_str(), O_RDWR);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    char byte = ::fcntl(fd, F_SETLK, &lock) == 0 ? 'y' : 'n';
    if (::write(ready[1], &byte, 1) != 1) ::_exit(1);
    (void)!::read(go[0], &byte, 1);
    ::_exit(0);
  }
  ::close(ready[1]);
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  REQUIRE(byte == 'y');
  const auto files = finished_files(pattern_of(folder + "/%d.flows"));
  ::close(go[1]);
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(files);
  CHECK(files->empty());
  ::close(ready[0]);
  ::close(go[0]);
}
