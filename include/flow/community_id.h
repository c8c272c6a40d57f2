// Community ID, version 1: an identifier of a conversation that other programs (Zeek, Suricata, Wireshark) compute
// alike, so that their logs can be joined with records. https://github.com/corelight/community-id-spec
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/names.h"

namespace argus {

struct ConversationEnds {
  Address src, dst;
  Proto proto = 0;
  std::optional<std::uint16_t> sport, dport;
  std::optional<std::uint8_t> icmp_type, icmp_code;
};

// "1:LQU9qZlK+B5F3KDmev6m5PMibrg=". Empty where the ends do not have all that it is made of: whole IP addresses and,
// for TCP, UDP and SCTP, both ports; for ICMP, type and code.
[[nodiscard]] std::optional<std::string> community_id(const ConversationEnds& ends, std::uint16_t seed);

// The length of the Community ID at the beginning of `text`; 0: there is none.
[[nodiscard]] std::size_t community_id_length(std::string_view text);

// What the field cid is computed with; 0 from the start. Like the time zone, it is one for the whole process: whoever
// compares IDs must have used the same one everywhere. It is set before threads are made.
void set_community_id_seed(std::uint16_t seed);
[[nodiscard]] std::uint16_t community_id_seed();

}  // namespace argus
