// zstd streams. RFC 8878; a frame that wants a window over 128 MiB is refused, as section 3.1.1.1.2 lets a decoder do.
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/decompressor.h"
#include "base/result.h"

namespace argus {
namespace {

constexpr int kWindowLogMax = 27;
constexpr std::size_t kFrameHeadMin = 5;  // tells how long the head is

class Zstd final : public Decompressor {
 public:
  Zstd() : context_(ZSTD_createDCtx()) {
    if (context_ != nullptr) ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kWindowLogMax);
  }

  Result<Step> step(Bytes from, std::span<std::byte> to) override {
    if (context_ == nullptr) return fail(Errc::limit, "no memory to decompress zstd");
    // One block a step, which is what the library asks for: it does not tell what it wrote before it met damage.
    ZSTD_inBuffer in{from.data(), std::min(from.size(), wanted_), 0};
    ZSTD_outBuffer out{to.data(), to.size(), 0};
    const std::size_t left = ZSTD_decompressStream(context_.get(), &out, &in);
    if (ZSTD_isError(left) != 0) {
      const bool wide = ZSTD_getErrorCode(left) == ZSTD_error_frameParameter_windowTooLarge;
      if (wide) return fail(Errc::limit, "zstd data that needs a window of more than 128 MiB");
      return fail(Errc::corrupt, "damaged zstd data: {}", ZSTD_getErrorName(left));
    }
    whole_ = left == 0;
    wanted_ = whole_ ? kFrameHeadMin : left;
    return Step{in.pos, out.pos};
  }
  [[nodiscard]] bool at_end() const override { return whole_; }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> context_;
  std::size_t wanted_ = kFrameHeadMin;
  bool whole_ = false;
};

}  // namespace

std::unique_ptr<Decompressor> zstd_decompressor() { return std::make_unique<Zstd>(); }

}  // namespace argus
