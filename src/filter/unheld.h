// Words of the classic language about facts that records do not have.
#pragma once

#include <span>
#include <string_view>

namespace argus {

struct UnheldWord {
  std::string_view words;    // with blanks between; each also with s or d before it
  std::string_view says;     // "asks for ..., which records do not hold"
  std::string_view instead;  // what may serve, or nothing
};

[[nodiscard]] std::span<const UnheldWord> unheld_words();
[[nodiscard]] const UnheldWord* find_unheld(std::string_view word);  // null when there is none

}  // namespace argus
