// Sort keys as they are typed.
#pragma once

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "query/sort.h"

namespace argus {

inline std::vector<SortKey> sort_keys(const std::vector<std::string>& words) {
  auto parsed = parse_sort_keys(words);
  if (!parsed) FAIL(parsed.error().text);
  return *parsed;
}

}  // namespace argus
