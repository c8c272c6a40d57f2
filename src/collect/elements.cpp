#include "collect/elements.h"

#include <algorithm>
#include <tuple>
#include <vector>

namespace argus {

namespace {

constexpr Element kElements[] = {
#define ELEMENT(enterprise, id, name, how, field, rank) \
  {enterprise, id, #name, How::how, false, Field::field, Extra::count, rank},
#define EXTRA(enterprise, id, name, how, extra, rank) \
  {enterprise, id, #name, How::how, true, Field::stime, Extra::extra, rank},
#include "collect/elements.def"
};

std::vector<Element> sorted_elements() {
  std::vector<Element> out(std::begin(kElements), std::end(kElements));
  std::stable_sort(out.begin(), out.end(), [](const Element& a, const Element& b) {
    return std::tie(a.enterprise, a.id) < std::tie(b.enterprise, b.id);
  });
  return out;
}

}  // namespace

std::span<const Element> elements_of(std::uint32_t enterprise, std::uint16_t id) {
  static const std::vector<Element> sorted = sorted_elements();
  const auto less = [](const Element& a, const Element& b) {
    return std::tie(a.enterprise, a.id) < std::tie(b.enterprise, b.id);
  };
  Element wanted{};
  wanted.enterprise = enterprise, wanted.id = id;
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), wanted, less);
  return {first, last};
}

}  // namespace argus
