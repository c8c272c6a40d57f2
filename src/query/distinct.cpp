#include "query/distinct.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace argus {

namespace {

struct Kind {
  std::string_view net;  // empty: found otherwise
  std::string_view text;
};

// In the order in which they are shown; of nets that hold an address the smallest one counts.
constexpr auto kKinds = std::to_array<Kind>({
    {"0.0.0.0/0", "IPv4 unicast global"},
    {"10.0.0.0/8", "IPv4 unicast private"},
    {"172.16.0.0/12", "IPv4 unicast private"},
    {"192.168.0.0/16", "IPv4 unicast private"},
    {"100.64.0.0/10", "IPv4 unicast shared"},
    {"169.254.0.0/16", "IPv4 unicast link local"},
    {"127.0.0.0/8", "IPv4 unicast loopback"},
    {"0.0.0.0/8", "IPv4 unicast this network"},
    {"192.0.2.0/24", "IPv4 unicast documentation"},
    {"198.51.100.0/24", "IPv4 unicast documentation"},
    {"203.0.113.0/24", "IPv4 unicast documentation"},
    {"198.18.0.0/15", "IPv4 unicast benchmarking"},
    {"192.0.0.0/24", "IPv4 unicast reserved"},
    {"240.0.0.0/4", "IPv4 unicast reserved"},
    {"255.255.255.255/32", "IPv4 broadcast"},
    {"224.0.0.0/24", "IPv4 multicast local"},
    {"224.0.1.0/24", "IPv4 multicast internetwork"},
    {"224.2.0.0/16", "IPv4 multicast sdp sap"},
    {"232.0.0.0/8", "IPv4 multicast source specific"},
    {"233.0.0.0/8", "IPv4 multicast glop"},
    {"239.0.0.0/8", "IPv4 multicast administrative"},
    {"239.192.0.0/14", "IPv4 multicast organization local"},
    {"239.255.0.0/16", "IPv4 multicast site local"},
    {"224.0.0.0/4", "IPv4 multicast other"},
    {"2000::/3", "IPv6 unicast global"},
    {"fc00::/7", "IPv6 unicast unique local"},
    {"fe80::/10", "IPv6 unicast link local"},
    {"fec0::/10", "IPv6 unicast site local"},
    {"::1/128", "IPv6 unicast loopback"},
    {"::/128", "IPv6 unspecified"},
    {"64:ff9b::/96", "IPv6 unicast translated"},
    {"2001::/32", "IPv6 unicast teredo"},
    {"2002::/16", "IPv6 unicast 6to4"},
    {"2001:db8::/32", "IPv6 unicast documentation"},
    {"3fff::/20", "IPv6 unicast documentation"},
    {"100::/64", "IPv6 unicast discard"},
    {"::/0", "IPv6 unicast reserved"},
    {"", "IPv6 multicast interface local"},
    {"", "IPv6 multicast link local"},
    {"", "IPv6 multicast realm local"},
    {"", "IPv6 multicast admin local"},
    {"", "IPv6 multicast site local"},
    {"", "IPv6 multicast organization local"},
    {"", "IPv6 multicast global"},
    {"", "IPv6 multicast other"},
    {"", "MAC unicast"},
    {"", "MAC multicast"},
    {"", "MAC broadcast"},
});

constexpr std::size_t kind_of(std::string_view text) {
  std::size_t at = 0;
  while (kKinds[at].text != text) at++;
  return at;
}

struct Net {
  std::uint64_t high = 0, low = 0, mask_high = 0, mask_low = 0;  // as Address stores them
  unsigned length = 0;
  std::size_t kind = 0;
  [[nodiscard]] bool holds(const Address& address) const {
    return (address.high() & mask_high) == high && (address.low() & mask_low) == low;
  }
};

// The nets of a family, the smallest first.
std::vector<Net> nets_of(Family family) {
  std::vector<Net> out;
  for (const Kind& kind : kKinds) {
    const auto prefix = parse_prefix(kind.net);
    if (!prefix || prefix->address.family() != family) continue;
    Address mask;
    const unsigned before = 128 - bits_of(family);
    for (unsigned bit = 0; bit < before + prefix->length; bit++)
      mask.bytes[bit / 8] = static_cast<std::uint8_t>(mask.bytes[bit / 8] | 0x80u >> bit % 8);
    out.push_back(
        {prefix->address.high(), prefix->address.low(), mask.high(), mask.low(), prefix->length, kind_of(kind.text)});
  }
  std::stable_sort(out.begin(), out.end(), [](const Net& a, const Net& b) { return a.length > b.length; });
  return out;
}

std::size_t multicast_kind(unsigned scope) {
  switch (scope) {
    case 0x1: return kind_of("IPv6 multicast interface local");
    case 0x2: return kind_of("IPv6 multicast link local");
    case 0x3: return kind_of("IPv6 multicast realm local");
    case 0x4: return kind_of("IPv6 multicast admin local");
    case 0x5: return kind_of("IPv6 multicast site local");
    case 0x8: return kind_of("IPv6 multicast organization local");
    case 0xe: return kind_of("IPv6 multicast global");
    default: return kind_of("IPv6 multicast other");
  }
}

std::size_t mac_kind(const Address& address) {
  if (std::all_of(address.bytes.begin() + 10, address.bytes.end(), [](std::uint8_t b) { return b == 0xff; }))
    return kind_of("MAC broadcast");
  return kind_of((address.bytes[10] & 1) != 0 ? "MAC multicast" : "MAC unicast");
}

}  // namespace

