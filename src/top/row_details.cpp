// One row of `top` in full: in words, with units, both ends side by side.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "base/time.h"
#include "draw/braille.h"
#include "draw/cells.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/events.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/type.h"
#include "store/live_table.h"
#include "top/dialog.h"
#include "top/look.h"
#include "top/model.h"

namespace argus {

namespace {

// Bits in words. The field is that of the source; the destination's has the same.
struct BitWord {
  Field field;
  std::uint32_t bit;
  std::string_view word;
};
constexpr std::array kBitWords = {
    BitWord{Field::sevents, kTcpSyn, "SYN"},
    BitWord{Field::sevents, kTcpSynAck, "SYN-ACK"},
    BitWord{Field::sevents, kTcpEstablished, "established"},
    BitWord{Field::sevents, kTcpFin, "FIN"},
    BitWord{Field::sevents, kTcpFinAcked, "FIN acknowledged"},
    BitWord{Field::sevents, kTcpReset, "reset"},
    BitWord{Field::sevents, kTcpZeroWindow, "window closed"},
    BitWord{Field::sevents, kTcpRetransmit, "retransmitted"},
    BitWord{Field::sevents, kTcpReorder, "out of order"},
    BitWord{Field::sevents, kTcpGap, "gap"},
    BitWord{Field::sevents, kTcpEcnCapable, "ECN"},
    BitWord{Field::sevents, kTcpCongestion, "congestion"},
    BitWord{Field::sevents, kTcpKeepAlive, "keep-alive"},
    BitWord{Field::stcpopt, kTcpOptMss, "segment size"},
    BitWord{Field::stcpopt, kTcpOptWindowScale, "window scale"},
    BitWord{Field::stcpopt, kTcpOptSackPermitted, "SACK permitted"},
    BitWord{Field::stcpopt, kTcpOptSack, "SACK"},
    BitWord{Field::stcpopt, kTcpOptTimestamp, "timestamp"},
    BitWord{Field::stcpopt, kTcpOptOther, "other"},
    BitWord{Field::sipopt, kIpOptRecordRoute, "record route"},
    BitWord{Field::sipopt, kIpOptTimestamp, "timestamp"},
    BitWord{Field::sipopt, kIpOptSecurity, "security"},
    BitWord{Field::sipopt, kIpOptLooseRoute, "loose route"},
    BitWord{Field::sipopt, kIpOptStrictRoute, "strict route"},
    BitWord{Field::sipopt, kIpOptRouterAlert, "router alert"},
    BitWord{Field::sipopt, kIpOptOther, "other"},
};

// Empty where the field has no words.
std::string bit_words(Field field, std::uint64_t value) {
  std::vector<std::string> out;
  for (const BitWord& word : kBitWords)
    if ((word.field == field || info(word.field).reverse == field) && (value & word.bit) != 0)
      out.emplace_back(word.word);
  return joined(out, ", ");
}

// "323 kB", "12.3 kbit/s", "0.25 packets/s".
std::string with_unit(double value, std::string_view unit, bool iec) {
  const bool small = value > 0 && value < 9.995 && value != std::round(value);
  std::string out = small ? fmt::format("{:.2f}", value) : short_number(value, iec);
  out.insert(std::min(out.size(), out.find_first_not_of("0123456789.")), 1, ' ');
  return out + std::string(unit);
}

// "packets" of src_packets, "hops" of shops.
std::string words_of(Field field, bool of_an_end) {
  std::string_view name = info(field).alias;
  if (name.empty()) name = of_an_end ? info(field).name.substr(1) : info(field).name;
  else if (of_an_end && name.starts_with("src_")) name.remove_prefix(4);
  std::string out(name);
  std::replace(out.begin(), out.end(), '_', ' ');
  return out.ends_with("addr") ? out + "ess" : out;
}

class RowDetails {
 public:
  RowDetails(const TopPicture& row, const TopLook& look, std::size_t width) : row_(row), look_(look), width_(width) {}

  std::vector<std::string> content() {
    if (row_.rows.empty()) return {};
    add_rates();
    out_.emplace_back();
    add_ends();
    out_.emplace_back();
    add_others();
    return std::move(out_);
  }

 private:
  void add_rates();
  void add_ends();
  void add_others();
  [[nodiscard]] std::string value_of(Field field) const;

