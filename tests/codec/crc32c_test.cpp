#include "codec/crc32c.h"

#include <catch2/catch.hpp>
#include <random>

#include "base/bytes.h"
#include "codec/frame.h"
#include "support/bytes.h"

using namespace argus;

namespace {

std::vector<std::byte> noise(std::size_t size) {
  std::mt19937_64 random(size);
  std::vector<std::byte> out(size);
  for (std::byte& b : out) b = static_cast<std::byte>(random());
  return out;
}

}  // namespace

TEST_CASE("CRC-32C gives the values of RFC 3720 B.4") {
  const std::vector<std::byte> zeros(32), ones(32, std::byte{0xff});
  std::vector<std::byte> up, down;
  for (unsigned i = 0; i < 32; i++)
    up.push_back(static_cast<std::byte>(i)), down.push_back(static_cast<std::byte>(31 - i));
  for (const auto crc : {&crc32c, &crc32c_by_table}) {
    CHECK(crc(0, zeros) == 0x8a9136aa);
    CHECK(crc(0, ones) == 0x62a8ab43);
    CHECK(crc(0, up) == 0x46dd794e);
    CHECK(crc(0, down) == 0x113fdb5c);
    CHECK(crc(0, bytes_of("123456789")) == 0xe3069283);
    CHECK(crc(0, {}) == 0);
  }
}

TEST_CASE("the processor and the table agree at every length and alignment") {
  const auto bytes = noise(300);
  for (std::size_t from = 0; from < 9; from++)
    for (std::size_t size = 0; size + from <= bytes.size(); size++) {
      const Bytes piece = Bytes(bytes).subspan(from, size);
      REQUIRE(crc32c(0x1234567, piece) == crc32c_by_table(0x1234567, piece));
    }
}

TEST_CASE("a checksum goes on where another ended") {
  const auto bytes = noise(100);
  for (std::size_t cut = 0; cut <= bytes.size(); cut++)
    CHECK(crc32c(crc32c(0, Bytes(bytes).first(cut)), Bytes(bytes).subspan(cut)) == crc32c(0, bytes));
}

TEST_CASE("the same bytes in another stream have another checksum") {
  const auto bytes = noise(50);
  CHECK(seeded_check(1, bytes) != seeded_check(2, bytes));
  std::vector<std::byte> seeded(8);
  seeded[0] = std::byte{1};
  seeded.insert(seeded.end(), bytes.begin(), bytes.end());
  CHECK(seeded_check(1, bytes) == crc32c(0, seeded));
}
