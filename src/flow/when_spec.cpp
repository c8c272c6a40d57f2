#include "flow/when_spec.h"

#include <algorithm>
#include <ctime>

#include "base/text.h"

namespace argus {

namespace {

constexpr std::array<int, kUnits> kLeast = {1900, 1, 1, 0, 0, 0};
constexpr std::array<int, kUnits> kMost = {2261, 12, 31, 24, 59, 60};

constexpr std::size_t kIsoDateSize = 10, kOffsetSize = 6;

std::size_t index(Unit unit) { return static_cast<std::size_t>(unit); }

bool set(Spec& spec, Unit unit, std::string_view text) {
  const std::size_t i = index(unit);
  if (text == "*" || text == "**" || text == "****") {
    spec.parts[i] = Spec::Part::any;
    return true;
  }
  if (text.empty() || text.size() > 4 || text.find_first_not_of("0123456789") != std::string_view::npos) return false;
  const auto value = static_cast<int>(*parse_unsigned(text));
  if (value < kLeast[i] || value > kMost[i]) return false;
  spec.parts[i] = Spec::Part::given;
  spec.values[i] = value;
  return true;
}

std::vector<std::string_view> pieces(std::string_view text, char between) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto end = text.find(between);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

// HH[:MM[:SS[.frac]]]
bool set_clock(Spec& spec, std::string_view text) {
  const auto parts = pieces(text, ':');
  if (parts.size() > 3) return false;
  if (!set(spec, Unit::hour, parts[0])) return false;
  spec.last = Unit::hour;
  if (parts.size() > 1) {
    if (!set(spec, Unit::minute, parts[1])) return false;
    spec.last = Unit::minute;
  }
  if (parts.size() > 2) {
    const auto point = parts[2].find('.');
    if (!set(spec, Unit::second, parts[2].substr(0, point))) return false;
    spec.last = Unit::second;
    if (point != std::string_view::npos) {
      const std::string_view digits = parts[2].substr(point + 1);
      if (digits.empty() || digits.size() > 9 || digits.find_first_not_of("0123456789") != std::string_view::npos)
        return false;
      Nanos step = kSecond;
      for (const char c : digits) step /= 10, spec.fraction += step * (c - '0');
    }
  }
  return true;
}

// yyyy, yyyy/mm, yyyy/mm/dd, mm/dd
bool set_date(Spec& spec, std::string_view text, char between) {
  const auto parts = pieces(text, between);
  const bool year_first = parts[0].size() == 4;
  if (parts.size() > 3 || (!year_first && parts.size() != 2)) return false;
  Unit unit = year_first ? Unit::year : Unit::month;
  for (const std::string_view part : parts) {
    if (!set(spec, unit, part)) return false;
    spec.last = unit;
    unit = static_cast<Unit>(index(unit) + 1);
  }
  return true;
}

// 2023y11M14d12h30m15s: parts that are not named are missing before the first, any value between.
bool set_items(Spec& spec, std::string_view text) {
  constexpr std::string_view kLetters = "yMdhms";
  std::size_t next = 0;
  bool any = false;
  while (!text.empty()) {
    const auto end = text.find_first_of(kLetters);
    if (end == std::string_view::npos || end == 0) return false;
    const std::size_t unit = kLetters.find(text[end]);
    if (unit < next || !set(spec, static_cast<Unit>(unit), text.substr(0, end))) return false;
    for (std::size_t between = next; any && between < unit; between++) spec.parts[between] = Spec::Part::any;
    next = unit + 1;
    any = true;
    spec.last = static_cast<Unit>(unit);
    text.remove_prefix(end + 1);
  }
  return any;
}

bool set_epoch(Spec& spec, std::string_view text) {
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (whole.size() < 5 || whole.size() > 10 || whole.find_first_not_of("0123456789") != std::string_view::npos)
    return false;
  Nanos time = static_cast<Nanos>(*parse_unsigned(whole)) * kSecond;
  if (time / kSecond > INT64_MAX / kSecond - 1) return false;
  if (point != std::string_view::npos) {
    const std::string_view digits = text.substr(point + 1);
    if (digits.empty() || digits.size() > 9 || digits.find_first_not_of("0123456789") != std::string_view::npos)
      return false;
    Nanos step = kSecond;
    for (const char c : digits) step /= 10, time += step * (c - '0');
  }
  spec.exact = time;
  spec.exact_length = kSecond;
  return true;
}

// How far "+01:00" or "-05:30" is ahead of UTC.
std::optional<Nanos> zone_offset(std::string_view text) {
  if (text.size() != kOffsetSize || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const auto digits = [&](std::size_t at) -> std::optional<std::int64_t> {
    const std::string_view two = text.substr(at, 2);
    if (two.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    return static_cast<std::int64_t>(*parse_unsigned(two));
  };
  const auto hours = digits(1), minutes = digits(4);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const Nanos ahead = *hours * kHour + *minutes * kMinute;
  return text[0] == '+' ? ahead : -ahead;
}

}  // namespace

int days_in(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

bool Spec::wild() const {
  return std::any_of(parts.begin(), parts.end(), [](Part p) { return p == Part::any; });
}

bool Spec::ends_day() const { return parts[index(Unit::hour)] == Part::given && values[index(Unit::hour)] == 24; }

std::optional<Spec> parse_spec(std::string_view text) {
  Spec spec;
  if (text.ends_with('Z')) {
    spec.utc = true;
    text.remove_suffix(1);
  } else if (text.size() > kIsoDateSize + kOffsetSize && (text[kIsoDateSize] == 'T' || text[kIsoDateSize] == ' ')) {
    const std::size_t clock = text.size() - kOffsetSize;
    if (const auto offset = zone_offset(text.substr(clock))) {
      spec.utc = true;
      spec.offset = *offset;
      text.remove_suffix(kOffsetSize);
    }
  }
  Spec fresh = spec;
  if (set_epoch(fresh, text)) return fresh;
  fresh = spec;
  if (set_items(fresh, text)) return fresh;
  // A date and a clock, by "T" or a blank after an ISO date, by "." after a classic one.
  fresh = spec;
  const char mark = text.find('/') != std::string_view::npos ? '/' : '-';
  auto split = text.find_first_of("T ");
  if (split == std::string_view::npos) split = text.find('.');
  const bool clock_only = split != std::string_view::npos && text.substr(0, split).find(':') != std::string_view::npos;
  if (clock_only) split = std::string_view::npos;
  const std::string_view date = split == std::string_view::npos ? std::string_view() : text.substr(0, split);
  const std::string_view clock = split == std::string_view::npos ? text : text.substr(split + 1);
  if (!date.empty()) {
    const bool day_only = date.find(mark) == std::string_view::npos && date.size() <= 2;
    if (day_only ? !set(fresh, Unit::day, date) : !set_date(fresh, date, mark)) return std::nullopt;
    if (fresh.parts[index(Unit::day)] == Spec::Part::missing) return std::nullopt;  // "2023 14:05" names no day
    if (!set_clock(fresh, clock)) return std::nullopt;
    return fresh;
  }
  if (split == 0) return set_clock(fresh, clock) ? std::optional(fresh) : std::nullopt;  // ".12:00"
  if (clock.size() <= 2 || clock.find(':') != std::string_view::npos) {
    if (set_clock(fresh, clock)) return fresh;
    return std::nullopt;
  }
  if (set_date(fresh, clock, mark)) return fresh;
  return std::nullopt;
}

Nanos instant_of(const std::array<int, kUnits>& civil, bool utc) {
  std::tm tm{};
  tm.tm_year = civil[0] - 1900;
  tm.tm_mon = civil[1] - 1;
  tm.tm_mday = civil[2];
  tm.tm_hour = civil[3];
  tm.tm_min = civil[4];
  tm.tm_sec = civil[5];
  tm.tm_isdst = -1;
  const std::time_t at = utc ? ::timegm(&tm) : std::mktime(&tm);
  constexpr std::time_t kFarthest = INT64_MAX / kSecond - 1;
  return static_cast<Nanos>(std::clamp<std::time_t>(at, -kFarthest, kFarthest)) * kSecond;
}

std::array<int, kUnits> civil_of(Nanos time, bool utc) {
  auto at = static_cast<std::time_t>(time / kSecond - (time % kSecond < 0 ? 1 : 0));
  std::tm tm{};
  if (utc) ::gmtime_r(&at, &tm);
  else ::localtime_r(&at, &tm);
  return {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec};
}

}  // namespace argus
