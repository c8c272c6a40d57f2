#include "import/lines.h"

#include <algorithm>
#include <cstring>

namespace argus {

namespace {

constexpr std::size_t kAtOnce = 256u << 10;  // bytes

}  // namespace

// False at the end of the input.
Result<bool> Lines::fill() {
  if (begin_ != 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_, begin_ = 0;
  }
  ARGUS_TRY_LET(const Bytes some, input_.peek(1));
  if (some.empty()) return false;
  const Bytes seen = input_.buffered();
  const std::size_t size = std::min(seen.size(), kAtOnce);
  if (buffer_.size() < end_ + size + kPadding) buffer_.resize(end_ + size + kPadding);
  std::memcpy(buffer_.data() + end_, seen.data(), size);
  end_ += size;
  ARGUS_TRY(input_.skip(size));
  return true;
}

Result<std::optional<std::string_view>> Lines::next() {
  std::size_t looked = 0;
  for (;;) {
    const std::string_view seen(buffer_.data() + begin_, end_ - begin_);
    const std::size_t at = seen.find('\n', looked);
    if (at == std::string_view::npos && !ended_) {
      if (seen.size() > kLineMost) return fail(Errc::corrupt, "a line of more than {} bytes", kLineMost);
      looked = seen.size();
      ARGUS_TRY_LET(const bool more, fill());
      ended_ = !more;
      continue;
    }
    if (at == std::string_view::npos && seen.empty()) return std::optional<std::string_view>();
    cut_ = at == std::string_view::npos;
    std::string_view line = seen.substr(0, at);
    const std::size_t taken = cut_ ? seen.size() : at + 1;
    begin_ += taken;
    offset_ = next_offset_;
    next_offset_ += taken;
    if (line.ends_with('\r')) line.remove_suffix(1);
    return std::optional(line);
  }
}

}  // namespace argus
