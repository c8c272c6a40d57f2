// What the pages show works.
#include <catch2/catch.hpp>
#include <fstream>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/text.h"
#include "base/time.h"
#include "filter/address_file.h"
#include "filter/filter.h"
#include "filter/primitives.h"
#include "flow/batch.h"
#include "flow/when.h"
#include "support/flow_builder.h"
#include "support/scratch_folder.h"
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

TEST_CASE("every filter of docs/filter.md compiles and runs, and its explanation chooses the same records") {
  const ScratchFolder folder;
  const std::string list = joined(examples("filter.md", "addresses"), "\n");
  for (const char* name : {"bad.txt", "ours.txt", "our nets.txt"}) folder.write(name, list);
  std::mt19937_64 random(3);
  std::vector<Row> rows;
  for (int i = 0; i < 200; i++) rows.push_back(random_row(random, i % 2 == 0));
  const Batch batch = batch_of(rows);
  const auto chosen = [&](std::string text) {
    for (const char* start : {"@\"", "@"})  // files stand in the test's folder
      for (auto at = text.find(start); at != text.npos; at = text.find(start, at + folder.file("").size()))
        if (text[at + 1] != '"' || start[1] == '"') text.insert(at + std::string_view(start).size(), folder.file(""));
    const auto where = compile_filter(text, nullptr, SetFiles::read);
    CHECK((where ? std::string() : where.error().text) == "");
    std::vector<std::uint8_t> keep(rows.size(), 1);
    if (where && *where) (*where)->select(batch, keep);
    return keep;
  };
  const auto filters = examples("filter.md", "filter");
  CHECK(filters.size() > 90);
  for (const std::string& text : filters) {
    CAPTURE(text);
    const auto explained = explain_filter(text);
    REQUIRE(explained);
    CHECK(*explain_filter(*explained) == *explained);
    CHECK(chosen(text) == chosen(*explained));
  }
}

TEST_CASE("docs/filter.md has an example of every word") {
  std::set<std::string> used;
  for (const std::string& text : examples("filter.md", "filter"))
    for (const std::string_view word : split_words(text, " (){},!&|=<>")) used.emplace(word);
  for (const Primitive& row : primitives())
    for (const std::string_view word : split_words(row.name, " ")) {
      CAPTURE(row.name);
      CHECK(used.count(std::string(word)) == 1);
    }
}

TEST_CASE("the file of addresses in docs/filter.md is one") {
  AddressLines lines("docs/filter.md");
  for (const std::string& line : examples("filter.md", "addresses")) REQUIRE(lines.take(line + "\n"));
  const auto set = lines.finish();
  REQUIRE(set);
  CHECK(set->ranges() == 7);
  CHECK(set->contains(*parse_address("203.0.113.35")));
  CHECK_FALSE(set->contains(*parse_address("192.0.2.8")));
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
