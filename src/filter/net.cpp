#include "filter/net.h"

#include <algorithm>
#include <bit>

#include "base/text.h"
#include "filter/node.h"
#include "flow/where.h"

namespace argus {

namespace {

u128 low_bits(unsigned count) { return count >= 128 ? ~u128{0} : (u128{1} << count) - 1; }

// Where addresses of a family are kept among the 16 bytes; IPv6 is what the others leave.
Span block_of(Family family) {
  Address start;
  start.bytes[8] = start.bytes[9] = 0xff;
  if (family == Family::mac) start.bytes[9] = 0xfe;
  else start.bytes[8] = start.bytes[9] = 0, start.bytes[10] = start.bytes[11] = 0xff;
  const u128 least = ordered_image(start);
  return {least, least + low_bits(bits_of(family))};
}

std::vector<Span> spans_of(const Address& address, unsigned length) {
  const Span span{ordered_image(address), ordered_image(last_of({address, static_cast<std::uint8_t>(length)}))};
  return address.family() == Family::ipv6 ? within_ipv6(span) : std::vector<Span>{span};
}

// "192.168" and "10.1/16" with zeros behind; anything else as it is.
std::string filled(std::string_view text) {
  const auto slash = text.find('/');
  std::string address(text.substr(0, slash));
  const bool dotted = !address.empty() && address.find_first_not_of("0123456789.") == std::string::npos;
  std::size_t dots = static_cast<std::size_t>(std::count(address.begin(), address.end(), '.'));
  if (!dotted || dots >= 3) return std::string(text);
  const std::string length =
      slash == std::string_view::npos ? "/" + std::to_string(8 * (dots + 1)) : std::string(text.substr(slash));
  for (; dots < 3; dots++) address += ".0";
  return address + length;
}

ValueFault bits_outside(const Address& address, unsigned length, std::string_view text) {
  return {fmt::format("{} has bits set outside its mask", escaped(text)),
          fmt::format("did you mean 'net {}/{}' or 'host {}'?", to_text(masked(address, length)), length,
                      to_text(address))};
}

}  // namespace

Address last_of(const Prefix& net) {
  return address_of(ordered_image(net.address) | low_bits(bits_of(net.address.family()) - net.length));
}

std::vector<Span> within_ipv6(const Span& span) {
  return common({span}, complement(normal({block_of(Family::ipv4), block_of(Family::mac)}), ~u128{0}));
}

bool looks_like_address(std::string_view text) {
  return parse_address(text) || (text.find('/') != std::string_view::npos && parse_prefix(filled(text)));
}

Read<Span> read_address(std::string_view text) {
  const auto address = parse_address(text);
  if (!address)
    return ValueFault{fmt::format("'{}' is not an address", escaped(text)),
                      "names are not looked up; write 192.0.2.1 or 2001:db8::1"};
  const u128 image = ordered_image(*address);
  return Span{image, image};
}

Read<std::vector<Span>> read_net(std::string_view text) {
  const auto net = parse_prefix(filled(text));
  if (!net)
    return ValueFault{fmt::format("'{}' is not a network", escaped(text)),
                      "write 192.0.2.0/24, 192.0.2.0 mask 255.255.255.0 or 2001:db8::/32"};
  if (masked(net->address, net->length) != net->address) return bits_outside(net->address, net->length, text);
  return spans_of(net->address, net->length);
}

Read<Operand> read_masked_net(std::string_view text, std::string_view mask_text) {
  const auto address = parse_address(text), mask = parse_address(mask_text);
  if (!address || !address->is_v4())
    return ValueFault{fmt::format("'{}' is not an IPv4 address", escaped(text)),
                      "write net 192.0.2.0 mask 255.255.255.0"};
  const auto bits = mask ? static_cast<std::uint32_t>(ordered_image(*mask)) : 0;
  const unsigned length = static_cast<unsigned>(std::countl_one(bits));
  const bool whole = length == 32 || bits << length == 0;
  if (!mask || !mask->is_v4() || !whole)
    return ValueFault{fmt::format("'{}' is not a mask", escaped(mask_text)), "write a mask such as 255.255.255.0"};
  if (masked(*address, length) != *address) return bits_outside(*address, length, text);
  Operand out;
  out.spans = spans_of(*address, length);
  return out;
}

std::optional<ValueFault> address_form_fault(std::string_view text, bool wants_net, bool wants_host) {
  const bool sloped = text.find('/') != std::string_view::npos;
  if (wants_host && sloped && parse_prefix(filled(text)))
    return ValueFault{fmt::format("{} is a network", escaped(text)), fmt::format("write 'net {}'", escaped(text))};
  if (wants_net && !sloped)
    if (const auto address = parse_address(text))
      return ValueFault{
          fmt::format("{} has no prefix length", to_text(*address)),
          fmt::format("write 'net {0}/{1}' or 'host {0}'", to_text(*address), address->is_v4() ? 24 : 64)};
  return std::nullopt;
}

Address address_of(u128 image) {
  Address out;
  for (std::size_t i = 0; i < 16; i++) out.bytes[i] = static_cast<std::uint8_t>(image >> (120 - 8 * i));
  return out;
}

std::string address_text(const Span& span) {
  const Address least = address_of(span.least), most = address_of(span.most);
  if (span.least == span.most) return to_text(least);
  const unsigned bits = bits_of(least.family());
  for (unsigned length = 0; length < bits; length++) {
    const bool same = low_bits(bits - length) == span.most - span.least && masked(least, length) == least;
    if (same && least.family() != Family::mac && spans_of(least, length) == std::vector<Span>{span})
      return fmt::format("{}/{}", to_text(least), length);
  }
  return to_text(least) + ".." + to_text(most);
}

}  // namespace argus
