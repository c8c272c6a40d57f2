// From a live flow to a row: the one place that says what each field of a record is.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/address.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/events.h"
#include "flow/type.h"
#include "meter/details.h"
#include "meter/flow_state.h"
#include "meter/row_column.h"

namespace argus {

// What a flow has in other places; null: nothing there.
struct FlowParts {
  const TcpState* tcp = nullptr;
  const FlowDetails* details = nullptr;
  const TunnelState* tunnel = nullptr;
  const Address* inode = nullptr;  // the only node that sent ICMP errors about it
};

// What a flow did since the last tick.
struct TickDelta {
  Nanos first = 0, last = 0;
  std::array<std::uint64_t, 2> bytes{};
  std::array<std::uint32_t, 2> packets{};
  bool begins = false;  // its first packet is among them
};

// Columns under construction, a builder a stored field. Rows wait until there are a few: a group of columns is then
// written for all of them, so that each column's memory is written in pieces and not all columns' with every row.
class RecordBuilder {
 public:
  // Appends what the flow has not reported yet, together with what lasts.
  void add(const FlowState& flow, const FlowParts& parts, Cause cause);
  // Appends what a display wants to know of a flow: its key, and what it did since the last tick.
  void add_tick(const FlowState& flow, const FlowParts& parts, const TickDelta& delta, Cause cause);
  [[nodiscard]] std::size_t size() const { return size_; }
  // The rows as a batch; begins afresh.
  [[nodiscard]] Batch take(const std::string& sensor);

 private:
  static constexpr std::size_t kRowsAtOnce = 16;
  // A row that waits, with what its flow had in other places.
  struct WaitingRow {
    FlowState flow;
    TcpState tcp;
    TunnelState tunnel;
    FlowDetails details;
    Address inode;
    Cause cause{};
    bool has_tcp = false, has_tunnel = false, has_details = false, has_inode = false;
  };
  void write_waiting();
  void add_identity(const FlowState& flow, Cause cause);
  void add_times(const Side& src, const Side& dst);
  void add_counters(const Side& src, const Side& dst);
  void add_link(const FlowState& flow, const Side& src, const Side& dst);
  void add_tcp(const TcpState* tcp, const FlowState& flow);
  void add_handshake(const TcpState* tcp);
  void add_details(const FlowDetails& details, const FlowState& flow);
  void add_tunnel(const TunnelState* tunnel, const FlowState& flow);

  // Every field of the table, by its name.
  template <Type type>
  using Builder = RowColumn<Value<type>>;
#define FIELD(name, wire, type, ...) Builder<Type::type> name##_;
#include "flow/fields.def"
  std::array<WaitingRow, kRowsAtOnce> waiting_;
  std::size_t waiting_count_ = 0;
  std::size_t size_ = 0;  // with those that wait
};

}  // namespace argus
