// The filter language (docs/filter.md): text to a predicate over flow records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/where.h"

namespace argus {

inline constexpr std::size_t kFilterBytesMax = 64 * 1024;
inline constexpr std::size_t kFilterNodesMax = 4096;
inline constexpr unsigned kFilterDepthMax = 64;

// Files of addresses that a filter names (saddr in @bad.txt).
inline constexpr std::size_t kSetFilesMax = 64;                // in one filter
inline constexpr std::uint64_t kSetBytesMax = 256u << 20;      // of one file
inline constexpr std::size_t kSetLineMax = 4096;               // bytes of a line
inline constexpr std::size_t kSetRangesMax = 4 * 1024 * 1024;  // of all files, what overlaps or adjoins counted once

// What becomes of them.
enum class SetFiles : std::uint8_t {
  refused,  // naming one is a fault: the text comes from somebody who may not have files of this machine read
  named,    // they are not opened, and taken for empty: for texts about a filter, not for running it
  read,     // while the filter is compiled
};

// What is wrong in a filter, and where.
struct FilterFault {
  std::size_t at = 0, length = 1;  // bytes into the text
  std::string text;                // "unknown word 'prot'"
  std::string hint;                // "did you mean 'port' or 'proto'?", may be empty
};

// Empty or blank text matches everything (a null pointer). The error is a usage error whose text shows the filter
// with a caret under the place; `fault`, when given, gets the parts.
[[nodiscard]] Result<WherePtr> compile_filter(std::string_view text, FilterFault* fault = nullptr,
                                              SetFiles files = SetFiles::refused);

// What another machine can do of a filter: the same one without its files and without tests of cid, which the other may
// compute with another seed; true of every record of which the filter is, and maybe of more. Empty when that is every
// record, or would take more than `most` bytes.
[[nodiscard]] Result<std::string> portable_filter(std::string_view text, std::size_t most);

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
