// Names of numbers: IP protocols, ether types, services, ICMP types. Built in, so that no answer depends on the
// machine's /etc/services; never a DNS question.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace argus {

// The value of the field `proto`: 0-255 an IP protocol (IANA), kProtoLlc an 802.2 frame, others below 0x0600 a frame of
// the link itself, 0x0600 and up an ether type.
using Proto = std::uint16_t;
inline constexpr Proto kProtoIcmp = 1, kProtoIgmp = 2, kProtoTcp = 6, kProtoUdp = 17, kProtoGre = 47, kProtoEsp = 50,
                       kProtoIcmp6 = 58, kProtoSctp = 132, kProtoDccp = 33, kProtoUdpLite = 136;
inline constexpr Proto kProtoLlc = 0x0100;  // 802.3 with LLC, no SNAP ether type
// Frames of a link that say no more: management, control, encrypted. These numbers stand in files and never change.
inline constexpr Proto kProtoWlan = 0x0101, kProtoHdlc = 0x0102, kProtoFrameRelay = 0x0103, kProtoAtm = 0x0104;
inline constexpr Proto kProtoArp = 0x0806, kProtoRarp = 0x8035, kProtoIpx = 0x8137, kProtoPpp = 0x880b;

// Has ports in the sense of the flow key: TCP, UDP, DCCP, SCTP, UDP-Lite.
[[nodiscard]] constexpr bool has_ports(Proto proto) {
  return proto == kProtoTcp || proto == kProtoUdp || proto == kProtoSctp || proto == kProtoDccp ||
         proto == kProtoUdpLite;
}

// "tcp", "ipv6-icmp", "arp", "llc", "lldp"; empty when there is none. Lives for ever.
[[nodiscard]] std::string_view proto_name(Proto proto);
[[nodiscard]] std::optional<Proto> find_proto(std::string_view name);  // names and common aliases ("icmp6"), no numbers
[[nodiscard]] std::vector<std::string> proto_names();                  // for suggestions

// "https" for 443 over tcp; the name of the other transport when the own has none; empty when there is none.
[[nodiscard]] std::string_view service_name(std::uint16_t port, Proto proto);
// The same for a port of no particular protocol: empty also where two protocols name it differently.
[[nodiscard]] std::string_view service_name(std::uint16_t port);
// The port of a service name for a protocol (0: any); empty when unknown.
[[nodiscard]] std::optional<std::uint16_t> find_service(std::string_view name, Proto proto);
[[nodiscard]] std::vector<std::string> service_names();

}  // namespace argus
