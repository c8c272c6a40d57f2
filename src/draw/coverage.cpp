#include "draw/coverage.h"

#include <algorithm>

#include "draw/chart.h"
#include "flow/ledger_lost.h"

namespace argus {

namespace {

// In order, those that touch or lie near each other made one.
std::vector<ClockSpan> joined_spans(std::vector<ClockSpan> spans, Nanos near) {
  std::sort(spans.begin(), spans.end(), [](const ClockSpan& a, const ClockSpan& b) { return a.begin < b.begin; });
  std::vector<ClockSpan> out;
  for (const ClockSpan& span : spans) {
    if (out.empty() || span.begin - out.back().end > near) out.push_back(span);
    else out.back().end = std::max(out.back().end, span.end);
  }
  return out;
}

// Sets a bit of the bins that meet a span; both are in order.
void mark(const std::vector<ClockSpan>& bins, const std::vector<ClockSpan>& spans, std::uint8_t bit, bool outside,
          std::vector<std::uint8_t>& states) {
  std::size_t at = 0;
  for (std::size_t bin = 0; bin < bins.size(); bin++) {
    while (at < spans.size() && spans[at].end < bins[bin].begin) at++;
    const bool met = at < spans.size() && spans[at].begin < bins[bin].end;
    if (met != outside) states[bin] |= bit;
  }
}

}  // namespace

void Coverage::add(const std::vector<LedgerEntry>& entries) {
  for (const LedgerEntry& entry : entries) {
    if (entry.begin == 0 && entry.end == 0) continue;
    if (entry.item == LedgerItem::received) received_.push_back({entry.begin, entry.end});
    if (is_lost(entry.item)) lost_.push_back({entry.begin, entry.end});
  }
  constexpr std::size_t kMany = 4096;  // a ledger of years stays small
  if (received_.size() > kMany) received_ = joined_spans(std::move(received_), kQuietMost);
}

std::optional<ClockSpan> Coverage::range() const {
  if (received_.empty()) return std::nullopt;
  ClockSpan out = received_[0];
  for (const ClockSpan& span : received_) out = {std::min(out.begin, span.begin), std::max(out.end, span.end)};
  return out;
}

void Coverage::settle(const std::vector<ClockSpan>& bins, const std::function<bool(Nanos)>& has_rows,
                      const TimeSpan& asked, std::vector<std::uint8_t>& states) {
  states.assign(bins.size(), 0);
  if (bins.empty()) return;
  const auto known = range();
  std::vector<ClockSpan> spans = received_;
  for (const ClockSpan& bin : bins)
    if (has_rows(bin.begin)) spans.push_back(bin);
  spans = joined_spans(std::move(spans), kQuietMost);
  mark(bins, spans, kBinGap, true, states);
  mark(bins, joined_spans(lost_, 0), kBinLoss, false, states);
  begin_ = std::max(known ? known->begin : bins.front().begin, asked.begin);
  end_ = std::min(known ? known->end : bins.back().end, asked.end);
  for (std::size_t bin = 0; bin < bins.size(); bin++)
    if (bins[bin].holds(begin_) || bins[bin].holds(end_ - 1))
      if (bins[bin].begin < begin_ || bins[bin].end > end_) states[bin] |= kBinPartial;
}

Nanos Coverage::known_of(const ClockSpan& bin) const {
  constexpr Nanos kParts = 10;
  return std::max({std::min(bin.end, end_) - std::max(bin.begin, begin_), (bin.end - bin.begin) / kParts, Nanos{1}});
}

}  // namespace argus
