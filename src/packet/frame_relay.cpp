// Frame Relay (LINKTYPE_FRELAY, LINKTYPE_FRELAY_WITH_DIR): ITU-T Q.922 Annex A, RFC 2427; Cisco's frames have an ether
// type behind the address.
#include "packet/layer.h"

#include "flow/events.h"

namespace argus {

namespace {

constexpr std::uint8_t kUnnumberedFrame = 0x03;
// Network layer protocol identifiers: ISO/IEC TR 9577, RFC 2427 appendix A.
constexpr std::uint8_t kPadding = 0x00, kSnap = 0x80, kIp4 = 0xcc, kIp6 = 0x8e, kPpp = 0xcf;

}  // namespace

namespace {

Next after_snap(Rest& rest, Packet& out) {
  const auto organisation = static_cast<std::uint32_t>(rest.in.be<std::uint16_t>()) << 8 | rest.in.u8();
  const auto type = rest.in.be<std::uint16_t>();
  if (organisation == 0 && type >= 0x0600) return {Layer::ether, type};
  const bool bridged = organisation == 0x0080c2 && (type == 1 || type == 7);  // RFC 2427 4.2: 802.3 with or without FCS
  return bridged ? decode_ethernet(rest, out) : without_ip(out, kProtoLlc);
}

}  // namespace

Next after_nlpid(Rest& rest, Packet& out, Proto other) {
  std::uint8_t nlpid = rest.in.u8();
  if (nlpid == kPadding) nlpid = rest.in.u8();
  switch (nlpid) {
    case kIp4: return {Layer::ether, 0x0800};
    case kIp6: return {Layer::ether, 0x86dd};
    case kSnap: return after_snap(rest, out);
    case kPpp: return after_ppp_framing(rest);
    default: return without_ip(out, other);
  }
}

Next decode_frelay(Rest& rest, Packet& out) {
  out.encaps |= kEncFrameRelay;
  std::uint8_t byte = rest.in.u8();
  // The lowest bit ends the address, of two to four bytes.
  for (int i = 1; i < 4 && (byte & 1) == 0; i++) byte = rest.in.u8();
  if ((byte & 1) == 0) return done(DecodeStatus::malformed);
  ByteReader ahead = rest.in;
  if (ahead.u8() == kUnnumberedFrame) {
    rest.in.skip(1);
    return after_nlpid(rest, out, kProtoFrameRelay);
  }
  const auto type = rest.in.be<std::uint16_t>();
  return type >= 0x0600 ? Next{Layer::ether, type} : without_ip(out, kProtoFrameRelay);
}

Next decode_frelay_with_dir(Rest& rest, Packet& out) {
  rest.in.skip(1);
  return decode_frelay(rest, out);
}

}  // namespace argus
