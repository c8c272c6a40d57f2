// Linux cooked captures, version 1 (LINKTYPE_LINUX_SLL) and 2 (LINKTYPE_LINUX_SLL2). The header has the address of the
// frame's sender only.
#include "packet/layer.h"

#include "flow/events.h"

namespace argus {
namespace {

// What the header says, the same in both versions but for its order.
struct Cooked {
  std::uint16_t hardware = 0;  // ARPHRD_ of linux/if_arp.h
  std::uint16_t address_length = 0;
  std::uint64_t address = 0;  // eight bytes, left-aligned
  std::uint16_t protocol = 0;
};

constexpr std::uint16_t kNovell = 1, kLlc = 4;  // ETH_P_802_3, ETH_P_802_2
constexpr std::uint16_t kArphrdFrameRelay = 770, kArphrdRadiotap = 803, kArphrdNetlink = 824;

Next after_cooked(const Cooked& header, Packet& out) {
  out.encaps |= kEncSll;
  if (header.address_length == 6) {
    out.smac = header.address >> 16;
    out.has |= kHasSourceMac;
  }
  // On these the protocol is not an ether type.
  if (header.hardware == kArphrdNetlink || header.hardware == kArphrdRadiotap || header.hardware == kArphrdFrameRelay) {
    return without_ip(out, kProtoLlc);
  }
  if (header.protocol >= 0x0600) return {Layer::ether, header.protocol};
  if (header.protocol == kNovell) return {Layer::ether, kRawIpx};
  if (header.protocol == kLlc) return {Layer::ether, kLlcFrame};
  return without_ip(out, kProtoLlc);
}

}  // namespace

Next decode_linux_sll(Rest& rest, Packet& out) {
  Cooked header;
  rest.in.skip(2);  // to us, from us, to all...
  header.hardware = rest.in.be<std::uint16_t>();
  header.address_length = rest.in.be<std::uint16_t>();
  header.address = rest.in.be<std::uint64_t>();
  header.protocol = rest.in.be<std::uint16_t>();
  return after_cooked(header, out);
}

Next decode_linux_sll2(Rest& rest, Packet& out) {
  Cooked header;
  header.protocol = rest.in.be<std::uint16_t>();
  rest.in.skip(6);  // reserved, interface
  header.hardware = rest.in.be<std::uint16_t>();
  rest.in.skip(1);
  header.address_length = rest.in.u8();
  header.address = rest.in.be<std::uint64_t>();
  return after_cooked(header, out);
}

}  // namespace argus
