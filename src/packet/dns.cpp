#include "packet/dns.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace argus {

namespace {

// RFC 1035 3.2.2 and 4.1.1, RFC 3596.
constexpr std::uint16_t kTypeA = 1, kTypePtr = 12, kTypeAaaa = 28, kClassIn = 1;
constexpr std::uint16_t kResponse = 0x8000, kOpcode = 0x7800, kRcode = 0x000f;
constexpr std::uint16_t kCacheFlush = 0x8000;  // beside the class (RFC 6762 10.2)
constexpr std::size_t kHeadSize = 12;
constexpr std::uint8_t kPointer = 0xc0;

// A byte of a label as text.
void add_byte(std::uint8_t byte, std::string& out) {
  if (byte >= 'A' && byte <= 'Z') byte = static_cast<std::uint8_t>(byte - 'A' + 'a');
  if (byte > ' ' && byte < 0x7f && byte != '.' && byte != '\\') {
    out += static_cast<char>(byte);
    return;
  }
  out += '\\';
  for (const unsigned of : {100u, 10u, 1u}) out += static_cast<char>('0' + byte / of % 10);
}

class DnsMessage {
 public:
  explicit DnsMessage(Bytes bytes) : bytes_(bytes), rest_(bytes) {}

  void read(std::vector<NamedAddress>& out) {
    rest_.skip(2);
    const auto flags = rest_.be<std::uint16_t>();
    const auto questions = rest_.be<std::uint16_t>(), answers = rest_.be<std::uint16_t>();
    rest_.skip(2);  // authorities: none of them names an address
    const auto additional = rest_.be<std::uint16_t>();
    if (!rest_.ok() || (flags & kResponse) == 0 || (flags & (kOpcode | kRcode)) != 0) return;
    std::optional<std::string> asked;
    for (unsigned n = 0; n < questions; n++) {
      asked = take_name();
      rest_.skip(4);
      if (!asked || !rest_.ok() || n == kDnsAnswersMost) return;
    }
    if (questions != 1) asked.reset();
    // mDNS says addresses in the additional section, too; a name server's there are of name servers.
    const std::size_t records = asked ? answers : std::size_t{answers} + additional;
    for (std::size_t n = 0; n < std::min(records, kDnsAnswersMost); n++)
      if (!take_record(asked, out)) return;
  }

 private:
  // False where there is nothing more to read.
  bool take_record(const std::optional<std::string>& asked, std::vector<NamedAddress>& out) {
    std::optional<std::string> owner = take_name();
    const auto type = rest_.be<std::uint16_t>(), kind = rest_.be<std::uint16_t>();
    rest_.skip(4);  // how long it may be kept
    const auto size = rest_.be<std::uint16_t>();
    const std::size_t start = at();
    const Bytes data = rest_.take(size);
    if (!owner || !rest_.ok()) return false;
    if ((kind & ~kCacheFlush) != kClassIn) return true;
    const std::string& name = asked ? *asked : *owner;
    if (type == kTypeA && size == 4) add(Address::from_v4(data.data()), name, out);
    if (type == kTypeAaaa && size == 16) add(Address::from_v6(data.data()), name, out);
    if (type == kTypePtr)
      if (const auto address = address_of(*owner); address)
        if (const auto name_at = name_from(start); name_at) add(*address, name_at->text, out);
    return true;
  }

  static void add(const Address& address, const std::string& name, std::vector<NamedAddress>& out) {
    if (!name.empty() && name.size() <= kDnsNameMost) out.push_back({address, name});
  }

  struct NameRead {
    std::string text;
    std::size_t end = 0;  // behind it, or behind its first pointer
  };
  // Each pointer leads to a place before the part of the name that it ends, so there is an end to it.
  [[nodiscard]] std::optional<NameRead> name_from(std::size_t at) const {
    NameRead out;
    std::size_t before = at;
    std::size_t length = 0;  // as it is sent, 255 bytes at most (RFC 1035 2.3.4)
    for (;;) {
      if (at >= bytes_.size()) return std::nullopt;
      const auto head = std::to_integer<std::uint8_t>(bytes_[at++]);
      if ((head & kPointer) == kPointer) {
        if (at >= bytes_.size()) return std::nullopt;
        const std::size_t to =
            static_cast<std::size_t>(head & ~kPointer) << 8 | std::to_integer<std::size_t>(bytes_[at++]);
        if (out.end == 0) out.end = at;
        if (to >= before) return std::nullopt;
        before = at = to;
        continue;
      }
      if ((head & kPointer) != 0 || head > bytes_.size() - at) return std::nullopt;
      length += std::size_t{head} + 1;
      if (length > 255) return std::nullopt;
      if (head == 0) break;
      if (!out.text.empty()) out.text += '.';
      for (const std::byte byte : bytes_.subspan(at, head)) add_byte(std::to_integer<std::uint8_t>(byte), out.text);
      at += head;
    }
    if (out.end == 0) out.end = at;
    return out;
  }
  [[nodiscard]] std::optional<std::string> take_name() {
    auto name = name_from(at());
    if (!name) return std::nullopt;
    rest_.skip(name->end - at());
    return std::move(name->text);
  }
  [[nodiscard]] std::size_t at() const { return bytes_.size() - rest_.left(); }

  // "4.3.2.1.in-addr.arpa" is 1.2.3.4; ip6.arpa has a hexadecimal digit a label.
  static std::optional<Address> address_of(std::string_view name) {
    constexpr std::string_view kOf4 = ".in-addr.arpa", kOf6 = ".ip6.arpa";
    if (name.ends_with(kOf4)) return address_of4(name.substr(0, name.size() - kOf4.size()));
    if (name.ends_with(kOf6)) return address_of6(name.substr(0, name.size() - kOf6.size()));
    return std::nullopt;
  }
  static std::optional<Address> address_of4(std::string_view digits) {
    const auto parts = split_words(digits, ".");
    std::string text;
    for (auto part = parts.rbegin(); part != parts.rend(); ++part)
      text += (text.empty() ? "" : ".") + std::string(*part);
    auto address = parts.size() == 4 ? parse_address(text) : std::nullopt;
    return address && address->is_v4() ? address : std::nullopt;
  }
  static std::optional<Address> address_of6(std::string_view digits) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::array<std::uint8_t, 16> out{};
    if (digits.size() != 63) return std::nullopt;
    for (std::size_t n = 0; n < 32; n++) {
      const auto value = kDigits.find(digits[62 - 2 * n]);
      if (value == std::string_view::npos || (n != 31 && digits[61 - 2 * n] != '.')) return std::nullopt;
      out[n / 2] = static_cast<std::uint8_t>(unsigned{out[n / 2]} << 4 | value);
    }
    return Address::from_v6(out.data());
  }

  Bytes bytes_;
  ByteReader rest_;
};

}  // namespace

void read_named_addresses(Bytes message, std::vector<NamedAddress>& out) {
  if (message.size() < kHeadSize) return;
  DnsMessage(message).read(out);
}

}  // namespace argus
