// Packets to bidirectional flow records.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/events.h"
#include "flow/state.h"
#include "packet/decode.h"
#include "packet/packet.h"

namespace argus {

// Which fields a record has: those that cost nothing, or also what is observed on request (detail_fields()).
enum class FieldsMetered : std::uint8_t {
  by_need,    // those, where the reader asks for one of them
  by_filter,  // only where its filter reads one
  basic,
  full,
};

struct MeterOptions {
  // every live flow is reported at most this long after its first unreported packet
  Nanos status_interval = 60 * kSecond;
  std::uint32_t flows_max = 1'000'000;  // live flows; beyond it the longest idle are written early
  Nanos idle_tcp = 120 * kSecond, idle_tcp_closed = 10 * kSecond, idle_udp = 60 * kSecond, idle_icmp = 30 * kSecond,
        idle_other = 60 * kSecond, idle_fragment = 15 * kSecond;
  bool key_vlan = false;             // the VLAN id is part of the key
  Tunnels tunnels = Tunnels::inner;  // for who decodes the packets that are metered
  // For who makes the meter: it calls begin_details() by it.
  FieldsMetered fields = FieldsMetered::by_need;
  bool names = false;  // for the same: records have the names that DNS gave (meter/wire_names.h), asked for or not
  std::string sensor;  // srcid of the records; empty: absent
  HashKey hash_key;    // random_hash_key() but in tests
};

struct MeterCounts {
  std::uint64_t packets = 0;    // given to add()
  std::uint64_t evicted = 0;    // flows written early because the table was full
  std::uint64_t time_back = 0;  // packets more than a second older than the newest
};

class Meter {
 public:
  // Errc::limit where there is no room for so many flows.
  [[nodiscard]] static Result<Meter> create(const MeterOptions& options);
  ~Meter();
  Meter(Meter&&) noexcept;

  // Records have detail_fields() too; before the first packet. Until then they take no memory and no time.
  // Errc::limit where there is no room for them.
  [[nodiscard]] Result<> begin_details();

  // Packets in the order they came. Time moves with them.
  void add(std::span<const Packet> packets);
  // Lets time pass without packets (live input).
  void advance(Nanos now);
  // Other limits than those it was made with: flows report by the new interval from their next report on; flows_max
  // at most what it was made with.
  void change(Nanos status_interval, std::uint32_t flows_max);
  // Every live flow is reported with `cause` and forgotten.
  void finish(Cause cause);

  // Records that wait; take() gives the oldest of them, a frame's worth at most.
  [[nodiscard]] std::size_t waiting() const;
  [[nodiscard]] Batch take();

  // Ticks: what each flow that was touched did since the tick before, for displays. A tick has the flow's key (ftime,
  // proto, etype, saddr, daddr, sport, dport, itype, icode, icmpid, ssap, dsap, the fields of its tunnel, with
  // key_vlan svlan and dvlan, srcid), the direction as it is known so far and dirwhy, sevents and devents of its
  // life, cause, and of that time alone stime, ltime, spkts, dpkts, sbytes and dbytes; trans is 1 where the flow's
  // first packet is among them. Nothing else. From begin_ticks() on each packet is in exactly one of them, whatever
  // becomes of its flow; records are as they would be without. Until then, and after end_ticks(), they take no memory
  // and no time.
  // Errc::limit where there is no room for them.
  [[nodiscard]] Result<> begin_ticks();
  void end_ticks();
  // Since the call before, or since the beginning, a frame's worth a batch at most.
  [[nodiscard]] std::vector<Batch> take_ticks();
  // Ticks that wait because their flows have ended; they grow with those until take_ticks().
  [[nodiscard]] std::size_t ticks_of_closed() const;

  [[nodiscard]] const MeterCounts& counts() const;
  [[nodiscard]] std::size_t live() const;  // flows

 private:
  struct State;
  explicit Meter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace argus
