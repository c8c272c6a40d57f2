#include "flow/ledger.h"

#include <algorithm>

#include "base/count_text.h"

namespace argus {

namespace {

constexpr std::size_t kSummedMax = 1024;  // beyond, a further sensor's name is not kept

struct Line {
  LedgerItem item;
  std::string_view name, noun, rest;
};
constexpr Line kLines[] = {
#define LEDGER(name, code, noun, rest) {LedgerItem::name, #name, noun, rest},
#include "flow/ledger.def"
};

const Line* line_of(LedgerItem item) {
  for (const Line& line : kLines)
    if (line.item == item) return &line;
  return nullptr;
}

}  // namespace

std::string_view ledger_name(LedgerItem item) {
  const Line* line = line_of(item);
  return line != nullptr ? line->name : std::string_view();
}

std::string ledger_text(LedgerItem item, std::uint64_t count) {
  const Line* line = line_of(item);
  return line != nullptr ? count_text(count, line->noun).append(" ").append(line->rest) : std::string();
}

void Journal::sum(const LedgerEntry& entry) {
  if (entry.count == 0) return;
  const std::string_view sensor = entries_.size() < kSummedMax ? std::string_view(entry.sensor) : std::string_view();
  const auto known = std::find_if(entries_.begin(), entries_.end(), [&](const LedgerEntry& one) {
    return one.item == entry.item && (one.sensor == entry.sensor || one.sensor == sensor);
  });
  if (known == entries_.end()) {
    entries_.push_back({std::string(sensor), entry.begin, entry.end, entry.item, entry.count});
    return;
  }
  known->count += std::min(entry.count, UINT64_MAX - known->count);
  if (entry.begin == 0 && entry.end == 0) return;
  const bool timed = known->begin != 0 || known->end != 0;
  known->begin = timed ? std::min(known->begin, entry.begin) : entry.begin;
  known->end = timed ? std::max(known->end, entry.end) : entry.end;
}

}  // namespace argus
