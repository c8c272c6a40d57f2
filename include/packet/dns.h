// Which names the answers of DNS give to addresses (RFC 1035; mDNS, RFC 6762, has the same messages).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"

namespace argus {

inline constexpr std::size_t kDnsAnswersMost = 64;  // records of one message that are looked at
inline constexpr std::size_t kDnsNameMost = 253;    // bytes of a name's text; a longer one is none

struct NamedAddress {
  Address address;
  std::string name;  // in small letters; bytes that are no printable ASCII as \DDD (RFC 1035 5.1), dots in labels too
};

// Appends what a message (UDP payload) says: for an A or AAAA record the name that was asked for, of which the record's
// own may be an alias, or, where nothing or more than one thing was asked, the record's; for a PTR record under
// in-addr.arpa or ip6.arpa the name that it points at. Nothing of questions, errors and what is no message; of one that
// is cut off or damaged, what stands before. Never reads outside the message.
void read_named_addresses(Bytes message, std::vector<NamedAddress>& out);

}  // namespace argus
