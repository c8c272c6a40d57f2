// The bytes of a stream that are at hand, so that taking a small record from them costs no call into the stream.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "base/stream.h"
#include "capture/capture_file.h"

namespace argus {

class Window {
 public:
  explicit Window(InputStream input) : input_(std::move(input)) {}

  // Makes at least n bytes stand in rest() and gives true; false when the input ends before. An error that the input
  // met comes when all that stands before it was taken. Views of what was taken earlier end here.
  [[nodiscard]] Result<bool> need(std::size_t n) {
    if (rest_.size() >= n) return true;
    return refill(n);
  }
  [[nodiscard]] Bytes rest() const { return rest_; }
  // Takes n bytes of rest(); the view lives until the next need() or pass().
  Bytes take(std::size_t n) {
    const Bytes taken = rest_.first(n);
    rest_ = rest_.subspan(n);
    return taken;
  }
  // Passes over n bytes whether at hand or not; false when the input ends before.
  [[nodiscard]] Result<bool> pass(std::uint64_t n);

  [[nodiscard]] const InputStream& input() const { return input_; }
  [[nodiscard]] std::uint64_t offset() const { return input_.offset() + (at_hand_ - rest_.size()); }

 private:
  [[nodiscard]] Result<bool> refill(std::size_t n);

  InputStream input_;
  Bytes rest_;
  std::size_t at_hand_ = 0;  // what rest_ was when it was filled
};

// A reader of one file format behind CaptureFile; the head is read when made.
[[nodiscard]] Result<CaptureFilePtr> open_pcap(Window window);
[[nodiscard]] Result<CaptureFilePtr> open_pcapng(Window window);

inline constexpr std::uint32_t kCapturedMax = 16u << 20;     // bytes of one packet; more is damage
inline constexpr std::uint32_t kCapturedUsual = 256u << 10;  // what any snap length allows

}  // namespace argus
