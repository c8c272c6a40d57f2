#include "top/frame.h"

#include <catch2/catch.hpp>

#include "base/address.h"
#include "base/time.h"
#include "draw/cells.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "top/look.h"
#include "top/model.h"

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
    CHECK(has(lost, "away"));
    CHECK(has(lost, "sensor1.example.org:561 is away: lost the connection 12:00:01 (silent for 10 s)") ==
          (columns >= 120));
    TopPicture lossy = picture();
    lossy.losses = {"drops 12 345 (1.2 %)", "gaps 13 s"};
    const std::string losses = screen(lossy, look("pkts"), heading, columns, 24);
    CHECK(has(losses, columns < 47 ? "loss !" : "gaps 13 s !"));
    CHECK(has(losses, "  live"));
  }
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
