// Addresses of a flow's ends: 16 bytes whatever the family. IPv4 is mapped (::ffff:a.b.c.d, RFC 4291 2.5.5.2); the
// ends of a flow without IP are MAC addresses, kept as ::fffe:<48 bits> (a range of ::/8 that never occurs on a
// wire).
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace argus {

enum class Family : std::uint8_t { ipv4, ipv6, mac };

struct Address {
  std::array<std::uint8_t, 16> bytes{};

  // Numeric order with IPv4 first, then MAC, then IPv6 falls out of the byte order of the mapped forms where ::/64 is
  // not used by IPv6 hosts.
  friend std::strong_ordering operator<=>(const Address& a, const Address& b) {
    if (const auto high = a.number(0) <=> b.number(0); high != 0) return high;
    return a.number(8) <=> b.number(8);
  }
  friend bool operator==(const Address& a, const Address& b) { return a.high() == b.high() && a.low() == b.low(); }

  [[nodiscard]] std::uint64_t high() const { return half(0); }  // as stored, for hashing and equality
  [[nodiscard]] std::uint64_t low() const { return half(8); }
  [[nodiscard]] Family family() const;
  [[nodiscard]] bool is_v4() const { return family() == Family::ipv4; }

  static Address from_v4(const void* four_bytes);     // network order
  static Address from_v6(const void* sixteen_bytes);  // network order
  static Address from_mac(std::uint64_t mac);         // the low 48 bits

 private:
  [[nodiscard]] std::uint64_t number(std::size_t at) const {
    const std::uint64_t value = half(at);
    return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
  }
  [[nodiscard]] std::uint64_t half(std::size_t at) const {
    std::uint64_t value;
    std::memcpy(&value, bytes.data() + at, 8);
    return value;
  }
};

inline Address Address::from_v4(const void* four_bytes) {
  Address a;
  a.bytes[10] = a.bytes[11] = 0xff;
  std::memcpy(a.bytes.data() + 12, four_bytes, 4);
  return a;
}
inline Address Address::from_v6(const void* sixteen_bytes) {
  Address a;
  std::memcpy(a.bytes.data(), sixteen_bytes, 16);
  return a;
}
inline Address Address::from_mac(std::uint64_t mac) {
  Address a;
  a.bytes[8] = 0xff, a.bytes[9] = 0xfe;
  for (std::size_t i = 0; i < 6; i++) a.bytes[10 + i] = static_cast<std::uint8_t>(mac >> (40 - 8 * i));
  return a;
}
inline Family Address::family() const {
  if (high() != 0) return Family::ipv6;
  if (bytes[8] == 0xff && bytes[9] == 0xfe) return Family::mac;
  std::uint32_t middle;
  std::memcpy(&middle, bytes.data() + 8, 4);
  return middle == (std::endian::native == std::endian::little ? 0xffff0000u : 0x0000ffffu) ? Family::ipv4
                                                                                            : Family::ipv6;
}

// A network: an address with only its first `length` bits. Lengths count in the family's own bits (0-32, 0-128, 0-48).
struct Prefix {
  Address address;
  std::uint8_t length = 0;
  friend bool operator==(const Prefix&, const Prefix&) = default;
};

[[nodiscard]] unsigned bits_of(Family family);                           // 32, 128, 48
[[nodiscard]] Address masked(const Address& address, unsigned length);   // length in the family's own bits, clamped
[[nodiscard]] bool contains(const Prefix& net, const Address& address);  // false for another family

// "192.0.2.1", "2001:db8::1" (RFC 5952), "00:00:5e:00:53:01". Empty on anything else; no names are looked up.
[[nodiscard]] std::optional<Address> parse_address(std::string_view text);
// "192.0.2.0/24", "2001:db8::/32", "10.1/16" is not accepted. Bits beyond the length are kept as written.
[[nodiscard]] std::optional<Prefix> parse_prefix(std::string_view text);
[[nodiscard]] std::optional<std::uint64_t> parse_mac(std::string_view text);

[[nodiscard]] std::string to_text(const Address& address);
void append_text(const Address& address, std::string& out);
void append_mac(std::uint64_t mac, std::string& out);  // "00:00:5e:00:53:01"

}  // namespace argus
