#include "top/look.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "flow/type.h"
#include "query/sort.h"

namespace argus {

namespace {

constexpr std::string_view kTrend = "trend", kPeak = "peak";
constexpr std::array<std::string_view, kRateSeconds.size()> kRateWords = {"2s", "10s", "40s"};

std::optional<std::size_t> find_window(std::string_view word) {
  for (std::size_t i = 0; i < kRateWords.size(); i++)
    if (kRateWords[i] == word) return i;
  return std::nullopt;
}

Result<TopColumn> parse_column(std::string_view word) {
  TopColumn out;
  if (const auto window = find_window(word)) {
    out.kind = TopColumn::Kind::rate, out.window = *window;
  } else if (word == kTrend) {
    out.kind = TopColumn::Kind::trend;
  } else if (word == kPeak) {
    out.kind = TopColumn::Kind::peak;
  } else {
    const auto field = find_field(word);
    if (!field) return no_field(word, other_column_words());
    out.field = *field;
  }
  return out;
}

bool has_ticks_of(Field field) {
  const auto inputs = stored_inputs({field}).list();
  return std::all_of(inputs.begin(), inputs.end(), [](Field input) { return tick_fields().has(input); });
}

bool same(const TopColumn& a, const TopColumn& b) {
  if (a.kind != b.kind) return false;
  return a.kind == TopColumn::Kind::field ? a.field == b.field : a.window == b.window;
}

}  // namespace

std::vector<std::string> other_column_words() {
  std::vector<std::string> out(kRateWords.begin(), kRateWords.end());
  out.emplace_back(kPeak);
  out.emplace_back(kTrend);
  return out;
}

Result<std::vector<TopColumn>> parse_top_columns(const std::vector<std::string>& words,
                                                 const std::vector<TopColumn>& defaults) {
  std::vector<TopColumn> out = defaults;
  bool fresh = true;
  for (const std::string& list : words)
    for (const std::string_view word : split_words(list, ", \t")) {
      const char sign = word[0] == '+' || word[0] == '-' ? word[0] : ' ';
      ARGUS_TRY_LET(TopColumn column, parse_column(word.substr(sign == ' ' ? 0 : 1)));
      for (const TopColumn& known : defaults)
        if (same(known, column)) column.essential = known.essential;
      column.asked = true;
      if (sign == ' ' && fresh) out.clear();
      fresh &= sign != ' ';
      std::erase_if(out, [&](const TopColumn& c) { return same(c, column); });
      if (sign != '-') out.push_back(column);
    }
  if (out.empty()) return fail(Errc::usage, "that leaves no column");
  return out;
}

std::vector<TopColumn> default_top_columns(const KeyWords& key, bool rates) {
  std::vector<TopColumn> out;
  const auto add = [&](TopColumn column) {
    if (std::none_of(out.begin(), out.end(), [&](const TopColumn& c) { return same(c, column); }))
      out.push_back(column);
  };
  const auto field = [&](Field of) { add({TopColumn::Kind::field, of}); };
  for (const Key& one : key.keys) add({TopColumn::Kind::field, one.field, 0, true});
  if (key.keys.empty())
    for (const Field of : {Field::proto, Field::saddr, Field::sport, Field::daddr, Field::dport})
      add({TopColumn::Kind::field, of, 0, true});
  if (rates) add({TopColumn::Kind::rate, Field::pkts, 0});
  add({TopColumn::Kind::trend});
  if (rates) {
    for (const std::size_t window : {1u, 2u}) add({TopColumn::Kind::rate, Field::pkts, window});
    add({TopColumn::Kind::peak});
  }
  field(Field::pkts), field(Field::bytes);
  if (!rates) field(Field::load);
  field(Field::trans);
  field(Field::state);
  for (const Field of : {Field::dur, Field::tcprtt, Field::loss, Field::ltime}) {
    if (rates && !has_ticks_of(of)) continue;
    TopColumn column{TopColumn::Kind::field, of};
    column.spare = true;
    add(column);
  }
  return out;
}

std::string column_word(const TopColumn& column) {
  switch (column.kind) {
    case TopColumn::Kind::rate: return std::string(kRateWords[column.window]);
    case TopColumn::Kind::trend: return std::string(kTrend);
    case TopColumn::Kind::peak: return std::string(kPeak);
    case TopColumn::Kind::field: break;
  }
  return std::string(info(column.field).name);
}

Result<LiveOrder> parse_top_order(std::string_view word) {
  LiveOrder out;
  const bool turned = word.starts_with('-'), plain = word.starts_with('+');
  if (turned || plain) word.remove_prefix(1);
  if (const auto window = find_window(word)) {
    out.by = LiveOrder::By::bits, out.window = *window;
    out.descending = !turned;
    return out;
  }
  if (word == kTrend || word == kPeak)
    return fail(Errc::usage, "rows cannot be ordered by '{}'; 2s, 10s and 40s are rates", word);
  if (!find_field(word)) return no_field(word, {kRateWords.begin(), kRateWords.end()});
  ARGUS_TRY_LET(const std::vector<SortKey> keys, parse_sort_keys({std::string(word)}));
  out.field = keys.front().field;
  out.descending = keys.front().descending != turned;
  return out;
}

std::string order_word(const LiveOrder& order) {
  if (order.by != LiveOrder::By::field) return std::string(kRateWords[order.window]);
  return std::string(info(order.field).name);
}

bool is_counter(Field field) {
  const FieldInfo& about = info(field);
  return about.type == Type::u64 && info(about.format).falling;
}

bool sorts_by(const LiveOrder& order, const TopColumn& column) {
  if (column.kind == TopColumn::Kind::rate) return order.by != LiveOrder::By::field && order.window == column.window;
  return column.kind == TopColumn::Kind::field && order.by == LiveOrder::By::field && order.field == column.field;
}

bool is_sortable(const TopColumn& column) {
  return column.kind == TopColumn::Kind::field || column.kind == TopColumn::Kind::rate;
}

std::string time_words(Nanos length) {
  if (length < 0) return "-" + time_words(length == INT64_MIN ? INT64_MAX : -length);
  if (length == 0) return "0 s";
  const auto two = [&](Nanos large, std::string_view one, Nanos small, std::string_view other) {
    const Nanos rest = length % large / small;
    const std::string out = fmt::format("{} {}", length / large, one);
    return rest == 0 ? out : out + fmt::format(" {} {}", rest, other);
  };
  if (length >= kDay) return two(kDay, "d", kHour, "h");
  if (length >= kHour) return two(kHour, "h", kMinute, "min");
  if (length >= kMinute) return two(kMinute, "min", kSecond, "s");
  const auto part = [&](Nanos unit, std::string_view name) {
    const double value = static_cast<double>(length) / static_cast<double>(unit);
    return fmt::format("{:.{}f} {}", value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0, name);
  };
  if (length >= kSecond) return part(kSecond, "s");
  if (length >= kMillisecond) return part(kMillisecond, "ms");
  if (length >= kMicrosecond) return part(kMicrosecond, "\xc2\xb5s");
  return fmt::format("{} ns", length);
}

std::string short_number(double value, bool iec) {
  constexpr std::string_view kUnits = "kMGTPE";
  const double step = iec ? 1024 : 1000;
  if (value < 999.5) return fmt::format("{:.0f}", value);
  std::size_t unit = 0;
  for (value /= step; value >= (iec ? 1023.5 : 999.5) && unit + 1 < kUnits.size(); value /= step) unit++;
  const int digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  const char letter = iec && unit == 0 ? 'K' : kUnits[unit];
  return fmt::format("{:.{}f}{}{}", value, digits, letter, iec ? "i" : "");
}

double amount_of(const Traffic& traffic, const TopLook& look, Ends ends) {
  const bool packets = look.unit == TopUnit::packets;
  const auto source = static_cast<double>(packets ? traffic.spkts : traffic.sbytes);
  const auto target = static_cast<double>(packets ? traffic.dpkts : traffic.dbytes);
  const double sum = ends == Ends::both ? source + target : ends == Ends::src ? source : target;
  return look.unit == TopUnit::bits ? 8 * sum : sum;
}

std::string_view unit_name(const TopLook& look) {
  switch (look.unit) {
    case TopUnit::bits: return "bit/s";
    case TopUnit::bytes: return "B/s";
    case TopUnit::packets: break;
  }
  return "pkt/s";
}

}  // namespace argus
