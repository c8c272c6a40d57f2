#include "capture/window.h"

namespace argus {

Result<bool> Window::refill(std::size_t n) {
  ARGUS_TRY(input_.skip(at_hand_ - rest_.size()));
  rest_ = {};
  at_hand_ = 0;
  ARGUS_TRY_LET(const Bytes next, input_.peek(n));
  const bool enough = next.size() >= n;
  rest_ = input_.buffered();
  at_hand_ = rest_.size();
  if (enough || rest_.empty()) return enough;
  // Fewer than wanted: the end, or an error that waits until these bytes are taken.
  ARGUS_TRY(input_.skip(at_hand_));
  rest_ = {};
  at_hand_ = 0;
  ARGUS_TRY(input_.peek(1));
  return false;
}

Result<bool> Window::pass(std::uint64_t n) {
  if (n <= rest_.size()) {
    rest_ = rest_.subspan(static_cast<std::size_t>(n));
    return true;
  }
  const std::uint64_t wanted = at_hand_ - rest_.size() + n;
  rest_ = {};
  at_hand_ = 0;
  ARGUS_TRY_LET(const std::uint64_t passed, input_.skip(wanted));
  if (passed == wanted) return true;
  ARGUS_TRY(input_.peek(1));
  return false;
}

}  // namespace argus
