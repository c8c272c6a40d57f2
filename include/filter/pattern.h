// Regular expressions over the text of fields (RE2): their time is linear in the text, their memory has a bound.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace re2 {
class RE2;
}

namespace argus {

inline constexpr std::size_t kPatternBytesMax = 1024;
inline constexpr std::size_t kPatternMemory = 1 << 20;  // of one, for its program and what matching remembers
inline constexpr std::size_t kPatternsMax = 32;         // in one filter

struct PatternFault {
  std::string text;
  std::size_t at = 0, length = 0;  // bytes into the pattern
};

class TextPattern {
 public:
  using Made = std::variant<std::shared_ptr<const TextPattern>, PatternFault>;
  [[nodiscard]] static Made make(std::string_view text, bool any_case);
  TextPattern(std::string_view text, bool any_case);
  ~TextPattern();
  TextPattern(const TextPattern&) = delete;
  TextPattern& operator=(const TextPattern&) = delete;

  // Somewhere in the text, unless the pattern is anchored. From any thread.
  [[nodiscard]] bool matches(std::string_view text) const;
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool any_case() const { return any_case_; }

 private:
  std::string text_;
  bool any_case_;
  std::unique_ptr<const re2::RE2> program_;
};

}  // namespace argus
