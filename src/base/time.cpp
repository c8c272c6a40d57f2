#include "base/time.h"

#include <array>
#include <chrono>
#include <ctime>

#include "base/text.h"

namespace argus {

namespace {

constexpr Nanos kDurationMost = 36'525 * kDay;  // so that one can be added to any time

constexpr Nanos floor_div(Nanos a, Nanos b) { return a / b - (a % b < 0 ? 1 : 0); }

struct Civil {
  std::int64_t year = 1970;
  unsigned month = 1, day = 1;
};

// Days since 1970-01-01 to a date of the proleptic Gregorian calendar, by eras of 400 years.
Civil civil_of(std::int64_t days) {
  days += 719'468;  // from 0000-03-01
  const std::int64_t era = floor_div(days, 146'097);
  const auto in_era = static_cast<unsigned>(days - era * 146'097);
  const unsigned year = (in_era - in_era / 1460 + in_era / 36'524 - in_era / 146'096) / 365;
  const unsigned in_year = in_era - (365 * year + year / 4 - year / 100);
  const unsigned shifted = (5 * in_year + 2) / 153;
  Civil out;
  out.day = in_year - (153 * shifted + 2) / 5 + 1;
  out.month = shifted < 10 ? shifted + 3 : shifted - 9;
  out.year = static_cast<std::int64_t>(year) + era * 400 + (out.month <= 2 ? 1 : 0);
  return out;
}

// Seconds that the local zone is ahead of UTC. Zones change on quarter hours at the earliest, so one look-up serves
// 900 s of times; a few hundred of them are remembered, for rows that are not in the order of time.
std::int64_t zone_offset(std::int64_t seconds) {
  struct Known {
    std::int64_t quarter = INT64_MIN, offset = 0;
  };
  thread_local std::array<Known, 256> memory;
  const std::int64_t quarter = floor_div(seconds, 900);
  Known& known = memory[static_cast<std::uint64_t>(quarter) % memory.size()];
  if (known.quarter != quarter) {
    const auto at = static_cast<std::time_t>(seconds);
    std::tm local{};
    known = {quarter, ::localtime_r(&at, &local) != nullptr ? local.tm_gmtoff : 0};
  }
  return known.offset;
}

// Exactly `width` decimal digits at `at`; gives what is behind them.
char* put_digits(std::uint64_t value, std::size_t width, char* at) {
  for (std::size_t i = width; i > 0; i--) at[i - 1] = static_cast<char>('0' + value % 10), value /= 10;
  return at + width;
}

constexpr std::array<std::int64_t, 10> kPowers = {1'000'000'000, 100'000'000, 10'000'000, 1'000'000, 100'000,
                                                  10'000,        1'000,       100,        10,        1};

std::size_t clamped_digits(int digits) { return static_cast<std::size_t>(digits < 0 ? 0 : digits > 9 ? 9 : digits); }

// ".214530" at `at`, or nothing.
char* put_fraction(std::int64_t nanos, int digits, char* at) {
  const std::size_t n = clamped_digits(digits);
  if (n == 0) return at;
  *at++ = '.';
  return put_digits(static_cast<std::uint64_t>(nanos / kPowers[n]), n, at);
}

void append_fraction(std::int64_t nanos, int digits, std::string& out) {
  std::array<char, 10> text;
  out.append(text.data(), put_fraction(nanos, digits, text.data()));
}

// Years have four digits: 64-bit nanoseconds end in 2262.
void append_calendar(std::int64_t seconds, std::int64_t nanos, int digits, char between, std::string& out) {
  const std::int64_t days = floor_div(seconds, 86'400);
  const auto in_day = static_cast<std::uint64_t>(seconds - days * 86'400);
  const Civil date = civil_of(days);
  std::array<char, 32> text;
  char* at = put_digits(static_cast<std::uint64_t>(date.year), 4, text.data());
  *at++ = '-';
  at = put_digits(date.month, 2, at);
  *at++ = '-';
  at = put_digits(date.day, 2, at);
  *at++ = between;
  at = put_digits(in_day / 3600, 2, at);
  *at++ = ':';
  at = put_digits(in_day / 60 % 60, 2, at);
  *at++ = ':';
  at = put_digits(in_day % 60, 2, at);
  out.append(text.data(), put_fraction(nanos, digits, at));
}

void append_strftime(std::int64_t seconds, std::int64_t nanos, const TimeStyle& style, std::string& out) {
  std::string format;
  for (std::size_t i = 0; i < style.format.size(); i++) {
    if (style.format[i] != '%' || i + 1 == style.format.size()) {
      format += style.format[i];
    } else if (style.format[++i] == 'f') {
      std::array<char, 10> fraction{};
      char* end = put_fraction(nanos, style.digits, fraction.data());
      if (end != fraction.data()) format.append(fraction.data() + 1, end);
    } else {
      format += '%', format += style.format[i];
    }
  }
  const auto at = static_cast<std::time_t>(seconds);
  std::tm local{};
  std::array<char, 256> text;
  if (::localtime_r(&at, &local) == nullptr) return;
  append_escaped(std::string_view(text.data(), std::strftime(text.data(), text.size(), format.c_str(), &local)), out);
}

}  // namespace

Nanos wall_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

Nanos steady_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

void append_time(Nanos time, const TimeStyle& style, std::string& out) {
  const std::int64_t seconds = floor_div(time, kSecond);
  const std::int64_t nanos = time % kSecond < 0 ? time % kSecond + kSecond : time % kSecond;
  switch (style.form) {
    case TimeStyle::Form::local: return append_calendar(seconds + zone_offset(seconds), nanos, style.digits, ' ', out);
    case TimeStyle::Form::utc: return append_calendar(seconds, nanos, style.digits, ' ', out);
    case TimeStyle::Form::rfc3339:
      append_calendar(seconds, nanos, style.digits, 'T', out);
      out += 'Z';
      return;
    case TimeStyle::Form::epoch:
      if (time < 0) {  // -0.5 is not -1 and half a second
        out += '-';
        append_number(static_cast<std::uint64_t>(-(seconds + (nanos != 0 ? 1 : 0))), out);
        return append_fraction(nanos != 0 ? kSecond - nanos : 0, style.digits, out);
      }
      append_number(seconds, out);
      return append_fraction(nanos, style.digits, out);
    case TimeStyle::Form::strftime: return append_strftime(seconds, nanos, style, out);
  }
}

void append_long_seconds(std::uint64_t duration, int digits, std::string& out) {
  // In units of the last digit, so that rounding up cannot overflow.
  const auto step = static_cast<std::uint64_t>(kPowers[clamped_digits(digits)]);
  const std::uint64_t units = duration / step + (duration % step >= step - duration % step ? 1 : 0);
  const std::uint64_t second = static_cast<std::uint64_t>(kSecond) / step;
  append_number(units / second, out);
  append_fraction(static_cast<std::int64_t>(units % second * step), digits, out);
}

void append_seconds(Nanos duration, int digits, std::string& out) {
  const auto size = static_cast<std::uint64_t>(duration);
  if (duration >= 0) return append_long_seconds(size, digits, out);
  const auto half = static_cast<std::uint64_t>(kPowers[clamped_digits(digits)]) / 2;
  if (0 - size >= half) out += '-';  // what rounds to nothing has no sign
  append_long_seconds(0 - size, digits, out);
}

Result<Nanos> parse_duration(std::string_view text) {
  const auto bad = [&] {
    return fail(Errc::usage, "invalid duration '{}': write 300ms, 30s, 5m, 1h, 2d or 1w", escaped(text));
  };
  const auto too_long = [&] {
    return fail(Errc::usage, "'{}' is too long; write 300ms, 30s, 5m, 1h, 2d or 1w, at most 100 years", escaped(text));
  };
  std::string_view number = text;
  Nanos unit = kSecond;
  struct Unit {
    std::string_view name;
    Nanos length;
  };
  static constexpr std::array<Unit, 8> kUnits = {{{"ns", 1},
                                                  {"us", kMicrosecond},
                                                  {"ms", kMillisecond},
                                                  {"s", kSecond},
                                                  {"m", kMinute},
                                                  {"h", kHour},
                                                  {"d", kDay},
                                                  {"w", 7 * kDay}}};
  for (const Unit& known : kUnits)
    if (number.ends_with(known.name)) {
      unit = known.length;
      number.remove_suffix(known.name.size());
      break;
    }
  // Decimal, with a fraction if there is one, exact to the nanosecond.
  const auto point = number.find('.');
  const auto whole = parse_unsigned(number.substr(0, point));
  const bool hex = number.find_first_of("xX") != std::string_view::npos;
  if (!whole || hex) return bad();
  if (*whole > static_cast<std::uint64_t>(kDurationMost / unit)) return too_long();
  Nanos value = static_cast<Nanos>(*whole) * unit;
  if (point != std::string_view::npos) {
    Nanos scale = unit;
    if (point + 1 == number.size()) return bad();
    for (const char c : number.substr(point + 1)) {
      if (c < '0' || c > '9') return bad();
      scale /= 10;
      value += scale * (c - '0');
    }
  }
  if (value <= 0) return bad();
  if (value > kDurationMost) return too_long();
  return value;
}

}  // namespace argus
