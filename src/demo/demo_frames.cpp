#include "demo/demo_frames.h"

#include <algorithm>

#include "base/bytes.h"

namespace argus {

namespace {

constexpr std::uint64_t kBroadcast = 0xffffffffffff;
constexpr std::uint32_t kLeastFrame = 60;

void append_mac(ByteWriter& out, std::uint64_t mac) {
  for (int shift = 40; shift >= 0; shift -= 8) out.be(static_cast<std::uint8_t>(mac >> shift));
}

void append_ethernet(ByteWriter& out, std::uint64_t to, std::uint64_t from, std::uint16_t type) {
  append_mac(out, to);
  append_mac(out, from);
  out.be(type);
}

std::uint16_t folded(std::uint32_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

// RFC 791 3.1: the header's own checksum.
std::uint16_t header_sum(Bytes header) {
  ByteReader in(header);
  std::uint32_t sum = 0;
  while (in.left() >= 2) sum += in.be<std::uint16_t>();
  return folded(sum);
}

void append_ip4(ByteWriter& out, const DemoHost& from, std::uint32_t to, std::uint8_t ttl, std::uint8_t proto,
                std::uint32_t length) {
  ByteWriter header;
  header.be(std::uint16_t{0x4500});
  header.be(static_cast<std::uint16_t>(20 + length));
  header.be(std::uint16_t{0});       // identification: nothing here is a fragment (RFC 6864)
  header.be(std::uint16_t{0x4000});  // don't fragment
  header.be(ttl);
  header.be(proto);
  header.be(std::uint16_t{0});
  header.be(from.v4);
  header.be(to);
  const std::uint16_t sum = header_sum(header.view());
  header.buffer()[10] = static_cast<std::byte>(sum >> 8);
  header.buffer()[11] = static_cast<std::byte>(sum & 0xff);
  out.bytes(header.view());
}

// Ethernet and IP from one host to another; ICMP has another number in IPv6.
ByteWriter headers(const DemoHost& from, const DemoHost& to, DemoFamily family, std::uint8_t proto,
                   std::uint32_t length) {
  ByteWriter out;
  append_ethernet(out, to.mac, from.mac, family == DemoFamily::v4 ? 0x0800 : 0x86dd);
  if (family == DemoFamily::v4) {
    append_ip4(out, from, to.v4, from.ttl, proto, length);
  } else {
    out.be(std::uint32_t{0x60000000});
    out.be(static_cast<std::uint16_t>(length));
    out.be(proto);
    out.be(from.ttl);
    out.bytes(from.v6.data(), from.v6.size());
    out.bytes(to.v6.data(), to.v6.size());
  }
  return out;
}

DemoFrame finished(Nanos time, ByteWriter& out, std::uint32_t payload) {
  DemoFrame frame;
  frame.time = time;
  frame.length = std::max(static_cast<std::uint32_t>(out.size()) + payload, kLeastFrame);
  frame.captured = std::move(out.buffer());
  frame.captured.resize(std::min(frame.length, kDemoSnap));
  return frame;
}

}  // namespace

DemoFrame demo_tcp(Nanos time, const DemoHost& from, const DemoHost& to, DemoFamily family, const DemoTcp& tcp,
                   std::uint32_t payload) {
  constexpr std::uint8_t kSyn = 2;
  const bool syn = (tcp.flags & kSyn) != 0;
  const std::uint32_t header = syn ? 32 : 20;
  ByteWriter out = headers(from, to, family, 6, header + payload);
  out.be(tcp.sport);
  out.be(tcp.dport);
  out.be(tcp.seq);
  out.be(tcp.ack);
  out.be(static_cast<std::uint8_t>(header / 4 << 4));
  out.be(tcp.flags);
  out.be(std::uint16_t{64240});
  out.be(std::uint32_t{0});
  if (syn) {
    // MSS 1460, SACK permitted, window scale 7 (RFC 9293, RFC 2018, RFC 7323)
    for (const unsigned option : {2u, 4u, 5u, 180u, 1u, 1u, 4u, 2u, 1u, 3u, 3u, 7u})
      out.be(static_cast<std::uint8_t>(option));
  }
  return finished(time, out, payload);
}

DemoFrame demo_udp(Nanos time, const DemoHost& from, const DemoHost& to, DemoFamily family, std::uint16_t sport,
                   std::uint16_t dport, std::uint32_t payload) {
  ByteWriter out = headers(from, to, family, 17, 8 + payload);
  out.be(sport);
  out.be(dport);
  out.be(static_cast<std::uint16_t>(8 + payload));
  out.be(std::uint16_t{0});
  return finished(time, out, payload);
}

DemoFrame demo_icmp(Nanos time, const DemoHost& from, const DemoHost& to, DemoFamily family, std::uint8_t type,
                    std::uint8_t code, std::uint16_t id, std::uint16_t seq, std::uint32_t payload) {
  ByteWriter out = headers(from, to, family, family == DemoFamily::v4 ? 1 : 58, 8 + payload);
  out.be(type);
  out.be(code);
  out.be(std::uint16_t{0});
  out.be(id);
  out.be(seq);
  return finished(time, out, payload);
}

DemoFrame demo_arp(Nanos time, const DemoHost& from, const DemoHost& to, bool reply) {
  ByteWriter out;
  append_ethernet(out, reply ? to.mac : kBroadcast, from.mac, 0x0806);
  out.be(std::uint16_t{1});
  out.be(std::uint16_t{0x0800});
  out.be(std::uint16_t{0x0604});
  out.be(static_cast<std::uint16_t>(reply ? 2 : 1));
  append_mac(out, from.mac);
  out.be(from.v4);
  append_mac(out, reply ? to.mac : 0);
  out.be(to.v4);
  return finished(time, out, 0);
}

DemoFrame demo_igmp(Nanos time, const DemoHost& from, std::uint32_t group) {
  ByteWriter out;
  append_ethernet(out, 0x01005e000000 | (group & 0x7fffff), from.mac, 0x0800);
  append_ip4(out, from, group, 1, 2, 8);
  out.be(std::uint32_t{0x16000000});
  out.be(group);
  return finished(time, out, 0);
}

DemoFrame demo_stp(Nanos time, std::uint64_t bridge) {
  ByteWriter out;
  append_ethernet(out, 0x0180c2000000, bridge, 38);  // a length
  out.be(std::uint16_t{0x4242});
  out.be(std::uint8_t{3});
  return finished(time, out, 35);
}

DemoFrame demo_lldp(Nanos time, std::uint64_t from) {
  ByteWriter out;
  append_ethernet(out, 0x0180c200000e, from, 0x88cc);
  return finished(time, out, 120);
}

}  // namespace argus
