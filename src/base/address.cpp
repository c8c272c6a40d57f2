#include "base/address.h"

#include <algorithm>

#include "base/text.h"

namespace argus {

namespace {

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool parse_v4(std::string_view text, std::uint8_t* out) {
  for (int i = 0; i < 4; i++) {
    unsigned value = 0;
    std::size_t n = 0;
    while (n < text.size() && n < 3 && is_digit(text[n])) value = value * 10 + static_cast<unsigned>(text[n++] - '0');
    if (n == 0 || value > 255 || (n > 1 && text[0] == '0')) return false;  // 010 may mean eight
    out[i] = static_cast<std::uint8_t>(value);
    text.remove_prefix(n);
    if (i < 3) {
      if (text.empty() || text[0] != '.') return false;
      text.remove_prefix(1);
    }
  }
  return text.empty();
}

// RFC 4291 2.2, with an IPv4 tail; no zone.
bool parse_v6(std::string_view text, std::uint8_t* out) {
  std::array<std::uint8_t, 16> bytes{};
  std::size_t n = 0, gap = 17;
  if (text.starts_with("::")) gap = 0, text.remove_prefix(2);
  while (!text.empty()) {
    if (n >= 16) return false;
    const auto end = text.find(':');
    const std::string_view group = text.substr(0, end);
    if (group.find('.') != std::string_view::npos) {
      if (end != std::string_view::npos || n > 12 || !parse_v4(group, bytes.data() + n)) return false;
      n += 4;
      break;
    }
    if (group.empty() || group.size() > 4) return false;
    unsigned value = 0;
    for (const char c : group) {
      if (hex_digit(c) < 0) return false;
      value = value << 4 | static_cast<unsigned>(hex_digit(c));
    }
    bytes[n++] = static_cast<std::uint8_t>(value >> 8);
    bytes[n++] = static_cast<std::uint8_t>(value);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
    if (text.empty()) return false;
    if (text[0] == ':') {
      if (gap <= 16) return false;
      gap = n;
      text.remove_prefix(1);
    }
  }
  if (gap > 16) {
    if (n != 16) return false;
  } else {
    if (n >= 16) return false;
    std::copy_backward(bytes.begin() + static_cast<std::ptrdiff_t>(gap), bytes.begin() + static_cast<std::ptrdiff_t>(n),
                       bytes.end());
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(gap), 16 - n, std::uint8_t{0});
  }
  std::copy(bytes.begin(), bytes.end(), out);
  return true;
}

void append_v4(const std::uint8_t* bytes, std::string& out) {
  std::array<char, 16> text;
  char* at = text.data();
  for (int i = 0; i < 4; i++) {
    if (i != 0) *at++ = '.';
    const unsigned value = bytes[i];
    if (value >= 100) *at++ = static_cast<char>('0' + value / 100);
    if (value >= 10) *at++ = static_cast<char>('0' + value / 10 % 10);
    *at++ = static_cast<char>('0' + value % 10);
  }
  out.append(text.data(), at);
}

// RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups as "::", the first of equals.
void append_v6(const std::uint8_t* bytes, std::string& out) {
  std::array<unsigned, 8> group{};
  for (std::size_t i = 0; i < 8; i++) group[i] = static_cast<unsigned>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
  std::size_t best = 8, longest = 1;
  for (std::size_t i = 0; i < 8; i++) {
    std::size_t n = 0;
    while (i + n < 8 && group[i + n] == 0) n++;
    if (n > longest) best = i, longest = n;
  }
  std::array<char, 40> text;
  char* at = text.data();
  for (std::size_t i = 0; i < 8;) {
    if (i == best) {
      *at++ = ':', *at++ = ':';
      i += longest;
      continue;
    }
    if (i != 0 && i != best + longest) *at++ = ':';
    bool started = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
      const unsigned digit = group[i] >> shift & 15;
      started |= digit != 0 || shift == 0;
      if (started) *at++ = kHexDigits[digit];
    }
    i++;
  }
  out.append(text.data(), at);
}

}  // namespace

unsigned bits_of(Family family) { return family == Family::ipv4 ? 32 : family == Family::ipv6 ? 128 : 48; }

Address masked(const Address& address, unsigned length) {
  const unsigned own = bits_of(address.family());
  const unsigned kept = 128 - own + std::min(length, own);
  const auto half = [&](std::size_t at, unsigned bits) {
    std::uint64_t number;
    std::memcpy(&number, address.bytes.data() + at, sizeof number);
    std::uint64_t mask = bits == 0 ? 0 : UINT64_MAX << (64 - bits);
    if constexpr (std::endian::native == std::endian::little) mask = __builtin_bswap64(mask);
    return number & mask;
  };
  const std::array<std::uint64_t, 2> halves = {half(0, std::min(kept, 64u)), half(8, std::max(kept, 64u) - 64)};
  return std::bit_cast<Address>(halves);
}

bool contains(const Prefix& net, const Address& address) {
  return net.address.family() == address.family() && masked(address, net.length) == masked(net.address, net.length);
}

std::optional<std::uint64_t> parse_mac(std::string_view text) {
  std::uint64_t mac = 0;
  for (int i = 0; i < 6; i++) {
    std::size_t n = 0;
    unsigned value = 0;
    while (n < text.size() && n < 2 && hex_digit(text[n]) >= 0)
      value = value << 4 | static_cast<unsigned>(hex_digit(text[n++]));
    if (n == 0) return std::nullopt;
    mac = mac << 8 | value;
    text.remove_prefix(n);
    if (i < 5) {
      if (text.empty() || (text[0] != ':' && text[0] != '-')) return std::nullopt;
      text.remove_prefix(1);
    }
  }
  if (!text.empty()) return std::nullopt;
  return mac;
}

std::optional<Address> parse_address(std::string_view text) {
  std::array<std::uint8_t, 16> bytes{};
  if (parse_v4(text, bytes.data())) return Address::from_v4(bytes.data());
  if (parse_v6(text, bytes.data())) return Address::from_v6(bytes.data());
  if (const auto mac = parse_mac(text)) return Address::from_mac(*mac);
  return std::nullopt;
}

std::optional<Prefix> parse_prefix(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = parse_address(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  const auto length = parse_unsigned(digits);
  if (!address || !length || digits.find_first_of("xX") != std::string_view::npos ||
      *length > bits_of(address->family()))
    return std::nullopt;
  return Prefix{*address, static_cast<std::uint8_t>(*length)};
}

void append_mac(std::uint64_t mac, std::string& out) {
  for (int shift = 40; shift >= 0; shift -= 8) {
    out += kHexDigits[mac >> (shift + 4) & 15];
    out += kHexDigits[mac >> shift & 15];
    if (shift != 0) out += ':';
  }
}

void append_text(const Address& address, std::string& out) {
  switch (address.family()) {
    case Family::ipv4: return append_v4(address.bytes.data() + 12, out);
    case Family::mac: {
      std::uint64_t mac = 0;
      for (std::size_t i = 10; i < 16; i++) mac = mac << 8 | address.bytes[i];
      return append_mac(mac, out);
    }
    case Family::ipv6: return append_v6(address.bytes.data(), out);
  }
}

std::string to_text(const Address& address) {
  std::string out;
  append_text(address, out);
  return out;
}

}  // namespace argus
