#include "query/difference.h"

#include <algorithm>
#include <utility>

#include "flow/batch.h"
#include "flow/column.h"

namespace argus {

namespace {

constexpr std::size_t kBefore = 0, kAfter = 1;

std::uint64_t distance(std::uint64_t a, std::uint64_t b) { return a < b ? b - a : a - b; }

}  // namespace

std::string_view change_word(Change change) {
  switch (change) {
    case Change::appeared: return "new";
    case Change::gone: return "gone";
    case Change::more: return "more";
    case Change::less: return "less";
    case Change::same: break;
  }
  return "same";
}

Change change_of(std::uint64_t before, std::uint64_t after) {
  return before < after ? Change::more : before > after ? Change::less : Change::same;
}

std::vector<GroupChange> changes_of(const Comparison& comparison, Field by, std::span<const Field> counters) {
  struct Ranked {
    std::uint64_t distance = 0;
    GroupChange change;
  };
  const std::vector<std::uint32_t> groups = comparison.in_key_order();
  const Batch before = comparison.counters(kBefore, groups), after = comparison.counters(kAfter, groups);
  std::vector<std::uint8_t> differs(groups.size(), 0);
  for (const Field field : counters) {
    const Column was = column_of(before, field), is = column_of(after, field);
    for (std::size_t i = 0; i < groups.size(); i++)
      if (was.at<std::uint64_t>(i) != is.at<std::uint64_t>(i)) differs[i] = 1;
  }
  const Column was = column_of(before, by), is = column_of(after, by);
  std::vector<Ranked> ranked;
  for (std::size_t i = 0; i < groups.size(); i++) {
    const bool had = comparison.has(kBefore, groups[i]), has = comparison.has(kAfter, groups[i]);
    if (had == has && differs[i] == 0) continue;
    const std::uint64_t from = was.at<std::uint64_t>(i), to = is.at<std::uint64_t>(i);
    const Change change = !had ? Change::appeared : !has ? Change::gone : change_of(from, to);
    ranked.push_back({distance(from, to), {groups[i], change}});
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const Ranked& a, const Ranked& b) { return a.distance > b.distance; });
  std::vector<GroupChange> out;
  for (const Ranked& one : ranked) out.push_back(one.change);
  return out;
}

}  // namespace argus
