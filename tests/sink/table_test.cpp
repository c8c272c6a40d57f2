#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/file.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "sink/text.h"
#include "support/flow_builder.h"
#include "support/written.h"

using namespace argus;

namespace {

TextOptions options(std::vector<std::string> columns = {}) {
  TextOptions out;
  out.column_words = std::move(columns);
  out.style.time.form = TimeStyle::Form::utc;
  return out;
}

MakeSink table(const TextOptions& wanted) {
  return [wanted](File& out) { return table_sink(out, wanted); };
}

Batch two_rows() {
  const Nanos start = 1'795'438'927'214'530'000;
  return batch_of({
      tcp_row("192.0.2.14", 45380, "203.0.113.80", 443, 30, 50)
          .with(Field::stime, start)
          .with(Field::ltime, start + 5'130'738'000)
          .with(Field::sbytes, 4845)
          .with(Field::dbytes, 178'278)
          .with(Field::sevents, 0xf)
          .with(Field::devents, 0xe),
      row()
          .with(Field::stime, start + kSecond)
          .with(Field::ltime, start + kSecond)
          .with(Field::proto, 0x806)
          .with(Field::saddr, "192.0.2.1")
          .with(Field::daddr, "192.0.2.20")
          .with(Field::spkts, 1)
          .with(Field::dpkts, 0)
          .with(Field::sbytes, 60)
          .with(Field::dbytes, 0),
  });
}

std::size_t count(std::string_view text, std::string_view piece) {
  std::size_t n = 0;
  for (std::size_t at = text.find(piece); at != std::string_view::npos; at = text.find(piece, at + piece.size())) n++;
  return n;
}

Batch numbered(std::size_t rows, std::uint64_t first = 0) {
  std::vector<std::uint64_t> values(rows);
  for (std::size_t i = 0; i < rows; i++) values[i] = first + i;
  Batch out(rows);
  out.set(Field::spkts, Column::flat(std::move(values)));
  return out;
}

}  // namespace

TEST_CASE("a table is aligned, its heading is the field names, no line ends in blanks") {
  const char* expected =
      "stime                            dur  proto  saddr       sport  dir  daddr         dport  pkts   bytes  state\n"
      "2026-11-23 13:02:07.214530  5.130738  tcp    192.0.2.14  45380  ->   203.0.113.80  https    80  183123  FIN\n"
      "2026-11-23 13:02:08.214530  0.000000  arp    192.0.2.1          who  192.0.2.20              1      60  INT\n";
  CHECK(written(table(options()), {two_rows()}) == expected);
}

TEST_CASE("times name their zone once, in the heading of a table") {
  TextOptions wanted = options({"stime", "ltime", "pkts"});
  wanted.zone = "UTC";
  CHECK(written(table(wanted), {}) == "stime (UTC)  ltime  pkts\n");
  wanted.separator = ",";
  CHECK(written(table(wanted), {}) == "stime,ltime,pkts\n");
  wanted.separator.clear();
  wanted.zone.clear();
  CHECK(written(table(wanted), {}) == "stime  ltime  pkts\n");
}

TEST_CASE("a table without rows is its heading") {
  CHECK(written(table(options({"saddr", "pkts"})), {}) == "saddr  pkts\n");
  CHECK(written(table(options({"saddr", "pkts"})), {Batch(0)}) == "saddr  pkts\n");
}

TEST_CASE("the heading stands once, every n lines, or never") {
  const auto text = [](int every, std::size_t rows) {
    TextOptions wanted = options({"spkts"});
    wanted.header_every = every;
    return written(table(wanted), {numbered(rows)});
  };
  CHECK(text(-1, 2) == "    0\n    1\n");
  CHECK(text(-1, 0).empty());
  CHECK(text(2, 5) == "spkts\n    0\n    1\nspkts\n    2\n    3\nspkts\n    4\n");
  CHECK(count(text(0, 1000), "spkts") == 1);
  CHECK(count(text(100, 1000), "spkts") == 10);  // across the rows that were held back
}

TEST_CASE("later rows that are wider than the measured ones are never cut") {
  std::string text = written(table(options({"spkts", "dpkts"})), {numbered(300), numbered(1, UINT64_MAX)});
  CHECK(text.find("\n18446744073709551615\n") != std::string::npos);
}

TEST_CASE("a width asked for is the least width") {
  CHECK(written(table(options({"saddr:12", "spkts:8"})),
                {batch_of({row().with(Field::saddr, "192.0.2.1").with(Field::spkts, 7)})}) ==
        "saddr            spkts\n"
        "192.0.2.1            7\n");
}

TEST_CASE("wide and escaped characters keep the columns straight") {
  const Batch batch = batch_of({row().with(Field::srcid, "K\xc3\xb6ln").with(Field::spkts, 1),
                                row().with(Field::srcid, "a\x1b").with(Field::spkts, 2)});
  CHECK(written(table(options({"srcid", "spkts"})), {batch}) ==
        "srcid  spkts\n"
        "K\xc3\xb6ln       1\n"
        "a\\x1b      2\n");
}

TEST_CASE("a tick makes visible what was held back, and live columns have their usual width") {
  File file = memory_file();
  const SinkPtr sink = table_sink(file, options({"saddr", "spkts"}));
  StreamHeader header;
  header.live = true;
  REQUIRE(sink->begin(header));
  REQUIRE(sink->tick());
  CHECK(contents(file).empty());  // nothing to measure yet
  REQUIRE(sink->write(batch_of({row().with(Field::saddr, "10.0.0.1").with(Field::spkts, 1)})));
  CHECK(contents(file).empty());
  REQUIRE(sink->tick());
  CHECK(contents(file) == "saddr             spkts\n10.0.0.1              1\n");
  REQUIRE(sink->write(batch_of({row().with(Field::saddr, "255.255.255.255").with(Field::spkts, 2)})));
  REQUIRE(sink->finish());
  CHECK(contents(file) == "saddr             spkts\n10.0.0.1              1\n255.255.255.255       2\n");
}

TEST_CASE("a separator replaces padding, and values that hold it are quoted") {
  TextOptions wanted = options({"stime", "saddr", "sport", "dport", "srcid"});
  wanted.separator = "|";
  const Batch batch = batch_of({row()
                                    .with(Field::stime, 0)
                                    .with(Field::proto, 6)
                                    .with(Field::saddr, "192.0.2.1")
                                    .with(Field::dport, 443)
                                    .with(Field::srcid, "a|\"b\"")});
  CHECK(written(table(wanted), {batch}) ==
        "stime|saddr|sport|dport|srcid\n1970-01-01 00:00:00.000000|192.0.2.1||https|\"a|\"\"b\"\"\"\n");
  wanted.separator = " ";
  CHECK(written(table(wanted), {batch}) ==
        "stime saddr sport dport srcid\n\"1970-01-01 00:00:00.000000\" 192.0.2.1  https \"a|\"\"b\"\"\"\n");
  wanted.separator = "t";
  CHECK(written(table(wanted), {}) == "\"stime\"tsaddrt\"sport\"t\"dport\"tsrcid\n");
}

TEST_CASE("the shape of columns does not show") {
  std::mt19937_64 random(3);
  std::vector<Row> rows;
  for (int i = 0; i < 500; i++) rows.push_back(random_row(random));
  const Batch flat = batch_of(rows);
  std::vector<std::string> all;
  for (const FieldInfo& field : all_fields()) all.emplace_back(field.name);
  const std::string text = written(table(options(all)), {flat});
  CHECK(written(table(options(all)), {with_dictionaries(flat)}) == text);
  CHECK(count(text, "\n") == 501);
}

TEST_CASE("a sink asks for its columns and what their text depends on") {
  File file = memory_file();
  CHECK(table_sink(file, options({"dport", "dur"}))->fields() == FieldSet{Field::dport, Field::dur, Field::proto});
}

TEST_CASE("a reader that went away is closed, a full disk is an error") {
  ::signal(SIGPIPE, SIG_IGN);
  for (const bool closed : {true, false}) {
    CAPTURE(closed);
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    File reader(ends[0], "reader"), out(ends[1], "out");
    if (closed) REQUIRE(reader.close());
    else out = File(::open("/dev/full", O_WRONLY | O_CLOEXEC), "/dev/full");
    TextOptions separated = options({"spkts"});
    separated.separator = ",";
    const SinkPtr sinks[] = {table_sink(out, options({"spkts"})), table_sink(out, separated),
                             csv_sink(out, options({"spkts"})), json_sink(out, options({"spkts"}))};
    for (const SinkPtr& sink : sinks) {
      REQUIRE(sink->begin({}));
      REQUIRE(sink->write(numbered(10)));  // still in the buffer
      const auto done = sink->finish();
      REQUIRE_FALSE(done);
      CHECK(done.error().code == (closed ? Errc::closed : Errc::io));
      CHECK_FALSE(sink->write(numbered(60'000)));  // more than the buffer takes
    }
  }
}

TEST_CASE("a table fits the terminal: times lose fractions, then columns leave, and the heading says so") {
  TextOptions wanted = options();
  const auto at = [&](int width) {
    wanted.screen_width = width;
    return written(table(wanted), {two_rows()});
  };
  const int whole = static_cast<int>(at(0).find('\n'));
  CHECK(at(whole) == at(0));
  CHECK(at(whole - 1) ==
        "--wide shows all\n"
        "stime                     dur  proto  saddr       sport  dir  daddr         dport  pkts   bytes  state\n"
        "2026-11-23 13:02:07  5.130738  tcp    192.0.2.14  45380  ->   203.0.113.80  https    80  183123  FIN\n"
        "2026-11-23 13:02:08  0.000000  arp    192.0.2.1          who  192.0.2.20              1      60  INT\n");
  CHECK(at(80) ==
        "+3 columns, --wide shows all\n"
        "stime                proto  saddr       daddr         dport  pkts   bytes  state\n"
        "2026-11-23 13:02:07  tcp    192.0.2.14  203.0.113.80  https    80  183123  FIN\n"
        "2026-11-23 13:02:08  arp    192.0.2.1   192.0.2.20              1      60  INT\n");
  CHECK(at(12) ==
        "+10 columns\n"
        "saddr\n"
        "192.0.2.14\n"
        "192.0.2.1\n");
  CHECK(at(1) == at(12));
  for (const int width : {12, 20, 30, 45, 60, 79, 90, 104, 120})
    for (const std::string_view line : split_words(at(width), "\n"))
      CHECK(line.size() <= static_cast<std::size_t>(width));
  wanted.exact_times = true;
  CHECK(count(at(80), ".214530") == 2);
  wanted.wide = true;
  CHECK(at(12) == at(0));
}

TEST_CASE("what was asked for stays, from left to right") {
  TextOptions wanted = options({"dur", "spkts", "smac", "dmac"});
  wanted.screen_width = 16;
  CHECK(written(table(wanted), {two_rows()}) ==
        "+2 columns\n"
        "     dur  spkts\n"
        "5.130738     30\n"
        "0.000000      1\n");
}

TEST_CASE("colours are of the heading and of losses, and change no width") {
  TextOptions wanted = options({"sloss", "spkts"});
  wanted.coloured = true;
  const Batch rows = batch_of({row().with(Field::sloss, 12).with(Field::spkts, 12), row().with(Field::sloss, 0)});
  CHECK(written(table(wanted), {rows}) ==
        "\x1b[1msloss  spkts\x1b[0m\n"
        "   \x1b[33m12\x1b[0m     12\n"
        "    0\n");
}
