// Rows of `top` as lines.
#include <algorithm>
#include <array>
#include <numeric>

#include "base/text.h"
#include "base/time.h"
#include "draw/braille.h"
#include "draw/cells.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/type.h"
#include "store/live_table.h"
#include "top/frame.h"
#include "top/look.h"
#include "top/model.h"

namespace argus {

namespace {

constexpr int kBar = 8;
constexpr std::size_t kGap = 1;
constexpr std::size_t kMarkWidth = 8;     // of the shortest words of a mark
constexpr std::size_t kKeyLeast = 7;      // columns of a key that is cut for want of room
constexpr std::size_t kAddressEasy = 15;  // of an address that numbers need not leave for: IPv4 whole
constexpr std::size_t kNameEasy = 8;      // the same of ports and protocols

TextStyle style_of(const TopLook& look) {
  TextStyle out;
  out.names = look.names;
  out.hosts = look.hosts;
  out.human = true;
  out.digits = 3;
  out.time.digits = 0;
  return out;
}

Dots dots(const TopLook& look) { return look.ascii ? Dots::ascii : Dots::braille; }

// What is left out first where there is no room: rates leave last, and what was asked for stays before them.
constexpr int kStays = 100;
int rank(const TopColumn& column, const TopLook& look) {
  if (column.essential || sorts_by(look.order, column)) return kStays;
  if (column.asked) return 90;
  if (column.kind == TopColumn::Kind::rate)
    return column.window == look.measure ? 89 : 88 - static_cast<int>(column.window);
  if (column.kind == TopColumn::Kind::peak) return 60;
  if (column.kind == TopColumn::Kind::trend) return 50;
  if (column.field == Field::bytes) return 80;
  if (column.field == Field::pkts) return 70;
  if (column.field == Field::load) return 45;
  if (column.field == Field::trans) return 40;
  if (column.field == Field::state) return 30;
  return column.field == Field::tcprtt ? 20 : column.field == Field::loss ? 19 : 10;
}

// So that columns do not move with every row that comes: counters and rates are abbreviated.
std::size_t usual_width(Field field) {
  const FieldInfo& about = info(field);
  const bool counted = info(about.format).is_number() && info(about.format).buckets && about.format != Format::percent;
  return counted ? std::min<std::size_t>(about.width, 6) : std::min<std::size_t>(about.width, 15);
}

struct Placed {
  TopColumn column;
  std::size_t width = 0;  // on the screen
  std::size_t whole = 0;  // with nothing cut
  std::size_t easy = 0;   // so much of it has its place before numbers leave
  bool right = false;
};
struct Layout {
  std::vector<Placed> columns;
  std::size_t hidden = 0, number = 0;  // number: of the column with the row's place
};

std::size_t width_of_all(const Layout& layout) {
  std::size_t out = layout.number + 2;
  for (const Placed& one : layout.columns) out += one.width + kGap;
  return out;
}

constexpr std::size_t kHiddenWidth = 5;  // of "+12 ›"
std::size_t room_of(const Layout& layout, std::size_t width) {
  return width - std::min<std::size_t>(width, layout.hidden != 0 ? kHiddenWidth : 0);
}

std::size_t easy_width(const TopColumn& column, std::size_t whole) {
  if (!column.essential) return whole;
  return std::min(whole, info(column.field).format == Format::address ? kAddressEasy : kNameEasy);
}

// Columns in the order of what they are worth, as long as there is room; those that must be there in any case. Keys
// count with what they can do with, so that a wide address costs itself and not the numbers.
void leave_out(Layout& layout, const TopLook& look, std::size_t width) {
  std::vector<std::size_t> order(layout.columns.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return rank(layout.columns[a].column, look) > rank(layout.columns[b].column, look);
  });
  const auto fits_all = [&] {
    std::size_t all = layout.number + 2;
    for (const Placed& one : layout.columns)
      if (!one.column.spare) all += one.easy + kGap;
    return all <= width;
  };
  std::size_t used = layout.number + 2 + (fits_all() ? 0 : kHiddenWidth);
  std::vector<bool> stays(layout.columns.size());
  for (const std::size_t at : order) {
    const Placed& one = layout.columns[at];
    if (one.column.spare || (rank(one.column, look) != kStays && used + one.easy + kGap > width)) continue;
    stays[at] = true;
    used += one.easy + kGap;
  }
  // What is spare goes to cut keys first, a column to each in turn, and then to further columns.
  std::size_t hidden = 0;
  for (std::size_t at = 0; at < stays.size(); at++) hidden += !stays[at] && !layout.columns[at].column.spare ? 1u : 0u;
  for (Placed& one : layout.columns) one.width = one.easy;
  for (bool more = true; more && used < width;) {
    more = false;
    for (std::size_t at = 0; at < stays.size() && used < width; at++)
      if (Placed& one = layout.columns[at]; stays[at] && one.width < one.whole) one.width++, used++, more = true;
  }
  for (const std::size_t at : order) {
    const Placed& one = layout.columns[at];
    if (hidden != 0 || !one.column.spare || used + one.whole + kGap > width) continue;
    stays[at] = true;
    layout.columns[at].width = one.whole;
    used += one.whole + kGap;
  }
  std::vector<Placed> columns;
  for (std::size_t i = 0; i < stays.size(); i++)
    if (stays[i]) columns.push_back(layout.columns[i]);
  layout.hidden = hidden;
  layout.columns = std::move(columns);
}

// Every column as wide as what stands in it; then the least important go, then keys are cut, the widest first.
Layout laid_out(const TopPicture& picture, const TopLook& look, const TopCells& cells, std::size_t width) {
  Layout out;
  out.number = fmt::format("{:2}", picture.first + std::max<std::size_t>(picture.rows.size(), 1)).size() + 1;
  for (const TopColumn& column : look.columns) {
    Placed one{column, screen_width(cells.heading(column)), 0, 0, TopCells::right(column)};
    if (column.kind == TopColumn::Kind::rate || column.kind == TopColumn::Kind::peak)
      one.width = std::max<std::size_t>(one.width, look.iec ? 6 : 5);
    if (column.kind == TopColumn::Kind::field) one.width = std::max(one.width, usual_width(column.field));
    if (column.spare && width >= kNoScreen) continue;
    bool any = !column.spare;  // what nothing stands in takes no room that is only spare
    for (std::size_t i = 0; i < picture.rows.size(); i++) {
      const std::size_t cell = screen_width(cells.text(i, column));
      one.width = std::max(one.width, cell);
      any = any || cell != 0;
    }
    if (!any) continue;
    one.whole = one.width, one.easy = easy_width(column, one.whole);
    out.columns.push_back(one);
  }
  if (std::any_of(picture.rows.begin(), picture.rows.end(), [](const TopRow& row) { return !row.mark.empty(); }))
    width -= std::min(width, kMarkWidth);
  leave_out(out, look, width);
  while (width_of_all(out) > room_of(out, width)) {
    const auto widest = std::max_element(out.columns.begin(), out.columns.end(),
                                         [](const Placed& a, const Placed& b) { return a.width < b.width; });
    if (widest->width <= kKeyLeast) break;
    widest->width--;
  }
  return out;
}

// Text in a column: what is too long loses its end, an address its middle, as addresses of one network differ behind.
std::string in_column(const std::string& text, const TopColumn& column, std::size_t width, bool right,
                      std::string_view mark) {
  const bool address = column.kind == TopColumn::Kind::field && info(column.field).format == Format::address;
  if (!address || text.size() <= width || width < kKeyLeast) return fitted(text, width, right, mark);
  const std::size_t tail = (width - 1) / 2, head = width - 1 - tail;
  return text.substr(0, head) + std::string(mark) + text.substr(text.size() - tail);
}

Ink ink_of(const TopColumn& column, const TopLook& look) {
  if (sorts_by(look.order, column)) return Ink::strong;
  if (column.kind == TopColumn::Kind::trend) return look.ends == Ends::dst ? Ink::dst : Ink::src;
  return Ink::plain;
}

std::string cut_mark(const TopLook& look) { return look.ascii ? "~" : "…"; }
std::string short_mark(const TopLook& look) { return look.ascii ? "<- scan?" : "← scan?"; }

}  // namespace

