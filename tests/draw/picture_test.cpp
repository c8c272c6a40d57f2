#include "draw/picture.h"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "base/time.h"
#include "draw/canvas.h"
#include "draw/chart.h"
#include "draw/scale.h"

namespace argus {

namespace {

constexpr Nanos kStart = 1795392000 * kSecond;  // 2026-11-23T00:00:00Z

Chart drawn_from(const std::vector<std::pair<std::string, std::vector<double>>>& series) {
  Chart out;
  out.title = "bytes by destination port";
  out.subtitle = "day.flows";
  out.unit = "bit/s", out.total_unit = "bytes";
  for (std::size_t i = 0; i < series[0].second.size(); i++) {
    const Nanos begin = kStart + static_cast<Nanos>(i) * kMinute;
    out.bins.push_back({begin, begin + kMinute});
  }
  out.states.assign(out.bins.size(), 0);
  for (const auto& [name, values] : series) {
    out.series.emplace_back();
    Series& one = out.series.back();
    one.name = one.column = name;
    one.other = name == "other";
    one.up.values = values;
  }
  return out;
}

Chart mirrored(Chart chart) {
  chart.mirrored = true;
  chart.up_label = "to local networks", chart.down_label = "from local networks";
  for (Series& series : chart.series) series.down.values = series.up.values;
  return chart;
}

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t out = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) out++;
  return out;
}

// The corners of the areas of a series: x to the heights of its outline over the axis, in pixels.
std::string group_of(const std::string& svg, int number) {
  const auto from = svg.find(fmt::format("<g id=\"series-{}\">", number));
  return svg.substr(from, svg.find("</g>", from) - from);
}

struct Outline {
  double top = 1e9, foot = -1e9;  // y, downwards
};
// Of an area's path that is made of M, H, V and L.
Outline outline_at(const std::string& group, double x) {
  Outline out;
  auto at = group.find("<path d=\"M");
  if (at == std::string::npos) return out;
  at += 9;
  Point now;
  char* end = nullptr;
  const auto number = [&](std::size_t from) {
    const double value = std::strtod(group.c_str() + from, &end);
    at = static_cast<std::size_t>(end - group.c_str());
    return value;
  };
  while (group[at] != 'Z' && group[at] != '"') {
    const char move = group[at];
    const Point before = now;
    if (move == 'H') now.x = number(at + 1);
    else if (move == 'V') now.y = number(at + 1);
    else now.x = number(at + 1), now.y = number(at + 1);
    const bool over = move == 'H' && std::min(before.x, now.x) < x && x < std::max(before.x, now.x);
    if (over) out.top = std::min(out.top, now.y), out.foot = std::max(out.foot, now.y);
  }
  return out;
}

}  // namespace

TEST_CASE("SVG has letters, a title, a group with a title for each series, no script") {
  const std::string svg = svg_picture(drawn_from({{"https", {1, 2}}, {"domain", {2, 1}}}), {});
  CHECK(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1200\" height=\"600\""));
  CHECK(svg.find("<title id=\"title\">bytes by destination port</title>") != std::string::npos);
  CHECK(svg.find("<desc id=\"desc\">day.flows</desc>") != std::string::npos);
  CHECK(svg.find("<g id=\"series-1\"><title>https: ") != std::string::npos);
  CHECK(svg.find("<g id=\"series-2\"><title>domain: ") != std::string::npos);
  CHECK(count_of(svg, "<text ") > 10);
  CHECK(count_of(svg, "<g") == count_of(svg, "</g>"));
  for (const char* never : {"<script", "href", "@import", "NaN", "nan", "inf"})
    CHECK(svg.find(never) == std::string::npos);
}

TEST_CASE("equal charts give equal bytes") {
  const Chart chart = mirrored(drawn_from({{"https", {1, 2}}, {"domain", {2, 1}}}));
  CHECK(svg_picture(chart, {}) == svg_picture(chart, {}));
  CHECK(csv_picture(chart) == csv_picture(chart));
  if (png_ready()) {
    const PictureNotes notes = {{"Command", "argus graph bytes"}};
    const auto one = png_picture(chart, {}, notes), two = png_picture(chart, {}, notes);
    REQUIRE(one);
    CHECK(*one == *two);
  }
}

