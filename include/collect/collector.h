// What exporters send (NetFlow 1, 5, 7 and 9, IPFIX, sFlow 5) as flow records. Everything is told apart by its first
// bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/ledger.h"
#include "flow/state.h"

namespace argus {

struct Datagram {
  Bytes payload;  // of UDP; valid during add()
  Address from;   // the exporter
  std::uint16_t port = 0;
  Nanos time = 0;  // when it came
};

struct CollectorOptions {
  std::string sensor;                   // srcid of the records; empty: absent
  std::size_t exporters_max = 65'536;   // each with its observation domains; the least recently heard are forgotten
  std::size_t memory_max = 128u << 20;  // bytes that templates and the like take
};

// Counters are multiplied by the rate of sampling where the exporter tells one. Records of one direction have no dpkts.
class Collector {
 public:
  explicit Collector(const CollectorOptions& options);
  ~Collector();
  Collector(Collector&&) noexcept;

  // Never fails: what is not understood is counted.
  void add(const Datagram& datagram);

  // Records that wait; take() gives the oldest of them, a frame's worth at most.
  [[nodiscard]] std::size_t waiting() const;
  [[nodiscard]] Batch take();

  // What was received and what was not understood since the last call, of the time in which it came.
  void drain(Journal& out);

  // Templates, samplers and names of applications, to be restored later: a text of lines and no more than memory_max.
  [[nodiscard]] std::string state() const;
  // Errc::corrupt where the text is not what state() gives; what stands before the fault is kept.
  [[nodiscard]] Result<> restore(std::string_view state);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace argus
