#include "base/sha1.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

using namespace argus;

namespace {

std::string hashed(std::string_view text) {
  std::string out;
  const auto hash = sha1(std::as_bytes(std::span(text)));
  CHECK(hash == sha1_by_words(std::as_bytes(std::span(text))));
  for (const std::uint8_t byte : hash) out += fmt::format("{:02x}", byte);
  return out;
}

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; i++) out += text;
  return out;
}

}  // namespace

TEST_CASE("SHA-1 of the messages of RFC 3174 is what it says") {
  CHECK(hashed("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(hashed("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  CHECK(hashed(repeated("a", 1'000'000)) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
  CHECK(hashed(repeated("0123456701234567012345670123456701234567012345670123456701234567", 10)) ==
        "dea356a2cddd90c7a7ecedc5ebb563934f460452");
}

TEST_CASE("SHA-1 of messages around the end of a block") {
  CHECK(hashed("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  CHECK(hashed(repeated("a", 55)) == "c1c8bbdc22796e28c0e15163d20899b65621d65a");
  CHECK(hashed(repeated("a", 56)) == "c2db330f6083854c99d4b5bfb6e8f29f201be699");
  CHECK(hashed(repeated("a", 63)) == "03f09f5b158a7a8cdad920bddc29b81c18a551f5");
  CHECK(hashed(repeated("a", 64)) == "0098ba824b5c16427bd7a1122a5a442a25ec644d");
  CHECK(hashed(repeated("a", 65)) == "11655326c708d70319be2610e8a57d9a5b959d3b");
}