TEST_CASE("the outline of the stack is the plain total") {
  const Look look;
  const std::string stack =
      svg_picture(drawn_from({{"a", {60, 10, 5}}, {"b", {30, 20, 5}}, {"other", {10, 30, 0}}}), look);
  const std::string plain = svg_picture(drawn_from({{"total", {100, 60, 10}}}), look);
  // Both plots begin at the same left edge and height: their axes have the same marks.
  const double left = 16 + 24 + 8, width = 1200 - 16 - left;
  for (int bin = 0; bin < 3; bin++) {
    CAPTURE(bin);
    const double x = left + width * (bin + 0.5) / 3;
    const Outline total = outline_at(group_of(plain, 1), x);
    const std::string last = group_of(stack, bin == 2 ? 2 : 3);
    const double plain_height = total.foot - total.top;
    const double stack_height = outline_at(group_of(stack, 1), x).foot - outline_at(last, x).top;
    const double scale = outline_at(group_of(stack, 1), x).foot - outline_at(group_of(stack, 1), x).top;
    CHECK(stack_height > scale - 0.02);
    // The legends differ in height, so that heights are compared as parts of the first bin.
    const double first = left + width / 6;
    const double plain_first = outline_at(group_of(plain, 1), first).foot - outline_at(group_of(plain, 1), first).top;
    const double stack_first = outline_at(group_of(stack, 1), first).foot - outline_at(group_of(stack, 3), first).top;
    CHECK(stack_height / stack_first == Approx(plain_height / plain_first).margin(0.001));
  }
}

TEST_CASE("series lie upon each other without a gap, the first on the axis") {
  const std::string svg = svg_picture(drawn_from({{"a", {60}}, {"b", {30}}, {"other", {10}}}), {});
  const Outline a = outline_at(group_of(svg, 1), 600), b = outline_at(group_of(svg, 2), 600),
                c = outline_at(group_of(svg, 3), 600);
  CHECK(a.top == b.foot);
  CHECK(b.top == c.foot);
  CHECK((a.foot - a.top) == Approx(2 * (b.foot - b.top)).margin(0.02));
}

TEST_CASE("palette and legend are in the order of the stack, other and all together last") {
  const std::string svg = svg_picture(drawn_from({{"one", {3}}, {"two", {2}}, {"other", {1}}}), {});
  const auto legend = svg.substr(svg.find("<g id=\"legend\">"));
  std::size_t last = 0;
  for (const char* part : {"#0072b2", ">one<", "#e69f00", ">two<", "#c4c4c4", ">other<", ">all<"}) {
    CAPTURE(part);
    const auto at = legend.find(part);
    REQUIRE(at != std::string::npos);
    CHECK(at > last);
    last = at;
  }
  Look bare;
  bare.legend = false;
  CHECK(svg_picture(drawn_from({{"one", {3}}}), bare).find("legend") == std::string::npos);
}

TEST_CASE("the legend takes a quarter of the height at most, and names every colour") {
  std::vector<std::pair<std::string, std::vector<double>>> all;
  for (const char* name : {"https", "http", "microsoft-ds", "domain", "imaps", "ssh", "ntp", "no port", "other"})
    all.emplace_back(name, std::vector<double>{3, 2, 1});
  const Chart chart = mirrored(drawn_from(all));
  for (const auto& [width, height] :
       {std::pair{800, 400}, {1200, 600}, {640, 480}, {400, 240}, {320, 240}, {2000, 300}}) {
    CAPTURE(width, height);
    Look look;
    look.width = width, look.height = height;
    REQUIRE(series_named(look) >= all.size());
    const std::string svg = svg_picture(chart, look);
    const std::string legend = svg.substr(svg.find("<g id=\"legend\">"));
    CHECK(count_of(legend, "<rect") >= 2 * all.size());
    for (const auto& [name, values] : all)
      if (name.size() < 6) CHECK(legend.find(">" + name + "<") != std::string::npos);
    for (auto at = legend.find(" y=\""); at != std::string::npos; at = legend.find(" y=\"", at + 1)) {
      const double y = std::strtod(legend.c_str() + at + 4, nullptr);
      CHECK(y >= 0.75 * height);
      CHECK(y <= height - 4);
    }
  }
}

TEST_CASE("no letter stands outside of the picture, and units are said once") {
  Chart chart = mirrored(drawn_from({{"a", std::vector<double>(60, 5)}}));
  chart.series[0].up.figures = chart.series[0].down.figures = {.average = 5};
  const std::string svg = svg_picture(chart, {});
  for (auto at = svg.find("<text x=\""); at != std::string::npos; at = svg.find("<text x=\"", at + 1)) {
    const double x = std::strtod(svg.c_str() + at + 9, nullptr);
    const auto from = svg.find('>', at) + 1;
    const double width = text_width(svg.substr(from, svg.find('<', from) - from), 12);
    const std::string head = svg.substr(at, from - at);
    const double part = head.find("\"end\"") != std::string::npos      ? 1
                        : head.find("\"middle\"") != std::string::npos ? 0.5
                                                                       : 0;
    CHECK(x - part * width >= 0);
    CHECK(x + (1 - part) * width <= 1200 - 15);
  }
  CHECK(count_of(svg, ">bit/s, totals in bytes<") == 1);
  chart.unit = "s", chart.total_unit = "", chart.stacked = false;
  CHECK(count_of(svg_picture(chart, {}), ">s<") == 0);
  CHECK(count_of(svg_picture(chart, {}), ">4s<") > 0);
}

