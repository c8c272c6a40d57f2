// From a live flow to a row: the one place that says what each field of a record is.
#pragma once

#include <string>

#include "flow/batch.h"
#include "meter/flow_state.h"

namespace argus {

// Columns under construction, a builder a stored field.
class Rows {
 public:
  // Appends what the flow has not reported yet, together with what lasts. `tcp` and `inode`: null where it has none.
  void add(const FlowState& flow, const TcpState* tcp, const Address* inode, Cause cause);
  [[nodiscard]] std::size_t size() const { return size_; }
  // The rows as a batch; begins afresh.
  [[nodiscard]] Batch take(const std::string& sensor);

 private:
  void add_identity(const FlowState& flow, Cause cause);
  void add_times(const Side& src, const Side& dst);
  void add_counters(const Side& src, const Side& dst);
  void add_link(const FlowState& flow, const Side& src, const Side& dst);
  void add_tcp(const TcpState* tcp, const FlowState& flow);
  void add_handshake(const TcpState* tcp);

  // Every field of the table, by its name.
  template <Type type>
  using Builder = ColumnBuilder<Value<type>>;
#define FIELD(name, wire, type, ...) Builder<Type::type> name##_;
#include "flow/fields.def"
  std::size_t size_ = 0;
};

}  // namespace argus
