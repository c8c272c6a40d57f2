// The files that a sensor writes at the same time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/where.h"

namespace argus {

inline constexpr std::size_t kOutputsMost = 16;

struct SensorOutput {
  std::string path;             // of a file, or a pattern of files
  std::string where_text = {};  // of the records that it gets; empty: all
  WherePtr where = {};          // the same, compiled
  friend bool operator==(const SensorOutput& a, const SensorOutput& b) {
    return a.path == b.path && a.where_text == b.where_text;
  }
};

// "day.flows", or of some records "dns.flows - udp port 53". Usage error for a filter that is none.
[[nodiscard]] Result<SensorOutput> parse_output(std::string_view text);
// Usage errors: more than kOutputsMost, and a path that stands twice.
[[nodiscard]] Result<std::vector<SensorOutput>> parse_outputs(const std::vector<std::string>& texts);

}  // namespace argus
