#include <catch2/catch.hpp>

#include "base/file.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/format.h"
#include "sink/text.h"
#include "support/flow_builder.h"
#include "support/written.h"

using namespace argus;

namespace {

using Lines = std::vector<std::vector<std::string>>;

// RFC 4180, written from its grammar: cells in quotes may hold anything, "" is a quote.
Lines parsed(std::string_view text, char separator = ',') {
  Lines out;
  std::vector<std::string> line;
  std::string cell;
  bool quoted = false, was_quoted = false;
  for (std::size_t i = 0; i < text.size(); i++) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') cell += c;
      else if (i + 1 < text.size() && text[i + 1] == '"') cell += '"', i++;
      else quoted = false;
    } else if (c == '"') {
      REQUIRE(cell.empty());
      REQUIRE_FALSE(was_quoted);
      quoted = was_quoted = true;
    } else if (c == separator || c == '\n') {
      line.push_back(std::exchange(cell, {}));
      was_quoted = false;
      if (c == '\n') out.push_back(std::exchange(line, {}));
    } else {
      REQUIRE(c != '\r');
      REQUIRE_FALSE(was_quoted);
      cell += c;
    }
  }
  REQUIRE_FALSE(quoted);
  REQUIRE(cell.empty());
  REQUIRE(line.empty());
  return out;
}

MakeSink csv(std::vector<std::string> columns = {}, TextStyle style = {}, std::string separator = {}) {
  TextOptions options;
  options.column_words = std::move(columns);
  options.style = std::move(style);
  options.separator = std::move(separator);
  return [options](File& out) { return csv_sink(out, options); };
}

Batch sample() {
  return batch_of({row()
                       .with(Field::stime, 1'795'438'927'214'530'999)
                       .with(Field::ltime, 1'795'438'932'345'269'000)
                       .with(Field::proto, 6)
                       .with(Field::saddr, "192.0.2.14")
                       .with(Field::sport, 45380)
                       .with(Field::daddr, "203.0.113.80")
                       .with(Field::dport, 443)
                       .with(Field::sbytes, UINT64_MAX)
                       .with(Field::srcid, "gw, \"1\"")});
}

}  // namespace

TEST_CASE("words that a spreadsheet would take for a formula begin with an apostrophe where that is asked for") {
  const auto shown = [](const std::string& sensor, bool guarded) {
    TextOptions options;
    options.column_words = {"srcid", "sbytes"};
    options.guarded = guarded;
    const auto lines = parsed(written([&](File& out) { return csv_sink(out, options); },
                                      {batch_of({row().with(Field::srcid, sensor).with(Field::sbytes, 7)})}));
    return lines.at(1).at(0);
  };
  for (const std::string evil : {"=cmd|'/C calc'!A0", "+1", "-1", "@SUM(A1)", "=a,b"}) {
    CHECK(shown(evil, true) == "'" + evil);
    CHECK(shown(evil, false) == evil);
  }
  CHECK(shown("north=1", true) == "north=1");
}

TEST_CASE("CSV is exact: nine digits, UTC, numbers for ports, names for protocols") {
  TextStyle style;
  style.digits = 2;  // of tables only
  style.human = true;
  style.time = {TimeStyle::Form::local, 0, {}};
  CHECK(
      written(csv({"stime", "dur", "proto", "saddr", "sport", "daddr", "dport", "sbytes", "dbytes", "tcprtt", "srcid"},
                  style),
              {sample()}) ==
      "stime,dur,proto,saddr,sport,daddr,dport,sbytes,dbytes,tcprtt,srcid\n"
      "2026-11-23T13:02:07.214530999Z,5.130738001,tcp,192.0.2.14,45380,203.0.113.80,443,"
      "18446744073709551615,,,\"gw, \"\"1\"\"\"\n");
}

TEST_CASE("CSV takes epoch times and numbers for protocols when asked") {
  TextStyle style;
  style.names = Names::none;
  style.time.form = TimeStyle::Form::epoch;
  CHECK(written(csv({"stime", "proto", "dport"}, style), {sample()}) ==
        "stime,proto,dport\n1795438927.214530999,6,443\n");
}

TEST_CASE("TSV is the same with tabs") {
  CHECK(written(csv({"saddr", "srcid"}, {}, "\t"), {sample()}) == "saddr\tsrcid\n192.0.2.14\t\"gw, \"\"1\"\"\"\n");
}

TEST_CASE("CSV without rows is its heading, without heading nothing") {
  CHECK(written(csv({"saddr"}), {}) == "saddr\n");
  TextOptions options;
  options.header_every = -1;
  CHECK(written([&](File& out) { return csv_sink(out, options); }, {}).empty());
}

TEST_CASE("a row of one absent value is still a row") {
  CHECK(written(csv({"saddr"}), {batch_of({row()})}) == "saddr\n\"\"\n");
}

TEST_CASE("CSV of any records is read back, cell by cell what the fields print") {
  std::mt19937_64 random(4);
  std::vector<std::string> all;
  for (const FieldInfo& field : all_fields()) all.emplace_back(field.name);
  std::vector<Row> rows;
  for (int i = 0; i < 300; i++) {
    Row wild = random_row(random, i % 2 == 0);
    std::string name;
    for (std::size_t n = random() % 16; n > 0; n--) name += "\",\n\r\t;'= a\xc3\x1b\xa9"[random() % 13];
    rows.push_back(wild.with(Field::srcid, name));
  }
  const Batch batch = batch_of(rows);
  TextStyle style;
  style.names = Names::proto;
  style.digits = 9;
  style.time = {TimeStyle::Form::rfc3339, 9, {}};
  for (const char separator : {',', '\t', ';', 'a'}) {
    CAPTURE(separator);
    const Lines lines = parsed(written(csv(all, {}, std::string(1, separator)), {batch}), separator);
    REQUIRE(lines.size() == rows.size() + 1);
    CHECK(lines[0] == all);
    for (std::size_t column = 0; column < all.size(); column++) {
      FieldPrinter printer(*find_field(all[column]), style);
      printer.start(batch);
      for (std::size_t i = 0; i < rows.size(); i++) {
        std::string cell;
        printer.append(i, cell);
        REQUIRE(lines[i + 1].size() == all.size());
        REQUIRE(lines[i + 1][column] == cell);
      }
    }
  }
}

TEST_CASE("CSV asks for no protocol to print a port") {
  File file = memory_file();
  CHECK(csv({"dport"})(file)->fields() == FieldSet{Field::dport});
}
