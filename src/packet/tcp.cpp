// TCP. RFC 9293 3.1; options RFC 9293 3.2, RFC 2018, RFC 7323.
#include "packet/layer.h"

#include "flow/events.h"

namespace argus {

void tcp_options(ByteReader in, TcpHeader& out) {
  while (in.left() > 0) {
    const std::uint8_t kind = in.u8();
    if (kind == 0) return;
    if (kind == 1) continue;
    const std::uint8_t length = in.u8();
    if (length < 2 || length - 2u > in.left()) return;
    ByteReader body(in.take(length - 2u));
    switch (kind) {
      case 2: out.options |= kTcpOptMss; break;
      case 3:
        if (length != 3) return;
        out.options |= kTcpOptWindowScale;
        out.window_shift = std::min<std::uint8_t>(body.u8(), 14);  // RFC 7323 2.3
        break;
      case 4: out.options |= kTcpOptSackPermitted; break;
      case 5: out.options |= kTcpOptSack; break;
      case 8: out.options |= kTcpOptTimestamp; break;
      default: out.options |= kTcpOptOther; break;
    }
  }
}

Next decode_tcp(Rest& rest, Packet& out) {
  ByteReader in = rest.in;
  const std::uint32_t length = rest.length();
  out.payload_length = length > 20 ? length - 20 : 0;  // as far as one can tell when the header is cut off
  const auto source = in.be<std::uint16_t>();
  const auto destination = in.be<std::uint16_t>();
  if (!in.ok()) return done(DecodeStatus::ok);
  out.sport = source;
  out.dport = destination;
  out.has |= kHasPorts;

  TcpHeader tcp;
  tcp.seq = in.be<std::uint32_t>();
  tcp.ack = in.be<std::uint32_t>();
  const std::uint32_t offset = in.ok() && in.left() > 0 ? in.u8() >> 4 : 5u;
  tcp.flags = in.u8();
  tcp.window = in.be<std::uint16_t>();
  const std::uint32_t header = offset * 4;
  // What is no TCP header still tells the flow it is of.
  out.payload_length = header >= 20 && header <= length ? length - header : 0;
  if (header < 20 || header > length) return done(DecodeStatus::ok);
  if (!in.ok()) return done(DecodeStatus::ok);
  in.skip(4);  // checksum, urgent pointer: of no use here
  if (in.ok() && header > 20) {
    in.limit(header - 20);
    tcp_options(in, tcp);
  }
  out.tcp = tcp;
  out.has |= kHasTcp;
  return done(DecodeStatus::ok);
}

}  // namespace argus
