#include "flow/when.h"

#include <algorithm>

#include "base/text.h"
#include "flow/when_spec.h"

namespace argus {

namespace {

enum class Mode : std::uint8_t { intersects, spans, inside };

constexpr std::string_view kForms =
    "write 14:00-15:00, 2026/11/23, 2026-11-23T14:00Z+30m, 1795438927, -1h, or see docs/time.md";

struct Range {
  Nanos begin = INT64_MIN, end = INT64_MAX;  // half-open
};

// Rows by their time range. A record covers [stime, ltime] as packets do: its last packet belongs to it.
class InRange : public Where {
 public:
  InRange(Range range, Mode mode, bool outside) : range_(range), mode_(mode), outside_(outside) {}
  FieldSet fields() const override { return {Field::stime, Field::ltime}; }
  Verdict judge(const FrameStats& stats) const override {
    const auto first = stats.range(Field::stime), last = stats.range(Field::ltime);
    if (!first || !last || outside_ || mode_ != Mode::intersects) return Verdict::some;
    if (!first->any || !last->any) return Verdict::none;
    const u128 begin = ordered_image(range_.begin), end = ordered_image(range_.end);
    if (first->least >= end || last->most < begin) return Verdict::none;
    const bool all = first->most < end && last->least >= begin && !first->absent && !last->absent;
    return all ? Verdict::all : Verdict::some;
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
      case Mode::spans: return first <= range_.begin && last >= range_.end;
      case Mode::inside: break;
    }
    return first >= range_.begin && last < range_.end;
  }
  Range range_;
  Mode mode_;
  bool outside_;
};

// Rows whose time touches calendar times with some parts given and others any: tried unit by unit of the last part, from
// the record's start.
class InCalendar final : public Where {
 public:
  InCalendar(const Spec& spec, bool outside) : spec_(spec), outside_(outside) {}
  FieldSet fields() const override { return {Field::stime, Field::ltime}; }
  void select(const Batch& batch, std::span<std::uint8_t> keep) const override {
    const auto first = flat<Nanos>(batch[Field::stime], batch.rows());
    const auto last = flat<Nanos>(batch[Field::ltime], batch.rows());
    for (std::size_t i = 0; i < keep.size(); i++) {
      const bool timed = first.has(i) && last.has(i);
      if (!timed || holds(first.values[i], last.values[i]) == outside_) keep[i] = 0;
    }
  }

 private:
  static constexpr int kStepsMax = 400'000;  // a record of more units than this is long enough to touch one
  [[nodiscard]] bool holds(Nanos first, Nanos last) const {
    const auto unit = static_cast<std::size_t>(spec_.last);
    auto at = civil_of(first, spec_.utc);
    for (int steps = 0; steps < kStepsMax; steps++) {
      bool good = true;
      for (std::size_t i = 0; i <= unit; i++) good &= spec_.parts[i] != Spec::Part::given || spec_.values[i] == at[i];
      if (good) return true;
      for (std::size_t i = unit + 1; i < kUnits; i++) at[i] = i == 2 ? 1 : 0;
      at[unit]++;
      const Nanos next = instant_of(at, spec_.utc);
      if (next > last) return false;
      at = civil_of(next, spec_.utc);
    }
    return true;
  }
  Spec spec_;
  bool outside_;
};

// "1h30m": an amount of each unit, calendar-exact for months and years. Empty when it is none.
struct Amount {
  std::array<int, kUnits> units{};  // years, months, days, hours, minutes, seconds
  Nanos fraction = 0;
};
std::optional<Amount> parse_amount(std::string_view text) {
  Amount out;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    std::size_t n = 0;
    while (n < text.size() && n < 9 && text[n] >= '0' && text[n] <= '9') n++;
    if (n == 0 || n == text.size()) return std::nullopt;
    const auto value = static_cast<int>(*parse_unsigned(text.substr(0, n)));
    constexpr std::string_view kLetters = "yMdhms";
    if (text[n] == 'w') out.units[2] += 7 * std::min(value, 1'000'000);
    else if (const auto unit = kLetters.find(text[n]); unit != std::string_view::npos) out.units[unit] += value;
    else return std::nullopt;
    text.remove_prefix(n + 1);
  }
  return out;
}

