#include "base/names.h"

#include <catch2/catch.hpp>
#include <set>

using namespace argus;

TEST_CASE("protocols have the names that tools print") {
  CHECK(proto_name(6) == "tcp");
  CHECK(proto_name(17) == "udp");
  CHECK(proto_name(1) == "icmp");
  CHECK(proto_name(58) == "ipv6-icmp");
  CHECK(proto_name(132) == "sctp");
  CHECK(proto_name(41) == "ipv6");
  CHECK(proto_name(4) == "ipip");
  CHECK(proto_name(89) == "ospf");
  CHECK(proto_name(kProtoLlc) == "llc");
  CHECK(proto_name(kProtoArp) == "arp");
  CHECK(proto_name(kProtoRarp) == "rarp");
  CHECK(proto_name(kProtoIpx) == "ipx");
  CHECK(proto_name(0x88cc) == "lldp");
  CHECK(proto_name(253).empty());
  CHECK(proto_name(0x1234).empty());
}

TEST_CASE("every protocol name leads back to its number and to no other") {
  std::set<std::string_view> seen;
  for (unsigned proto = 0; proto <= 0xffff; proto++) {
    const std::string_view name = proto_name(static_cast<Proto>(proto));
    if (name.empty()) continue;
    CAPTURE(proto, name);
    CHECK(find_proto(name) == proto);
    CHECK(seen.insert(name).second);
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == std::string_view::npos);
  }
  CHECK(seen.size() > 80);
}

TEST_CASE("aliases are understood and no alias takes a name away") {
  CHECK(find_proto("icmp6") == 58);
  CHECK(find_proto("icmpv6") == 58);
  CHECK(find_proto("ipencap") == 4);
  CHECK_FALSE(find_proto("nosuch"));
  CHECK_FALSE(find_proto(""));
  CHECK_FALSE(find_proto("6"));
  for (const std::string& name : proto_names()) CHECK(find_proto(name));
}

TEST_CASE("services are named by port and transport") {
  CHECK(service_name(443, kProtoTcp) == "https");
  CHECK(service_name(443, kProtoUdp) == "https");
  CHECK(service_name(22, kProtoTcp) == "ssh");
  CHECK(service_name(53, kProtoUdp) == "domain");
  CHECK(service_name(123, kProtoUdp) == "ntp");
  CHECK(service_name(514, kProtoTcp) == "shell");
  CHECK(service_name(514, kProtoUdp) == "syslog");
  CHECK(service_name(123, kProtoTcp) == "ntp");  // of the other transport
  CHECK(service_name(443, kProtoIcmp).empty());
  CHECK(service_name(49'999, kProtoTcp).empty());
  CHECK(service_name(0, kProtoTcp).empty());
}

TEST_CASE("every service is found by its name") {
  std::size_t named = 0;
  for (unsigned port = 0; port <= 0xffff; port++) {
    const auto number = static_cast<std::uint16_t>(port);
    for (const Proto proto : {kProtoTcp, kProtoUdp}) {
      const std::string_view name = service_name(number, proto);
      if (name.empty()) continue;
      named++;
      CAPTURE(port, name);
      CHECK(find_service(name, proto) == port);
    }
  }
  CHECK(named > 500);
  CHECK(find_service("https", 0) == 443);
  CHECK_FALSE(find_service("nosuch", 0));
  CHECK(service_names().size() > 250);
}
