// 802.11 frames (LINKTYPE_IEEE802_11). IEEE 802.11-2020 9.2 and 9.3. What a data frame carries is read unless it is
// encrypted; all other frames are packets of their MAC addresses.
#include "packet/layer.h"

#include "flow/events.h"

namespace argus {

namespace {

enum Type : unsigned { kManagement = 0, kControl = 1, kData = 2 };
// Second byte of the frame control field.
constexpr unsigned kToSystem = 0x01, kFromSystem = 0x02, kProtected = 0x40, kOrder = 0x80;
// Bits of the subtype of data frames.
constexpr unsigned kNoData = 4, kQos = 8;
constexpr unsigned kAggregate = 0x80;  // in the QoS control field: the body is an A-MSDU

struct Control {
  unsigned type = 0, subtype = 0, flags = 0;
};

Next of_addresses(std::uint64_t from, std::uint64_t to, Packet& out) {
  out.smac = from;
  out.dmac = to;
  out.has |= kHasMac;
  return without_ip(out, kProtoWlan);
}

// RTS, PS-Poll, block acknowledgements and the end of a contention-free time name their sender.
bool names_sender(unsigned subtype) {
  return subtype == 8 || subtype == 9 || subtype == 10 || subtype == 11 || subtype == 14 || subtype == 15;
}

Next decode_data(const Control& control, bool padded, Rest& rest, Packet& out) {
  const std::uint64_t first = read_mac(rest.in), second = read_mac(rest.in), third = read_mac(rest.in);
  const unsigned fragment = rest.in.le<std::uint16_t>() & 15;
  const bool to = (control.flags & kToSystem) != 0, from = (control.flags & kFromSystem) != 0;
  const std::uint64_t fourth = to && from ? read_mac(rest.in) : 0;
  bool aggregate = false;
  if ((control.subtype & kQos) != 0) {
    aggregate = (rest.in.le<std::uint16_t>() & kAggregate) != 0;
    if ((control.flags & kOrder) != 0) rest.in.skip(4);  // HT control
    const bool uneven = !(to && from);                   // 26 bytes, or 32 with a fourth address
    if (padded && uneven) rest.in.skip(2);
  } else if (padded && to && from) {
    rest.in.skip(2);
  }
  const std::uint64_t smac = to && from ? fourth : from ? third : second, dmac = to ? third : first;
  if (!rest.in.ok()) return done(DecodeStatus::too_short);
  // A later fragment begins in the middle of what it carries.
  const bool opaque = (control.subtype & kNoData) != 0 || (control.flags & kProtected) != 0 || fragment != 0;
  if (opaque) return of_addresses(smac, dmac, out);
  out.smac = smac;
  out.dmac = dmac;
  out.has |= kHasMac;
  if (aggregate) {  // of several frames in one, the first
    out.dmac = read_mac(rest.in);
    out.smac = read_mac(rest.in);
    rest.limit(rest.in.be<std::uint16_t>());
  }
  return {Layer::ether, kLlcFrame};
}

}  // namespace

Next decode_wlan(Rest& rest, Packet& out) { return wlan_frame(rest, false, out); }

Next wlan_frame(Rest& rest, bool padded, Packet& out) {
  out.encaps |= kEncWlan;
  const unsigned first = rest.in.u8();
  const Control control{first >> 2 & 3, first >> 4, rest.in.u8()};
  rest.in.skip(2);  // duration
  if (!rest.in.ok()) return done(DecodeStatus::too_short);
  if ((first & 3) != 0) return done(DecodeStatus::malformed);
  if (control.type == kData) return decode_data(control, padded, rest, out);
  const std::uint64_t to = read_mac(rest.in);
  const bool has_sender = control.type == kManagement || (control.type == kControl && names_sender(control.subtype));
  return of_addresses(has_sender ? read_mac(rest.in) : 0, to, out);
}

}  // namespace argus
