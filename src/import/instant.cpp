#include "import/instant.h"

#include <charconv>
#include <cmath>

#include "base/text.h"
#include "base/time_range.h"

namespace argus {

namespace {

// Takes digits from the front; empty without any, or with more than fit.
std::optional<std::uint64_t> take_digits(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

// Behind a point: nanoseconds.
std::uint64_t take_fraction(std::string_view& text) {
  std::uint64_t value = 0, unit = kSecond;
  while (!text.empty() && is_digit(text.front())) {
    unit /= 10;
    value += unit * static_cast<unsigned>(text.front() - '0');
    text.remove_prefix(1);
  }
  return value;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// Days from 1970-01-01 in the Gregorian calendar, by eras of 400 years that begin in March.
std::int64_t days_of(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = year / 400, of_era = year - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}

std::optional<std::uint64_t> take_number(std::string_view& text, std::uint64_t least, std::uint64_t most) {
  const auto value = take_digits(text);
  return value && *value >= least && *value <= most ? value : std::nullopt;
}

// "Z", "+02:00", "-0530", or nothing: seconds ahead of UTC.
std::optional<std::int64_t> zone_of(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return 0;
  const bool west = text.front() == '-';
  if (!west && text.front() != '+') return std::nullopt;
  text.remove_prefix(1);
  if (text.size() < 4 || text.size() > 5) return std::nullopt;
  std::string_view hours = text.substr(0, 2), minutes = text.substr(text.size() - 2);
  const auto h = take_number(hours, 0, 23), m = take_number(minutes, 0, 59);
  if (!h || !m || !hours.empty() || !minutes.empty() || (text.size() == 5 && text[2] != ':')) return std::nullopt;
  const auto seconds = static_cast<std::int64_t>(*h * 3600 + *m * 60);
  return west ? -seconds : seconds;
}

// Behind the year.
std::optional<Nanos> calendar(std::uint64_t year, std::string_view text) {
  if (year < 1800 || year > 2200 || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 1, 12);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 1, 31);
  if (!day || (!take(text, 'T') && !take(text, ' '))) return std::nullopt;
  const auto hour = take_number(text, 0, 23);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 0, 59);
  if (!minute || !take(text, ':')) return std::nullopt;
  const auto second = take_number(text, 0, 60);
  if (!second) return std::nullopt;
  const std::uint64_t fraction = take(text, '.') ? take_fraction(text) : 0;
  const auto zone = zone_of(text);
  if (!zone) return std::nullopt;
  const std::int64_t days =
      days_of(static_cast<std::int64_t>(year), static_cast<std::int64_t>(*month), static_cast<std::int64_t>(*day));
  const std::int64_t seconds = days * 86'400 + static_cast<std::int64_t>(*hour * 3600 + *minute * 60 + *second) - *zone;
  constexpr std::int64_t kMost = kTimeMost / kSecond - 1;
  if (seconds > kMost || seconds < -kMost) return std::nullopt;
  return seconds * kSecond + static_cast<Nanos>(fraction);
}

// What is left behind digits that are seconds.
std::optional<Nanos> seconds_of(std::uint64_t whole, std::string_view rest, bool negative) {
  constexpr std::uint64_t kMost = static_cast<std::uint64_t>(kTimeMost / kSecond) - 1;
  const std::uint64_t fraction = take(rest, '.') ? take_fraction(rest) : 0;
  if (!rest.empty() || whole > kMost) return std::nullopt;
  const auto nanos = static_cast<Nanos>(whole * kSecond + fraction);
  return negative ? -nanos : nanos;
}

// "9.5e-07", as JSON has numbers that are small or large.
std::optional<Nanos> scientific(std::string_view text) {
  const auto value = parse_real(text);
  constexpr double kMost = static_cast<double>(kTimeMost / kSecond);
  if (!value || !(std::abs(*value) < kMost)) return std::nullopt;
  return std::llround(*value * static_cast<double>(kSecond));
}

bool is_scientific(std::string_view text) { return text.find_first_of("eE") != std::string_view::npos; }

}  // namespace

std::optional<Nanos> parse_decimal_seconds(std::string_view text) {
  if (is_scientific(text)) return scientific(text);
  const bool negative = take(text, '-');
  const auto whole = take_digits(text);
  if (!whole) return std::nullopt;
  return seconds_of(*whole, text, negative);
}

std::optional<Nanos> parse_timestamp(std::string_view text) {
  if (is_scientific(text)) return scientific(text);
  const bool negative = take(text, '-');
  const auto whole = take_digits(text);
  if (!whole) return std::nullopt;
  if (text.starts_with('-') && !negative) return calendar(*whole, text);
  return seconds_of(*whole, text, negative);
}

}  // namespace argus
