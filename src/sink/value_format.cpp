#include "sink/value_format.h"

#include <fmt/printf.h>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>

#include "base/text.h"

namespace argus {

namespace {

constexpr std::size_t kDigitsMost = 2;  // of a width or a precision: below 100
constexpr std::string_view kWhole = "diuxXo", kReal = "fFeEgG", kText = "s";

// "%-8.2f" with what stands before and behind it.
struct Parts {
  std::string before, after, spec;
  char conversion = 0;
};

// The digits at the front; nothing when there are too many.
std::optional<std::string_view> take_digits(std::string_view& text) {
  const std::string_view digits = text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
  text.remove_prefix(digits.size());
  return digits.size() <= kDigitsMost ? std::optional(digits) : std::nullopt;
}

// Text up to the next conversion; "%%" is a sign.
std::string take_text(std::string_view& text) {
  std::string out;
  while (!text.empty() && (text[0] != '%' || text.starts_with("%%"))) {
    out += text[0];
    text.remove_prefix(text[0] == '%' ? 2 : 1);
  }
  return out;
}

std::optional<Parts> parts_of(std::string_view text) {
  Parts out;
  out.before = take_text(text);
  if (text.empty()) return std::nullopt;
  text.remove_prefix(1);
  const auto flags = text.substr(0, std::min(text.find_first_not_of("-+ #0"), text.size()));
  text.remove_prefix(flags.size());
  const auto width = take_digits(text);
  if (!width) return std::nullopt;
  out.spec = fmt::format("%{}{}", flags, *width);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const auto precision = take_digits(text);
    if (!precision) return std::nullopt;
    out.spec += fmt::format(".{}", *precision);
  }
  if (text.empty() || (kWhole.find(text[0]) == std::string_view::npos &&
                       kReal.find(text[0]) == std::string_view::npos && kText.find(text[0]) == std::string_view::npos))
    return std::nullopt;
  out.conversion = text[0];
  out.spec += text[0];
  text.remove_prefix(1);
  out.after = take_text(text);
  return text.empty() ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<double> number_of(std::string_view text) {
  if (const auto whole = parse_unsigned(text)) return static_cast<double>(*whole);
  double value = 0;
  const auto done = std::from_chars(text.data(), text.data() + text.size(), value);
  return done.ec == std::errc() && done.ptr == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// What printf makes of the value; nothing where it is no number and should be one.
std::optional<std::string> printed(const Parts& parts, const std::string& value) {
  if (kText.find(parts.conversion) != std::string_view::npos) return fmt::sprintf(parts.spec, value);
  if (kWhole.find(parts.conversion) != std::string_view::npos) {
    if (const auto whole = parse_unsigned(value)) {
      std::string spec = parts.spec;
      if (*whole > INT64_MAX && (parts.conversion == 'd' || parts.conversion == 'i')) spec.back() = 'u';
      return fmt::sprintf(spec, *whole);
    }
  }
  const auto number = number_of(value);
  if (!number) return std::nullopt;
  constexpr double kMost = 9e18;
  if (kReal.find(parts.conversion) != std::string_view::npos) return fmt::sprintf(parts.spec, *number);
  return fmt::sprintf(parts.spec, std::llround(std::fmin(std::fmax(*number, -kMost), kMost)));
}

}  // namespace

Result<> check_value_format(Field field, std::string_view format) {
  if (info(field).format == Format::time) {
    if (!format.empty()) return {};
    return fail(Errc::usage, "a format of times is one of strftime: stime:20:%H:%M:%S");
  }
  if (parts_of(format)) return {};
  return fail(Errc::usage, "a format is one of printf: dur:9:%.2f, pkts:8:%x, state:5:%-5s");
}

void format_value(std::string_view format, std::size_t start, std::string& out) {
  const auto parts = parts_of(format);
  if (!parts || start == out.size()) return;
  if (const auto value = printed(*parts, out.substr(start))) {
    out.resize(start);
    out += parts->before + *value + parts->after;
  }
}

}  // namespace argus
