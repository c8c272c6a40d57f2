// The filter language (docs/filter.md): text to a predicate over flow records.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/where.h"

namespace argus {

inline constexpr std::size_t kFilterBytesMax = 64 * 1024;
inline constexpr std::size_t kFilterNodesMax = 4096;
inline constexpr unsigned kFilterDepthMax = 64;

// What is wrong in a filter, and where.
struct FilterFault {
  std::size_t at = 0, length = 1;  // bytes into the text
  std::string text;                // "unknown word 'prot'"
  std::string hint;                // "did you mean 'port' or 'proto'?", may be empty
};

// Empty or blank text matches everything (a null pointer). The error is a usage error whose text shows the filter
// with a caret under the place; `fault`, when given, gets the parts.
[[nodiscard]] Result<WherePtr> compile_filter(std::string_view text, FilterFault* fault = nullptr);

// The program on one line: fully parenthesised, every primitive spelt out over fields. Equal text, equal program.
[[nodiscard]] Result<std::string> explain_filter(std::string_view text);

// The same for people, as it runs: what is cheap first, a line a test.
struct FilterLine {
  std::string text;   // indented; all lines, one after the other, are a filter that is the same program
  std::string skips;  // how the test rules out a frame that is not read yet, or that it cannot; empty: no test
};
struct FilterListing {
  std::vector<FilterLine> lines;
  bool can_skip = false;  // some frame could be ruled out by what its directory says
};
[[nodiscard]] Result<FilterListing> list_filter(std::string_view text);

}  // namespace argus
