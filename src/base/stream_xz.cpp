// xz by liblzma. The .xz file format 1.1.0: streams follow each other, zeros between and behind them are padding. Data
// that needs more memory than the strongest preset of xz is refused.
#include <lzma.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/decompressor.h"
#include "base/result.h"

namespace argus {
namespace {

constexpr std::uint64_t kMemoryMax = 128u << 20;

class Xz final : public Decompressor {
 public:
  Xz() { begin(); }
  Xz(const Xz&) = delete;
  Xz& operator=(const Xz&) = delete;
  ~Xz() override { lzma_end(&lzma_); }

  Result<Step> step(Bytes from, std::span<std::byte> to) override {
    if (!ready_) return fail(Errc::limit, "no memory to decompress xz");
    if (damaged_) return fail(Errc::corrupt, "damaged xz data");
    if (between_ && from.front() == std::byte{0}) {
      const auto end = std::find_if(from.begin(), from.end(), [](std::byte b) { return b != std::byte{0}; });
      return Step{static_cast<std::size_t>(end - from.begin()), 0};
    }
    between_ = false;
    lzma_.next_in = reinterpret_cast<const std::uint8_t*>(from.data());
    lzma_.avail_in = from.size();
    lzma_.next_out = reinterpret_cast<std::uint8_t*>(to.data());
    lzma_.avail_out = to.size();
    const lzma_ret status = lzma_code(&lzma_, LZMA_RUN);
    const Step done{from.size() - lzma_.avail_in, to.size() - lzma_.avail_out};
    switch (status) {
      case LZMA_STREAM_END:
        between_ = true;
        begin();
        return done;
      case LZMA_OK:
      case LZMA_BUF_ERROR: return done;
      case LZMA_MEMLIMIT_ERROR: return fail(Errc::limit, "xz data that needs more than 128 MiB of memory");
      case LZMA_MEM_ERROR: return fail(Errc::limit, "no memory to decompress xz");
      default: break;
    }
    damaged_ = true;
    // What was made before the damage goes out first.
    if (done.made > 0) return done;
    return fail(Errc::corrupt, "damaged xz data");
  }
  [[nodiscard]] bool at_end() const override { return between_; }

 private:
  void begin() { ready_ = lzma_stream_decoder(&lzma_, kMemoryMax, 0) == LZMA_OK; }

  lzma_stream lzma_ = LZMA_STREAM_INIT;
  bool ready_ = false, damaged_ = false;
  bool between_ = false;  // streams
};

}  // namespace

std::unique_ptr<Decompressor> xz_decompressor() { return std::make_unique<Xz>(); }

}  // namespace argus
