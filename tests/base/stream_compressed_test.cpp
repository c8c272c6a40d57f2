// bzip2, xz and lz4 behind InputStream: what stream_test.cpp holds of gzip and zstd.
#include "base/stream.h"

#include <catch2/catch.hpp>

#include <bzlib.h>
#include <lz4frame.h>
#include <lzma.h>

#include <algorithm>
#include <random>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/streams.h"

using namespace argus;

namespace {

Data bzip2(Bytes from) {
  Data out(from.size() + from.size() / 10 + 1000);
  auto size = static_cast<unsigned>(out.size());
  char* const source = const_cast<char*>(reinterpret_cast<const char*>(from.data()));
  REQUIRE(BZ2_bzBuffToBuffCompress(reinterpret_cast<char*>(out.data()), &size, source,
                                   static_cast<unsigned>(from.size()), 1, 0, 0) == BZ_OK);
  out.resize(size);
  return out;
}
Data xz(Bytes from) {
  Data out(lzma_stream_buffer_bound(from.size()));
  std::size_t size = 0;
  REQUIRE(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, nullptr, reinterpret_cast<const std::uint8_t*>(from.data()),
                                  from.size(), reinterpret_cast<std::uint8_t*>(out.data()), &size,
                                  out.size()) == LZMA_OK);
  out.resize(size);
  return out;
}
Data lz4(Bytes from) {
  LZ4F_preferences_t wish{};
  wish.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
  wish.frameInfo.blockChecksumFlag = LZ4F_blockChecksumEnabled;
  Data out(LZ4F_compressFrameBound(from.size(), &wish));
  const std::size_t size = LZ4F_compressFrame(out.data(), out.size(), from.data(), from.size(), &wish);
  REQUIRE(LZ4F_isError(size) == 0);
  out.resize(size);
  return out;
}

struct Packer {
  std::string_view name;
  Data (*pack)(Bytes from);
};
constexpr Packer kPackers[] = {{"bzip2", bzip2}, {"xz", xz}, {"lz4", lz4}};

}  // namespace

TEST_CASE("bzip2, xz and lz4 are told by their first bytes, and streams that follow each other are one") {
  const Data a = some_data(300'000, 1), b = some_data(200'000, 2);
  for (const Packer& packer : kPackers) {
    CAPTURE(packer.name);
    InputStream input = open_stream(joined(packer.pack(a), packer.pack(b)));
    CHECK(input.is_compressed());
    const All all = read_all(input);
    CHECK(all.data == joined(a, b));
    CHECK_FALSE(all.failed);
    CHECK_FALSE(input.cut_short());
    InputStream empty = open_stream(packer.pack(Bytes(a).first(0)));
    CHECK((read_all(empty).data.empty() && !empty.cut_short()));
  }
  InputStream padded = open_stream(joined(joined(xz(a), Data(100'000)), xz(b)));
  CHECK(read_all(padded).data == joined(a, b));
  CHECK_FALSE(padded.cut_short());
}

TEST_CASE("bzip2, xz and lz4 cut anywhere give a beginning of the data and say that they were cut") {
  const Data data = some_data(2'000);
  for (const Packer& packer : kPackers) {
    CAPTURE(packer.name);
    check_cut_anywhere(joined(packer.pack(data), packer.pack(data)), data);
  }
}

TEST_CASE("damage in bzip2, xz and lz4 is an error after what stands before it") {
  const Data data = some_data(3'000'000);
  for (const Packer& packer : kPackers) {
    CAPTURE(packer.name);
    Data packed = packer.pack(data);
    for (std::size_t i = packed.size() / 2; i < packed.size() / 2 + 200'000; i++) packed[i] = std::byte{0xff};
    InputStream input = open_stream(packed);
    const All all = read_all(input);
    CHECK(all.failed);
    CHECK(all.code == Errc::corrupt);
    CHECK(all.data.size() > data.size() / 3);
    CHECK(std::equal(data.begin(), data.begin() + 1'000'000, all.data.begin()));
    CHECK_FALSE(input.peek(1));  // the error stays
  }
}

TEST_CASE("any damaged byte of bzip2, xz and lz4 costs data, and never more than an error") {
  const Data data = some_data(700);
  for (const Packer& packer : kPackers) {
    const Data packed = packer.pack(data);
    for (std::size_t at = 4; at < packed.size(); at++) {
      CAPTURE(packer.name, at);
      Data damaged = packed;
      damaged[at] ^= std::byte{0x5a};
      InputStream input = open_stream(damaged);
      const All all = read_all(input);
      CHECK(all.data.size() <= data.size() + 1000);
      CHECK((all.failed || input.cut_short() || all.data == data));
    }
  }
}

TEST_CASE("garbage behind bzip2, xz and lz4 is corrupt, the data is read") {
  const Data data = some_data(1'000);
  for (const Packer& packer : kPackers) {
    CAPTURE(packer.name);
    InputStream input = open_stream(joined(packer.pack(data), some_data(100, 7)));
    const All all = read_all(input);
    CHECK(all.data == data);
    CHECK(all.code == Errc::corrupt);
  }
}

TEST_CASE("bombs of bzip2, xz and lz4 are passed over in bounded memory") {
  const Data zeros(16u << 20);
  for (const Packer& packer : kPackers) {
    CAPTURE(packer.name);
    InputStream input = open_stream(packer.pack(zeros));
    std::size_t most = 0;
    std::uint64_t total = 0;
    while (!input.peek(1)->empty()) {
      most = std::max(most, input.buffered().size());
      total += *input.skip(input.buffered().size());
    }
    CHECK(total == zeros.size());
    CHECK(most <= (1u << 20));
  }
}

TEST_CASE("xz data that needs more memory than is given is a limit") {
  // The head of the block asks for a dictionary of 512 MiB, which LZMA2 codes in one byte.
  Data packed = xz(some_data(100));
  constexpr std::size_t kBlock = 12;  // behind the head of the stream
  const std::size_t size = (static_cast<std::size_t>(packed[kBlock]) + 1) * 4;
  std::size_t filter = kBlock + 2;
  while (packed[filter] != std::byte{0x21} || packed[filter + 1] != std::byte{1}) filter++;
  REQUIRE(filter < kBlock + size - 6);
  packed[filter + 2] = std::byte{34};
  const std::uint32_t check = lzma_crc32(reinterpret_cast<const std::uint8_t*>(packed.data()) + kBlock, size - 4, 0);
  for (std::size_t i = 0; i < 4; i++) packed[kBlock + size - 4 + i] = static_cast<std::byte>(check >> (8 * i));
  InputStream input = open_stream(packed);
  const auto peeked = input.peek(1);
  REQUIRE_FALSE(peeked);
  CHECK(peeked.error().code == Errc::limit);
}
