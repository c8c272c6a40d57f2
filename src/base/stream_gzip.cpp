// gzip by zlib. RFC 1952; members follow each other, zeros after the last one are padding of tapes and are ignored.
#include <zlib.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/decompressor.h"
#include "base/result.h"

namespace argus {
namespace {

constexpr int kGzipOnly = 16;  // added to the window bits: the header is gzip's, not zlib's
constexpr std::size_t kPieceMax = 1u << 30;

class Gzip final : public Decompressor {
 public:
  Gzip() { ready_ = inflateInit2(&zlib_, kGzipOnly + MAX_WBITS) == Z_OK; }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;
  ~Gzip() override {
    if (ready_) inflateEnd(&zlib_);
  }

  Result<Step> step(Bytes from, std::span<std::byte> to) override {
    if (!ready_) return fail(Errc::limit, "no memory to decompress gzip");
    if (between_ && from.front() == std::byte{0}) {
      const auto end = std::find_if(from.begin(), from.end(), [](std::byte b) { return b != std::byte{0}; });
      return Step{static_cast<std::size_t>(end - from.begin()), 0};
    }
    between_ = false;
    const std::size_t from_size = std::min(from.size(), kPieceMax), to_size = std::min(to.size(), kPieceMax);
    // zlib's pointer is not const for old callers; it does not write there.
    zlib_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(from.data()));
    zlib_.avail_in = static_cast<uInt>(from_size);
    zlib_.next_out = reinterpret_cast<Bytef*>(to.data());
    zlib_.avail_out = static_cast<uInt>(to_size);
    const int status = inflate(&zlib_, Z_NO_FLUSH);
    const Step done{from_size - zlib_.avail_in, to_size - zlib_.avail_out};
    if (status == Z_STREAM_END) {
      between_ = true;
      inflateReset(&zlib_);
      return done;
    }
    if (status == Z_OK || status == Z_BUF_ERROR) return done;
    // Output of the step in which the damage was found is good up to there: it goes out first, the error comes next.
    if (done.made > 0) return done;
    return fail(Errc::corrupt, "damaged gzip data: {}", zlib_.msg != nullptr ? zlib_.msg : "unreadable");
  }
  [[nodiscard]] bool at_end() const override { return between_; }

 private:
  z_stream zlib_{};
  bool ready_ = false;
  bool between_ = false;  // members
};

}  // namespace

std::unique_ptr<Decompressor> gzip_decompressor() { return std::make_unique<Gzip>(); }

}  // namespace argus