TopCells::TopCells(const TopPicture& picture, const TopLook& look) : picture_(picture), look_(look) {
  for (const TopColumn& column : look.columns) {
    if (column.kind != TopColumn::Kind::field) continue;
    values_.push_back(
        {column.field, column_of(picture.batch, column.field), FieldPrinter(column.field, style_of(look))});
    values_.back().printer.start(picture.batch);
  }
  const bool by_field = look.order.by == LiveOrder::By::field;
  if (look.measure == kAsSorted && by_field && is_counter(look.order.field)) measure_fields();
  else measure_traffic();
  for (const double own : own_) most_ = std::max(most_, own);
}

void TopCells::measure_fields() {
  const Field field = look_.order.field;
  const Column column = column_of(picture_.batch, field);
  for (std::size_t i = 0; i < picture_.rows.size(); i++)
    own_.push_back(column.has(i) ? static_cast<double>(column.at<std::uint64_t>(i)) : 0);
  all_ = picture_.sorted_total;
  share_word_ = info(field).name;
}

// Of a window; where rows are sorted by what is no amount, of everything.
void TopCells::measure_traffic() {
  const bool by_rate = look_.order.by != LiveOrder::By::field;
  const bool whole = look_.measure == kAsSorted && !by_rate;
  const std::size_t window = look_.measure == kAsSorted ? look_.order.window : look_.measure;
  for (const TopRow& row : picture_.rows)
    own_.push_back(amount_of(whole ? row.total : row.rates[window], look_, look_.ends));
  all_ = amount_of(whole ? picture_.total : picture_.total_rates[window], look_, look_.ends);
  const std::string_view unit = look_.unit == TopUnit::packets ? "pkts" : "bytes";
  const std::string_view end = look_.ends == Ends::both ? "" : look_.ends == Ends::src ? "s" : "d";
  share_word_ = whole ? fmt::format("{}{}", end, unit) : column_word({TopColumn::Kind::rate, Field::pkts, window});
}

