#include "base/count_text.h"

#include <cstddef>

namespace argus {

std::string noun_of(std::uint64_t count, std::string_view noun) {
  std::string out(noun);
  if (count != 1) out += noun.ends_with('s') ? "es" : "s";
  return out;
}

std::string count_text(std::uint64_t count, std::string_view noun) {
  return std::to_string(count) + ' ' + noun_of(count, noun);
}

std::string count_is(std::uint64_t count, std::string_view noun) {
  return count_text(count, noun) + (count == 1 ? " is" : " are");
}

std::string grouped_digits(std::uint64_t value, char between) {
  std::string out = std::to_string(value);
  for (auto at = static_cast<std::ptrdiff_t>(out.size()) - 3; at > 0; at -= 3)
    out.insert(static_cast<std::size_t>(at), 1, between);
  return out;
}

}  // namespace argus
