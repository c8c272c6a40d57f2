// The ledger: what was received, what became flows, what did not and why. Entries are deltas; sums over a journal are
// totals. Entries do not pass through stages: a source fills a journal, pump hands it to the sinks and to the
// reports.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace argus {

enum class LedgerItem : std::uint8_t {
#define LEDGER(name, code, ...) name = code,
#include "flow/ledger.def"
};

struct LedgerEntry {
  std::string sensor;        // srcid, or the input's name for damage met while reading
  Nanos begin = 0, end = 0;  // the span it speaks of; both 0: unknown
  LedgerItem item{};
  std::uint64_t count = 0;
};

class Journal {
 public:
  void add(LedgerEntry entry) {
    if (entry.count != 0) entries_.push_back(std::move(entry));
  }
  // Adds to the entry of the same sensor and item: what is summed up stays small, however long it goes on.
  void sum(const LedgerEntry& entry);
  [[nodiscard]] std::vector<LedgerEntry> drain() { return std::exchange(entries_, {}); }
  [[nodiscard]] const std::vector<LedgerEntry>& entries() const { return entries_; }
  [[nodiscard]] bool empty() const { return entries_.empty(); }

 private:
  std::vector<LedgerEntry> entries_;
};

[[nodiscard]] std::string_view ledger_name(
    LedgerItem item);  // "kernel_dropped"; empty for a code this build does not know
// "1 packet dropped by the kernel"; empty for such a code.
[[nodiscard]] std::string ledger_text(LedgerItem item, std::uint64_t count);
// Says that something is missing: everything but what was received and what became of it.
[[nodiscard]] constexpr bool is_loss(LedgerItem item) {
  switch (item) {
    case LedgerItem::received:
    case LedgerItem::metered:
    case LedgerItem::datagrams:
    case LedgerItem::counter_samples:
    case LedgerItem::options_learned: return false;
    default: return true;
  }
}

}  // namespace argus
