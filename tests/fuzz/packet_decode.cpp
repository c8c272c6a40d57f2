// One frame: the first byte chooses the link type, the second how much longer it was on the wire.
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "packet/decode.h"
#include "packet/layer.h"
#include "packet/packet.h"

using namespace argus;

namespace {

constexpr LinkType kLinks[] = {LinkType::ethernet,
                               LinkType::linux_sll,
                               LinkType::linux_sll2,
                               LinkType::null,
                               LinkType::loop,
                               LinkType::raw_ip,
                               LinkType::raw_old,
                               LinkType::raw_old_openbsd,
                               LinkType::ipv4,
                               LinkType::ipv6,
                               LinkType::slip,
                               LinkType::ppp,
                               LinkType::ppp_hdlc,
                               LinkType::ppp_ether,
                               LinkType::atm_rfc1483,
                               LinkType::c_hdlc,
                               LinkType::ieee802_11,
                               LinkType::frelay,
                               LinkType::enc,
                               LinkType::pflog,
                               LinkType::prism,
                               LinkType::radiotap,
                               LinkType::juniper_mlppp,
                               LinkType::juniper_atm2,
                               LinkType::juniper_services,
                               LinkType::juniper_atm1,
                               LinkType::avs,
                               LinkType::ppp_pppd,
                               LinkType::juniper_pppoe,
                               LinkType::juniper_pppoe_atm,
                               LinkType::juniper_ether,
                               LinkType::juniper_ppp,
                               LinkType::juniper_frelay,
                               LinkType::juniper_chdlc,
                               LinkType::ppi,
                               LinkType::erf,
                               LinkType::ppp_with_dir,
                               LinkType::c_hdlc_with_dir,
                               LinkType::frelay_with_dir,
                               LinkType::mpls,
                               LinkType::nflog};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const Bytes bytes = std::as_bytes(std::span(data, size)).subspan(2);
  Frame frame;
  frame.link = kLinks[data[0] % std::size(kLinks)];
  frame.bytes = bytes;
  frame.wire_length = static_cast<std::uint32_t>(bytes.size() + data[1] * 16u);
  Packet common, general;
  const DecodeStatus status = decode(frame, common);
  if (status != decode_layers(frame, general)) std::abort();
  Packet outside;
  // Whether there is a packet does not depend on what is in its tunnels.
  if (status != decode(frame, outside, Tunnels::outer)) std::abort();
  if (status != DecodeStatus::ok) return 0;
  if ((outside.has & (kHasTunnel | kIsInTrain)) != 0) std::abort();
  // What is above the transport header was on the wire, and both decoders see the same flow.
  const std::uint32_t elsewhere = (common.has & kIsInTrain) != 0 ? 0xffff : 0;
  if (common.payload_length > common.wire_length + elsewhere) std::abort();
  if (common.src != general.src || common.dst != general.dst || common.proto != general.proto) std::abort();
  if (common.sport != general.sport || common.dport != general.dport || common.has != general.has) std::abort();
  return 0;
}
