// What is in files (source/inspect.h), for people and for programs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "codec/damage.h"
#include "flow/progress.h"
#include "source/inspect.h"

namespace argus {

struct FactsLook {
  TimeStyle time;
  std::string zone;    // of the times
  bool human = false;  // 2.31M instead of exact numbers
};

// Some lines below the name of the file.
[[nodiscard]] std::string facts_text(const InputFacts& facts, const FactsLook& look);
// Columns by the bytes that they take, and what else takes bytes in these files: a table whose sums are all bytes.
[[nodiscard]] std::string columns_text(const FlowFacts& flows, std::uint64_t records, const FactsLook& look);
// An object without its line break, "type" is "file".
[[nodiscard]] std::string facts_json(const InputFacts& facts);
// The same of what a check found, and of what could not be read.
[[nodiscard]] std::string verdict_json(const InputFacts& facts, std::string_view verdict);
[[nodiscard]] std::string verdict_json(const std::string& name, std::string_view verdict, const Error& why);

// Several files together.
struct FactsTotal {
  std::uint64_t files = 0, bytes = 0, records = 0;
  TimesRead times;
  DamageLog::Lost lost;
  FlowFacts flows;  // columns, bytes, row_frames, sensors

  void add(const InputFacts& facts);
};
[[nodiscard]] std::string total_text(const FactsTotal& total, const FactsLook& look);
[[nodiscard]] std::string total_json(const FactsTotal& total);  // "type" is "total"

}  // namespace argus
