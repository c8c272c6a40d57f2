#include "base/names.h"

#include <algorithm>
#include <array>
#include <span>

namespace argus {

namespace {

struct ProtoName {
  Proto proto;
  std::string_view name;
};

// IANA protocol numbers under the names that tools print, then ether types (IEEE, Wireshark's short names).
constexpr auto kProtoNames = std::to_array<ProtoName>({
    {0, "hopopt"},
    {1, "icmp"},
    {2, "igmp"},
    {3, "ggp"},
    {4, "ipip"},
    {5, "st"},
    {6, "tcp"},
    {8, "egp"},
    {9, "igp"},
    {12, "pup"},
    {17, "udp"},
    {20, "hmp"},
    {22, "xns-idp"},
    {27, "rdp"},
    {29, "iso-tp4"},
    {33, "dccp"},
    {36, "xtp"},
    {37, "ddp"},
    {38, "idpr-cmtp"},
    {41, "ipv6"},
    {43, "ipv6-route"},
    {44, "ipv6-frag"},
    {45, "idrp"},
    {46, "rsvp"},
    {47, "gre"},
    {50, "esp"},
    {51, "ah"},
    {57, "skip"},
    {58, "ipv6-icmp"},
    {59, "ipv6-nonxt"},
    {60, "ipv6-opts"},
    {73, "rspf"},
    {81, "vmtp"},
    {88, "eigrp"},
    {89, "ospf"},
    {93, "ax.25"},
    {97, "etherip"},
    {98, "encap"},
    {103, "pim"},
    {108, "ipcomp"},
    {112, "vrrp"},
    {115, "l2tp"},
    {124, "isis"},
    {132, "sctp"},
    {133, "fc"},
    {135, "mobility-header"},
    {136, "udplite"},
    {137, "mpls-in-ip"},
    {138, "manet"},
    {139, "hip"},
    {140, "shim6"},
    {141, "wesp"},
    {142, "rohc"},
    {0x0100, "llc"},
    {0x0101, "wlan"},
    {0x0102, "hdlc"},
    {0x0103, "frelay"},
    {0x0104, "atm"},
    {0x0200, "pup-old"},
    {0x0600, "xns"},
    {0x0800, "ether-ip"},
    {0x0806, "arp"},
    {0x0842, "wol"},
    {0x2000, "cdp"},
    {0x6002, "dec-mop-rc"},
    {0x6003, "decnet"},
    {0x6004, "dec-lat"},
    {0x6558, "teb"},
    {0x8035, "rarp"},
    {0x809b, "appletalk"},
    {0x80f3, "aarp"},
    {0x8100, "vlan"},
    {0x8137, "ipx"},
    {0x8138, "ipx-novell"},
    {0x86dd, "ether-ipv6"},
    {0x8808, "flow-control"},
    {0x8809, "slow"},
    {0x880b, "ppp"},
    {0x8847, "mpls"},
    {0x8848, "mpls-mc"},
    {0x8863, "pppoed"},
    {0x8864, "pppoe"},
    {0x886d, "intel-ans"},
    {0x888e, "eapol"},
    {0x8892, "profinet"},
    {0x88a2, "aoe"},
    {0x88a4, "ethercat"},
    {0x88a8, "qinq"},
    {0x88b8, "goose"},
    {0x88cc, "lldp"},
    {0x88d9, "lltd"},
    {0x88e1, "homeplug"},
    {0x88e5, "macsec"},
    {0x88f7, "ptp"},
    {0x8902, "cfm"},
    {0x8906, "fcoe"},
    {0x8914, "fip"},
    {0x8915, "roce"},
    {0x892d, "bluecoat"},
    {0x9000, "loopback"},
});

// What people also write.
constexpr auto kProtoAliases = std::to_array<ProtoName>({
    {58, "icmp6"},
    {58, "icmpv6"},
    {4, "ipencap"},
    {4, "ip-encap"},
    {41, "6in4"},
    {89, "ospfigp"},
    {50, "ipsec-esp"},
    {51, "ipsec-ah"},
    {132, "stcp"},
    {136, "udp-lite"},
    {0x8863, "pppoe-discovery"},
    {0x8864, "pppoe-session"},
});

static_assert(std::ranges::is_sorted(kProtoNames, std::ranges::less(), &ProtoName::proto));

}  // namespace

std::string_view proto_name(Proto proto) {
  const auto found = std::ranges::lower_bound(kProtoNames, proto, std::ranges::less(), &ProtoName::proto);
  return found == kProtoNames.end() || found->proto != proto ? std::string_view() : found->name;
}

std::optional<Proto> find_proto(std::string_view name) {
  for (const auto& known : kProtoNames)
    if (known.name == name) return known.proto;
  for (const auto& known : kProtoAliases)
    if (known.name == name) return known.proto;
  return std::nullopt;
}

std::vector<std::string> proto_names() {
  std::vector<std::string> out;
  for (const auto& known : kProtoNames) out.emplace_back(known.name);
  for (const auto& known : kProtoAliases) out.emplace_back(known.name);
  return out;
}

}  // namespace argus
