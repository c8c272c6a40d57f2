// Serial links, 802.11, logs of filters and captures of cards: what each puts around the same segment.
#include <catch2/catch.hpp>

#include "base/address.h"
#include "base/names.h"
#include "flow/events.h"
#include "packet/decode.h"
#include "packet/decoded.h"
#include "packet/link_name.h"
#include "packet/packet.h"
#include "support/packet_builder.h"
#include "support/sample_links.h"

using namespace argus;

namespace {

Packet plain(std::string_view name) {
  for (const Sample& sample : sample_plain_links())
    if (sample.name == name) {
      Packet packet;
      REQUIRE(decode(frame_of(sample.bytes, sample.link), packet) == DecodeStatus::ok);
      CHECK_FALSE(has(packet, kHasIp));
      return packet;
    }
  FAIL(name);
  return {};
}

DecodeStatus status_of(const Sample& sample) {
  Packet packet;
  return decode(frame_of(sample.bytes, sample.link), packet);
}

}  // namespace

TEST_CASE("the same segment is found behind the headers of every link") {
  for (const Sample& sample : sample_tcp_links()) {
    CAPTURE(sample.name);
    Packet p;
    REQUIRE(decode(frame_of(sample.bytes, sample.link), p) == DecodeStatus::ok);
    CHECK((p.proto == kProtoTcp && p.sport == 40000 && p.dport == 443 && p.payload_length == 10));
    CHECK((to_text(p.src) == "192.0.2.1" && to_text(p.dst) == "192.0.2.2"));
    CHECK(p.wire_length == sample.bytes.size());  // whole frames
    CHECK(is_known(sample.link));
    const bool framed = (p.encaps & (kEncWlan | kEncEthernet)) != 0;
    CHECK(has(p, kHasMac) == framed);
    if (framed) CHECK((p.smac == kMacA && p.dmac == kMacB));
  }
}

TEST_CASE("the link says what it is") {
  const auto encaps = [](std::string_view name) -> std::uint32_t {
    for (const Sample& sample : sample_tcp_links())
      if (sample.name == name) {
        Packet packet;
        REQUIRE(decode(frame_of(sample.bytes, sample.link), packet) == DecodeStatus::ok);
        return packet.encaps;
      }
    return 0;
  };
  CHECK(encaps("ppp") == kEncPpp);
  CHECK(encaps("ppp serial of cisco") == kEncHdlc);
  CHECK(encaps("ppp ether") == kEncPppoe);
  CHECK(encaps("frame relay bridged") == (kEncFrameRelay | kEncEthernet));
  CHECK(encaps("slip") == kEncSlip);
  CHECK(encaps("radiotap") == (kEncWlan | kEncLlc));
  CHECK(encaps("nflog") == 0);  // its header is not the link's
  CHECK(encaps("juniper ethernet") == kEncEthernet);
}

TEST_CASE("802.11 frames that carry nothing readable are packets of their MAC addresses") {
  for (const char* name : {"beacon", "protected", "null data", "later wlan fragment", "rts", "wlan ack"}) {
    CAPTURE(name);
    const Packet p = plain(name);
    CHECK((p.proto == kProtoWlan && p.encaps == kEncWlan && has(p, kHasMac)));
    CHECK(p.dst == Address::from_mac(kMacB));
    CHECK(p.src == Address::from_mac(name == std::string_view("wlan ack") ? 0 : kMacA));
  }
}

TEST_CASE("what links say among themselves is counted under their own names") {
  CHECK(plain("lcp").proto == kProtoPpp);
  CHECK(plain("slarp").proto == kProtoHdlc);
  CHECK(plain("lmi").proto == kProtoFrameRelay);
  CHECK(plain("oam cell").proto == kProtoAtm);
  for (const Proto proto : {kProtoPpp, kProtoHdlc, kProtoFrameRelay, kProtoAtm, kProtoWlan})
    CHECK(find_proto(proto_name(proto)) == proto);
}

TEST_CASE("headers that contradict themselves are malformed") {
  const auto frame = [](std::initializer_list<std::uint8_t> head, LinkType link) {
    std::vector<std::uint8_t> bytes(head);
    bytes.resize(120);
    return Sample{"", link, PacketBuilder().raw(bytes).bytes()};
  };
  CHECK(status_of(frame({1, 0, 8, 0}, LinkType::radiotap)) == DecodeStatus::malformed);
  CHECK(status_of(frame({0, 0, 7, 0}, LinkType::radiotap)) == DecodeStatus::malformed);
  CHECK(status_of(frame({9}, LinkType::ieee802_11)) == DecodeStatus::malformed);
  CHECK(status_of(frame({0x80, 0x21, 0x10, 1, 0, 0, 0, 7}, LinkType::avs)) == DecodeStatus::malformed);
  CHECK(status_of(frame({0x44, 0, 0, 0, 7}, LinkType::prism)) == DecodeStatus::malformed);
  CHECK(status_of(frame({0, 0, 8, 0, 0, 0, 1, 0}, LinkType::ppi)) == DecodeStatus::malformed);
  CHECK(status_of(frame({0x18, 0x40, 0x40, 0x40}, LinkType::frelay)) == DecodeStatus::malformed);
  CHECK(status_of(frame({44}, LinkType::pflog)) == DecodeStatus::malformed);
  CHECK(status_of(frame({2, 1}, LinkType::nflog)) == DecodeStatus::malformed);
  CHECK(status_of(frame({2, 0, 0, 0, 3, 0, 9, 0}, LinkType::nflog)) == DecodeStatus::malformed);
  CHECK(status_of(frame({1, 2, 3, 4}, LinkType::juniper_ether)) == DecodeStatus::malformed);
  CHECK(status_of(frame({0, 0, 8, 0, 127, 1}, LinkType::ppi)) == DecodeStatus::bad_link);
  CHECK(status_of(frame({0, 0, 0, 0, 0, 0, 0, 0, 3}, LinkType::erf)) == DecodeStatus::bad_link);
}

TEST_CASE("PPI in PPI ends") {
  std::vector<std::uint8_t> bytes;
  for (int i = 0; i < 100; i++) bytes.insert(bytes.end(), {0, 0, 8, 0, 192, 0, 0, 0});
  CHECK(status_of(PacketBuilder().raw(bytes), LinkType::ppi) == DecodeStatus::too_deep);
}

TEST_CASE("links that nobody decodes have names") {
  CHECK(link_name(220) == "USB_LINUX_MMAPPED");
  CHECK(link_name(251) == "BLUETOOTH_LE_LL");
  CHECK(link_name(1) == "ETHERNET");
  CHECK(link_name(60000).empty());
  CHECK(link_text(220) == "USB_LINUX_MMAPPED (220)");
  CHECK(link_text(60000) == "60000");
}
