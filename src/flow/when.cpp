#include "flow/when.h"

#include <algorithm>
#include <utility>

#include "base/int128.h"
#include "base/text.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/when_spec.h"

namespace argus {

namespace {

enum class Mode : std::uint8_t { intersects, spans, inside };

constexpr std::string_view kForms =
    "write 14:00-15:00, 2026/11/23, 2026-11-23T14:00Z+30m, 1795438927, -1h, or see: argus help time";

constexpr std::string_view kTimes =
    "write 14:00, 2026/11/23, 2026-11-23T14:00Z, 1795438927, -1h, or see: argus help time";
constexpr std::size_t kTextMax = 256, kYearDigits = 4;

constexpr std::array<std::string_view, kUnits> kUnitNames = {"year", "month", "day", "hour", "minute", "second"};

struct Range {
  Nanos begin = INT64_MIN, end = INT64_MAX;  // half-open
};

// Of the rows that have times; rows without them match nothing, whatever is asked.
Verdict turned(Verdict verdict, bool outside, bool absent) {
  if (outside && verdict != Verdict::some) verdict = verdict == Verdict::all ? Verdict::none : Verdict::all;
  return verdict == Verdict::all && absent ? Verdict::some : verdict;
}

// Rows by their time range. A record covers [stime, ltime] as packets do: its last packet belongs to it.
class InRange final : public Where {
 public:
  InRange(Range range, Mode mode, bool outside) : range_(range), mode_(mode), outside_(outside) {}
  FieldSet fields() const override { return {Field::stime, Field::ltime}; }
  Verdict judge(const FrameStats& stats) const override {
    const auto first = stats.range(Field::stime), last = stats.range(Field::ltime);
    if (!first || !last) return Verdict::some;
    if (!first->any || !last->any) return Verdict::none;
    const bool absent = first->absent || last->absent;
    // If every pairing of the extremes passes, all rows do; if the best pairing does not, none does.
    const auto time = [](u128 image) {
      return static_cast<Nanos>(static_cast<std::uint64_t>(image) ^ (std::uint64_t{1} << 63));
    };
    const Nanos begins[] = {time(first->least), time(first->most)}, ends[] = {time(last->least), time(last->most)};
    std::size_t good = 0;
    for (const Nanos begin : begins)
      for (const Nanos end : ends) good += holds(begin, end) ? std::size_t{1} : 0;
    if (good == 4) return turned(Verdict::all, outside_, absent);
    const bool possible = mode_ == Mode::inside ? holds(begins[1], ends[0]) : holds(begins[0], ends[1]);
    return possible ? Verdict::some : turned(Verdict::none, outside_, absent);
  }
  void select(const Batch& batch, std::span<std::uint8_t> keep) const override {
    const auto first = flat<Nanos>(batch[Field::stime], batch.rows());
    const auto last = flat<Nanos>(batch[Field::ltime], batch.rows());
    for (std::size_t i = 0; i < keep.size(); i++) {
      const bool timed = first.has(i) && last.has(i);
      if (!timed || holds(first.values[i], last.values[i]) == outside_) keep[i] = 0;
    }
  }

 private:
  [[nodiscard]] bool holds(Nanos first, Nanos last) const {
    switch (mode_) {
      case Mode::intersects: return first < range_.end && last >= range_.begin;
      case Mode::spans: return first <= range_.begin && last >= range_.end - 1;
      case Mode::inside: break;
    }
    return first >= range_.begin && last < range_.end;
  }
  Range range_;
  Mode mode_;
  bool outside_;
};

// Rows that touch calendar times with some parts given and others any.
class InCalendar final : public Where {
 public:
  InCalendar(const Spec& spec, bool outside) : spec_(spec), outside_(outside) {}
  FieldSet fields() const override { return {Field::stime, Field::ltime}; }
  void select(const Batch& batch, std::span<std::uint8_t> keep) const override {
    const auto first = flat<Nanos>(batch[Field::stime], batch.rows());
    const auto last = flat<Nanos>(batch[Field::ltime], batch.rows());
    for (std::size_t i = 0; i < keep.size(); i++) {
      if (keep[i] == 0) continue;
      const bool timed = first.has(i) && last.has(i);
      if (!timed || holds(first.values[i], last.values[i]) == outside_) keep[i] = 0;
    }
  }

