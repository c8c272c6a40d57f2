#include "top/frame.h"

#include <catch2/catch.hpp>

#include "base/address.h"
#include "base/time.h"
#include "draw/cells.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "top/dialog.h"
#include "top/look.h"
#include "top/model.h"
#include "top/top.h"

namespace argus {

namespace {

// Two rows: 30 and 10 packets of 40, 100 and 900 bytes of 1000.
TopPicture picture(std::string_view mark = {}) {
  TopPicture out;
  ColumnBuilder<Address> saddr;
  ColumnBuilder<std::uint64_t> spkts, dpkts, sbytes, dbytes;
  for (const std::string_view text : {"192.168.100.101", "192.168.100.102"}) saddr.add(*parse_address(text));
  for (const std::uint64_t n : {20u, 10u}) spkts.add(n);
  for (const std::uint64_t n : {10u, 0u}) dpkts.add(n);
  for (const std::uint64_t n : {60u, 900u}) sbytes.add(n);
  for (const std::uint64_t n : {40u, 0u}) dbytes.add(n);
  out.batch = Batch(2);
  out.batch.set(Field::saddr, saddr.finish());
  out.batch.set(Field::spkts, spkts.finish()), out.batch.set(Field::dpkts, dpkts.finish());
  out.batch.set(Field::sbytes, sbytes.finish()), out.batch.set(Field::dbytes, dbytes.finish());
  out.rows.resize(2);
  out.rows[0].total = {20, 10, 60, 40}, out.rows[1].total = {10, 0, 900, 0};
  out.rows[0].rates[0] = {4, 0, 300, 0}, out.rows[1].rates[0] = {4, 0, 100, 0};
  out.rows[1].mark = mark;
  out.total = {30, 10, 960, 40};
  out.total_rates[0] = {8, 0, 400, 0};
  out.listed = 2, out.groups = {0, 1};
  out.now = out.since = kSecond;
  out.live = true;
  return out;
}

TopLook look(std::string_view order) {
  TopLook out;
  out.order = *parse_top_order(order);
  out.columns = {{TopColumn::Kind::field, Field::saddr, 0, true},
                 {TopColumn::Kind::trend},
                 {TopColumn::Kind::field, Field::pkts},
                 {TopColumn::Kind::field, Field::bytes}};
  return out;
}

std::string screen(const TopPicture& picture, const TopLook& look, const TopHeading& heading, int columns, int rows) {
  std::string out;
  for (const Line& line : draw_top(picture, look, heading, {}, 0, {rows, columns}).lines) {
    CAPTURE(text_of(line));
    CHECK(width_of(line) <= static_cast<std::size_t>(columns));
    out += text_of(line) + '\n';
  }
  return out;
}
bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a share says of what it is, and is of what rows are sorted by") {
  TopPicture shown = picture();
  const auto rows = [&](const TopLook& by) {
    std::string out;
    for (const Line& line : draw_rows(shown, by, 0, 120, 10)) out += text_of(line) + '\n';
    return out;
  };
  shown.sorted_total = 40;
  CHECK(has(rows(look("pkts")), "share of pkts"));
  CHECK(has(rows(look("pkts")), " 75%"));
  CHECK(has(rows(look("pkts")), " 25%"));
  shown.sorted_total = 1000;
  CHECK(has(rows(look("bytes")), "share of bytes"));
  CHECK(has(rows(look("bytes")), " 90%"));
  CHECK(has(rows(look("2s")), "share of 2s"));
  CHECK(has(rows(look("2s")), " 75%"));
  // What is no amount has no share: there it is of the bytes.
  CHECK(has(rows(look("saddr")), "share of bytes"));
  CHECK(has(rows(look("saddr")), " 90%"));
  TopLook other = look("pkts");
  other.measure = 0;
  CHECK(has(rows(other), "share of 2s"));
}

TEST_CASE("a column that was asked for stays where others have no room") {
  const TopPicture shown = picture();
  const auto heading = [&](const std::vector<std::string>& words, std::size_t columns) {
    TopLook asked = look("pkts");
    asked.columns = *parse_top_columns(words, asked.columns);
    return text_of(draw_rows(shown, asked, 0, columns, 10).front());
  };
  std::size_t columns = 30;
  while (!has(heading({}, columns), "bytes")) columns++;  // room for one more
  CHECK(has(heading({"+sbytes"}, columns), "sbytes"));
  CHECK_FALSE(has(heading({"+sbytes"}, columns), " bytes"));
}

TEST_CASE("filter, sensor state and losses are seen at every width") {
  TopHeading heading;
  heading.source = "sensor1.example.org:561";
  heading.key = "saddr daddr proto dport";
  heading.ticks = true;
  for (const int columns : {20, 32, 40, 59, 60, 80, 120, 200}) {
    CAPTURE(columns);
    heading.filter = "tcp port 4444", heading.read_filter.clear();
    const std::string filtered = screen(picture(), look("pkts"), heading, columns, 24);
    CAPTURE(filtered);
    CHECK(has(filtered, columns < 30 ? "filter tcp port" : "filter tcp port 4444"));
    CHECK(has(filtered, "  live"));
    heading.filter.clear(), heading.read_filter = "tcp port 4444";
    CHECK(
        has(screen(picture(), look("pkts"), heading, columns, 24), columns < 30 ? "read tcp p" : "read tcp port 4444"));
    heading.read_filter.clear();
    TopPicture away = picture();
    away.away = {"sensor1.example.org:561: lost the connection 12:00:01 (silent for 10 s)"};
    const std::string lost = screen(away, look("pkts"), heading, columns, 24);
    CHECK(has(lost, "  away"));
    CHECK(has(lost, "away: lost the connection 12:00:01 (silent for 10 s)") == (columns >= 80));
    CHECK_FALSE(has(lost, "live"));
    CHECK(lost.find("sensor1.ex") == lost.rfind("sensor1.ex"));
    heading.sensors = 2;
    const std::string half = screen(away, look("pkts"), heading, columns, 24);
    CHECK(has(half, "away"));
    CHECK(has(half, "  live"));
    heading.sensors = 0;
    TopPicture lossy = picture();
    lossy.losses = {"drops 12 345 (1.2 %)", "gaps 13 s"};
    const std::string losses = screen(lossy, look("pkts"), heading, columns, 24);
    CHECK(has(losses, columns < 47 ? "loss !" : "gaps 13 s !"));
    CHECK(has(losses, "  live"));
  }
}

TEST_CASE("a wide address costs the address, not the numbers") {
  TopPicture shown = picture();
  ColumnBuilder<Address> saddr, daddr;
  for (const std::string_view text : {"2001:db8:10:5:217:1560:639a:f417", "10.0.0.1"}) saddr.add(*parse_address(text));
  for (const std::string_view text : {"fe80::6cde:cbff:fe93:63b7", "10.0.0.2"}) daddr.add(*parse_address(text));
  shown.batch.set(Field::saddr, saddr.finish()), shown.batch.set(Field::daddr, daddr.finish());
  shown.batch.set(Field::proto, Column::constant<std::uint16_t>(6));
  shown.batch.set(Field::dport, Column::constant<std::uint16_t>(443));
  const auto plan = plan_top([] {
    TopOptions live;
    live.live = true;
    return live;
  }());
  REQUIRE(plan);
  CHECK(order_word(plan->look.order) == "2s");  // what live input opens with
  for (const int columns : {80, 100, 120, 200}) {
    const std::string text = screen(shown, plan->look, {}, columns, 24);
    CAPTURE(columns, text);
    for (const std::string_view heading : {" 2s▼", " 10s", " 40s"}) CHECK(has(text, heading));
    CHECK(has(text, "10.0.0.1 "));
    CHECK(has(text, columns < 200 ? "f417" : "2001:db8:10:5:217:1560:639a:f417"));
    CHECK(has(text, " bytes"));
    CHECK(has(text, "peak ") == (columns >= 100));
  }
  const std::string narrow = screen(shown, plan->look, {}, 40, 24);
  CAPTURE(narrow);
  CHECK(has(narrow, "2.40k"));  // its rate
  CHECK(has(narrow, "…"));
}

TEST_CASE("each half of the graph has its own scale, and the peak stands beside the averages") {
  TopPicture shown = picture();
  shown.history = {{0, 0, 1000, 10}, {0, 0, 500, 10}};
  const std::string text = screen(shown, look("pkts"), {}, 120, 24);
  CAPTURE(text);
  CHECK(has(text, " 8.00k│⣿"));
  CHECK(has(text, "    80│⣿"));
  CHECK(has(text, "peak 8.00k"));
  CHECK(has(text, "peak 80"));
  TopLook with_peak = look("pkts");
  with_peak.columns.push_back({TopColumn::Kind::peak});
  shown.rows[0].history = {{0, 0, 100, 0}, {0, 0, 900, 0}, {}};
  CHECK(has(screen(shown, with_peak, {}, 120, 24), " 7.20k"));
}

TEST_CASE("room that is left over is used, and what nothing stands in takes none") {
  TopPicture shown = picture();
  const auto plan = plan_top([] {
    TopOptions file;
    file.key = {"saddr"};
    return file;
  }());
  REQUIRE(plan);
  const auto heading = [&](std::size_t columns) {
    return text_of(draw_rows(shown, plan->look, 0, columns, 10).front());
  };
  CHECK_FALSE(has(heading(200), "loss"));
  shown.batch.set(Field::sloss, Column::constant<std::uint64_t>(5));
  CHECK(has(heading(200), " loss"));
  CHECK_FALSE(has(heading(200), " tcprtt"));
  CHECK_FALSE(has(heading(200), "›"));
  CHECK_FALSE(has(heading(60), " loss"));
}

TEST_CASE("a row in full is in words, with units, and says no number twice") {
  TopPicture shown = picture();
  shown.batch.set(Field::stime, Column::constant<Nanos>(0));
  shown.batch.set(Field::ltime, Column::constant<Nanos>(524 * kSecond));
  shown.batch.set(Field::sevents, Column::constant<std::uint32_t>(0x1d));
  shown.batch.set(Field::records, Column::constant<std::uint64_t>(1));
  std::string text;
  for (const std::string& line : row_content(shown, look("pkts"), 100)) text += line + '\n';
  CAPTURE(text);
  CHECK(has(text, "8 min 44 s"));
  CHECK(text.find("8 min 44 s") == text.rfind("8 min 44 s"));
  CHECK(has(text, "SYN, established, FIN, FIN acknowledged"));
  CHECK(has(text, "packets"));
  CHECK(has(text, "60 B"));
  CHECK(has(text, "0.04 packets/s"));
  CHECK(has(text, "address"));
  CHECK_FALSE(has(text, "0x"));
}

TEST_CASE("times are in words of two units at most") {
  CHECK(time_words(524 * kSecond + 397 * kMillisecond) == "8 min 44 s");
  CHECK(time_words(kHour) == "1 h");
  CHECK(time_words(26 * kHour) == "1 d 2 h");
  CHECK(time_words(1500 * kMillisecond) == "1.50 s");
  CHECK(time_words(38'200 * kMicrosecond) == "38.2 ms");
  CHECK(time_words(0) == "0 s");
  CHECK(time_words(999) == "999 ns");
}

TEST_CASE("a scan is marked at every width") {
  const std::string mark = "scan? 998 of 1 010 targets accepted no connection";
  for (const int columns : {20, 32, 40, 59, 60, 80, 120, 200}) {
    CAPTURE(columns);
    TopLook by = look("pkts");
    CHECK(has(screen(picture(mark), by, {}, columns, 24), "← scan?"));
    by.ascii = true;
    CHECK(has(screen(picture(mark), by, {}, columns, 24), "<- scan?"));
    CHECK_FALSE(has(screen(picture(), by, {}, columns, 24), "scan?"));
  }
  CHECK(has(screen(picture(mark), look("pkts"), {}, 200, 24), mark));
}

}  // namespace argus
