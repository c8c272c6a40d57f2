// What holds for every kind of frame: cut anywhere, and by either decoder.
#include <catch2/catch.hpp>

#include "base/file.h"
#include "base/names.h"
#include "base/stream.h"
#include "capture/open_capture.h"
#include "packet/decode.h"
#include "packet/layer.h"
#include "packet/packet.h"
#include "support/capture_writer.h"
#include "support/packet_builder.h"

using namespace argus;

namespace {

void check_same(const Packet& a, const Packet& b) {
  CHECK(a.time == b.time);
  CHECK(a.wire_length == b.wire_length);
  CHECK(a.payload_length == b.payload_length);
  CHECK(a.has == b.has);
  CHECK(a.proto == b.proto);
  CHECK(a.etype == b.etype);
  CHECK(a.src == b.src);
  CHECK(a.dst == b.dst);
  CHECK((a.sport == b.sport && a.dport == b.dport));
  CHECK((a.icmp_type == b.icmp_type && a.icmp_code == b.icmp_code && a.icmp_id == b.icmp_id));
  CHECK((a.ttl == b.ttl && a.tos == b.tos));
  CHECK((a.ssap == b.ssap && a.dsap == b.dsap));
  CHECK((a.vlan == b.vlan && a.mpls == b.mpls));
  CHECK((a.smac == b.smac && a.dmac == b.dmac));
  CHECK((a.encaps == b.encaps && a.ip_options == b.ip_options));
  CHECK((a.fragment_offset == b.fragment_offset && a.fragment_id == b.fragment_id));
  CHECK(a.more_fragments == b.more_fragments);
  CHECK((a.tcp.seq == b.tcp.seq && a.tcp.ack == b.tcp.ack && a.tcp.window == b.tcp.window));
  if ((a.has & b.has & kHasTunnel) != 0) {
    CHECK((a.outer.src == b.outer.src && a.outer.dst == b.outer.dst && a.outer.key == b.outer.key));
    CHECK((a.outer.sport == b.outer.sport && a.outer.dport == b.outer.dport && a.outer.id == b.outer.id));
  }
  CHECK((a.tcp.flags == b.tcp.flags && a.tcp.window_shift == b.tcp.window_shift && a.tcp.options == b.tcp.options));
}

// A packet that holds something everywhere, to see that decoding leaves none of it.
Packet used_packet() {
  Packet packet;
  const auto bytes = PacketBuilder().sll2(0xffffffffffff).vlan(0xffff).ip4("9.9.9.9", "8.8.8.8").tcp(9, 9).bytes();
  REQUIRE(decode(frame_of(bytes, LinkType::linux_sll2), packet) == DecodeStatus::ok);
  packet.etype = packet.icmp_id = packet.ip_options = packet.fragment_offset = 0xffff;
  packet.icmp_type = packet.icmp_code = packet.ssap = packet.dsap = 0xff;
  packet.mpls = packet.fragment_id = 0xffffffff;
  packet.more_fragments = true;
  packet.tcp = {9, 9, 9, 9, 9, 9};
  packet.sport = packet.dport = 9;
  return packet;
}

// Both decoders on one frame; true when the straight one took it.
bool check_equal(const Frame& frame) {
  Packet straight = used_packet(), general = used_packet();
  const bool taken = decode_common(frame, straight);
  if (!taken) {
    // What decode() gives is the general decoders' then, whatever the attempt left behind.
    straight = used_packet();
    CHECK(decode(frame, straight) == decode_layers(frame, general));
    if (decode_layers(frame, general) == DecodeStatus::ok) check_same(straight, general);
    return false;
  }
  CHECK(decode_layers(frame, general) == DecodeStatus::ok);
  check_same(straight, general);
  return true;
}

}  // namespace

TEST_CASE("every frame becomes a packet") {
  for (const Sample& sample : sample_frames()) {
    CAPTURE(sample.name);
    Packet packet;
    CHECK(decode(frame_of(sample.bytes, sample.link), packet) == DecodeStatus::ok);
    CHECK(packet.payload_length <= packet.wire_length);
  }
}

