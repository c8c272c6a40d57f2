// The door to the ciphers of OpenSSL.
#include "privacy/block_cipher.h"

#include <openssl/evp.h>

#include <cassert>

namespace argus {

struct BlockCipher::Context {
  EVP_CIPHER_CTX* cipher = EVP_CIPHER_CTX_new();
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_CIPHER_CTX_free(cipher); }
};

BlockCipher::BlockCipher(const CipherBlock& key) : context_(std::make_unique<Context>()) {
  [[maybe_unused]] const bool ready =
      EVP_EncryptInit_ex(context_->cipher, EVP_aes_128_ecb(), nullptr, key.data(), nullptr) == 1 &&
      EVP_CIPHER_CTX_set_padding(context_->cipher, 0) == 1;
  assert(ready);
}
BlockCipher::BlockCipher(BlockCipher&&) noexcept = default;
BlockCipher& BlockCipher::operator=(BlockCipher&&) noexcept = default;
BlockCipher::~BlockCipher() = default;

void BlockCipher::encrypt(std::span<CipherBlock> blocks) {
  auto* const bytes = blocks.front().data();
  int written = 0;
  [[maybe_unused]] const int done =
      EVP_EncryptUpdate(context_->cipher, bytes, &written, bytes, static_cast<int>(blocks.size_bytes()));
  assert(done == 1 && static_cast<std::size_t>(written) == blocks.size_bytes());
}

}  // namespace argus