 private:
  // Jumps from the record's start to the next time that has the given parts, as long as the record lasts: the largest
  // part that differs is set, or if it has passed the part above it moves on. A jump passes at least a second.
  static constexpr int kJumpsMax = 10'000;
  [[nodiscard]] bool holds(Nanos first, Nanos last) const {
    Nanos time = first < INT64_MIN + kSecond ? first : first - (first % kSecond + kSecond) % kSecond;
    for (int jump = 0; jump < kJumpsMax && time <= last; jump++) {
      auto at = civil_of(time, spec_.utc);
      std::size_t part = 0;
      while (part < kUnits && (spec_.parts[part] != Spec::Part::given || spec_.values[part] == at[part])) part++;
      if (part == kUnits) return true;
      if (at[part] > spec_.values[part]) {
        if (part == 0) return false;
        at[--part]++;
      } else {
        at[part] = spec_.values[part];
      }
      for (std::size_t i = part + 1; i < kUnits; i++) at[i] = i <= 2 ? 1 : 0;
      if (time > INT64_MAX - kSecond) return false;
      time = std::max(instant_of(at, spec_.utc), time + kSecond);
    }
    return false;
  }
  Spec spec_;
  bool outside_;
};

// "1h30m": an amount of each unit, calendar-exact for months and years. Empty when it is none.
struct Amount {
  std::array<std::int64_t, kUnits> units{};  // years, months, days, hours, minutes, seconds
};
std::optional<Amount> parse_amount(std::string_view text) {
  Amount out;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    std::size_t n = 0;
    while (n < text.size() && n < 9 && is_digit(text[n])) n++;
    if (n == 0 || n == text.size()) return std::nullopt;
    const auto value = static_cast<std::int64_t>(*parse_unsigned(text.substr(0, n)));
    constexpr std::string_view kLetters = "yMdhms";
    if (text[n] == 'w') out.units[2] += 7 * value;
    else if (const auto unit = kLetters.find(text[n]); unit != std::string_view::npos) out.units[unit] += value;
    else return std::nullopt;
    text.remove_prefix(n + 1);
  }
  return out;
}

Nanos moved(Nanos from, const Amount& amount, int sign, bool utc) {
  const Nanos within = (from % kSecond + kSecond) % kSecond;
  Nanos base = from - within;
  if (amount.units[0] != 0 || amount.units[1] != 0) {
    auto civil = civil_of(base, utc);
    const int day = std::exchange(civil[2], 1);
    civil[0] += sign * static_cast<int>(std::min<std::int64_t>(amount.units[0], 1000));
    civil[1] += sign * static_cast<int>(std::min<std::int64_t>(amount.units[1], 12'000));
    // A month before the 31st of March is the last of February.
    const auto month = civil_of(instant_of(civil, true), true);
    civil[2] = std::min(day, days_in(month[0], month[1]));
    base = instant_of(civil, utc);
  }
  // Weeks, days and shorter are exact lengths.
  const std::int64_t seconds =
      amount.units[2] * 86'400 + amount.units[3] * 3600 + amount.units[4] * 60 + amount.units[5];
  const Nanos length = std::min<std::int64_t>(seconds, INT64_MAX / kSecond / 4) * kSecond;
  if (sign > 0) return base > INT64_MAX - length - within ? INT64_MAX : base + length + within;
  return base < INT64_MIN + length ? INT64_MIN : base - length + within;
}

// What a written time covers, with the parts it leaves out taken from `defaults`. Empty for a day that does not exist.
std::optional<Range> covered(const Spec& spec, const std::array<int, kUnits>& defaults) {
  if (spec.exact) return Range{*spec.exact, *spec.exact + spec.exact_length};
  std::array<int, kUnits> begin = {1970, 1, 1, 0, 0, 0};
  const auto last = static_cast<std::size_t>(spec.last);
  for (std::size_t i = 0; i <= last; i++) begin[i] = spec.parts[i] == Spec::Part::given ? spec.values[i] : defaults[i];
  if (begin[2] > days_in(begin[0], begin[1])) return std::nullopt;
  auto end = begin;
  end[last]++;
  return Range{instant_of(begin, spec.utc) + spec.fraction - spec.offset, instant_of(end, spec.utc) - spec.offset};
}

// The calendar where the time is written.
std::array<int, kUnits> civil_for(const Spec& spec, Nanos time) { return civil_of(time + spec.offset, spec.utc); }

// The end of a range is in the zone of its beginning, unless it says another.
void inherit_zone(const Spec& from, Spec& to) {
  if (to.utc) return;
  to.utc = from.utc;
  to.offset = from.offset;
}

// Nothing after its hour but zeros.
bool on_the_hour(const Spec& spec) { return spec.values[4] == 0 && spec.values[5] == 0 && spec.fraction == 0; }

// One end of a range that is written alone: a time, or how long ago.
struct Edge {
  Nanos time = 0;
  std::optional<Spec> spec;  // of a time
};

// "-1h", or a time of which the parts that are left out are taken from `around`.
Result<Edge> parse_edge(std::string_view text, Nanos now, const Edge& around, bool is_end) {
  const auto bad = [&] { return fail(Errc::usage, "'{}' is not a time; {}", escaped(text), kTimes); };
  if (text.size() > kTextMax) return fail(Errc::usage, "the time is too long: {} bytes", text.size());
  if (text.starts_with('-')) {
    const auto back = parse_amount(text.substr(1));
    if (!back) return bad();
    return Edge{moved(now, *back, -1, false), {}};
  }
  if (text.find('-') < kYearDigits) return bad();  // "12-13" is two times, not a day of December
  auto spec = parse_spec(text);
  if (!spec) return bad();
  if (spec->wild()) return fail(Errc::usage, "'{}': a time with '*' has no beginning", escaped(text));
  if (spec->ends_day() && (!is_end || !on_the_hour(*spec))) return bad();
  if (around.spec) inherit_zone(*around.spec, *spec);
  const auto range = covered(*spec, civil_for(*spec, around.time));
  if (!range) return fail(Errc::usage, "'{}' names a day that does not exist", escaped(text));
  return Edge{range->begin, spec};
}

class WhenParser {
 public:
  WhenParser(std::string_view text, Nanos now) : whole_(text), text_(text), now_(now) {}

  Result<When> parse() {
    take_mode();
    if (text_.starts_with('-')) return relative();
    const auto split = split_at();
    auto first = parse_spec(text_.substr(0, split));
    if (!first || first->ends_day()) return bad();
    if (text_.ends_with('Z') && first->offset == 0) first->utc = true;
    if (split == std::string_view::npos && first->wild()) return calendar(*first);
    if (first->wild()) return bad();
    const auto from = covered(*first, civil_for(*first, now_));
    if (!from) return no_day();
    if (split == std::string_view::npos) return made(*from);
    const std::string_view rest = text_.substr(split + 1);
    if (text_[split] == '+') {
      const auto amount = parse_amount(rest);
      if (!amount) return bad();
      return made({from->begin, moved(from->begin, *amount, 1, first->utc)});
    }
    auto second = parse_spec(rest);
    if (!second || second->wild() || (second->ends_day() && !on_the_hour(*second))) return bad();
    inherit_zone(*first, *second);
    // The end takes the parts it leaves out from the beginning.
    const auto to = covered(*second, civil_for(*second, from->begin));
    if (!to) return no_day();
    if (to->begin == from->begin)
      return fail(Errc::usage, "'{}' is an empty range: it ends where it begins; '{}' alone covers a whole {}",
                  escaped(whole_), escaped(text_.substr(0, split)), kUnitNames[static_cast<std::size_t>(first->last)]);
    return made({from->begin, to->begin});
  }

 private:
  void take_mode() {
    if (text_.starts_with('x')) outside_ = true, text_.remove_prefix(1);
    if (text_.size() > 1 && std::string_view("insc").find(text_[0]) != std::string_view::npos) {
      mode_ = text_[0] == 'i' ? Mode::intersects : text_[0] == 'c' ? Mode::inside : Mode::spans;
      text_.remove_prefix(1);
    }
  }
  // The '-' or '+' between two times; the dashes of an ISO date are not it.
  [[nodiscard]] std::size_t split_at() const {
    std::size_t from = 0;
    const auto digit_at = [&](std::size_t i) { return i < text_.size() && is_digit(text_[i]); };
    const bool iso = text_.size() >= 10 && text_[4] == '-' && text_[7] == '-' && digit_at(5) && digit_at(6) &&
                     digit_at(8) && digit_at(9);
    if (iso) from = 10;
    // "+01:00" is no length: it is how far the clock before it is ahead of UTC.
    if (const auto plus = text_.find('+', from); iso && plus != std::string_view::npos && plus + 5 < text_.size() &&
                                                 digit_at(plus + 1) && digit_at(plus + 2) && text_[plus + 3] == ':')
      if (text_.find_first_of("-+", from) == plus) from = plus + 6;
    if (text_.size() == 7 && text_[4] == '-' && digit_at(5) && digit_at(6)) return std::string_view::npos;  // a month
    return text_.find_first_of("-+", from);
  }

  // -1h: from so long ago until now; -2h+30m: so long from then on; -2h-1h is no form.
  Result<When> relative() {
    const std::string_view rest = text_.substr(1);
    const auto plus = rest.find('+');
    const auto back = parse_amount(rest.substr(0, plus));
    if (!back) return bad();
    const Nanos begin = moved(now_, *back, -1, false);
    if (plus == std::string_view::npos) return made({begin, now_});
    const auto length = parse_amount(rest.substr(plus + 1));
    if (!length) return bad();
    return made({begin, moved(begin, *length, 1, false)});
  }
  Result<When> calendar(const Spec& spec) const {
    if (mode_ != Mode::intersects) return fail(Errc::usage, "'{}': a time with '*' only intersects", escaped(whole_));
    When out;
    out.where = std::make_shared<InCalendar>(spec, outside_);
    return out;
  }
  Result<When> made(Range range) const {
    if (range.begin >= range.end)
      return fail(Errc::usage, "'{}' is a range that ends before it begins", escaped(whole_));
    When out;
    out.where = std::make_shared<InRange>(range, mode_, outside_);
    if (!outside_) out.span = {range.begin, range.end};
    out.borders = !outside_ && mode_ == Mode::intersects;
    return out;
  }
  [[nodiscard]] Error no_day() const {
    return fail(Errc::usage, "'{}' names a day that does not exist", escaped(whole_));
  }
  [[nodiscard]] Error bad() const { return fail(Errc::usage, "'{}' is not a time range; {}", escaped(whole_), kForms); }

  std::string_view whole_, text_;
  Nanos now_;
  Mode mode_ = Mode::intersects;
  bool outside_ = false;
};

}  // namespace

Result<When> parse_when(std::string_view text, Nanos now) {
  if (text.size() > kTextMax) return fail(Errc::usage, "the time range is too long: {} bytes", text.size());
  return WhenParser(text, now).parse();
}

Result<When> parse_since_until(const std::optional<std::string>& since, const std::optional<std::string>& until,
                               Nanos now) {
  Edge from{now, {}};
  Range range;
  if (since) {
    auto edge = parse_edge(*since, now, from, false);
    if (!edge) return while_doing("--since", std::move(edge.error()));
    range.begin = edge->time;
    // What -1h leaves out is nothing.
    if (edge->spec) from = *std::move(edge);
  }
  if (until) {
    auto edge = parse_edge(*until, now, from, true);
    if (!edge) return while_doing("--until", std::move(edge.error()));
    range.end = edge->time;
  }
  if (range.begin >= range.end)
    return fail(Errc::usage, "--until: '{}' is not later than '{}' of --since", escaped(*until), escaped(*since));
  When out;
  out.where = std::make_shared<InRange>(range, Mode::intersects, false);
  out.span = {range.begin, range.end};
  out.borders = true;
  return out;
}

std::optional<TimeSpan> parse_instant(std::string_view text) {
  if (text.size() > 64 || text.find_first_not_of("0123456789.") == std::string_view::npos) return std::nullopt;
  const auto spec = parse_spec(text);
  if (!spec || spec->exact || spec->wild() || spec->ends_day()) return std::nullopt;
  for (std::size_t part = 0; part <= static_cast<std::size_t>(spec->last); part++)
    if (spec->parts[part] != Spec::Part::given) return std::nullopt;
  const auto range = covered(*spec, {});
  return range ? std::optional(TimeSpan{range->begin, range->end}) : std::nullopt;
}

}  // namespace argus
