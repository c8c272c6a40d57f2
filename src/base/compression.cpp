// zstd for whole blocks. Contexts are dear to make and are kept one a thread.
#include "base/compression.h"

#include <zstd.h>

#include <memory>
#include <new>

namespace argus {
namespace {

struct Free {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

}  // namespace

void zstd_compress(Bytes from, int level, std::vector<std::byte>& to) {
  thread_local const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
  // A place that need not be cleared each time, and that a block of an unusual size does not keep.
  constexpr std::size_t kPlace = 1u << 20;
  thread_local std::vector<std::byte> place;
  const std::size_t room = ZSTD_compressBound(from.size());
  std::vector<std::byte> own(room > kPlace ? room : 0);
  if (room <= kPlace && place.size() < room) place.resize(room);
  std::byte* const at = room > kPlace ? own.data() : place.data();
  const std::size_t made = ZSTD_compressCCtx(context.get(), at, room, from.data(), from.size(), level);
  // With room for the bound only a lack of memory is left, which ends the program as any allocation that fails does.
  if (context == nullptr || ZSTD_isError(made) != 0) throw std::bad_alloc();
  to.insert(to.end(), at, at + made);
}

Result<> zstd_decompress(Bytes from, std::span<std::byte> to) {
  thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  if (context == nullptr) return fail(Errc::limit, "no memory to decompress zstd");
  // Neither a second frame nor a skippable one nor anything behind.
  if (ZSTD_findFrameCompressedSize(from.data(), from.size()) != from.size()) {
    return fail(Errc::corrupt, "not one whole zstd frame");
  }
  std::byte none{};  // the library wants a place to write even nothing to
  std::byte* const at = to.empty() ? &none : to.data();
  const std::size_t made = ZSTD_decompressDCtx(context.get(), at, to.size(), from.data(), from.size());
  if (ZSTD_isError(made) != 0) return fail(Errc::corrupt, "damaged zstd frame: {}", ZSTD_getErrorName(made));
  if (made != to.size()) return fail(Errc::corrupt, "a zstd frame of {} bytes where {} were promised", made, to.size());
  return {};
}

std::optional<std::uint64_t> zstd_content_size(Bytes frame) {
  const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR) return std::nullopt;
  return size;
}

}  // namespace argus
