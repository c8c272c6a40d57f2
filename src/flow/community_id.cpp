#include "flow/community_id.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "base/sha1.h"

namespace argus {

namespace {

constexpr std::string_view kVersion = "1:";
constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kTextDigits = 27;  // of 20 bytes; then one '='

std::atomic<std::uint16_t>& seed_of_process() {
  static std::atomic<std::uint16_t> seed = 0;
  return seed;
}

// Messages and their answers. An answer is the other direction of what it answers, as with ports.
constexpr std::array<std::pair<std::uint8_t, std::uint8_t>, 5> kPairs4 = {
    {{8, 0}, {10, 9}, {13, 14}, {15, 16}, {17, 18}}};
constexpr std::array<std::pair<std::uint8_t, std::uint8_t>, 6> kPairs6 = {
    {{128, 129}, {133, 134}, {135, 136}, {130, 131}, {139, 140}, {144, 145}}};

std::optional<std::uint8_t> counterpart(bool v6, std::uint8_t type) {
  using Pairs = std::span<const std::pair<std::uint8_t, std::uint8_t>>;
  for (const auto& [one, other] : v6 ? Pairs(kPairs6) : Pairs(kPairs4)) {
    if (type == one) return other;
    if (type == other) return one;
  }
  return std::nullopt;
}

struct Tuple {
  Address src, dst;
  Proto proto = 0;
  bool has_ports = false, one_way = false;
  std::uint16_t sport = 0, dport = 0;
};

std::optional<Tuple> tuple_of(const ConversationEnds& ends) {
  const Family family = ends.src.family();
  if (ends.proto > 255 || family == Family::mac || family != ends.dst.family()) return std::nullopt;
  Tuple out{ends.src, ends.dst, ends.proto, false, false, 0, 0};
  if (ends.proto == kProtoTcp || ends.proto == kProtoUdp || ends.proto == kProtoSctp) {
    if (!ends.sport || !ends.dport) return std::nullopt;
    out.has_ports = true;
    out.sport = *ends.sport, out.dport = *ends.dport;
  } else if (ends.proto == kProtoIcmp || ends.proto == kProtoIcmp6) {
    if (!ends.icmp_type || !ends.icmp_code) return std::nullopt;
    const auto answer = counterpart(ends.proto == kProtoIcmp6, *ends.icmp_type);
    out.has_ports = true;
    out.one_way = !answer;
    out.sport = *ends.icmp_type, out.dport = answer.value_or(*ends.icmp_code);
  }
  return out;
}

// What is hashed, 40 bytes at most.
class Message {
 public:
  void put(std::uint16_t number) {
    put(static_cast<std::uint8_t>(number >> 8)), put(static_cast<std::uint8_t>(number));
  }
  void put(std::uint8_t byte) { bytes_[size_++] = std::byte{byte}; }
  void put(const Address& address) {
    const std::size_t from = address.is_v4() ? 12 : 0, size = address.bytes.size() - from;
    std::memcpy(bytes_.data() + size_, address.bytes.data() + from, size);
    size_ += size;
  }
  [[nodiscard]] Bytes view() const { return Bytes(bytes_).first(size_); }

 private:
  std::array<std::byte, 40> bytes_;
  std::size_t size_ = 0;
};

std::string text_of(std::span<const std::uint8_t> hash) {
  std::string out;
  out.reserve(kVersion.size() + kTextDigits + 1);
  out = kVersion;
  for (std::size_t at = 0; at < hash.size(); at += 3) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; i++) bits = bits << 8 | (at + i < hash.size() ? hash[at + i] : 0u);
    const std::size_t digits = std::min<std::size_t>(4, hash.size() - at + 1);
    for (std::size_t i = 0; i < digits; i++) out += kDigits[bits >> (18 - 6 * i) & 63];
    out.append(4 - digits, '=');
  }
  return out;
}

}  // namespace

std::optional<std::string> community_id(const ConversationEnds& ends, std::uint16_t seed) {
  std::optional<Tuple> tuple = tuple_of(ends);
  if (!tuple) return std::nullopt;
  const auto order = tuple->src <=> tuple->dst;
  if (!tuple->one_way && (order > 0 || (order == 0 && tuple->sport > tuple->dport))) {
    std::swap(tuple->src, tuple->dst);
    std::swap(tuple->sport, tuple->dport);
  }
  Message out;
  out.put(seed);
  out.put(tuple->src), out.put(tuple->dst);
  out.put(static_cast<std::uint8_t>(tuple->proto)), out.put(std::uint8_t{0});
  if (tuple->has_ports) out.put(tuple->sport), out.put(tuple->dport);
  return text_of(sha1(out.view()));
}

std::size_t community_id_length(std::string_view text) {
  const std::size_t size = kVersion.size() + kTextDigits + 1;
  if (text.size() < size || !text.starts_with(kVersion) || text[size - 1] != '=') return 0;
  return text.find_first_not_of(kDigits, kVersion.size()) == size - 1 ? size : 0;
}

void set_community_id_seed(std::uint16_t seed) { seed_of_process() = seed; }
std::uint16_t community_id_seed() { return seed_of_process(); }

}  // namespace argus
