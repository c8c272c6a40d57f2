#include "label/address_names.h"

#include <algorithm>

#include "flow/where.h"

namespace argus {

std::uint32_t AddressNames::number_of(std::string_view name) {
  // Lines of one name mostly follow each other.
  if (names_.empty() || names_.back() != name) names_.emplace_back(name);
  return static_cast<std::uint32_t>(names_.size() - 1);
}

void AddressNames::add(const Address& least, const Address& most, std::string_view name) {
  ranges_.push_back({ordered_image(least), ordered_image(most), number_of(name)});
  added_++;
}

void AddressNames::add(const Prefix& network, std::string_view name) {
  const unsigned bits = bits_of(network.address.family());
  const Address least = masked(network.address, network.length);
  Address most = least;
  for (unsigned n = 128 - bits + network.length; n < 128; n++)
    most.bytes[n / 8] = static_cast<std::uint8_t>(most.bytes[n / 8] | 1u << (7 - n % 8));
  add(least, most, name);
}

// Ranges lie in one another or apart (prefixes do), or overlap in part (tables of others may): a sweep from the left,
// in which the range that began last, and of those the smallest, is on top.
void AddressNames::finish() {
  std::stable_sort(ranges_.begin(), ranges_.end(), [](const Range& a, const Range& b) {
    return a.least != b.least ? a.least < b.least : a.most > b.most;
  });
  // Of equal ones the first is asked: it comes last, on top of the others.
  for (auto at = ranges_.begin(); at != ranges_.end();) {
    const auto end =
        std::find_if(at, ranges_.end(), [&](const Range& r) { return r.least != at->least || r.most != at->most; });
    std::reverse(at, end);
    at = end;
  }
  std::vector<Range> out, open;
  u128 from = 0;  // what is before it is done
  const auto close_until = [&](u128 end, bool all) {
    while (!open.empty() && (all || open.back().most < end)) {
      const Range top = open.back();
      open.pop_back();
      if (top.most < from) continue;
      out.push_back({from, top.most, top.name});
      if (top.most == ~u128{0}) return;
      from = top.most + 1;
    }
  };
  for (const Range& range : ranges_) {
    close_until(range.least, false);
    if (!open.empty() && from < range.least) out.push_back({from, range.least - 1, open.back().name});
    from = range.least;
    open.push_back(range);
  }
  close_until(0, true);
  ranges_ = std::move(out);
  ranges_.shrink_to_fit();
}

std::string_view AddressNames::find(const Address& address) const {
  const u128 value = ordered_image(address);
  const auto after =
      std::upper_bound(ranges_.begin(), ranges_.end(), value, [](u128 v, const Range& r) { return v < r.least; });
  if (after == ranges_.begin()) return {};
  const Range& range = *(after - 1);
  return value <= range.most ? std::string_view(names_[range.name]) : std::string_view();
}

}  // namespace argus
