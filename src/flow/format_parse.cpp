// Text to values of fields.
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "flow/format.h"
#include "flow/format_words.h"
#include "flow/where.h"

namespace argus {

namespace {

Error takes(Field field, std::string_view text, std::string_view what) {
  return fail(Errc::usage, "'{}' is no value of {}: it takes {}", escaped(text), info(field).name, what);
}

std::uint64_t most_of(Type type) {
  switch (type) {
    case Type::u8: return UINT8_MAX;
    case Type::u16: return UINT16_MAX;
    case Type::u32: return UINT32_MAX;
    default: return UINT64_MAX;
  }
}

// A decimal number with an optional fraction and a factor k M G T, in units of `scale`; exact.
std::optional<std::uint64_t> parse_scaled(std::string_view text, std::uint64_t scale) {
  if (text.starts_with("0x")) return scale == 1 ? parse_unsigned(text) : std::nullopt;
  std::uint64_t factor = 1;
  constexpr std::string_view kUnits = "kMGT";
  if (!text.empty()) {
    const char last = text.back() == 'K' ? 'k' : text.back();
    if (const auto unit = kUnits.find(last); unit != std::string_view::npos) {
      for (std::size_t i = 0; i <= unit; i++) factor *= 1000;
      text.remove_suffix(1);
    }
  }
  const auto point = text.find('.');
  const auto whole = parse_unsigned(text.substr(0, point));
  if (!whole) return std::nullopt;
  u128 value = static_cast<u128>(*whole) * factor * scale;
  if (point != std::string_view::npos) {
    u128 step = static_cast<u128>(factor) * scale;
    if (point + 1 == text.size()) return std::nullopt;
    for (const char c : text.substr(point + 1)) {
      if (c < '0' || c > '9') return std::nullopt;
      if (step % 10 != 0 && c != '0') return std::nullopt;  // finer than the unit
      step /= 10;
      value += step * static_cast<unsigned>(c - '0');
    }
  }
  if (value > UINT64_MAX) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

Result<u128> parse_number(Field field, std::string_view text) {
  const std::uint64_t most = most_of(info(field).type);
  const auto value = parse_scaled(text, 1);
  if (!value || *value > most) return takes(field, text, fmt::format("numbers up to {}", most));
  return u128{*value};
}

Result<u128> parse_duration_value(Field field, std::string_view text) {
  auto nanos = parse_scaled(text, 1'000'000'000);  // bare numbers are seconds
  if (!nanos) {
    const auto with_unit = parse_duration(text);
    if (with_unit) nanos = static_cast<std::uint64_t>(*with_unit);
  }
  if (!nanos || *nanos > INT64_MAX) return takes(field, text, "seconds, or a duration such as 10ms, 30s or 5m");
  if (info(field).type == Type::i64) return ordered_image(static_cast<std::int64_t>(*nanos));
  return u128{*nanos};
}

Result<u128> parse_time_value(Field field, std::string_view text) {
  const auto nanos = parse_scaled(text, 1'000'000'000);
  if (!nanos || *nanos > INT64_MAX) return takes(field, text, "seconds since 1970, with a fraction if wanted");
  return ordered_image(static_cast<std::int64_t>(*nanos));
}

Result<u128> parse_word(Field field, std::string_view text, std::span<const CodeWord> words) {
  std::string lower;
  for (const char c : text) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  std::vector<std::string> known;
  for (const auto& word : words) {
    if (word.word == lower) return u128{word.code};
    known.emplace_back(word.word);
  }
  if (const auto number = parse_unsigned(text); number && *number <= most_of(info(field).type)) return u128{*number};
  return takes(field, text, joined(known, " "));
}

Result<u128> parse_bits(Field field, std::string_view text, std::span<const CodeWord> words) {
  std::uint32_t bits = 0;
  for (const std::string_view piece : split_words(text, ",")) {
    ARGUS_TRY_LET(const u128 bit, parse_word(field, piece, words));
    bits |= static_cast<std::uint32_t>(bit);
  }
  return u128{bits};
}

Result<u128> parse_letters(Field field, std::string_view text) {
  if (const auto number = parse_unsigned(text); number && *number <= UINT8_MAX) return u128{*number};
  std::uint64_t bits = 0;
  for (const char c : text) {
    const auto bit = kTcpFlagLetters.find(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
    if (bit == std::string_view::npos)
      return takes(field, text, fmt::format("letters of {}, or a number", kTcpFlagLetters));
    bits |= std::uint64_t{1} << bit;
  }
  if (bits == 0) return takes(field, text, fmt::format("letters of {}, or a number", kTcpFlagLetters));
  return u128{bits};
}

Result<u128> parse_proto(std::string_view text) {
  if (const auto named = find_proto(text)) return u128{*named};
  if (const auto number = parse_unsigned(text); number && *number <= UINT16_MAX) return u128{*number};
  return fail(Errc::usage, "no protocol '{}'{}", escaped(text), did_you_mean(text, proto_names()));
}

Result<u128> parse_port(Field field, std::string_view text) {
  if (const auto number = parse_unsigned(text)) {
    if (*number <= UINT16_MAX) return u128{*number};
    return takes(field, text, "ports up to 65535");
  }
  if (const auto named = find_service(text, 0)) return u128{*named};
  return fail(Errc::usage, "no service '{}'{}", escaped(text), did_you_mean(text, service_names()));
}

}  // namespace

Result<u128> parse_value(Field field, std::string_view text) {
  switch (info(field).format) {
    case Format::number:
    case Format::bytes:
    case Format::hex:
    case Format::rate:
    case Format::percent: return parse_number(field, text);
    case Format::time: return parse_time_value(field, text);
    case Format::duration: return parse_duration_value(field, text);
    case Format::address: {
      const auto address = parse_address(text);
      if (!address) return takes(field, text, "an address");
      return ordered_image(*address);
    }
    case Format::mac: {
      const auto mac = parse_mac(text);
      if (!mac) return takes(field, text, "a MAC address, 00:00:5e:00:53:01");
      return u128{*mac};
    }
    case Format::proto: return parse_proto(text);
    case Format::etype: {
      const auto named = find_proto(text);
      if (named && *named >= 0x600) return u128{*named};
      return parse_number(field, text);
    }
    case Format::port: return parse_port(field, text);
    case Format::tcpflags: return parse_letters(field, text);
    case Format::encaps: return parse_bits(field, text, kEncapsWords);
    case Format::icmpmap: return parse_number(field, text);
    case Format::cause: return parse_word(field, text, kCauseWords);
    case Format::dirwhy: return parse_word(field, text, kDirWhyWords);
    case Format::state: {
      if (const auto state = find_state(text)) return u128{*state};
      return takes(field, text, "REQ ACC CON FIN RST TIM INT RSP or an ICMP message such as ECO or URP");
    }
    case Format::text:
    case Format::dir:
    case Format::flgs: break;
  }
  return fail(Errc::usage, "{} cannot be compared with a value", info(field).name);
}

Result<double> parse_real_value(Field field, std::string_view text) {
  double factor = 1;
  std::string_view number = text;
  constexpr std::string_view kUnits = "kMGT";
  if (!number.empty()) {
    const char last = number.back() == 'K' ? 'k' : number.back();
    if (const auto unit = kUnits.find(last); unit != std::string_view::npos) {
      factor = std::pow(1000.0, static_cast<double>(unit + 1));
      number.remove_suffix(1);
    }
  }
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc() || end != number.data() + number.size() || !std::isfinite(value) || number.empty())
    return takes(field, text, "a number");
  return value * factor;
}

}  // namespace argus