  const TopPicture& row_;
  const TopLook& look_;
  std::size_t width_;
  std::vector<std::string> out_;
};

void RowDetails::add_rates() {
  const TopRow& numbers = row_.rows.front();
  if (!numbers.mark.empty()) out_.push_back(numbers.mark);
  const auto add = [&](std::string_view what, double source, double target) {
    out_.push_back(fmt::format("{:<9}  source {:>12}, destination {:>12}", what,
                               with_unit(source, unit_name(look_), look_.iec),
                               with_unit(target, unit_name(look_), look_.iec)));
  };
  for (std::size_t w = 0; w < kRateSeconds.size(); w++)
    add(fmt::format("last {} s", kRateSeconds[w]), amount_of(numbers.rates[w], look_, Ends::src) / row_.seconds[w],
        amount_of(numbers.rates[w], look_, Ends::dst) / row_.seconds[w]);
  std::vector<double> values;
  double source = 0, target = 0;
  for (const Traffic& second : numbers.history) {
    values.push_back(amount_of(second, look_, Ends::both));
    source = std::max(source, amount_of(second, look_, Ends::src));
    target = std::max(target, amount_of(second, look_, Ends::dst));
  }
  add("peak", source, target);
  const Dots as = look_.ascii ? Dots::ascii : Dots::braille;
  out_.push_back(fmt::format("last 40 s  {}", sparkline(values, static_cast<int>(values.size()), 0, as)));
}

// Empty: the row has none.
std::string RowDetails::value_of(Field field) const {
  const FieldInfo& about = info(field);
  const Column column = column_of(row_.batch, field);
  if (!column.has(0)) return {};
  const bool whole = about.type == Type::u64;
  if (about.format == Format::duration)
    return time_words(whole ? static_cast<Nanos>(std::min<std::uint64_t>(column.at<std::uint64_t>(0), INT64_MAX))
                            : column.at<std::int64_t>(0));
  if (about.format == Format::bytes && whole)
    return with_unit(static_cast<double>(column.at<std::uint64_t>(0)), "B", look_.iec);
  if (about.format == Format::amount && whole) return spaced(column.at<std::uint64_t>(0));
  if (about.format == Format::amount && about.type == Type::f64)
    return with_unit(column.at<double>(0), about.unit, look_.iec);
  if (about.format == Format::rate) return with_unit(column.at<double>(0), about.unit, look_.iec);
  if (about.format == Format::hex && about.type == Type::u32) {
    if (std::string words = bit_words(field, column.at<std::uint32_t>(0)); !words.empty()) return words;
  }
  if (about.format == Format::hex && about.type == Type::u16) {
    if (std::string words = bit_words(field, column.at<std::uint16_t>(0)); !words.empty()) return words;
  }
  TextStyle style;
  style.names = look_.names;
  style.digits = 3;
  FieldPrinter printer(field, style);
  printer.start(row_.batch);
  std::string out;
  if (printer.has(0)) printer.append(0, out);
  if (about.format == Format::percent && !out.empty()) out += " %";
  return out;
}

// What each end has, side by side.
void RowDetails::add_ends() {
  struct Both {
    std::string name, source, target;
  };
  std::vector<Both> all;
  for (const FieldInfo& field : all_fields()) {
    if (index_of(field.reverse) <= index_of(field.field)) continue;
    Both both{words_of(field.field, true), value_of(field.field), value_of(field.reverse)};
    if (!both.source.empty() || !both.target.empty()) all.push_back(std::move(both));
  }
  std::size_t names = 0, sources = 6;
  for (const Both& both : all)
    names = std::max(names, screen_width(both.name)), sources = std::max(sources, screen_width(both.source));
  sources = std::min(sources, (width_ - std::min(width_, names + 8)) / 2);
  const std::string_view mark = look_.ascii ? "~" : "\xe2\x80\xa6";
  const auto line = [&](const std::string& name, const std::string& source, const std::string& target) {
    out_.push_back(fitted(name, names + 2, false, mark) + fitted(source, sources + 2, false, mark) + target);
  };
  if (all.empty()) return;
  line("", "source", "destination");
  for (const Both& both : all) line(both.name, both.source, both.target);
}

// What the flow has as a whole. Of durations that are equal, as those of a single record are, the first.
void RowDetails::add_others() {
  std::vector<std::string> lines, durations;
  std::size_t widest = 0;
  for (const FieldInfo& field : all_fields()) {
    if (field.reverse != field.field) continue;
    const std::string text = value_of(field.field);
    if (text.empty()) continue;
    if (field.format == Format::duration) {
      if (std::find(durations.begin(), durations.end(), text) != durations.end()) continue;
      durations.push_back(text);
    }
    lines.push_back(fmt::format("{:<13} {}", words_of(field.field, false), text));
    widest = std::max(widest, screen_width(lines.back()));
  }
  const std::size_t columns = std::clamp<std::size_t>((width_ - std::min<std::size_t>(width_, 4)) / (widest + 2), 1, 3);
  const std::size_t rows = (lines.size() + columns - 1) / columns;
  for (std::size_t i = 0; i < rows; i++) {
    std::string line;
    for (std::size_t c = 0; c < columns && c * rows + i < lines.size(); c++)
      line += fitted(lines[c * rows + i], widest + 2, false, "");
    out_.push_back(std::move(line));
  }
}

}  // namespace

std::vector<std::string> row_content(const TopPicture& row, const TopLook& look, std::size_t width) {
  return RowDetails(row, look, width).content();
}

}  // namespace argus