TEST_CASE("a frame cut anywhere is the same flow or too short, and the same by either decoder") {
  for (const Sample& sample : sample_frames()) {
    CAPTURE(sample.name);
    const auto wire = static_cast<std::uint32_t>(sample.bytes.size());
    Packet whole;
    REQUIRE(decode(frame_of(sample.bytes, sample.link), whole) == DecodeStatus::ok);
    for (std::size_t size = 0; size < sample.bytes.size(); size++) {
      CAPTURE(size);
      // An exact copy, so that a sanitizer sees a read past its end.
      const std::vector<std::byte> cut(sample.bytes.begin(), sample.bytes.begin() + static_cast<std::ptrdiff_t>(size));
      const Frame frame = frame_of(cut, sample.link, 0, wire);
      Packet packet;
      const DecodeStatus status = decode(frame, packet);
      CHECK((status == DecodeStatus::ok || status == DecodeStatus::too_short));
      check_equal(frame);
      if (status != DecodeStatus::ok) continue;
      CHECK(packet.wire_length == wire);
      // Where the inside of a tunnel is cut off, it is a packet of the tunnel.
      if ((packet.has & kHasTunnel) != (whole.has & kHasTunnel)) continue;
      if ((packet.has & kHasTunnel) != 0 && packet.outer.key != whole.outer.key) continue;
      if ((packet.has & whole.has & kHasIp) != 0) CHECK((packet.src == whole.src && packet.dst == whole.dst));
      if ((packet.has & whole.has & kHasPorts) != 0)
        CHECK((packet.sport == whole.sport && packet.dport == whole.dport));
      // How long its header is, a DCCP packet tells behind the ports.
      const bool same_parts = (packet.has & (kHasPorts | kHasTcp)) == (whole.has & (kHasPorts | kHasTcp));
      if (same_parts && packet.proto == whole.proto && packet.proto != kProtoDccp) {
        CHECK(packet.payload_length == whole.payload_length);
      }
    }
  }
}

TEST_CASE("the straight decoder takes the common frames and agrees with the general ones") {
  std::size_t taken = 0;
  for (const Sample& sample : sample_frames()) {
    CAPTURE(sample.name);
    if (check_equal(frame_of(sample.bytes, sample.link))) taken++;
    // Each byte of the headers to each of some values.
    auto changed = sample.bytes;
    for (std::size_t at = 12; at < std::min<std::size_t>(changed.size(), 80); at++) {
      CAPTURE(at);
      for (const unsigned value : {0x00u, 0xffu, 0x80u, 0x45u, 0x60u, 0x06u, 0x11u}) {
        changed[at] = static_cast<std::byte>(value);
        check_equal(frame_of(changed, sample.link));
      }
      changed[at] = sample.bytes[at];
    }
  }
  CHECK(taken >= 7);
}

TEST_CASE("the decoders agree on the real captures") {
  const std::string folder = captures_folder();
  if (folder.empty()) {
    WARN("skipped: no real captures (ARGUS_CAPTURES)");
    return;
  }
  for (const char* name :
       {"office-lan-mixed.pcap", "web-http-browsing.pcap", "vlan-ipx-rip-llc.pcap", "loopback-null-v4-v6.pcap",
        "ip-fragments-udp-tcp-sctp.pcap", "ipv6-nd-ping-unreach-ssh.pcap", "ipv6-extension-headers.pcap",
        "snaplen-truncated-tcp.pcap", "nanosecond-snaplen-60.pcap", "mpls-telnet-rsvp-eigrp.pcap"}) {
    CAPTURE(name);
    auto file = open_read(folder + "/" + name);
    REQUIRE(file);
    auto input = InputStream::open(*std::move(file));
    REQUIRE(input);
    auto capture = open_capture_file(*std::move(input));
    REQUIRE(capture);
    Frame frame;
    for (;;) {
      const auto more = (*capture)->next(frame);
      REQUIRE(more);
      if (!*more) break;
      check_equal(frame);
    }
    CHECK((*capture)->frames() > 0);
  }
}
