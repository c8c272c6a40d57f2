#include "argus/file_options.h"

#include <catch2/catch.hpp>

#include "archive/live_file.h"
#include "base/result.h"
#include "base/time.h"
#include "shell/options.h"

using namespace argus;

namespace {

Result<Rotation> rotation(const std::string& path, const std::vector<std::string>& words) {
  FileOptions files;
  OptionSet options;
  files.declare(options);
  ARGUS_TRY(options.parse(words));
  return files.rotation(path);
}

}  // namespace

TEST_CASE("rotation by time and by size are told apart by their units") {
  const auto by_time = rotation("%H.flows", {"--rotate", "5m"});
  REQUIRE(by_time);
  CHECK(by_time->every == 5 * kMinute);
  CHECK(by_time->size == 0);
  const auto by_size = rotation("%H.flows", {"--rotate", "5M"});
  REQUIRE(by_size);
  CHECK(by_size->every == 0);
  CHECK(by_size->size == 5'000'000);
  const auto both = rotation(
      "%H.flows", {"--rotate", "1h", "--rotate", "64MiB", "--keep", "30d", "--keep-size", "50G", "--min-free", "5%"});
  REQUIRE(both);
  CHECK(both->every == kHour);
  CHECK(both->size == 64u << 20);
  CHECK(both->keep == 30 * kDay);
  CHECK(both->keep_size == 50'000'000'000);
  CHECK(both->min_free_percent == 5);
  const auto none = rotation("day.flows", {});
  REQUIRE(none);
  CHECK(none->every == 0);
}

TEST_CASE("what does not fit together is a usage error that names what is missing") {
  struct Case {
    std::string path;
    std::vector<std::string> words;
    std::string says;
  };
  const std::vector<Case> cases = {{"%H.flows", {}, "--rotate 1h"},
                                   {"day.flows", {"--keep", "30d"}, "--rotate 1h"},
                                   {"", {"--rotate", "1h"}, "-w"},
                                   {"-", {"--min-free", "5"}, "-w"},
                                   {"a", {"--rotate", "300"}, "no unit"},
                                   {"a", {"--rotate", "0M"}, "invalid size"},
                                   {"a", {"--rotate", "5x"}, "invalid size"},
                                   {"a", {"--rotate", "25h"}, "whole days"},
                                   {"a", {"--rotate", "1ms"}, "a number of whole seconds"},
                                   {"%Q", {"--rotate", "1h"}, "%Q"},
                                   {"a", {"--rotate", "1h", "--min-free", "100%"}, "1% to 99%"},
                                   {"a", {"--rotate", "1h", "--min-free", "x"}, "1% to 99%"},
                                   {"a", {"--rotate", "1h", "--keep", "x"}, "invalid duration"},
                                   {"a", {"--rotate", "1h", "--keep-size", "0"}, "invalid size"}};
  for (const Case& one : cases) {
    CAPTURE(one.path, one.words);
    const auto got = rotation(one.path, one.words);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == Errc::usage);
    CHECK(got.error().text.find(one.says) != std::string::npos);
  }
}
