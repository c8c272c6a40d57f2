// What is observed of live flows only where it is asked for (fields.def, DETAILS): gaps between packets, extremes of
// sizes, first numbers, what each end did. It lies beside the flow table, so that it costs nothing otherwise.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/int128.h"
#include "base/pages.h"
#include "base/result.h"
#include "base/time.h"
#include "meter/flow_state.h"
#include "packet/packet.h"

namespace argus {

// Times from one packet of a side to its next.
struct Gaps {
  std::uint64_t count = 0, sum = 0;
  std::uint64_t least = UINT64_MAX, most = 0;  // meaningful when count != 0
  u128 squares = 0;
};

struct DetailSide {
  // Not yet reported.
  Gaps active, idle;
  std::uint32_t size_min = UINT32_MAX, size_max = 0;  // meaningful when the side sent something
  // Of the flow's whole life.
  Nanos newest = 0;
  std::uint64_t deeds = 0;     // flow/history.h
  std::uint32_t data_end = 0;  // one behind the last byte of payload that TCP sent
  std::uint32_t tcp_base = 0;
  std::uint16_t ip_id = 0, syn_window = 0;
  bool seen = false, data_sent = false, has_base = false, has_ip_id = false, syn_seen = false;
};

struct FlowDetails {
  std::array<DetailSide, 2> sides;
  std::uint8_t places = 0;  // taken in the deeds of both
};

class Details {
 public:
  explicit Details(ReservedPages room) : pages_(std::move(room)), flows_(static_cast<FlowDetails*>(pages_.start())) {}
  [[nodiscard]] static Result<ReservedPages> room_for(std::size_t flows_max) {
    return ReservedPages::create(flows_max * sizeof(FlowDetails));
  }

  void begin(std::uint32_t flow) { flows_[flow] = FlowDetails(); }
  // A packet of `side`, before `tcp` has seen it; null: not of TCP.
  void observe(std::uint32_t flow, unsigned side, const Packet& packet, const TcpState* tcp);
  // The same packet, after it.
  void observe_deeds(std::uint32_t flow, unsigned side, const Packet& packet, const TcpState* tcp);
  void reported(std::uint32_t flow);
  [[nodiscard]] const FlowDetails& operator[](std::uint32_t flow) const { return flows_[flow]; }
  void prefetch(std::uint32_t flow) const {
    const char* start = reinterpret_cast<const char*>(&flows_[flow]);
    for (std::size_t line = 0; line < sizeof(FlowDetails); line += 64) __builtin_prefetch(start + line, 1);
  }

 private:
  ReservedPages pages_;
  FlowDetails* flows_;  // by flow number
};

}  // namespace argus
