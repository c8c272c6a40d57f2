#include "filter/units.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/int128.h"
#include "base/text.h"

namespace argus {

namespace {

// A way to write the unit of fields, as flow/fields.def states it.
struct UnitWord {
  std::string_view of, word;
};
constexpr auto kUnits = std::to_array<UnitWord>({
    {"bytes", "B"},
    {"bit/s", "bit/s"},
    {"bit/s", "bps"},
    {"packets/s", "pps"},
    {"packets/s", "/s"},
    {"%", "%"},
});

bool ends_a_number(std::string_view text) {
  return !text.empty() && (is_digit(text.back()) || std::string_view("kKMGTPEi").find(text.back()) != text.npos);
}

// "1.5" times the factor, when that is a whole number of at most 64 bits.
std::optional<std::uint64_t> times(std::string_view text, std::uint64_t factor) {
  const auto point = std::min(text.find('.'), text.size());
  const auto whole = parse_unsigned(text.substr(0, point));
  std::string_view digits = text.substr(std::min(point + 1, text.size()));
  if (!whole || text.starts_with("0x") || digits.size() > 12 || (point < text.size() && digits.empty()))
    return std::nullopt;
  u128 parts = 0, scale = 1;
  for (const char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    parts = parts * 10 + static_cast<unsigned>(c - '0');
    scale *= 10;
  }
  parts *= factor;
  if (parts % scale != 0) return std::nullopt;
  const u128 value = u128{*whole} * factor + parts / scale;
  return value <= UINT64_MAX ? std::optional(static_cast<std::uint64_t>(value)) : std::nullopt;
}

// "64Ki" and, because -H goes on to them, "2P" and "1E"; nothing for what parse_value() reads itself.
std::optional<std::uint64_t> multiple(std::string_view text) {
  constexpr std::string_view kPrefixes = "kMGTPE";
  const bool binary = text.ends_with('i');
  if (binary) text.remove_suffix(1);
  if (text.empty()) return std::nullopt;
  const auto at = kPrefixes.find(text.back() == 'K' ? 'k' : text.back());
  if (at == std::string_view::npos || (!binary && at < 4)) return std::nullopt;
  text.remove_suffix(1);
  std::uint64_t factor = 1;
  for (std::size_t i = 0; i <= at; i++) factor *= binary ? 1024u : 1000u;
  return times(text, factor);
}

}  // namespace

std::string without_unit(Field field, std::string_view text) {
  const std::string_view unit = info(field).unit;
  std::string_view number = text;
  for (const UnitWord& known : kUnits) {
    if (known.of != unit || !number.ends_with(known.word)) continue;
    number.remove_suffix(known.word.size());
    if (!ends_a_number(number)) return std::string(text);
    break;
  }
  const bool counts = unit == "bytes" || unit == "packets" || unit == "bit/s" || unit == "packets/s" ||
                      unit == "flows" || unit == "records";
  if (counts)
    if (const auto value = multiple(number)) return std::to_string(*value);
  return std::string(number);
}

}  // namespace argus
