#include <catch2/catch.hpp>

#include "base/result.h"
#include "flow/field.h"
#include "sink/text.h"

using namespace argus;

namespace {

const std::vector<std::string> kDefaults = {"stime", "proto", "bytes"};

std::string columns(const std::vector<std::string>& words, const std::vector<std::string>& defaults = kDefaults) {
  const auto parsed = parse_columns(words, defaults);
  if (!parsed) return parsed.error().text;
  std::string out;
  for (const ColumnSpec& column : *parsed) {
    if (!out.empty()) out += ' ';
    out += info(column.field).name;
    if (column.width != 0) out += ':' + std::to_string(column.width);
    if (!column.format.empty()) out += '~' + column.format;
  }
  return out;
}

}  // namespace

TEST_CASE("without words the default columns stand") {
  CHECK(columns({}) == "stime proto bytes");
  CHECK(columns({}, default_columns()) == "stime dur proto saddr sport dir daddr dport pkts bytes state");
}

TEST_CASE("words without a sign make a list of their own") {
  CHECK(columns({"saddr", "dport"}) == "saddr dport");
  CHECK(columns({"saddr,dport", "pkts"}) == "saddr dport pkts");
  CHECK(columns({"src_addr"}) == "saddr");  // aliases are names
  CHECK(columns({"saddr", "+dur", "-saddr"}) == "dur");
}

TEST_CASE("signs add, drop and place") {
  CHECK(columns({"+dur"}) == "stime proto bytes dur");
  CHECK(columns({"-bytes"}) == "stime proto");
  CHECK(columns({"+dur", "-bytes", "+2saddr:18"}) == "stime saddr:18 proto dur");
  CHECK(columns({"+dur", "-bytes", "+2saddr"}) == "stime saddr proto dur");
  CHECK(columns({"+1saddr"}) == "saddr stime proto bytes");
  CHECK(columns({"+99saddr"}) == "stime proto bytes saddr");
  CHECK(columns({"-dur"}) == "stime proto bytes");  // dropping what is not there
}

TEST_CASE("all is every field, in the order of the table") {
  const auto parsed = parse_columns({"all"}, kDefaults);
  REQUIRE(parsed);
  REQUIRE(parsed->size() == kFields);
  for (std::size_t i = 0; i < kFields; i++) CHECK((*parsed)[i].field == all_fields()[i].field);
  CHECK(parse_columns({"all", "-dursq"}, kDefaults)->size() == kFields - 1);
}

TEST_CASE("a colon gives a width") {
  CHECK(columns({"saddr:18"}) == "saddr:18");
  CHECK(columns({"+saddr:18"}) == "stime proto bytes saddr:18");
  CHECK(columns({"saddr:0"}) == "saddr");
}

TEST_CASE("places count from 1, or from 0 as the classic counts them") {
  const auto first_of = [](const char* word, std::size_t first_place) {
    const auto parsed = parse_columns({word}, kDefaults, first_place);
    REQUIRE(parsed);
    for (std::size_t i = 0; i < parsed->size(); i++)
      if ((*parsed)[i].field == Field::saddr) return i;
    return parsed->size();
  };
  for (std::size_t i = 0; i < 3; i++) {
    const std::string word = "+" + std::to_string(i) + "saddr";
    CHECK(first_of(word.c_str(), 0) == i);
    CHECK(first_of(word.c_str(), 1) == (i == 0 ? 0 : i - 1));
  }
  CHECK(first_of("+99saddr", 0) == 3);
}

TEST_CASE("a second colon gives a format") {
  CHECK(columns({"dur:9:%.2f"}) == "dur:9~%.2f");
  CHECK(columns({"dur::%e"}) == "dur~%e");
  CHECK(columns({"stime:20:%H:%M:%S"}) == "stime:20~%H:%M:%S");
  CHECK(columns({"+state:5:%-5s"}) == "stime proto bytes state:5~%-5s");
  for (const char* word : {"dur:9:", "dur:9:%", "dur:9:2f", "dur:9:%d%d", "dur:9:%n", "dur:9:%1000d", "dur:9:%.100f",
                           "dur:9:%*d", "dur:x:%d", "stime:9:"}) {
    CAPTURE(word);
    CHECK_FALSE(parse_columns({word}, kDefaults));
  }
}

TEST_CASE("what is no column is a usage error with a suggestion") {
  CHECK(columns({"byts"}).find("no field 'byts'; did you mean 'bytes'?") == 0);
  for (const char* word : {"nosuch", "saddr:", "saddr:x", "saddr:1001", "saddr:-1", "+", "-", "+2", ":5", "\x1b"}) {
    CAPTURE(word);
    const auto parsed = parse_columns({word}, kDefaults);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Errc::usage);
    CHECK(parsed.error().text.find('\x1b') == std::string::npos);
  }
  CHECK_FALSE(parse_columns({"-stime", "-proto", "-bytes"}, kDefaults));
}

TEST_CASE("defaults of a newer program's stream are passed over where unknown") {
  CHECK(columns({}, {"saddr", "of_tomorrow", "pkts"}) == "saddr pkts");
}

TEST_CASE("columns are the fields a sink needs") {
  CHECK(fields_of(*parse_columns({"saddr", "dur"}, {})) == FieldSet{Field::saddr, Field::dur});
}
