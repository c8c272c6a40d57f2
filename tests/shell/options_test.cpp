#include "shell/options.h"

#include <catch2/catch.hpp>

#include "base/result.h"

using namespace argus;

namespace {

// The options of a reading command, as far as words matter.
struct Line {
  std::vector<std::string> read, keys, fields, modes;
  std::string write, time, separator, header;
  std::optional<std::string> filter;
  int numbers = 0;
  OptionSet options;
  Line() {
    options.list("-r,--read", "FILE...", read, ListWords::paths, "");
    options.list("-m,--merge", "KEY...", keys, ListWords::plain, "");
    options.list("-s,--fields", "FIELD...", fields, ListWords::fields, "");
    options.list("-M,--mode", "MODE...", modes, ListWords::plain, "");
    options.value("-w,--write", "FILE", write, "");
    options.value("-t,--time", "RANGE", time, "");
    options.value("-c", "X", separator, "");
    options.value("-L", "N", header, "");
    options.count("-n", numbers, "");
    options.filter(filter);
  }
  Result<> parse(std::vector<std::string> words) { return options.parse(words); }
};

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("a list takes words up to the next option and a lone dash starts the filter") {
  Line line;
  REQUIRE(line.parse({"-m", "proto", "sport", "-r", "a.flows", "-", "tcp", "and", "port", "80"}));
  CHECK(line.keys == Words{"proto", "sport"});
  CHECK(line.read == Words{"a.flows"});
  CHECK(line.filter == "tcp and port 80");
}

TEST_CASE("a lone dash right after a list is the filter, not a word of the list") {
  Line line;
  REQUIRE(line.parse({"-m", "proto", "sport", "-", "tcp"}));
  CHECK(line.keys == Words{"proto", "sport"});
  CHECK(line.filter == "tcp");
}

TEST_CASE("a dash after -w or -r is standard output or input") {
  Line line;
  REQUIRE(line.parse({"-M", "rmon", "-m", "proto", "sport", "-r", "-", "-w", "-", "-", "ip"}));
  CHECK(line.modes == Words{"rmon"});
  CHECK(line.read == Words{"-"});
  CHECK(line.write == "-");
  CHECK(line.filter == "ip");
}

TEST_CASE("a sign before a field belongs to the list, before anything else it is an option") {
  Line line;
  REQUIRE(line.parse({"-s", "+dur", "-bytes", "+2saddr", "saddr:18", "-nn"}));
  CHECK(line.fields == Words{"+dur", "-bytes", "+2saddr", "saddr:18"});
  CHECK(line.numbers == 2);
}

TEST_CASE("a list without words has the one that stands for none, where there is one") {
  std::vector<std::string> places;
  bool flag = false;
  std::optional<std::string> filter;
  OptionSet options;
  options.list("--collect", "PLACE...", places, ListWords::plain, "");
  options.alone("captures");
  options.flag("-n", flag, "");
  options.filter(filter);
  REQUIRE(options.parse({"--collect", "-n", "-", "tcp"}));
  CHECK(places == Words{"captures"});
  CHECK((flag && filter == "tcp"));
  places.clear();
  REQUIRE(options.parse({"--collect", "a", "b"}));
  CHECK(places == Words{"a", "b"});
}

TEST_CASE("a value may begin with a dash, stand beside its letter or after an equals sign") {
  for (const Words& words : {Words{"-t", "-5m"}, Words{"-t-5m"}, Words{"--time=-5m"}, Words{"-t=-5m"}}) {
    Line line;
    REQUIRE(line.parse(words));
    CHECK(line.time == "-5m");
  }
}

TEST_CASE("classic letters with their value beside them are understood") {
  Line line;
  REQUIRE(line.parse({"-L0", "-c", "|", "-nr", "x", "-s", "stime,dur", "saddr"}));
  CHECK(line.header == "0");
  CHECK(line.separator == "|");
  CHECK(line.numbers == 1);
  CHECK(line.read == Words{"x"});
  CHECK(line.fields == Words{"stime", "dur", "saddr"});
}

TEST_CASE("a word that belongs to nothing says what would be right") {
  Line line;
  const auto stray = line.parse({"-n", "tcp"});
  REQUIRE_FALSE(stray);
  CHECK(stray.error().code == Errc::usage);
  CHECK(stray.error().text == "'tcp' is not an option; put a lone '-' before a filter");
  const auto key = Line().parse({"saddr/24", "-n"});
  REQUIRE_FALSE(key);
  CHECK(key.error().text == "'saddr/24' is not an option; did you mean -m saddr/24?");
  const auto unknown = Line().parse({"--raed", "x"});
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().text == "'--raed' is not an option; did you mean '--read'?");
  const auto missing = Line().parse({"-m"});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().text == "-m needs KEY...");
}

TEST_CASE("an empty value and an option in a value's place are refused, and nothing is taken for them") {
  for (const Words& words : {Words{"-w", "", "-n"}, Words{"--write=", "-n"}, Words{"-r", "", "x"}, Words{"-m", "", "x"},
                             Words{"-c", "", "-n"}, Words{"-t", ""}}) {
    Line line;
    const auto done = line.parse(words);
    REQUIRE_FALSE(done);
    CHECK(done.error().code == Errc::usage);
    CHECK(done.error().text.find("'' is empty") != std::string::npos);
  }
  for (const std::string word : {"--read", "--time=-5m", "-r"}) {
    const auto done = Line().parse({"-w", word, "x"});
    REQUIRE_FALSE(done);
    CHECK(done.error().text ==
          "-w needs FILE, and '" + word + "' is an option; write -w=" + word + " if it is the value");
    Line line;
    REQUIRE(line.parse({"-w=" + word}));
    CHECK(line.write == word);
  }
}

TEST_CASE("help may be asked for among the options, not in values and filters") {
  for (const Words& words :
       {Words{"-h"}, Words{"-m", "saddr", "-h"}, Words{"-nh"}, Words{"-r", "x", "-h", "--nosuch"}}) {
    Line line;
    REQUIRE(line.parse(words));
    CHECK(line.options.asks_help());
    CHECK(line.keys.empty());
  }
  Line line;
  REQUIRE(line.parse({"-t", "-h", "-", "-h"}));
  CHECK_FALSE(line.options.asks_help());
}

TEST_CASE("options of other commands and programs say what does the same") {
  CHECK(Line().parse({"--limit", "5"}).error().text == "'--limit' is not an option; '-N COUNT' limits the rows");
  CHECK(Line().parse({"--rr", "x"}).error().text == "'--rr' is not an option; did you mean '-r'?");
  OptionSet options;
  std::string format;
  options.value("--format", "png|svg|csv|text", format, "");
  CHECK(options.parse({"--csv"}).error().text ==
        "'--csv' is not an option; write '-w FILE.csv', or '--format csv -w -'");
}

TEST_CASE("sizes have decimal and binary units") {
  CHECK(*parse_size("10k") == 10'000);
  CHECK(*parse_size("2G") == 2'000'000'000);
  CHECK(*parse_size("64MiB") == 64u << 20);
  CHECK_FALSE(parse_size("x"));
  CHECK_FALSE(parse_size("99999999999999999999"));
  CHECK_FALSE(parse_size("20000000000G"));
}
