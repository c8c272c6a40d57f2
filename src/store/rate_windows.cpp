#include "store/rate_windows.h"

#include <algorithm>

namespace argus {

namespace {

constexpr std::uint32_t kForgotten = ~std::uint32_t{0};

}  // namespace

std::size_t RateWindows::place(std::int64_t second, std::size_t slots) {
  const auto n = static_cast<std::int64_t>(slots);
  return static_cast<std::size_t>((second % n + n) % n);
}

RateWindows::Sums& RateWindows::sums_of(std::uint32_t group) {
  if (group >= sums_.size()) sums_.resize(std::max<std::size_t>(group + 1, sums_.size() * 2));
  return sums_[group];
}

void RateWindows::advance(std::int64_t second) {
  if (!started_) {
    started_ = true;
    now_ = second;
    return;
  }
  if (second <= now_) return;
  if (static_cast<std::uint64_t>(second) - static_cast<std::uint64_t>(now_) > kTotals) {  // nothing of it is left
    for (std::size_t i = 0; i < kSlots; i++) {
      for (const Moved& moved : slots_[i])
        if (moved.group < sums_.size()) sums_[moved.group] = {};
      slots_[i].clear();
      sorted_[i] = true;
    }
    totals_ = {};
    now_ = second;
    return;
  }
  while (now_ < second) step();
}

// The second that goes on is over: it enters every sum, and the one before a window's first leaves it.
void RateWindows::step() {
  for (const Moved& moved : slots_[place(now_, kSlots)])
    for (Traffic& sum : sums_of(moved.group)) sum += moved.traffic;
  now_++;
  for (std::size_t w = 0; w < kRateSeconds.size(); w++) {
    const std::int64_t left = now_ - static_cast<std::int64_t>(kRateSeconds[w]) - 1;
    for (const Moved& moved : slots_[place(left, kSlots)]) sums_of(moved.group)[w] -= moved.traffic;
  }
  const std::size_t fresh = place(now_, kSlots);  // the same as what left the longest window
  slots_[fresh].clear();
  sorted_[fresh] = true;
  totals_[place(now_, kTotals)] = {};
}

void RateWindows::add(std::uint32_t group, std::int64_t second, const Traffic& traffic, bool counted) {
  second = std::min(second, now_);
  if (second < oldest()) return;
  if (counted) totals_[place(second, kTotals)] += traffic;
  const auto ago = static_cast<std::size_t>(now_ - second);
  if (ago >= kSlots) return;
  const std::size_t at = place(second, kSlots);
  std::vector<Moved>& slot = slots_[at];
  if (!slot.empty() && slot.back().group == group) {
    slot.back().traffic += traffic;
  } else {
    if (!slot.empty() && slot.back().group > group) sorted_[at] = false;
    slot.push_back({group, traffic});
  }
  if (ago == 0) return;
  Sums& sums = sums_of(group);
  for (std::size_t w = 0; w < kRateSeconds.size(); w++)
    if (ago <= kRateSeconds[w]) sums[w] += traffic;
}

const Traffic& RateWindows::within(std::uint32_t group, std::size_t window) const {
  static const Traffic kNone;
  return group < sums_.size() ? sums_[group][window] : kNone;
}

Traffic RateWindows::total_within(std::size_t window) const {
  Traffic out;
  for (std::int64_t ago = 1; ago <= static_cast<std::int64_t>(kRateSeconds[window]); ago++)
    out += totals_[place(now_ - ago, kTotals)];
  return out;
}

std::vector<Traffic> RateWindows::history(std::uint32_t group) const {
  std::vector<Traffic> out;
  const auto before = [](const Moved& a, const Moved& b) { return a.group < b.group; };
  for (auto ago = static_cast<std::int64_t>(kRateSeconds.back()); ago > 0; ago--) {
    const std::size_t at = place(now_ - ago, kSlots);
    std::vector<Moved>& slot = slots_[at];
    if (!sorted_[at]) {  // and each group once, so that a slot stays as small as what moved in it
      std::sort(slot.begin(), slot.end(), before);
      std::size_t kept = 0;
      for (std::size_t i = 1; i < slot.size(); i++) {
        if (slot[i].group == slot[kept].group) slot[kept].traffic += slot[i].traffic;
        else slot[++kept] = slot[i];
      }
      slot.resize(kept + 1);
      sorted_[at] = true;
    }
    Traffic sum;
    const auto range = std::equal_range(slot.begin(), slot.end(), Moved{group, {}}, before);
    for (auto one = range.first; one != range.second; ++one) sum += one->traffic;
    out.push_back(sum);
  }
  return out;
}

std::vector<Traffic> RateWindows::total_history() const {
  std::vector<Traffic> out;
  for (auto ago = static_cast<std::int64_t>(kTotalSeconds); ago > 0; ago--)
    out.push_back(totals_[place(now_ - ago, kTotals)]);
  return out;
}

void RateWindows::renumber(std::span<const std::uint32_t> stay, std::size_t groups) {
  std::vector<std::uint32_t> number(groups, kForgotten);
  std::vector<Sums> sums(stay.size());
  for (std::size_t i = 0; i < stay.size(); i++) {
    number[stay[i]] = static_cast<std::uint32_t>(i);
    if (stay[i] < sums_.size()) sums[i] = sums_[stay[i]];
  }
  sums_ = std::move(sums);
  for (std::size_t s = 0; s < kSlots; s++) {
    std::vector<Moved>& slot = slots_[s];
    for (Moved& moved : slot) moved.group = number[moved.group];
    std::erase_if(slot, [](const Moved& moved) { return moved.group == kForgotten; });
    sorted_[s] = slot.size() <= 1;
  }
}

std::size_t RateWindows::bytes() const {
  std::size_t out = sizeof(*this) + sums_.capacity() * sizeof(Sums);
  for (const auto& slot : slots_) out += slot.capacity() * sizeof(Moved);
  return out;
}

}  // namespace argus
