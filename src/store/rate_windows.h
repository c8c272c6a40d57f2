// Counters of the last seconds, by group: what went through in the last 2, 10 and 40 s is a sum that is kept, not
// computed. Costs memory for what moved, not for groups times seconds.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "store/live_table.h"

namespace argus {

class RateWindows {
 public:
  // The second that is going on; forward only.
  void advance(std::int64_t second);
  [[nodiscard]] bool started() const { return started_; }
  [[nodiscard]] std::int64_t second() const { return now_; }
  // The oldest second that still counts.
  [[nodiscard]] std::int64_t oldest() const { return now_ - static_cast<std::int64_t>(kTotalSeconds); }
  // Seconds before oldest() count nowhere, later ones than second() in that. `counted`: also in what is of all.
  void add(std::uint32_t group, std::int64_t second, const Traffic& traffic, bool counted);

  [[nodiscard]] const Traffic& within(std::uint32_t group, std::size_t window) const;
  [[nodiscard]] Traffic total_within(std::size_t window) const;
  [[nodiscard]] std::vector<Traffic> history(std::uint32_t group) const;
  [[nodiscard]] std::vector<Traffic> total_history() const;
  // Groups are numbered anew: the first of `stay` is 0. Others are forgotten, but not in what is of all.
  void renumber(std::span<const std::uint32_t> stay, std::size_t groups);
  [[nodiscard]] std::size_t bytes() const;

 private:
  static constexpr std::size_t kSlots = kRateSeconds.back() + 1;  // and the second that is going on
  static constexpr std::size_t kTotals = kTotalSeconds + 1;
  struct Moved {
    std::uint32_t group = 0;
    Traffic traffic;
  };
  using Sums = std::array<Traffic, kRateSeconds.size()>;

  [[nodiscard]] static std::size_t place(std::int64_t second, std::size_t slots);
  void step();
  [[nodiscard]] Sums& sums_of(std::uint32_t group);

  bool started_ = false;
  std::int64_t now_ = 0;
  mutable std::array<std::vector<Moved>, kSlots> slots_;  // in order of groups where sorted_ says so
  mutable std::array<bool, kSlots> sorted_{};
  std::array<Traffic, kTotals> totals_{};
  std::vector<Sums> sums_;  // by group
};

}  // namespace argus