TEST_CASE("figures of a column have their points below each other") {
  Chart chart = drawn_from({{"a", {1}}, {"b", {1}}, {"c", {1}}, {"d", {1}}});
  const std::vector<double> averages = {0.005, 12.34, 1, 4'500'000};
  for (std::size_t i = 0; i < averages.size(); i++) chart.series[i].up.figures = {.average = averages[i]};
  TextLook look;
  look.rows = 60;
  const std::string text = text_picture(chart, look);
  for (const char* line : {"      average\n", "a     0.005\n", "b    12.3\n", "c     1\n", "d     4.50M\n"}) {
    CAPTURE(line);
    CHECK(text.find(line) != std::string::npos);
  }
}

TEST_CASE("nothing is drawn at the foot of a logarithmic axis that is 0") {
  Chart chart = drawn_from({{"a", {1, 0, 100, 10, 0}}});
  chart.stacked = false, chart.logarithmic = true;
  const std::string svg = svg_picture(chart, {});
  CHECK(count_of(group_of(svg, 1), "<path") == 2);
  CHECK(count_of(svg, ">0<") == 0);
  CHECK(count_of(svg, ">0.1<") == 1);
}

TEST_CASE("a lone peak is told from traffic that comes and goes") {
  std::vector<double> flat(60, 10), spiked = flat, uneven = flat;
  spiked[30] = 500;
  for (std::size_t i = 0; i < uneven.size(); i += 5) uneven[i] = 500;
  CHECK_FALSE(has_lone_peak(drawn_from({{"a", flat}})));
  CHECK(has_lone_peak(drawn_from({{"a", spiked}})));
  CHECK_FALSE(has_lone_peak(drawn_from({{"a", uneven}})));
  CHECK_FALSE(has_lone_peak(drawn_from({{"a", {1, 500, 1}}})));
  Chart chart = drawn_from({{"a", spiked}});
  chart.logarithmic = true;
  CHECK_FALSE(has_lone_peak(chart));
}

TEST_CASE("labels are escaped for people and for XML") {
  const std::string evil =
      "<b>&\"\x1b[31m\xe2\x80\xae"
      "x\xff";
  Chart chart = drawn_from({{evil, {3}}, {"y", {1}}});
  chart.title = chart.subtitle = evil;
  const std::string svg = svg_picture(chart, {});
  CHECK(svg.find('\x1b') == std::string::npos);
  CHECK(svg.find("\xe2\x80\xae") == std::string::npos);
  CHECK(svg.find("<b>") == std::string::npos);
  CHECK(svg.find("&lt;b&gt;&amp;&quot;\\x1b[31m\\xe2\\x80\\xaex\\xff") != std::string::npos);
  const std::string text = text_picture(chart, {});
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("\\x1b[31m") != std::string::npos);
  const std::string csv = csv_picture(chart);
  CHECK(csv.find('\x1b') == std::string::npos);
}

TEST_CASE("both halves have one scale, and the lower one is drawn downwards") {
  const std::string svg = svg_picture(mirrored(drawn_from({{"a", {50}}})), {});
  const std::string group = group_of(svg, 1);
  const Outline up = outline_at(group, 600);
  const Outline down = outline_at(group.substr(group.find("<path") + 5), 600);
  CHECK(up.foot == down.top);
  CHECK(up.foot - up.top == Approx(down.foot - down.top).margin(0.02));
  CHECK(svg.find("▲ to local networks") != std::string::npos);
  CHECK(svg.find("▼ from local networks") != std::string::npos);
  CHECK(svg.find(">-") == std::string::npos);  // labels below the axis are positive
}