Nanos moved(Nanos from, const Amount& amount, int sign, bool utc) {
  const Nanos whole = from / kSecond * kSecond - (from % kSecond < 0 ? kSecond : 0);
  Nanos base = whole;
  if (amount.units[0] != 0 || amount.units[1] != 0) {
    auto civil = civil_of(whole, utc);
    civil[0] += sign * std::min(amount.units[0], 1000);
    civil[1] += sign * std::min(amount.units[1], 12'000);
    base = instant_of(civil, utc);
  }
  // Days and shorter are exact lengths.
  const Nanos seconds =
      Nanos{amount.units[2]} * 86'400 + Nanos{amount.units[3]} * 3600 + Nanos{amount.units[4]} * 60 + amount.units[5];
  const Nanos limited = std::min<Nanos>(seconds, INT64_MAX / kSecond / 4);
  Nanos out = 0;
  if (__builtin_add_overflow(base, sign * limited * kSecond, &out)) out = sign < 0 ? INT64_MIN : INT64_MAX;
  return out + (from - whole);
}

// What a written time covers, with the parts it leaves out taken from `defaults`.
Range covered(const Spec& spec, const std::array<int, kUnits>& defaults) {
  if (spec.exact) return {*spec.exact, *spec.exact + spec.exact_length};
  std::array<int, kUnits> begin = {1970, 1, 1, 0, 0, 0};
  const auto last = static_cast<std::size_t>(spec.last);
  for (std::size_t i = 0; i <= last; i++) begin[i] = spec.parts[i] == Spec::Part::given ? spec.values[i] : defaults[i];
  auto end = begin;
  end[last]++;
  return {instant_of(begin, spec.utc) + spec.fraction, instant_of(end, spec.utc)};
}

class WhenParser {
 public:
  WhenParser(std::string_view text, Nanos now) : whole_(text), text_(text), now_(now) {}

  Result<When> parse() {
    take_mode();
    if (text_.starts_with('-')) return relative();
    const auto split = split_at();
    auto first = parse_spec(text_.substr(0, split));
    if (!first) return bad();
    const bool utc_at_end = text_.ends_with('Z');
    if (utc_at_end) first->utc = true;
    if (split == std::string_view::npos) {
      if (first->wild()) return calendar(*first);
      return made(covered(*first, defaults(first->utc)));
    }
    if (first->wild()) return bad();
    const Range from = covered(*first, defaults(first->utc));
    const std::string_view rest = text_.substr(split + 1);
    if (text_[split] == '+') {
      const auto amount = parse_amount(rest);
      if (!amount) return bad();
      return made({from.begin, moved(from.begin, *amount, 1, first->utc)});
    }
    const auto second = parse_spec(rest);
    if (!second || second->wild()) return bad();
    // The end takes the parts it leaves out from the beginning.
    return made({from.begin, covered(*second, civil_of(from.begin, second->utc)).end});
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
    const auto is_digit = [&](std::size_t i) { return i < text_.size() && text_[i] >= '0' && text_[i] <= '9'; };
    const bool iso = text_.size() >= 10 && text_[4] == '-' && text_[7] == '-' && is_digit(5) && is_digit(6) &&
                     is_digit(8) && is_digit(9);
    if (iso) from = 10;
    return text_.find_first_of("-+", from);
  }
  [[nodiscard]] std::array<int, kUnits> defaults(bool utc) const { return civil_of(now_, utc); }

  // -1h: from so long ago until now; -2h+30m: so long from then on; -2h-1h is no form.
  Result<When> relative() {
    const std::string_view rest = text_.substr(1);
    const auto plus = rest.find('+');
    const auto back = parse_amount(rest.substr(0, plus));
    if (!back) return bad();
    const Nanos begin = moved(now_, *back, -1, false);
    if (plus == std::string_view::npos) return made({begin, now_ + 1});
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
    return out;
  }
  [[nodiscard]] Error bad() const { return fail(Errc::usage, "'{}' is no time range; {}", escaped(whole_), kForms); }

  std::string_view whole_, text_;
  Nanos now_;
  Mode mode_ = Mode::intersects;
  bool outside_ = false;
};

}  // namespace

Result<When> parse_when(std::string_view text, Nanos now) {
  if (text.size() > 256) return fail(Errc::usage, "a time range of {} bytes", text.size());
  return WhenParser(text, now).parse();
}

std::optional<TimeSpan> parse_instant(std::string_view text) {
  if (text.size() > 64 || text.find_first_not_of("0123456789.") == std::string_view::npos) return std::nullopt;
  const auto spec = parse_spec(text);
  const auto year = static_cast<std::size_t>(Unit::year);
  if (!spec || spec->exact || spec->wild() || spec->parts[year] != Spec::Part::given) return std::nullopt;
  const Range range = covered(*spec, {});
  return TimeSpan{range.begin, range.end};
}

}  // namespace argus
