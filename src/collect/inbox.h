// What readers of datagrams share: exporters, the rows that are being made, and what is counted.
#pragma once

#include <array>
#include <cstdint>
#include <deque>

#include "base/bytes.h"
#include "collect/collector.h"
#include "collect/exporters.h"
#include "collect/extras.h"
#include "collect/fill.h"
#include "collect/row_table.h"
#include "collect/template.h"
#include "flow/batch.h"
#include "flow/ledger.h"

namespace argus {

inline constexpr std::size_t kRowsAtOnce = 16'384;  // of a batch, while more come

class Inbox {
 public:
  explicit Inbox(const ExporterLimits& limits) : exporters(limits) {}

  void count(LedgerItem item, std::uint64_t n = 1) { counts_[static_cast<std::size_t>(item)] += n; }
  // Of one item since the last call.
  [[nodiscard]] std::uint64_t take_count(std::size_t code) { return std::exchange(counts_[code], 0); }
  // Makes of the records rows of the domain.
  void add_records(const RecordSet& records, const Template& shape, const MessageFacts& message, const Domain& domain) {
    make_room(records.count());
    add_rows(records, shape, message, domain, extras, rows);
  }
  // For so many further rows, kBatchRowsMax at most. What is given together fits what writers put in a frame.
  void make_room(std::size_t count) {
    if (rows.rows() != 0 && rows.rows() + count > kRowsAtOnce) done.push_back(rows.take());
  }
  void judge(Domain& domain, LedgerItem lost, std::uint32_t number, std::uint32_t units, std::uint32_t other_units,
             std::uint16_t port) {
    const Sequence::Judged judged = domain.sequence.next(number, units, other_units, port);
    count(lost, judged.lost);
    count(LedgerItem::sequence_restarts, judged.restarted ? 1 : 0);
  }

  Exporters exporters;
  Extras extras;
  RowTable rows;
  std::deque<Batch> done;  // that are full

 private:
  std::array<std::uint64_t, 256> counts_{};  // by the code of the item
};

// Readers of one message at the front of `bytes`. They give how many bytes it takes; of one that contradicts itself,
// which is counted, all of them.
using MessageReader = std::size_t (*)(const Datagram& datagram, Bytes bytes, Inbox& inbox);
[[nodiscard]] std::size_t read_netflow1(const Datagram& datagram, Bytes bytes, Inbox& inbox);
[[nodiscard]] std::size_t read_netflow5(const Datagram& datagram, Bytes bytes, Inbox& inbox);
[[nodiscard]] std::size_t read_netflow7(const Datagram& datagram, Bytes bytes, Inbox& inbox);
[[nodiscard]] std::size_t read_netflow9(const Datagram& datagram, Bytes bytes, Inbox& inbox);
[[nodiscard]] std::size_t read_ipfix(const Datagram& datagram, Bytes bytes, Inbox& inbox);
[[nodiscard]] std::size_t read_sflow5(const Datagram& datagram, Bytes bytes, Inbox& inbox);

// Counts it, and says that no more can be read.
[[nodiscard]] inline std::size_t malformed(Bytes bytes, Inbox& inbox) {
  inbox.count(LedgerItem::datagrams_malformed);
  return bytes.size();
}

}  // namespace argus