TEST_CASE("gaps are hatched, partial bins paler, losses marked at the foot") {
  Chart chart = drawn_from({{"a", {1, 2, kNothing, kNothing, 3}}});
  chart.states = {kBinPartial, kBinLoss, kBinGap, kBinGap, 0};
  const std::string svg = svg_picture(chart, {});
  CHECK(count_of(svg, "class=\"gap\"") == 1);
  CHECK(count_of(group_of(svg, 1), "fill=\"#80b9d9\"") == 1);
  CHECK(count_of(group_of(svg, 1), "fill=\"#0072b2\"") == 2);
  CHECK(count_of(svg, "fill=\"#d1242f\"") == 1);
  CHECK(csv_picture(chart) ==
        "stime,a\n2026-11-23T00:00:00.000000000Z,1\n2026-11-23T00:01:00.000000000Z,2\n"
        "2026-11-23T00:02:00.000000000Z,\n2026-11-23T00:03:00.000000000Z,\n2026-11-23T00:04:00.000000000Z,3\n");
}

TEST_CASE("lines are broken where nothing was measured") {
  Chart chart = drawn_from({{"rtt", {1, 2, kNothing, 3, kNothing}}});
  chart.stacked = false;
  const std::string group = group_of(svg_picture(chart, {}), 1);
  CHECK(count_of(group, "<path") == 2);
}

TEST_CASE("shares of each half are of its own sum") {
  Chart chart = mirrored(drawn_from({{"a", {30, 0}}, {"b", {10, 0}}}));
  chart.percent = true;
  const auto up = drawn_values(chart, false);
  CHECK(up[0][0] == 75);
  CHECK(up[1][0] == 25);
  CHECK(std::isnan(up[0][1]));
}

TEST_CASE("exact sums in CSV, the lower half below 0") {
  Chart chart = mirrored(drawn_from({{"a,b", {1}}}));
  chart.series[0].column_down = "sent a,b";
  chart.series[0].up.counts = {18'446'744'073'709'551'615u};
  chart.series[0].down.counts = {7};
  CHECK(csv_picture(chart) == "stime,\"a,b\",\"sent a,b\"\n2026-11-23T00:00:00.000000000Z,18446744073709551615,-7\n");
}

TEST_CASE("any size can be drawn, whatever the labels") {
  std::vector<std::pair<std::string, std::vector<double>>> many;
  for (int i = 0; i < 30; i++)
    many.emplace_back(std::string(static_cast<std::size_t>(i * 20), 'm'), std::vector<double>{1.0 * i, 2});
  const Chart chart = mirrored(drawn_from(many));
  for (const int width : {200, 320, 640, 2000})
    for (const int height : {120, 200, 600}) {
      Look look;
      look.width = width, look.height = height;
      const std::string svg = svg_picture(chart, look);
      CHECK(svg.find("height=\"-") == std::string::npos);
      CHECK(svg.find("width=\"-") == std::string::npos);
    }
  for (const int columns : {1, 40, 80, 300})
    for (const int rows : {1, 12, 24, 60}) {
      TextLook look;
      look.columns = columns, look.rows = rows;
      const std::string text = text_picture(chart, look);
      CHECK(text.ends_with('\n'));
    }
}

TEST_CASE("a picture of nothing says so") {
  Chart chart;
  chart.title = "bytes";
  chart.nothing = "no records to draw; there is data of 2017";
  CHECK(svg_picture(chart, {}).find("there is data of 2017") != std::string::npos);
  CHECK(text_picture(chart, {}).find("there is data of 2017") != std::string::npos);
  CHECK(csv_picture(chart) == "stime\n");
}

TEST_CASE("PNG holds its notes") {
  if (!png_ready()) return;
  const auto png = png_picture(drawn_from({{"a", {1}}}), {}, {{"Command", "argus graph \xc2\xb5 bytes"}});
  REQUIRE(png);
  CHECK(png->starts_with("\x89PNG\r\n\x1a\n"));
  CHECK(png->find(std::string("tEXtCommand\0argus graph ? bytes", 31)) != std::string::npos);
}

TEST_CASE("text without UTF-8 is ASCII") {
  Chart chart = mirrored(drawn_from({{"a\xc3\xa9", {0.001, 2}}, {"b", {2, 3}}}));
  TextLook look;
  look.utf8 = false;
  for (const char c : text_picture(chart, look)) CHECK(static_cast<unsigned char>(c) < 0x80);
}

TEST_CASE("a label that is too wide is cut in its middle") {
  CHECK(fitted_text("short", 11, 100) == "short");
  const std::string cut = fitted_text("2001:db8:85a3:1234:5678:8a2e:370:7334", 11, 120);
  CHECK(cut.find("\xe2\x80\xa6") != std::string::npos);
  CHECK(cut.starts_with("2001:db8"));
  CHECK(cut.ends_with("34"));
  CHECK(text_width(cut, 11) <= 120);
}

}  // namespace argus
