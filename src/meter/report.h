// A finished record: what a flow had not reported yet, together with what lasts, before it becomes a row.
#pragma once

#include <span>

#include "flow/batch.h"
#include "meter/flow_state.h"

namespace argus {

struct Report {
  FlowState flow;
  TcpState tcp;          // meaningful when flow.tcp != kNone
  Address inode;         // meaningful when flow.inode != kNone
  Cause cause = Cause::status;

  [[nodiscard]] const Side& src() const { return flow.sides[flow.initiator]; }
  [[nodiscard]] const Side& dst() const { return flow.sides[1 - flow.initiator]; }
  [[nodiscard]] bool is_tcp() const { return flow.tcp != kNone; }
  [[nodiscard]] const TcpSide& tcp_src() const { return tcp.sides[flow.initiator]; }
  [[nodiscard]] const TcpSide& tcp_dst() const { return tcp.sides[1 - flow.initiator]; }
};

// Reports as a batch, a line a field.
[[nodiscard]] Batch harvested(std::span<const Report> reports, const std::string& sensor);

}  // namespace argus
