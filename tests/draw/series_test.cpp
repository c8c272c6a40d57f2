#include "draw/series.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/clock_span.h"
#include "base/result.h"
#include "base/time.h"
#include "draw/chart.h"
#include "draw/metric.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/ledger.h"
#include "flow/pump.h"
#include "flow/source.h"
#include "query/bins.h"
#include "support/flow_builder.h"

namespace argus {

namespace {

constexpr Nanos kBegin = 1795392000 * kSecond;  // on a whole minute

// A flow that begins so many seconds after kBegin, and lasts so long.
Row flow(Nanos second, Nanos seconds, const char* from, unsigned dport, std::uint64_t sbytes, std::uint64_t dbytes) {
  Row out = tcp_row(from, 40000, "192.0.2.7", dport, 10, 10).with(Field::sbytes, sbytes).with(Field::dbytes, dbytes);
  const Nanos first = kBegin + second * kSecond, last = first + seconds * kSecond;
  for (const Field time : {Field::stime, Field::sstime, Field::dstime}) out.with(time, first);
  for (const Field time : {Field::ltime, Field::sltime, Field::dltime}) out.with(time, last);
  return out.with(Field::trans, 1).with(Field::records, 1);
}

struct Wish {
  std::vector<std::string> words = {"bytes", "dport"};
  std::size_t top = 8;
  bool one_sided = false;
  AxisWishes axis = {};
  TimeSpan span = {};
  std::vector<LedgerEntry> ledger = {};
};

Result<Chart> try_chart_of(const std::vector<Row>& rows, const Wish& wish, ClockStep step = {kMinute, 0}) {
  SeriesOptions options;
  ARGUS_TRY_LET(options.drawn, parse_drawn(wish.words, {}, wish.axis, wish.one_sided));
  options.wishes = wish.axis;
  options.style.names = Names::none;
  options.top = wish.top;
  options.span = wish.span;
  BinOptions bins;
  bins.step = step;
  bins.key = options.drawn.keys;
  bins.key.none = options.drawn.keys.keys.empty();
  bins.loose = true;
  const SourcePtr source = binned(source_of({batch_of(rows)}), bins);
  const auto sink = series_sink(options, [&] { return step; });
  ARGUS_TRY(sink->ledger(wish.ledger));
  ARGUS_TRY(pump(*source, *sink, {stored_inputs(sink->fields()), nullptr, {}}, {}));
  return sink->chart({step, false});
}

Chart chart_of(const std::vector<Row>& rows, const Wish& wish, ClockStep step = {kMinute, 0}) {
  auto chart = try_chart_of(rows, wish, step);
  if (!chart) throw std::runtime_error(chart.error().text);
  return *std::move(chart);
}

std::string names_of(const Chart& chart) {
  std::string out;
  for (const Series& series : chart.series) out += (out.empty() ? "" : ", ") + series.name;
  return out;
}

std::uint64_t sum_of(const Chart& chart) {
  std::uint64_t out = 0;
  for (const Series& series : chart.series)
    for (const Trace* trace : {&series.up, &series.down})
      for (const std::uint64_t count : trace->counts) out += count;
  return out;
}

std::string text_of(const std::string& word, const Result<Drawn>& drawn) {
  return drawn ? word + ": fine" : drawn.error().text;
}

}  // namespace

TEST_CASE("series are the largest keys, then the others as one, and all of it is there") {
  std::vector<Row> rows;
  for (unsigned port = 1; port <= 12; port++) rows.push_back(flow(port, 200, "192.0.2.1", 1000 + port, 100 * port, 10));
  const Chart all = chart_of(rows, {.top = 12});
  CHECK(all.series.size() == 12);
  const Chart some = chart_of(rows, {.top = 3});
  CHECK(names_of(some) == "1012, 1011, 1010, other");
  CHECK(some.series.back().other);
  CHECK(sum_of(all) == sum_of(some));
  CHECK(sum_of(some) == 100 * 78 + 120);
  CHECK(names_of(chart_of(rows, {.top = 11})) ==
        "1012, 1011, 1010, 1009, 1008, 1007, 1006, 1005, 1004, 1003, 1002, other");
}

TEST_CASE("bytes are drawn as bits per second of each half") {
  const Chart chart = chart_of({flow(0, 0, "192.0.2.1", 443, 600, 6000)}, {});
  REQUIRE(chart.mirrored);
  CHECK(chart.unit == "bit/s");
  CHECK(chart.total_unit == "bytes");
  CHECK(chart.up_label == "from source");
  CHECK(chart.series[0].up.values == std::vector<double>{80});
  CHECK(chart.series[0].down.values == std::vector<double>{800});
  CHECK(chart.series[0].up.figures.total == 600);
  CHECK(chart.series[0].column == "sbytes 443");
  const Chart bytes = chart_of({flow(0, 0, "192.0.2.1", 443, 600, 6000)}, {.one_sided = true, .axis = {.bytes = true}});
  CHECK_FALSE(bytes.mirrored);
  CHECK(bytes.unit == "bytes/s");
  CHECK(bytes.series[0].up.values == std::vector<double>{110});
  const Chart counts = chart_of({flow(0, 0, "192.0.2.1", 443, 600, 6000)}, {.axis = {.per_bin = true}});
  CHECK(counts.unit == "bytes a bin");
  CHECK(counts.series[0].down.values == std::vector<double>{6000});
}

TEST_CASE("load is what bytes are") {
  const std::vector<Row> rows = {flow(0, 90, "192.0.2.1", 443, 600, 6000), flow(3, 0, "192.0.2.1", 53, 60, 60)};
  const Chart load = chart_of(rows, {.words = {"load", "dport"}}), bytes = chart_of(rows, {});
  REQUIRE(load.series.size() == bytes.series.size());
  for (std::size_t i = 0; i < load.series.size(); i++) {
    CHECK(load.series[i].up.values[0] == Approx(bytes.series[i].up.values[0]));
    CHECK(load.series[i].down.figures.total == Approx(bytes.series[i].down.figures.total));
  }
}

TEST_CASE("a pair is two halves as it is asked for, the source above") {
  const std::vector<Row> rows = {flow(0, 0, "192.0.2.1", 443, 600, 6000)};
  for (const auto& words :
       {std::vector<std::string>{"sbytes", "dbytes"}, std::vector<std::string>{"dbytes", "sbytes"}}) {
    const Chart chart = chart_of(rows, {.words = words});
    CHECK(chart.mirrored);
    CHECK(chart.series[0].column == "sbytes");
    CHECK(chart.series[0].up.counts == std::vector<std::uint64_t>{600});
  }
  const Chart one = chart_of(rows, {.words = {"sbytes"}});
  CHECK_FALSE(one.mirrored);
  CHECK(one.series[0].name == "sbytes");
}

TEST_CASE("a round trip is weighted by handshakes, and nothing where there was none") {
  const auto rtt = [](Nanos second, std::uint64_t count, std::uint64_t sum) {
    return flow(second, 0, "192.0.2.1", 443, 1, 1)
        .with(Field::synacks, count)
        .with(Field::synacksum, sum)
        .with(Field::ackdats, count)
        .with(Field::ackdatsum, 0);
  };
  const Chart chart = chart_of(
      {rtt(0, 1, 10'000'000), rtt(1, 3, 90'000'000), flow(70, 0, "192.0.2.1", 443, 1, 1), rtt(130, 1, 50'000'000)},
      {.words = {"tcprtt"}});
  CHECK_FALSE(chart.stacked);
  CHECK(chart.unit == "s");
  const Trace& trace = chart.series[0].up;
  REQUIRE(trace.values.size() == 3);
  CHECK(trace.values[0] == Approx(0.025));
  CHECK(std::isnan(trace.values[1]));
  CHECK(trace.values[2] == Approx(0.05));
  CHECK(trace.figures.average == Approx(0.03));
  CHECK(trace.figures.most == Approx(0.05));
  CHECK(std::isnan(trace.figures.total));
  CHECK(trace.counts.empty());
}

TEST_CASE("every amount of the field table can be drawn, by every other field") {
  std::mt19937_64 random(5);
  std::vector<Row> rows;
  for (int i = 0; i < 40; i++) {
    Row row = random_row(random);
    const Row timed =
        flow(static_cast<Nanos>(random() % 300), static_cast<Nanos>(random() % 100), "192.0.2.1", 443, 5, 7);
    for (const Field field : {Field::stime, Field::ltime, Field::sstime, Field::dstime, Field::sltime, Field::dltime})
      row.with(field, timed.number(field));
    rows.push_back(row);
  }
  int drawn = 0;
  for (const FieldInfo& field : all_fields()) {
    const std::string name(field.name);
    CAPTURE(name);
    if (!axis_of(drawn_field(field.field), {})) continue;
    drawn++;
    const Chart chart = chart_of(rows, {.words = {name, "proto"}, .top = 3});
    CHECK(chart.bins.size() <= 8);
  }
  CHECK(drawn > 45);
  for (const FieldInfo& field : all_fields()) {
    const std::string name(field.name);
    CAPTURE(name);
    const auto chart = try_chart_of(rows, {.words = {"bytes", name}, .top = 3});
    if (!chart) CHECK(chart.error().text.find("no common axis") != std::string::npos);
  }
}

TEST_CASE("a time without packets is no zero but a gap, unless it is short") {
  const auto listened = [](Nanos from, Nanos to) {
    return LedgerEntry{"s", kBegin + from * kMinute, kBegin + to * kMinute, LedgerItem::received, 10};
  };
  const std::vector<Row> rows = {flow(0, 0, "192.0.2.1", 443, 6, 6), flow(1200, 0, "192.0.2.1", 443, 6, 6)};
  const Chart gap = chart_of(rows, {});
  REQUIRE(gap.bins.size() == 21);
  CHECK((gap.states[10] & kBinGap) != 0);
  CHECK(std::isnan(gap.series[0].up.values[10]));
  CHECK((gap.states[0] & kBinGap) == 0);
  const Chart heard = chart_of(rows, {.ledger = {listened(0, 9), listened(13, 21)}});
  CHECK((heard.states[10] & kBinGap) == 0);
  CHECK(heard.series[0].up.values[10] == 0);
  const Chart longer = chart_of(rows, {.ledger = {listened(-3, 9), listened(16, 21)}});
  CHECK(longer.bins.front().begin == kBegin - 3 * kMinute);
  CHECK((longer.states[15] & kBinGap) != 0);
}

TEST_CASE("the first and last bin are partial where only a part of them is known, and losses are marked") {
  const std::vector<Row> rows = {flow(30, 0, "192.0.2.1", 443, 30, 30), flow(100, 0, "192.0.2.1", 443, 30, 30)};
  const Nanos from = kBegin + 30 * kSecond, to = kBegin + 150 * kSecond;
  const Chart chart =
      chart_of(rows, {.ledger = {{"s", from, to, LedgerItem::received, 10},
                                 {"s", kBegin + 65 * kSecond, kBegin + 70 * kSecond, LedgerItem::kernel_dropped, 3}}});
  REQUIRE(chart.states.size() == 3);
  CHECK(chart.states[0] == kBinPartial);
  CHECK(chart.states[1] == kBinLoss);
  CHECK(chart.states[2] == kBinPartial);
  CHECK(chart.series[0].up.figures.average == Approx(60 * 8 / 120.0));
}

TEST_CASE("a range that was asked for is the picture's") {
  const std::vector<Row> rows = {flow(0, 600, "192.0.2.1", 443, 600, 600)};
  const Chart chart = chart_of(rows, {.span = {kBegin + 2 * kMinute, kBegin + 5 * kMinute}});
  CHECK(chart.bins.size() == 3);
  CHECK(chart.bins.front().begin == kBegin + 2 * kMinute);
}

TEST_CASE("absurd counts of bins are refused with what to ask for instead") {
  const auto chart = try_chart_of({flow(0, 0, "192.0.2.1", 443, 1, 1), flow(400'000'000, 0, "192.0.2.1", 443, 1, 1)},
                                  {}, {kSecond, 0});
  REQUIRE_FALSE(chart);
  CHECK(chart.error().code == Errc::usage);
  CHECK(chart.error().text.find("over 12 y 249 d would be 400M of them; take -M 7d, or a shorter -t") !=
        std::string::npos);
}

TEST_CASE("a bin of which a part is known has the rate of that part, and no average is above the largest bin") {
  const auto of_length = [](Nanos length) {
    const Wish wish{.axis = {.bytes = true}, .ledger = {{"s", kBegin, kBegin + length, LedgerItem::received, 10}}};
    return chart_of({flow(0, 0, "192.0.2.1", 443, 3600, 0)}, wish, {kHour, 0});
  };
  const Chart half = of_length(kHour / 2);
  REQUIRE(half.bins.size() == 1);
  CHECK(half.all_up.average == Approx(2));
  CHECK(half.all_up.most == Approx(2));
  const Chart moment = of_length(kMillisecond);
  CHECK(moment.all_up.average == Approx(10));  // a tenth of the bin at least
  CHECK(moment.all_up.most == Approx(10));
}

TEST_CASE("no records: no series, and the range that has data") {
  const Chart chart = chart_of({}, {.ledger = {{"s", kBegin, kBegin + kHour, LedgerItem::received, 1}}});
  CHECK(chart.series.empty());
  CHECK(chart.nothing.starts_with("no records to draw; there is data of 2026-11-23 "));
  CHECK(chart.bins.size() == 61);
  CHECK(chart_of({}, {}).bins.empty());
}

TEST_CASE("words are amounts, then keys; mistakes are told with what would be right") {
  const auto said = [](std::vector<std::string> words) { return text_of(words[0], parse_drawn(words, {}, {}, false)); };
  CHECK(said({"bytes", "saddr/24", "proto"}) == "bytes: fine");
  CHECK(said({"bytes", "sttl"}) == "bytes: fine");
  CHECK(said({"tcprtt", "synack", "dport"}) == "tcprtt: fine");
  CHECK(said({"bytez"}).find("did you mean 'bytes'?") != std::string::npos);
  CHECK(said({"sport"}).find("sport is not an amount") != std::string::npos);
  CHECK(said({"stime"}).find("stime is not an amount") != std::string::npos);
  CHECK(said({"bytes", "pkts"}).find("no common axis") != std::string::npos);
  CHECK(said({"bytes", "dprot"}).find("did you mean") != std::string::npos);
  const auto drawn = parse_drawn({"bytes", "dport", "saddr/24"}, {"proto"}, {}, false);
  REQUIRE(drawn);
  CHECK(title_of(*drawn) == "bytes by destination port, source address/24 and protocol");
  const auto pair = parse_drawn({"sloss", "dloss"}, {}, {}, false);
  CHECK(title_of(*pair) == "source loss and destination loss");
}

}  // namespace argus
