// bzip2 by libbz2; streams follow each other, as bzip2 itself and its parallel kin write them.
#include <bzlib.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/decompressor.h"
#include "base/result.h"

namespace argus {
namespace {

constexpr std::size_t kBzip2PieceMax = 1u << 30;

class Bzip2 final : public Decompressor {
 public:
  Bzip2() { begin(); }
  Bzip2(const Bzip2&) = delete;
  Bzip2& operator=(const Bzip2&) = delete;
  ~Bzip2() override { end(); }

  Result<Step> step(Bytes from, std::span<std::byte> to) override {
    if (damaged_) return fail(Errc::corrupt, "damaged bzip2 data");
    if (between_) begin();
    if (!ready_) return fail(Errc::limit, "no memory to decompress bzip2");
    between_ = false;
    const std::size_t from_size = std::min(from.size(), kBzip2PieceMax), to_size = std::min(to.size(), kBzip2PieceMax);
    // The library's pointer is not const for old callers; it does not write there.
    bzip2_.next_in = const_cast<char*>(reinterpret_cast<const char*>(from.data()));
    bzip2_.avail_in = static_cast<unsigned>(from_size);
    bzip2_.next_out = reinterpret_cast<char*>(to.data());
    bzip2_.avail_out = static_cast<unsigned>(to_size);
    const int status = BZ2_bzDecompress(&bzip2_);
    const Step done{from_size - bzip2_.avail_in, to_size - bzip2_.avail_out};
    if (status == BZ_STREAM_END) {
      between_ = true;
      end();
      return done;
    }
    if (status == BZ_OK) return done;
    if (status == BZ_MEM_ERROR) return fail(Errc::limit, "no memory to decompress bzip2");
    damaged_ = true;
    // What was made before the damage goes out first.
    if (done.made > 0) return done;
    return fail(Errc::corrupt, "damaged bzip2 data");
  }
  [[nodiscard]] bool at_end() const override { return between_; }

 private:
  void begin() {
    bzip2_ = bz_stream{};
    ready_ = BZ2_bzDecompressInit(&bzip2_, 0, 0) == BZ_OK;
  }
  void end() {
    if (ready_) BZ2_bzDecompressEnd(&bzip2_);
    ready_ = false;
  }

  bz_stream bzip2_{};
  bool ready_ = false, damaged_ = false;
  bool between_ = false;  // streams
};

}  // namespace

std::unique_ptr<Decompressor> bzip2_decompressor() { return std::make_unique<Bzip2>(); }

}  // namespace argus
