// AES with 128 bits, a block at a time (FIPS 197).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace argus {

using CipherBlock = std::array<std::uint8_t, 16>;

// Not for several threads at once.
class BlockCipher {
 public:
  explicit BlockCipher(const CipherBlock& key);
  BlockCipher(BlockCipher&&) noexcept;
  BlockCipher& operator=(BlockCipher&&) noexcept;
  ~BlockCipher();

  // Each block by itself, in place.
  void encrypt(std::span<CipherBlock> blocks);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace argus