bool TopCells::right(const TopColumn& column) {
  return column.kind == TopColumn::Kind::rate || column.kind == TopColumn::Kind::peak ||
         (column.kind == TopColumn::Kind::field && aligns_right(column.field));
}

std::string TopCells::heading(const TopColumn& column) const {
  std::string out = column_word(column);
  if (column.kind == TopColumn::Kind::trend) {
    if (look_.lines) return "last 40 s";
    out = "share of " + share_word_;
  }
  if (column.kind == TopColumn::Kind::field && column.field == Field::trans) out = "flows";
  if (sorts_by(look_.order, column))
    out += look_.ascii ? (look_.order.descending ? "v" : "^") : (look_.order.descending ? "▼" : "▲");
  return out;
}

std::string TopCells::trend(std::size_t row) const {
  if (look_.lines) {
    std::vector<double> values;
    const std::vector<Traffic>& history = picture_.rows[row].history;
    for (std::size_t i = 0; i + 1 < history.size(); i += 2)
      values.push_back(amount_of(history[i], look_, look_.ends) + amount_of(history[i + 1], look_, look_.ends));
    const int columns = static_cast<int>(values.size() + 1) / 2;
    return look_.ascii ? sparkline(values, columns, 0, Dots::ascii) : braille_sparkline(values, columns);
  }
  const double own = own_[row];
  if (own <= 0) return std::string(kBar + 5, ' ');
  std::string out = bar(most_ > 0 ? own / most_ : 0, kBar, dots(look_));
  if (all_ > 0) out += fmt::format("{:4.0f}%", std::min(100.0, 100 * own / all_));
  else out += "     ";
  return out;
}

std::string TopCells::text(std::size_t row, const TopColumn& column) const {
  if (column.kind == TopColumn::Kind::trend) return trend(row);
  if (column.kind == TopColumn::Kind::rate) {
    const Traffic& rate = picture_.rows[row].rates[column.window];
    if (rate.none()) return "0";
    const double amount = amount_of(rate, look_, look_.ends);
    return short_number(amount / picture_.seconds[column.window], look_.iec);
  }
  if (column.kind == TopColumn::Kind::peak) {
    double most = 0;
    for (const Traffic& second : picture_.rows[row].history)
      most = std::max(most, amount_of(second, look_, look_.ends));
    return short_number(most, look_.iec);
  }
  std::string out;
  const FieldInfo& about = info(column.field);
  for (const Values& of : values_) {
    if (of.field != column.field || !of.column.has(row)) continue;
    if (is_counter(column.field))
      return short_number(static_cast<double>(of.column.at<std::uint64_t>(row)),
                          look_.iec && about.format == Format::bytes);
    if (about.format == Format::rate) return short_number(of.column.at<double>(row), look_.iec);
    if (column.spare && about.format == Format::duration && about.type == Type::i64)
      return time_words(of.column.at<std::int64_t>(row));
    if (column.spare && about.format == Format::time) {
      append_time(of.column.at<std::int64_t>(row), {TimeStyle::Form::strftime, 0, "%H:%M:%S"}, out);
      return out;
    }
    of.printer.append(row, out);
    break;
  }
  return out;
}

