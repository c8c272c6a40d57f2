// Lines of text from a stream, with bytes behind each that parsers may look at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/stream.h"

namespace argus {

// Bytes as text; lives as long as these.
[[nodiscard]] inline std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class Lines {
 public:
  static constexpr std::size_t kLineMost = 1u << 20;  // bytes
  static constexpr std::size_t kPadding = 64;         // bytes that may be read behind each line

  explicit Lines(InputStream input) : input_(std::move(input)) {}

  // The next line without its end; empty at the end of the input. Valid until the next call. Errc::corrupt for one
  // that is longer than kLineMost.
  [[nodiscard]] Result<std::optional<std::string_view>> next();
  [[nodiscard]] std::uint64_t offset() const { return offset_; }  // of the line that was given
  [[nodiscard]] const std::string& name() const { return input_.name(); }
  // The last line had no end.
  [[nodiscard]] bool is_cut() const { return cut_; }

 private:
  [[nodiscard]] Result<bool> fill();

  InputStream input_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;  // of what is not given yet
  std::uint64_t offset_ = 0, next_offset_ = 0;
  bool ended_ = false, cut_ = false;
};

}  // namespace argus
