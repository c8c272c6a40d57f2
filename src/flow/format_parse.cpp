// Text to values of fields.
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

#include "base/address.h"
#include "base/int128.h"
#include "base/names.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/format_words.h"
#include "flow/type.h"
#include "flow/where.h"

namespace argus {

namespace {

Error takes(Field field, std::string_view text, std::string_view what) {
  return fail(Errc::usage, "'{}' is not a value of {}: it takes {}", escaped(text), info(field).name, what);
}

std::uint64_t most_of(Type type) {
  switch (type) {
    case Type::u8: return UINT8_MAX;
    case Type::u16: return UINT16_MAX;
    case Type::u32: return UINT32_MAX;
    default: return UINT64_MAX;
  }
}

// A decimal number with an optional fraction, in units of `scale` (a power of ten); exact: nothing finer than a unit.
std::optional<std::uint64_t> parse_scaled(std::string_view text, std::uint64_t scale) {
  const auto point = text.find('.');
  const auto whole = parse_unsigned(text.substr(0, point));
  if (!whole || text.find_first_of("xX") != std::string_view::npos) return std::nullopt;
  u128 value = u128{*whole} * scale;
  if (point != std::string_view::npos) {
    if (point + 1 == text.size()) return std::nullopt;
    std::uint64_t step = scale;
    for (const char c : text.substr(point + 1)) {
      if (c < '0' || c > '9' || (step < 10 && c != '0')) return std::nullopt;
      step /= 10;
      value += u128{step} * static_cast<unsigned>(c - '0');
    }
  }
  if (value > UINT64_MAX) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

// 1500, 1.5k, 2M, 0x5dc.
std::optional<std::uint64_t> parse_count(std::string_view text) {
  if (const auto plain = parse_unsigned(text)) return plain;
  std::uint64_t factor = 1;
  constexpr std::string_view kUnits = "kMGT";
  if (!text.empty()) {
    const char last = text.back() == 'K' ? 'k' : text.back();
    const auto unit = kUnits.find(last);
    if (unit == std::string_view::npos) return parse_scaled(text, 1);
    for (std::size_t i = 0; i <= unit; i++) factor *= 1000;
    text.remove_suffix(1);
  }
  return parse_scaled(text, factor);
}

// Decimal digits of a number beyond 64 bits.
std::optional<u128> parse_long(std::string_view text) {
  u128 value = 0;
  for (const char c : text) {
    const unsigned digit = static_cast<unsigned>(c) - '0';
    if (digit > 9 || value > (~u128{0} - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return text.empty() ? std::nullopt : std::optional(value);
}

Result<u128> parse_number(Field field, std::string_view text) {
  if (info(field).type == Type::u128)
    if (const auto value = parse_long(text)) return *value;
  const std::uint64_t most = most_of(info(field).type);
  const auto value = parse_count(text);
  if (!value || *value > most) return takes(field, text, fmt::format("numbers up to {}", most));
  return u128{*value};
}

// The image of a time or signed duration whose distance from 0 is given; empty when out of range.
std::optional<u128> signed_image(std::uint64_t size, bool negative) {
  if (size > static_cast<std::uint64_t>(INT64_MAX) + (negative ? 1 : 0)) return std::nullopt;
  return ordered_image(static_cast<std::int64_t>(negative ? 0 - size : size));
}

Result<u128> parse_duration(Field field, std::string_view text) {
  const bool has_sign = info(field).type == Type::i64;
  const bool negative = has_sign && text.starts_with('-');
  const std::string_view size = text.substr(negative ? 1 : 0);
  auto nanos = parse_scaled(size, 1'000'000'000);  // bare numbers are seconds
  if (!nanos) {
    const auto with_unit = argus::parse_duration(size);
    if (with_unit) nanos = static_cast<std::uint64_t>(*with_unit);
  }
  if (nanos && !has_sign) return u128{*nanos};
  if (nanos)
    if (const auto image = signed_image(*nanos, negative)) return *image;
  return takes(field, text, "seconds, or a duration such as 10ms, 30s or 5m");
}

Result<u128> parse_time(Field field, std::string_view text) {
  const bool negative = text.starts_with('-');
  if (const auto nanos = parse_scaled(text.substr(negative ? 1 : 0), 1'000'000'000))
    if (const auto image = signed_image(*nanos, negative)) return *image;
  return takes(field, text, "seconds since 1970, with a fraction if wanted");
}

Result<u128> parse_word(Field field, std::string_view text, std::span<const CodeWord> words) {
  const auto is_letter = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
  std::vector<std::string> known;
  for (const auto& word : words) {
    if (std::equal(word.word.begin(), word.word.end(), text.begin(), text.end(), is_letter)) return u128{word.code};
    known.emplace_back(word.word);
  }
  if (const auto number = parse_unsigned(text); number && *number <= most_of(info(field).type)) return u128{*number};
  return takes(field, text, joined(known, " "));
}

Result<u128> parse_bits(Field field, std::string_view text, std::span<const CodeWord> words) {
  std::uint32_t bits = 0;
  const auto pieces = split_words(text, ",");
  if (pieces.empty()) return parse_word(field, text, words);
  for (const std::string_view piece : pieces) {
    ARGUS_TRY_LET(const u128 bit, parse_word(field, piece, words));
    bits |= static_cast<std::uint32_t>(bit);
  }
  return u128{bits};
}

Result<u128> parse_letters(Field field, std::string_view text, std::string_view letters) {
  if (const auto number = parse_unsigned(text); number && *number <= UINT8_MAX) return u128{*number};
  std::uint64_t bits = 0;
  for (const char c : text) {
    const auto bit = letters.find(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
    if (bit == std::string_view::npos) return takes(field, text, fmt::format("letters of {}, or a number", letters));
    bits |= std::uint64_t{1} << bit;
  }
  if (bits == 0) return takes(field, text, fmt::format("letters of {}, or a number", letters));
  return u128{bits};
}

Result<u128> parse_address(Field field, std::string_view text) {
  const auto address = argus::parse_address(text);
  if (!address) return takes(field, text, "an address");
  return ordered_image(*address);
}

Result<u128> parse_mac(Field field, std::string_view text) {
  const auto mac = argus::parse_mac(text);
  if (!mac) return takes(field, text, "a MAC address, 00:00:5e:00:53:01");
  return u128{*mac};
}

Result<u128> parse_oui(Field field, std::string_view text) {
  const auto mac = argus::parse_mac(std::string(text) + ":00:00:00");
  if (!mac) return takes(field, text, "the first half of a MAC address, 00:00:5e");
  return u128{*mac >> 24};
}

Result<u128> parse_proto(Field, std::string_view text) {
  if (const auto named = find_proto(text)) return u128{*named};
  if (const auto number = parse_unsigned(text); number && *number <= UINT16_MAX) return u128{*number};
  return fail(Errc::usage, "no protocol '{}'{}", escaped(text), did_you_mean(text, proto_names()));
}

Result<u128> parse_etype(Field field, std::string_view text) {
  const auto named = find_proto(text);
  if (named && *named >= 0x600) return u128{*named};
  return parse_number(field, text);
}

Result<u128> parse_port(Field field, std::string_view text) {
  if (const auto number = parse_unsigned(text)) {
    if (*number <= UINT16_MAX) return u128{*number};
    return takes(field, text, "ports up to 65535");
  }
  if (const auto named = find_service(text, 0)) return u128{*named};
  return fail(Errc::usage, "no service '{}'{}", escaped(text), did_you_mean(text, service_names()));
}

Result<u128> parse_tcpflags(Field field, std::string_view text) { return parse_letters(field, text, kTcpFlagLetters); }
Result<u128> parse_icmpmap(Field field, std::string_view text) { return parse_letters(field, text, kIcmpMapLetters); }
Result<u128> parse_encaps(Field field, std::string_view text) { return parse_bits(field, text, kEncapsWords); }
Result<u128> parse_zstate(Field field, std::string_view text) { return parse_word(field, text, kZeekStateWords); }
Result<u128> parse_cause(Field field, std::string_view text) { return parse_word(field, text, kCauseWords); }
Result<u128> parse_tunnel(Field field, std::string_view text) { return parse_word(field, text, kTunnelWords); }
Result<u128> parse_dscp(Field field, std::string_view text) { return parse_word(field, text, kDscpWords); }
Result<u128> parse_dirwhy(Field field, std::string_view text) { return parse_word(field, text, kDirWhyWords); }

Result<u128> parse_state(Field field, std::string_view text) {
  if (const auto state = find_state(text)) return u128{*state};
  return takes(field, text, "REQ ACC CON FIN RST TIM INT RSP or an ICMP message such as ECO or URP");
}

Result<u128> parse_dir(Field field, std::string_view text) {
  for (std::size_t code = 0; code < kDirectionWords.size(); code++)
    if (kDirectionWords[code] == text) return u128{code};
  return takes(field, text, "-> <- <-> ?> <? <?> who tel");
}

Result<u128> parse_none(Field field, std::string_view) {
  return fail(Errc::usage, "{} cannot be compared with a value", info(field).name);
}

using Parse = Result<u128> (*)(Field, std::string_view);
constexpr Parse kParse[] = {
#define FORMAT(name, kind, order, json, cut, told, disguise, print, parse) &parse_##parse,
#include "flow/formats.def"
};

}  // namespace

Result<u128> parse_value(Field field, std::string_view text) {
  return kParse[static_cast<std::size_t>(info(field).format)](field, text);
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
  const auto value = parse_real(number);
  if (!value) return takes(field, text, "a number");
  return *value * factor;
}

}  // namespace argus
