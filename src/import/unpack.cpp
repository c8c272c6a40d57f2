#include "import/unpack.h"

#include <bzlib.h>
#include <lz4.h>
#include <lzo/lzo1x.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstring>

#include "base/compression.h"

namespace argus {

namespace {

using Unpack = Result<std::size_t> (*)(Bytes, std::span<std::byte>);

Error damaged(std::string_view what) { return fail(Errc::corrupt, "damaged {} data", what); }

Result<std::size_t> unpack_none(Bytes block, std::span<std::byte> to) {
  if (block.size() > to.size()) return fail(Errc::corrupt, "a block of {} bytes", block.size());
  std::copy(block.begin(), block.end(), to.begin());
  return block.size();
}

Result<std::size_t> unpack_lzo(Bytes block, std::span<std::byte> to) {
  lzo_uint size = to.size();
  const int done = lzo1x_decompress_safe(reinterpret_cast<const unsigned char*>(block.data()), block.size(),
                                         reinterpret_cast<unsigned char*>(to.data()), &size, nullptr);
  if (done != LZO_E_OK) return damaged("LZO");
  return std::size_t{size};
}

Result<std::size_t> unpack_bzip2(Bytes block, std::span<std::byte> to) {
  std::vector<char> from(block.size());  // the library asks for bytes that it may change
  if (!from.empty()) std::memcpy(from.data(), block.data(), block.size());
  auto size = static_cast<unsigned>(std::min<std::size_t>(to.size(), UINT_MAX));
  const int done = BZ2_bzBuffToBuffDecompress(reinterpret_cast<char*>(to.data()), &size, from.data(),
                                              static_cast<unsigned>(from.size()), 0, 0);
  if (done != BZ_OK) return damaged("bzip2");
  return std::size_t{size};
}

Result<std::size_t> unpack_lz4(Bytes block, std::span<std::byte> to) {
  const int size =
      LZ4_decompress_safe(reinterpret_cast<const char*>(block.data()), reinterpret_cast<char*>(to.data()),
                          static_cast<int>(block.size()), static_cast<int>(std::min<std::size_t>(to.size(), INT_MAX)));
  if (size < 0) return damaged("LZ4");
  return static_cast<std::size_t>(size);
}

Result<std::size_t> unpack_zstd(Bytes block, std::span<std::byte> to) {
  const auto size = zstd_content_size(block);
  if (!size || *size > to.size()) return damaged("zstd");
  ARGUS_TRY(zstd_decompress(block, to.first(static_cast<std::size_t>(*size))));
  return static_cast<std::size_t>(*size);
}

constexpr std::array<Unpack, kBlockCompressions> kUnpack = {&unpack_none, &unpack_lzo, &unpack_bzip2, &unpack_lz4,
                                                            &unpack_zstd};

}  // namespace

Result<std::size_t> unpack_block(BlockCompression compression, Bytes block, std::span<std::byte> to) {
  if (block.size() > INT_MAX) return fail(Errc::corrupt, "a block of {} bytes", block.size());
  return kUnpack[static_cast<std::size_t>(compression)](block, to);
}

}  // namespace argus
