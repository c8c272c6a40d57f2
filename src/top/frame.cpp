#include "top/frame.h"

#include <algorithm>

#include "base/count_text.h"
#include "base/text.h"
#include "draw/braille.h"
#include "store/live_table.h"
#include "top/keys.h"

namespace argus {

namespace {

constexpr int kPlainColumns = 60, kPlainRows = 10;  // below either: a plain list
constexpr int kGraphRows = 20;                      // at least, for a graph above the rows
constexpr std::size_t kGraphLines = 4;
constexpr std::size_t kLabel = 7;

bool is_plain(ScreenSize size) { return size.columns < kPlainColumns || size.rows < kPlainRows; }
bool has_graph(const TopLook& look, ScreenSize size) {
  return look.graph && !is_plain(size) && size.rows >= kGraphRows;
}

// A piece of a line that may be left out; the lowest rank goes first.
struct Part {
  std::string text;
  Ink ink = Ink::plain;
  int rank = 0;
};

Line fitted_parts(std::vector<Part> left, std::vector<Part> right, std::size_t width, std::string_view mark) {
  const auto used = [&] {
    std::size_t out = 0;
    for (const auto* parts : {&left, &right})
      for (const Part& part : *parts) out += screen_width(part.text);
    return out + (right.empty() ? 0 : 1);
  };
  while (used() > width && left.size() + right.size() > 1) {
    auto* from = &left;
    std::size_t at = left.size();
    int least = INT32_MAX;
    for (auto* parts : {&left, &right})
      for (std::size_t i = 0; i < parts->size(); i++)
        if ((*parts)[i].rank <= least) least = (*parts)[i].rank, from = parts, at = i;
    from->erase(from->begin() + static_cast<std::ptrdiff_t>(at));
  }
  Line out;
  for (const Part& part : left) out.push_back({part.text, part.ink});
  if (left.size() == 1 && right.empty() && width_of(out) > width) out[0].text = fitted(out[0].text, width, false, mark);
  std::size_t tail = 0;
  for (const Part& part : right) tail += screen_width(part.text);
  if (!right.empty() && width < kNoScreen) pad_line(out, width - std::min(width, tail));
  for (const Part& part : right) out.push_back({part.text, part.ink});
  return cut_line(out, width);
}

std::string clock_text(Nanos time, bool with_day) {
  std::string out;
  append_time(time, {TimeStyle::Form::strftime, 0, with_day ? "%Y-%m-%d %H:%M:%S" : "%H:%M:%S"}, out);
  return out;
}

bool same_day(Nanos a, Nanos b) { return clock_text(a, true).substr(0, 10) == clock_text(b, true).substr(0, 10); }

std::string state_text(const TopPicture& picture, const TopHeading& heading) {
  if (heading.paused)
    return fmt::format("PAUSED {} s, {} {} behind", heading.paused_for / kSecond, spaced(heading.behind),
                       noun_of(heading.behind, "record"));
  if (picture.anew < 100) return fmt::format("counting anew {} %", picture.anew);
  if (heading.opening) return "connecting";
  if (picture.ended) return picture.live ? "ended" : "finished";
  return picture.live ? "live" : "reading";
}

// " src 98.2 Mbit/s ..." of the shortest window.
void add_totals(const TopPicture& picture, const TopLook& look, std::vector<Part>& out) {
  for (const Ends ends : {Ends::src, Ends::dst}) {
    if (look.ends != Ends::both && look.ends != ends) continue;
    const bool source = ends == Ends::src;
    std::string number = short_number(amount_of(picture.total_rates[0], look, ends) / picture.seconds[0], look.iec);
    number.insert(std::min(number.size(), number.find_first_not_of("0123456789.")), 1, ' ');
    out.push_back({fmt::format("  {} {:>6}{}", source ? "src" : "dst", number, unit_name(look)),
                   source ? Ink::src : Ink::dst, 6});
    std::vector<double> values;
    for (const Traffic& second : picture.history) values.push_back(amount_of(second, look, ends));
    if (values.empty()) continue;
    const double peak = *std::max_element(values.begin(), values.end());
    out.push_back({" peak " + short_number(peak, look.iec), Ink::dim, 2});
    const std::string line = sparkline(std::span(values).last(std::min<std::size_t>(values.size(), 10)), 10, 0,
                                       look.ascii ? Dots::ascii : Dots::braille);
    out.push_back({" " + line, source ? Ink::src : Ink::dst, 1});
  }
}

// Text that takes no more than its share of a line.
std::string cut_to(const std::string& text, std::size_t most, const TopLook& look) {
  return screen_width(text) <= most ? text : fitted(text, most, false, look.ascii ? "~" : "…");
}

// Whether nothing that is read answers: then it is away, and not live.
bool all_away(const TopPicture& picture, const TopHeading& heading) {
  return !picture.away.empty() && picture.away.size() >= heading.sensors;
}

// Sensors that do not answer are away at every width: why, where there is room for that, else who, or how many. Of a
// single one the line says the name already.
std::vector<Part> away_parts(const TopPicture& picture, const TopHeading& heading, std::size_t room) {
  std::vector<std::string> whole, brief;
  const bool single = picture.away.size() == 1 && heading.sensors <= 1;
  for (const std::string& away : picture.away) {
    const std::size_t colon = away.find(": ");
    const std::string why = colon == std::string::npos ? "" : away.substr(colon);
    brief.push_back(single ? "away" : away.substr(0, colon) + " is away");
    whole.push_back(brief.back() + why);
  }
  const auto fits = [room](const std::vector<std::string>& texts) {
    return screen_width(joined(texts, "  ")) + 2 <= room;
  };
  if (!fits(whole)) whole = single || fits(brief) ? brief : std::vector{fmt::format("{} away", brief.size())};
  std::vector<Part> out;
  for (const std::string& text : whole) out.push_back({"  " + text, Ink::alarm, 12});
  return out;
}

std::size_t width_of(const std::vector<Part>& parts) {
  std::size_t out = 0;
  for (const Part& part : parts) out += screen_width(part.text);
  return out;
}

// What is read, and in what state that is: the state has its place at every width, the name what room is left.
std::vector<Part> state_parts(const TopPicture& picture, const TopLook& look, const TopHeading& heading,
                              std::size_t width) {
  constexpr std::size_t kNameLeast = 5;
  const bool held = heading.paused || picture.anew < 100;
  std::vector<Part> out;
  if (held || !all_away(picture, heading))
    out.push_back({"  " + state_text(picture, heading), held || heading.opening ? Ink::warning : Ink::good, 12});
  if (!picture.away.empty()) {
    const std::size_t taken = width_of(out) + std::min(screen_width(heading.source) + 1, width / 4);
    const std::vector<Part> away = away_parts(picture, heading, width - std::min(width, taken));
    out.insert(out.end(), away.begin(), away.end());
  }
  if (!picture.losses.empty()) {
    std::string losses = "  " + joined(picture.losses, ", ") + " !";
    if (width_of(out) + screen_width(losses) + kNameLeast > width) losses = "  loss !";
    out.push_back({losses, Ink::alarm, 9});
  }
  const std::size_t room = std::max(width - std::min(width, width_of(out) + 1), kNameLeast);
  out.insert(out.begin(), {" " + cut_to(heading.source, room, look), Ink::strong, 8});
  return out;
}

Line first_line(const TopPicture& picture, const TopLook& look, const TopHeading& heading, std::size_t width) {
  std::vector<Part> left = state_parts(picture, look, heading, width);
  if (picture.since != 0)
    left.insert(left.end() - static_cast<std::ptrdiff_t>(picture.losses.empty() ? 0 : 1),
                {"  since " + clock_text(picture.since, !same_day(picture.since, picture.now)), Ink::plain, 3});
  left.insert(left.begin(), {" argus top ", Ink::dim, 0});
  // Nobody knows what is lost while a sensor is away.
  if (picture.losses.empty() && picture.away.empty() && !heading.opening) left.push_back({"  no loss", Ink::dim, 2});
  if (picture.live && (picture.instead || !heading.ticks))
    left.push_back({"  rates are of status records", Ink::dim, 3});
  std::vector<Part> right;
  if (picture.live || !picture.ended) add_totals(picture, look, right);
  else
    right.push_back({fmt::format("  {} packets  {} bytes", spaced(picture.total.spkts + picture.total.dpkts),
                                 spaced(picture.total.sbytes + picture.total.dbytes)),
                     Ink::plain, 6});
  return fitted_parts(std::move(left), std::move(right), width, look.ascii ? "~" : "…");
}

Line second_line(const TopPicture& picture, const TopLook& look, const TopHeading& heading, std::size_t width) {
  const std::string arrow = look.ascii ? (look.order.descending ? "v" : "^") : (look.order.descending ? "▼" : "▲");
  constexpr std::size_t kFilterWords = 10;  // "   filter "
  const std::size_t half = width / 2;
  // A filter has its place at every width: that of the command line where there is no other.
  const std::size_t most = width < kPlainColumns ? width - std::min(width, kFilterWords) : half;
  const bool read = !heading.read_filter.empty(), filtered = !heading.filter.empty();
  std::vector<Part> left = {{" key " + cut_to(heading.key, half, look), Ink::plain, 6},
                            {"   sort " + order_word(look.order) + arrow, Ink::plain, 5}};
  if (read) left.push_back({"   read " + cut_to(heading.read_filter, most, look), Ink::strong, filtered ? 7 : 9});
  left.push_back({"   filter " + (filtered ? cut_to(heading.filter, most, look) : "none"),
                  filtered ? Ink::strong : Ink::dim, filtered || !read ? 8 : 4});
  std::vector<Part> right;
  right.push_back({"  records " + spaced(picture.records), Ink::plain, 1});
  if (heading.clock != 0)
    right.push_back({"  " + clock_text(heading.clock, !picture.live && width >= 100), Ink::plain, 3});
  return fitted_parts(std::move(left), std::move(right), width, look.ascii ? "~" : "…");
}

// Both directions of the last two minutes, each against its own peak, which stands beside it: the source above the
// middle.
std::vector<Line> graph_lines(const TopPicture& picture, const TopLook& look, std::size_t width) {
  const int columns = static_cast<int>(width) - static_cast<int>(kLabel) - 8;
  const std::size_t wide = static_cast<std::size_t>(std::max(columns, 1)) * 2;  // in dots
  const std::span<const Traffic> history = std::span(picture.history).last(std::min(picture.history.size(), wide));
  const auto peak_of = [&](Ends ends) {
    double out = 0;
    for (const Traffic& second : history) out = std::max(out, amount_of(second, look, ends));
    return out;
  };
  const double up_peak = peak_of(Ends::src), down_peak = peak_of(Ends::dst);
  const int rows = static_cast<int>(kGraphLines);
  BrailleCanvas canvas(columns, rows);
  const int middle = canvas.height() / 2;
  for (std::size_t x = 0; x < wide && !history.empty(); x++) {
    const auto dots = [&](Ends ends, double peak) {
      const double amount = amount_of(history[x * history.size() / wide], look, ends);
      return amount <= 0 ? 0 : std::max(1, static_cast<int>(amount / peak * middle + 0.5));
    };
    const int up = look.ends == Ends::dst ? 0 : dots(Ends::src, up_peak);
    const int down = look.ends == Ends::src ? 0 : dots(Ends::dst, down_peak);
    if (up > 0) canvas.run(static_cast<int>(x), middle - up, middle - 1);
    if (down > 0) canvas.run(static_cast<int>(x), middle, middle + down - 1);
  }
  std::vector<Line> out;
  for (int row = 0; row < rows; row++) {
    const bool above = row < rows / 2;
    const std::string label = row == 0          ? short_number(up_peak, look.iec)
                              : row == rows - 1 ? short_number(down_peak, look.iec)
                                                : "";
    const std::string side = row == 0 ? " src" : row == rows - 1 ? " dst" : "";
    out.push_back({{fitted(label, kLabel - 1, true, "") + (look.ascii ? "|" : "│"), Ink::dim},
                   {canvas.text(row, look.ascii ? Dots::ascii : Dots::braille), above ? Ink::src : Ink::dst},
                   {side, Ink::dim}});
  }
  return out;
}

Line last_line(const TopPicture& picture, const TopLook& look, std::size_t chosen, std::size_t width) {
  std::vector<Part> left = {{" ?", Ink::strong, 9}, {" help", Ink::dim, 9}};
  int rank = 8;
  for (const TopKey& key : top_keys()) {
    if (key.hint.empty() || key.hint == "help") continue;
    const std::string_view first = key.shown.substr(0, key.shown.find(' '));
    left.push_back({fmt::format("  {} {}", first, key.hint), Ink::dim, key.hint == "quit" ? 9 : rank});
    rank = std::max(1, rank - 1);
  }
  std::string place = picture.listed == 0
                          ? "no rows"
                          : fmt::format("row {} of {}", spaced(picture.first + chosen + 1), spaced(picture.listed));
  if (picture.idle != 0) place += fmt::format(" ({} idle)", spaced(picture.idle));
  if (!picture.said.empty() && picture.away.empty()) {
    std::vector<Part> said = {{" " + picture.said, Ink::warning, 9}};
    return fitted_parts(std::move(said), {{" " + place + " ", Ink::dim, 5}}, width, look.ascii ? "~" : "…");
  }
  return fitted_parts(std::move(left), {{"  " + place + " ", Ink::dim, 7}}, width, look.ascii ? "~" : "…");
}

void draw_plain(const TopPicture& picture, const TopLook& look, const TopHeading& heading, std::size_t chosen,
                std::size_t rows, std::size_t width, std::vector<Line>& out) {
  out.push_back(fitted_parts(state_parts(picture, look, heading, width), {}, width, look.ascii ? "~" : "…"));
  out.push_back(second_line(picture, look, heading, width));
  for (Line& line : draw_list(picture, look, chosen, width, rows)) out.push_back(std::move(line));
}

}  // namespace

std::vector<Line> draw_summary(const TopPicture& picture, const TopLook& look, const TopHeading& heading,
                               std::size_t width) {
  return {first_line(picture, look, heading, width), second_line(picture, look, heading, width)};
}

std::size_t top_rows(const TopLook& look, const TopDialog& dialog, ScreenSize size) {
  std::size_t taken = prompt_lines(dialog, size.rows) + (is_plain(size) ? 2 : 3);
  if (has_graph(look, size)) taken += kGraphLines;
  const auto rows = static_cast<std::size_t>(std::max(size.rows, 1));
  return rows > taken ? rows - taken : 1;
}

ScreenFrame draw_top(const TopPicture& picture, const TopLook& look, const TopHeading& heading, const TopDialog& dialog,
                     std::size_t chosen, ScreenSize size) {
  ScreenFrame out;
  const auto width = static_cast<std::size_t>(std::max(size.columns, 1));
  const auto height = static_cast<std::size_t>(std::max(size.rows, 1));
  const std::size_t rows = top_rows(look, dialog, size), foot = prompt_lines(dialog, size.rows);
  if (is_plain(size)) {
    draw_plain(picture, look, heading, chosen, rows, width, out.lines);
  } else {
    out.lines = draw_summary(picture, look, heading, width);
    if (has_graph(look, size))
      for (Line& line : graph_lines(picture, look, width)) out.lines.push_back(std::move(line));
    for (Line& line : draw_rows(picture, look, chosen, width, rows)) out.lines.push_back(std::move(line));
  }
  out.lines.resize(height - std::min(height, foot));
  if (is_prompt(dialog)) {
    const auto row = static_cast<int>(out.lines.size());
    for (Line& line : draw_prompt(dialog, width, foot, look.ascii, row, out.cursor))
      out.lines.push_back(std::move(line));
  } else {
    out.lines.push_back(last_line(picture, look, chosen, width));
  }
  if (dialog.kind == TopDialog::Kind::help)
    draw_box(out.lines, "keys", help_content(width), dialog.scroll, size, look.ascii);
  if (dialog.kind == TopDialog::Kind::row)
    draw_box(out.lines, fmt::format("row {}", picture.first + chosen + 1), row_content(dialog.row, look, width),
             dialog.scroll, size, look.ascii);
  for (Line& line : out.lines) line = cut_line(line, width);
  return out;
}

}  // namespace argus
