#include "support/sample_links.h"
#include "support/packet_builder.h"

#include "packet/packet.h"

namespace argus {

namespace {

using List = std::vector<std::uint8_t>;

List operator+(List a, const List& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
List zeros(std::size_t size) { return List(size); }

const List kTo = {0, 0, 0x5e, 0, 0x53, 2}, kFrom = {0, 0, 0x5e, 0, 0x53, 1}, kStation = {0, 0, 0x5e, 0, 0x53, 9};
const List kSnapIp4 = {0xaa, 0xaa, 3, 0, 0, 0, 8, 0};

// An 802.11 data frame: no duration, no sequence number.
List wlan(std::uint8_t subtype, std::uint8_t flags, const List& addresses, const List& more = {}) {
  return List{static_cast<std::uint8_t>(subtype << 4 | 8), flags, 0, 0} + addresses + zeros(2) + more;
}
List wlan_to_system(std::uint8_t flags = 0) {
  return wlan(0, static_cast<std::uint8_t>(flags | 1), kStation + kFrom + kTo);
}
List radiotap(const List& fields) { return List{0, 0, static_cast<std::uint8_t>(4 + fields.size()), 0} + fields; }
List avs() { return List{0x80, 0x21, 0x10, 1, 0, 0, 0, 64} + zeros(56); }
List juniper(std::uint8_t flags = 0) { return {0x4d, 0x47, 0x43, flags}; }
List erf(std::uint8_t type) { return zeros(8) + List{type, 0, 0, 80, 0, 0, 0, 64}; }
List ether_head() { return kTo + kFrom + List{8, 0}; }

class Samples {
 public:
  void tcp(std::string_view name, LinkType link, const List& head, const List& tail = {}) {
    add(name, link, PacketBuilder().raw(head).ip4("192.0.2.1", "192.0.2.2").tcp(40000, 443).payload(10), tail);
  }
  void plain(std::string_view name, LinkType link, const List& bytes) {
    add(name, link, PacketBuilder().raw(bytes), {});
  }
  [[nodiscard]] std::vector<Sample> take() { return std::move(all_); }

 private:
  void add(std::string_view name, LinkType link, const PacketBuilder& frame, const List& tail) {
    Sample sample{name, link, frame.bytes()};
    for (const std::uint8_t byte : tail) sample.bytes.push_back(static_cast<std::byte>(byte));
    all_.push_back(std::move(sample));
  }
  std::vector<Sample> all_;
};

void put_serial(Samples& to) {
  to.tcp("ppp", LinkType::ppp, {0, 0x21});
  to.tcp("ppp with address", LinkType::ppp, {0xff, 3, 0, 0x21});
  to.tcp("ppp compressed", LinkType::ppp, {0x21});
  to.tcp("ppp serial", LinkType::ppp_hdlc, {0xff, 3, 0, 0x21});
  to.tcp("ppp serial of cisco", LinkType::ppp_hdlc, {0x0f, 0, 8, 0});
  to.tcp("ppp ether", LinkType::ppp_ether, {0x11, 0, 0, 9, 0, 52, 0, 0x21});
  to.tcp("pppd", LinkType::ppp_pppd, {1, 3, 0, 0x21});
  to.tcp("ppp with direction", LinkType::ppp_with_dir, {1, 0xff, 3, 0, 0x21});
  to.tcp("ppp mpls", LinkType::ppp, {2, 0x81, 0, 1, 0xd1, 64});
  to.tcp("hdlc", LinkType::c_hdlc, {0x0f, 0, 8, 0});
  to.tcp("hdlc multicast with direction", LinkType::c_hdlc_with_dir, {1, 0x8f, 0, 8, 0});
  to.tcp("frame relay", LinkType::frelay, {0x18, 0x41, 3, 0xcc});
  to.tcp("frame relay padded", LinkType::frelay, {0x18, 0x41, 3, 0, 0xcc});
  to.tcp("frame relay snap", LinkType::frelay, {0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 8, 0});
  to.tcp("frame relay bridged", LinkType::frelay, List{0x18, 0x41, 3, 0, 0x80, 0, 0x80, 0xc2, 0, 7} + ether_head());
  to.tcp("frame relay of cisco", LinkType::frelay, {0x18, 0x41, 8, 0});
  to.tcp("frame relay, four bytes", LinkType::frelay_with_dir, {1, 0x18, 0x40, 0x40, 0x41, 3, 0xcc});
  to.tcp("slip", LinkType::slip, List{1, 0x40} + zeros(14));
  to.tcp("atm llc", LinkType::atm_rfc1483, kSnapIp4);
  to.tcp("mpls link", LinkType::mpls, {0, 1, 0xd1, 64});
}

void put_wlan(Samples& to) {
  to.tcp("wlan", LinkType::ieee802_11, wlan_to_system() + kSnapIp4);
  to.tcp("wlan between stations", LinkType::ieee802_11, wlan(0, 0, kTo + kFrom + kStation) + kSnapIp4);
  to.tcp("wlan from system", LinkType::ieee802_11, wlan(0, 2, kTo + kStation + kFrom) + kSnapIp4);
  to.tcp("wlan of four addresses", LinkType::ieee802_11, wlan(0, 3, kStation + kStation + kTo, kFrom) + kSnapIp4);
  to.tcp("wlan qos", LinkType::ieee802_11, wlan(8, 1, kStation + kFrom + kTo, {0, 0}) + kSnapIp4);
  to.tcp("wlan qos with ht control", LinkType::ieee802_11, wlan(8, 0x81, kStation + kFrom + kTo, zeros(6)) + kSnapIp4);
  to.tcp("wlan aggregate", LinkType::ieee802_11,
         wlan(8, 1, kStation + kFrom + kStation, {0x80, 0}) + kTo + kFrom + List{0, 58} + kSnapIp4, zeros(8));
  to.tcp("radiotap", LinkType::radiotap, radiotap(zeros(4)) + wlan_to_system() + kSnapIp4);
  to.tcp("radiotap with fcs", LinkType::radiotap, radiotap({2, 0, 0, 0, 0x10}) + wlan_to_system() + kSnapIp4, zeros(4));
  to.tcp("radiotap padded", LinkType::radiotap,
         radiotap(List{3, 0, 0, 0x80, 0, 0, 0, 0} + zeros(4) + zeros(8) + List{0x20}) +
             wlan(8, 1, kStation + kFrom + kTo, zeros(4)) + kSnapIp4);
  to.tcp("prism", LinkType::prism, List{0x44, 0, 0, 0, 144, 0, 0, 0} + zeros(136) + wlan_to_system() + kSnapIp4);
  to.tcp("prism big endian", LinkType::prism,
         List{0, 0, 0, 0x44, 0, 0, 0, 144} + zeros(136) + wlan_to_system() + kSnapIp4);
  to.tcp("avs as prism", LinkType::prism, avs() + wlan_to_system() + kSnapIp4);
  to.tcp("avs", LinkType::avs, avs() + wlan_to_system() + kSnapIp4);
  to.tcp("ppi", LinkType::ppi, List{0, 0, 16, 0, 105, 0, 0, 0} + zeros(8) + wlan_to_system() + kSnapIp4);
  to.tcp("ppi ethernet", LinkType::ppi, List{0, 0, 8, 0, 1, 0, 0, 0} + ether_head());
}

void put_logs(Samples& to) {
  to.tcp("pflog", LinkType::pflog, List{61, 2} + zeros(62));
  to.tcp("pflog of old", LinkType::pflog, List{45, 2} + zeros(46));
  to.tcp("nflog", LinkType::nflog, {2, 0, 0, 1, 5, 0, 10, 0, 0x70, 0, 0, 0, 54, 0, 9, 0}, {0, 0});
  to.tcp("nflog big endian", LinkType::nflog, {2, 0, 0, 1, 0, 5, 0, 10, 0x70, 0, 0, 0, 0, 54, 0, 9}, {0, 0});
  to.tcp("enc", LinkType::enc, List{2, 0, 0, 0} + zeros(8));
}

void put_cards(Samples& to) {
  to.tcp("juniper ethernet", LinkType::juniper_ether, juniper() + ether_head());
  to.tcp("juniper with extensions", LinkType::juniper_ether, juniper(0x80) + List{0, 3, 1, 1, 0} + ether_head());
  to.tcp("juniper without link", LinkType::juniper_ether, juniper(2) + zeros(4));
  to.tcp("juniper pppoe", LinkType::juniper_pppoe,
         juniper() + kTo + kFrom + List{0x88, 0x64, 0x11, 0, 0, 9, 0, 52, 0, 0x21});
  to.tcp("juniper pppoe over atm", LinkType::juniper_pppoe_atm,
         juniper() + List{0x88, 0x64, 0x11, 0, 0, 9, 0, 52, 0, 0x21});
  to.tcp("juniper ppp", LinkType::juniper_ppp, juniper() + List{0xff, 3, 0, 0x21});
  to.tcp("juniper hdlc", LinkType::juniper_chdlc, juniper() + List{0x0f, 0, 8, 0});
  to.tcp("juniper frame relay", LinkType::juniper_frelay, juniper() + List{0x18, 0x41, 3, 0xcc});
  to.tcp("juniper atm1 llc", LinkType::juniper_atm1, juniper(1) + zeros(4) + kSnapIp4);
  to.tcp("juniper atm1 nlpid", LinkType::juniper_atm1, juniper(1) + zeros(4) + List{0xfe, 0xfe, 3, 0xcc});
  to.tcp("juniper atm1 of cisco", LinkType::juniper_atm1, juniper(1) + zeros(4) + List{3, 0xcc});
  to.tcp("juniper atm1 bare", LinkType::juniper_atm1, juniper(1) + zeros(4));
  to.tcp("juniper atm2 llc", LinkType::juniper_atm2, juniper(1) + zeros(8) + kSnapIp4);
  to.tcp("juniper atm2 ppp", LinkType::juniper_atm2, juniper(1) + zeros(8) + List{0, 0x21});
  to.tcp("juniper atm2 bridged", LinkType::juniper_atm2, juniper() + List{0, 0, 0, 5} + zeros(4) + ether_head());
  to.tcp("juniper mlppp", LinkType::juniper_mlppp, juniper() + List{1, 0, 0, 0x21});
  to.tcp("juniper mlppp of services", LinkType::juniper_mlppp, juniper() + List{0x54, 1, 0, 0, 0, 0x21});
  to.tcp("juniper mlppp adaptive", LinkType::juniper_mlppp, juniper() + List{0x47, 0, 0, 0, 0, 0, 0, 0});
  to.tcp("juniper mlppp to the router", LinkType::juniper_mlppp,
         juniper() + List{0x47, 0, 0, 0, 0x0c, 0, 0, 0, 0, 0x21});
  to.tcp("juniper services", LinkType::juniper_services, juniper() + zeros(8));
  to.tcp("erf ethernet", LinkType::erf, erf(2) + zeros(2) + ether_head());
  to.tcp("erf with extensions", LinkType::erf, erf(0x82) + List{0x80} + zeros(7) + zeros(8) + zeros(2) + ether_head());
  to.tcp("erf ppp", LinkType::erf, erf(1) + List{0xff, 3, 0, 0x21});
  to.tcp("erf hdlc", LinkType::erf, erf(5) + zeros(4) + List{0x0f, 0, 8, 0});
  to.tcp("erf aal5", LinkType::erf, erf(4) + zeros(4) + kSnapIp4);
  to.tcp("erf ip", LinkType::erf, erf(22));
}

}  // namespace

std::vector<Sample> sample_tcp_links() {
  Samples all;
  put_serial(all);
  put_wlan(all);
  put_logs(all);
  put_cards(all);
  return all.take();
}

std::vector<Sample> sample_plain_links() {
  Samples all;
  all.plain("lcp", LinkType::ppp, List{0xff, 3, 0xc0, 0x21, 1, 1, 0, 4});
  all.plain("slarp", LinkType::c_hdlc, List{0x8f, 0, 0x80, 0x35} + zeros(14));
  all.plain("lmi", LinkType::frelay, List{0, 1, 3, 8, 0, 0x75} + zeros(8));
  all.plain("beacon", LinkType::ieee802_11, List{0x80, 0, 0, 0} + kTo + kFrom + kStation + zeros(20));
  all.plain("protected", LinkType::ieee802_11, wlan_to_system(0x40) + zeros(40));
  all.plain("null data", LinkType::ieee802_11, wlan(4, 1, kStation + kFrom + kTo));
  all.plain("later wlan fragment", LinkType::ieee802_11,
            List{8, 1, 0, 0} + kStation + kFrom + kTo + List{1, 0} + zeros(30));
  all.plain("rts", LinkType::ieee802_11, List{0xb4, 0, 0, 0} + kTo + kFrom);
  all.plain("wlan ack", LinkType::ieee802_11, List{0xd4, 0, 0, 0} + kTo);
  all.plain("oam cell", LinkType::juniper_atm1, juniper() + List{0x80, 0, 0, 0} + zeros(48));
  return all.take();
}

}  // namespace argus
