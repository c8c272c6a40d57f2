// Addresses and networks as filters write them.
#pragma once

#include "base/address.h"
#include "base/int128.h"
#include "filter/span.h"
#include "filter/value.h"

namespace argus {

[[nodiscard]] Read<Span> read_address(std::string_view text);
// "192.0.2.0/24", "2001:db8::/32", and the short "192.168" for 192.168.0.0/16. Networks of IPv6 do not hold the
// ranges where IPv4 and MAC addresses are kept (base/address.h).
[[nodiscard]] Read<std::vector<Span>> read_net(std::string_view text);
// The last address of a network.
[[nodiscard]] Address last_of(const Prefix& net);
// Of a span of IPv6 addresses what is not kept for IPv4 and MAC addresses.
[[nodiscard]] std::vector<Span> within_ipv6(const Span& span);
// What is wrong with an address where a net is wanted and the other way round, before its digits are looked at.
[[nodiscard]] std::optional<ValueFault> address_form_fault(std::string_view text, bool wants_net, bool wants_host);
// The address whose bytes, as a number, are `image`.
[[nodiscard]] Address address_of(u128 image);
// The span as an address, a net or lo..hi.
[[nodiscard]] std::string address_text(const Span& span);

}  // namespace argus
