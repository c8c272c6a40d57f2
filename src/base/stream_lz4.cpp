// lz4 frames by liblz4. LZ4 Frame Format 1.6.3: frames follow each other; a block is 4 MiB at most, so that memory is
// bounded.
#include <lz4frame.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/decompressor.h"
#include "base/result.h"

namespace argus {
namespace {

constexpr std::size_t kLz4HeadMin = 7;  // tells how long the head is

class Lz4 final : public Decompressor {
 public:
  Lz4() { ready_ = LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)) == 0; }
  Lz4(const Lz4&) = delete;
  Lz4& operator=(const Lz4&) = delete;
  ~Lz4() override {
    if (ready_) LZ4F_freeDecompressionContext(context_);
  }

  Result<Step> step(Bytes from, std::span<std::byte> to) override {
    if (!ready_) return fail(Errc::limit, "no memory to decompress lz4");
    // One block a step, which is what the library asks for: it does not tell what it wrote before it met damage.
    std::size_t taken = std::min(from.size(), wanted_), made = to.size();
    const std::size_t left = LZ4F_decompress(context_, to.data(), &made, from.data(), &taken, nullptr);
    if (LZ4F_isError(left) != 0) return fail(Errc::corrupt, "damaged lz4 data: {}", LZ4F_getErrorName(left));
    whole_ = left == 0;
    wanted_ = whole_ ? kLz4HeadMin : left;
    return Step{taken, made};
  }
  [[nodiscard]] bool at_end() const override { return whole_; }

 private:
  LZ4F_dctx* context_ = nullptr;
  std::size_t wanted_ = kLz4HeadMin;
  bool ready_ = false, whole_ = false;
};

}  // namespace

std::unique_ptr<Decompressor> lz4_decompressor() { return std::make_unique<Lz4>(); }

}  // namespace argus
