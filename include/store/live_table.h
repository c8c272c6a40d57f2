// Rows of records that share a key, kept up to date as records come: what they add up to, and what went through in the
// last seconds of the stream.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/time.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/state.h"
#include "flow/where.h"
#include "query/key.h"

namespace argus {

struct Traffic {
  std::uint64_t spkts = 0, dpkts = 0, sbytes = 0, dbytes = 0;
  Traffic& operator+=(const Traffic& o) {
    spkts += o.spkts, dpkts += o.dpkts, sbytes += o.sbytes, dbytes += o.dbytes;
    return *this;
  }
  Traffic& operator-=(const Traffic& o) {
    spkts -= o.spkts, dpkts -= o.dpkts, sbytes -= o.sbytes, dbytes -= o.dbytes;
    return *this;
  }
  [[nodiscard]] bool none() const { return (spkts | dpkts | sbytes | dbytes) == 0; }
  friend bool operator==(const Traffic&, const Traffic&) = default;
};

// Rates are means over these many seconds, the last ones that are over.
inline constexpr std::array<std::size_t, 3> kRateSeconds = {2, 10, 40};
inline constexpr std::size_t kTotalSeconds = 120;  // of the history of everything

enum class Ends : std::uint8_t { both, src, dst };

// What rows are ordered by. Ties are in the order in which the rows first came.
struct LiveOrder {
  enum class By : std::uint8_t { field, bits, packets };  // of a record, or of the rates
  By by = By::field;
  Field field = Field::pkts;
  std::size_t window = 0;  // of kRateSeconds, for rates
  Ends ends = Ends::both;  // for rates
  bool descending = true;
};

struct LiveTableOptions {
  KeyWords key;                      // no keys: those of cluster
  bool rmon = false;                 // every record counted from both ends
  FieldSet fields;                   // stored and derived ones that its records are asked for
  std::size_t groups_max = 500'000;  // beyond it the smallest go, those that are idle first
};

class LiveTable {
 public:
  // What went because of groups_max.
  struct Left {
    std::uint64_t groups = 0, packets = 0, bytes = 0;
  };

  explicit LiveTable(const LiveTableOptions& options);
  ~LiveTable();
  LiveTable(LiveTable&&) noexcept;
  LiveTable& operator=(LiveTable&&) noexcept;

  [[nodiscard]] FieldSet needs() const;  // the stored fields that rows must come with
  // Records in any order. Their packets lie over their time as those of cut() do; what is before the last
  // kTotalSeconds counts in no rate, what is after now() as if it were of this second.
  void add(const Batch& batch);
  // The time of the stream, for rates. Never goes back; a table without one has no rates.
  void advance(Nanos now);
  [[nodiscard]] Nanos now() const;  // INT64_MIN: none yet

  [[nodiscard]] std::size_t groups() const;
  [[nodiscard]] std::size_t bytes() const;  // memory held
  [[nodiscard]] const Left& left() const;
  [[nodiscard]] Traffic total() const;  // of all rows that came
  [[nodiscard]] std::uint64_t records() const;

  // Groups in order, at most `first` of them; without those whose last packet is `idle` or longer ago (0: with all).
  // Numbers are good until the next add().
  [[nodiscard]] std::vector<std::uint32_t> ordered(const LiveOrder& by, Nanos idle, std::size_t first) const;
  // A counter over all groups.
  [[nodiscard]] double sum_of(Field counter) const;
  // The merged records of groups, at most kBatchRowsMax.
  [[nodiscard]] Batch rows(std::span<const std::uint32_t> groups) const;

  // What went through in the last kRateSeconds[window], of a group and of all.
  [[nodiscard]] Traffic within(std::uint32_t group, std::size_t window) const;
  [[nodiscard]] Traffic total_within(std::size_t window) const;
  // Second by second, the oldest first: of a group the last kRateSeconds.back(), of all the last kTotalSeconds.
  [[nodiscard]] std::vector<Traffic> history(std::uint32_t group) const;
  [[nodiscard]] std::vector<Traffic> total_history() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace argus