std::size_t address_kinds() { return kKinds.size(); }
std::string_view address_kind_text(std::size_t kind) { return kKinds[kind].text; }

std::size_t address_kind(const Address& address) {
  static const std::vector<Net> v4 = nets_of(Family::ipv4), v6 = nets_of(Family::ipv6);
  const Family family = address.family();
  if (family == Family::mac) return mac_kind(address);
  if (family == Family::ipv6 && address.bytes[0] == 0xff) return multicast_kind(address.bytes[1] & 0xf);
  const std::vector<Net>& nets = family == Family::ipv4 ? v4 : v6;
  return std::find_if(nets.begin(), nets.end(), [&](const Net& net) { return net.holds(address); })->kind;
}

DistinctAddresses::DistinctAddresses() : known_(std::make_unique<Grouping>(2)) {}
DistinctAddresses::~DistinctAddresses() = default;
DistinctAddresses::DistinctAddresses(DistinctAddresses&&) noexcept = default;
DistinctAddresses& DistinctAddresses::operator=(DistinctAddresses&&) noexcept = default;

void DistinctAddresses::add(const Address* addresses, std::size_t count) {
  keys_.resize(count * 2);
  groups_.resize(count);
  static_assert(sizeof(Address) == 2 * sizeof(std::uint64_t));
  if (count != 0) std::memcpy(keys_.data(), addresses, count * sizeof(Address));
  known_->find(keys_, groups_);
}

void DistinctAddresses::add(const Column& column, std::size_t rows) {
  if (rows == 0) return;
  switch (column.shape()) {
    case Column::Shape::absent: return;
    case Column::Shape::constant: return add(&column.constant_value<Address>(), 1);
    case Column::Shape::flat:
      if (column.mask().empty()) return add(column.values<Address>().data(), rows);
      break;
    case Column::Shape::dictionary: {
      // Each word once, and only those that some row still has.
      const std::vector<Address>& words = column.words<Address>();
      std::vector<std::uint8_t> used(words.size(), 0);
      for (std::size_t row = 0; row < rows; row++)
        if (column.has(row)) used[column.codes()[row]] = 1;
      std::vector<Address> some;
      for (std::size_t i = 0; i < words.size(); i++)
        if (used[i] != 0) some.push_back(words[i]);
      return add(some.data(), some.size());
    }
  }
  std::vector<Address> some;
  for (std::size_t row = 0; row < rows; row++)
    if (column.has(row)) some.push_back(column.at<Address>(row));
  add(some.data(), some.size());
}

void DistinctAddresses::add(const DistinctAddresses& others) {
  constexpr std::size_t kAtOnce = 4096;
  const std::vector<Address> some = others.all();
  for (std::size_t at = 0; at < some.size(); at += kAtOnce) add(some.data() + at, std::min(kAtOnce, some.size() - at));
}

std::vector<Address> DistinctAddresses::all() const {
  std::vector<Address> out(known_->size());
  for (std::size_t i = 0; i < out.size(); i++) {
    std::array<std::uint8_t, 16>& bytes = out[i].bytes;
    std::memcpy(bytes.data(), known_->keys().data() + 2 * i, bytes.size());
  }
  return out;
}

std::size_t DistinctAddresses::bytes() const { return known_->bytes() + keys_.capacity() * 8 + groups_.capacity() * 4; }

}  // namespace argus
