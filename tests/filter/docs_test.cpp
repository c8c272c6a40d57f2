// What the pages show works.
#include <catch2/catch.hpp>
#include <fstream>
#include <string>
#include <vector>

#include "base/time.h"
#include "filter/filter.h"
#include "filter/primitives.h"
#include "flow/when.h"
#include "support/source_dir.h"

using namespace argus;

namespace {

// Lines of the code blocks of one kind in a page of docs/.
std::vector<std::string> examples(const std::string& page, const std::string& kind) {
  std::ifstream in(source_dir() + "/docs/" + page);
  REQUIRE(in);
  std::vector<std::string> out;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) inside = line == "```" + kind;
    else if (inside) out.push_back(line);
  }
  return out;
}

}  // namespace

TEST_CASE("every filter of docs/filter.md compiles") {
  const auto filters = examples("filter.md", "filter");
  CHECK(filters.size() > 40);
  for (const std::string& text : filters) {
    CAPTURE(text);
    const auto where = compile_filter(text);
    CHECK((where ? std::string() : where.error().text) == "");
    const auto explained = explain_filter(text);
    REQUIRE(explained);
    CHECK(*explain_filter(*explained) == *explained);
  }
}

TEST_CASE("every time range of docs/time.md is one") {
  const auto ranges = examples("time.md", "time");
  CHECK(ranges.size() > 30);
  for (const std::string& text : ranges) {
    CAPTURE(text);
    const auto when = parse_when(text, 1'795'527'015 * kSecond);
    CHECK((when ? std::string() : when.error().text) == "");
  }
}

TEST_CASE("the help page has every word of the table") {
  const std::string page = filter_help();
  for (const Primitive& row : primitives()) {
    CHECK(page.find("\n  " + std::string(row.name)) != std::string::npos);
    CHECK(page.find(row.help) != std::string::npos);
  }
}
