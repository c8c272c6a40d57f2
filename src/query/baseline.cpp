#include "query/baseline.h"

#include <algorithm>
#include <cmath>
#include <ctime>

#include "base/clock_span.h"
#include "flow/batch.h"
#include "flow/column.h"

namespace argus {

namespace {

constexpr std::size_t kNow = 0;

bool is_off(std::uint64_t now, const Usual& usual, double sigmas) {
  if (!usual.deviation) return false;  // one day alone says nothing of how much days differ
  const double distance = std::abs(static_cast<double>(now) - usual.mean);
  return *usual.deviation == 0 ? distance != 0 : distance >= sigmas * *usual.deviation;
}

}  // namespace

Nanos days_before(Nanos time, int days) {
  std::tm there = local_time(time);
  there.tm_mday -= days;
  there.tm_isdst = -1;
  const Nanos fraction = (time % kSecond + kSecond) % kSecond;
  return static_cast<Nanos>(::mktime(&there)) * kSecond + fraction;
}

Usual usual_of(const std::vector<std::uint64_t>& days) {
  Usual out;
  if (days.empty()) return out;
  long double sum = 0, squares = 0;
  for (const std::uint64_t day : days) sum += static_cast<long double>(day);
  const long double mean = sum / static_cast<long double>(days.size());
  for (const std::uint64_t day : days) {
    const long double off = static_cast<long double>(day) - mean;
    squares += off * off;
  }
  out.mean = static_cast<double>(mean);
  if (days.size() > 1)
    out.deviation = static_cast<double>(std::sqrt(squares / static_cast<long double>(days.size() - 1)));
  return out;
}

std::optional<double> sigmas_of(std::uint64_t now, const Usual& usual) {
  if (!usual.deviation || *usual.deviation == 0) return std::nullopt;
  return (static_cast<double>(now) - usual.mean) / *usual.deviation;
}

std::vector<std::size_t> days_found(const Comparison& comparison) {
  std::vector<std::size_t> out;
  for (std::size_t side = kNow + 1; side < comparison.sides(); side++)
    if (comparison.records(side) != 0) out.push_back(side);
  return out;
}

std::vector<GroupDeviation> deviations_of(const Comparison& comparison, Field by, double sigmas) {
  const std::vector<std::size_t> found = days_found(comparison);
  const std::vector<std::uint32_t> groups = comparison.in_key_order();
  const Column now = column_of(comparison.counters(kNow, groups), by);
  std::vector<Column> days;
  for (const std::size_t side : found) days.push_back(column_of(comparison.counters(side, groups), by));
  std::vector<GroupDeviation> out;
  std::vector<std::uint64_t> numbers(found.size());
  for (std::size_t i = 0; i < groups.size() && !found.empty(); i++) {
    GroupDeviation one;
    one.group = groups[i];
    one.now = now.at<std::uint64_t>(i);
    for (std::size_t day = 0; day < found.size(); day++) {
      numbers[day] = days[day].at<std::uint64_t>(i);
      if (comparison.has(found[day], groups[i])) one.days++;
    }
    one.usual = usual_of(numbers);
    const bool is_there = comparison.has(kNow, groups[i]);
    if (is_there && one.days == 0) one.change = Change::appeared;
    else if (!is_there && one.days == found.size()) one.change = Change::gone;
    else if (is_off(one.now, one.usual, sigmas))
      one.change = static_cast<double>(one.now) > one.usual.mean ? Change::more : Change::less;
    if (one.change != Change::same) out.push_back(one);
  }
  const auto distance = [](const GroupDeviation& one) {
    return std::abs(static_cast<double>(one.now) - one.usual.mean);
  };
  std::stable_sort(out.begin(), out.end(),
                   [&](const GroupDeviation& a, const GroupDeviation& b) { return distance(a) > distance(b); });
  return out;
}

}  // namespace argus