std::vector<Line> draw_rows(const TopPicture& picture, const TopLook& look, std::size_t chosen, std::size_t width,
                            std::size_t rows) {
  const TopCells cells(picture, look);
  const Layout layout = laid_out(picture, look, cells, width);
  std::vector<Line> out;
  const std::string mark = cut_mark(look);
  Line head = {{fitted("#", layout.number + 1, true, mark) + ' ', Ink::heading}};
  for (const Placed& one : layout.columns)
    head.push_back({fitted(cells.heading(one.column), one.width, one.right, mark) + ' ', Ink::heading});
  const std::string more = layout.hidden == 0 ? "" : fmt::format("+{} {}", layout.hidden, look.ascii ? ">" : "›");
  const std::size_t used = width_of(head), wanted = width - std::min(width, screen_width(more) + 1);
  if (used > wanted) head = cut_line(head, wanted);
  pad_line(head, wanted, Ink::heading);
  head.push_back({more + ' ', Ink::heading});
  out.push_back(std::move(head));
  for (std::size_t i = 0; i < picture.rows.size() && i < rows; i++) {
    const bool here = i == chosen, marked = !picture.rows[i].mark.empty();
    const std::string at = here ? (look.ascii ? ">" : "▶") : " ";
    const std::string number = fmt::format("{}", picture.first + i + 1);
    Line line = {{at, Ink::strong},
                 {fitted(number, layout.number - 1, true, mark), Ink::dim},
                 {marked ? "!" : " ", Ink::warning},
                 {" ", Ink::plain}};
    for (const Placed& one : layout.columns) {
      line.push_back(
          {in_column(cells.text(i, one.column), one.column, one.width, one.right, mark), ink_of(one.column, look)});
      line.push_back({" ", Ink::plain});
    }
    const std::string words = (look.ascii ? "<- " : "← ") + picture.rows[i].mark;
    if (marked && width_of(line) + screen_width(words) <= width) line.push_back({words, Ink::warning});
    else if (marked) {
      line = cut_line(line, width - std::min(width, kMarkWidth));
      line.push_back({short_mark(look), Ink::warning});
    }
    if (here) {
      pad_line(line, width);
      for (Cells& piece : line) piece.ink = Ink::chosen;
    }
    out.push_back(std::move(line));
  }
  return out;
}

std::optional<TopColumn> heading_at(const TopPicture& picture, const TopLook& look, std::size_t width, std::size_t at) {
  const Layout layout = laid_out(picture, look, TopCells(picture, look), width);
  std::size_t begin = layout.number + 2;
  for (const Placed& one : layout.columns) {
    if (at >= begin && at < begin + one.width) return one.column;
    begin += one.width + kGap;
  }
  return std::nullopt;
}

std::vector<Line> draw_list(const TopPicture& picture, const TopLook& look, std::size_t chosen, std::size_t width,
                            std::size_t rows) {
  const TopCells cells(picture, look);
  std::vector<Line> out;
  const auto value = std::find_if(look.columns.begin(), look.columns.end(),
                                  [&](const TopColumn& c) { return sorts_by(look.order, c); });
  for (std::size_t i = 0; i < picture.rows.size() && i < rows; i++) {
    struct Key {
      std::string text;
      TopColumn column;
      std::size_t width;
    };
    std::vector<Key> keys;
    for (const TopColumn& column : look.columns)
      if (column.essential)
        if (std::string text = cells.text(i, column); !text.empty()) keys.push_back({text, column, screen_width(text)});
    const std::string right = value == look.columns.end() ? "" : cells.text(i, *value);
    const std::string mark = picture.rows[i].mark.empty() ? "" : " " + short_mark(look);
    const std::size_t left = width - std::min(width, screen_width(mark) + screen_width(right) + 2);
    // The widest are cut until all have room.
    const auto used = [&] {
      std::size_t sum = keys.size();
      for (const Key& key : keys) sum += key.width;
      return sum;
    };
    while (!keys.empty() && used() > left + 1) {
      const auto widest =
          std::max_element(keys.begin(), keys.end(), [](const Key& a, const Key& b) { return a.width < b.width; });
      if (widest->width <= kKeyLeast) break;
      widest->width--;
    }
    std::vector<std::string> texts;
    for (const Key& key : keys) texts.push_back(in_column(key.text, key.column, key.width, false, cut_mark(look)));
    Line line = {{i == chosen ? (look.ascii ? ">" : "▶") : " ", Ink::strong},
                 {fitted(joined(texts, " "), left, false, cut_mark(look)), Ink::plain},
                 {mark, Ink::warning},
                 {" " + right, Ink::strong}};
    if (i == chosen)
      for (Cells& piece : line) piece.ink = Ink::chosen;
    out.push_back(std::move(line));
  }
  return out;
}

}  // namespace argus
