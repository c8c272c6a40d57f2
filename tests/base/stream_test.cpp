#include "base/stream.h"

#include <catch2/catch.hpp>

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <random>

#include "base/bytes.h"
#include "base/compression.h"
#include "base/file.h"
#include "base/result.h"
#include "base/streams.h"

using namespace argus;

namespace {

Data gzipped(Bytes from) {
  Data out(from.size() + from.size() / 10 + 1000);
  z_stream zlib{};
  REQUIRE(deflateInit2(&zlib, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  zlib.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(from.data()));
  zlib.avail_in = static_cast<uInt>(from.size());
  zlib.next_out = reinterpret_cast<Bytef*>(out.data());
  zlib.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&zlib, Z_FINISH) == Z_STREAM_END);
  out.resize(zlib.total_out);
  deflateEnd(&zlib);
  return out;
}
Data zstd(Bytes from) {
  Data out;
  zstd_compress(from, 3, out);
  return out;
}
}  // namespace

TEST_CASE("a stream gives the bytes of its file, whatever the step") {
  const Data data = some_data(1'000'000);
  for (const std::size_t step : {std::size_t{1'000'000}, std::size_t{262'144}, std::size_t{999}}) {
    InputStream input = open_stream(data);
    CHECK_FALSE(input.is_compressed());
    const All all = read_all(input, step);
    CHECK(all.data == data);
    CHECK_FALSE(all.failed);
    CHECK_FALSE(input.cut_short());
    CHECK(input.offset() == data.size());
  }
}

TEST_CASE("peek shows the same bytes until they are taken") {
  const Data data = some_data(3'000'000);
  InputStream input = open_stream(data);
  CHECK(input.peek(10)->size() == 10);
  const auto large = input.peek(2'500'000);
  REQUIRE(large);
  CHECK(std::equal(large->begin(), large->end(), data.begin()));
  CHECK(input.buffered().size() >= 2'500'000);
  CHECK(input.peek(4'000'000)->size() == data.size());
  CHECK(*input.skip(2'999'999) == 2'999'999);
  CHECK(input.peek(10)->size() == 1);
  CHECK(*input.skip(10) == 1);
  CHECK(input.peek(1)->empty());
}

TEST_CASE("a look further on shows the same bytes and takes none, read little or not") {
  const Data data = some_data(1'000'000);
  std::mt19937 random(7);
  for (const bool compressed : {false, true})
    for (const bool little : {false, true}) {
      CAPTURE(compressed, little);
      InputStream input = open_stream(compressed ? zstd(data) : data);
      if (little) input.read_little();
      CHECK(input.reads_little() == little);
      while (input.offset() < data.size()) {
        const auto at = static_cast<std::size_t>(input.offset());
        const std::size_t ahead = random() % 400'000, n = 1 + random() % 500;
        const auto far = input.peek_at(ahead, n);
        REQUIRE(far);
        const std::size_t from = std::min(at + ahead, data.size());
        REQUIRE(far->size() == std::min(n, data.size() - from));
        CHECK(std::equal(far->begin(), far->end(), data.begin() + static_cast<std::ptrdiff_t>(from)));
        CHECK(input.offset() == at);
        const auto near = input.peek(random() % 30'000);
        REQUIRE(near);
        CHECK(std::equal(near->begin(), near->end(), data.begin() + static_cast<std::ptrdiff_t>(at)));
        const std::size_t step = random() % 150'000;
        CHECK(*input.skip(step) == std::min(step, data.size() - at));
      }
      CHECK(input.peek_at(0, 10)->empty());
      CHECK(input.peek_at(10, 10)->empty());
    }
}

TEST_CASE("a peek for more than the limit is a limit") {
  InputStream input = open_stream(some_data(10));
  const auto peeked = input.peek(InputStream::kPeekMax + 1);
  REQUIRE_FALSE(peeked);
  CHECK(peeked.error().code == Errc::limit);
}

TEST_CASE("far skips land where they should, in files, compressed files and pipes") {
  const Data data = some_data(5'000'000);
  for (const int kind : {0, 1, 2}) {
    CAPTURE(kind);
    InputStream input = open_stream(kind == 0 ? data : kind == 1 ? zstd(data) : gzipped(data));
    CHECK(input.is_compressed() == (kind != 0));
    CHECK(*input.skip(3'456'789) == 3'456'789);
    CHECK(input.offset() == 3'456'789);
    const auto next = input.peek(100);
    REQUIRE(next);
    CHECK(std::equal(next->begin(), next->end(), data.begin() + 3'456'789));
    CHECK(*input.skip(100'000'000) == data.size() - 3'456'789);
    CHECK(input.peek(1)->empty());
  }
}

TEST_CASE("gzip members and zstd frames that follow each other are one stream") {
  const Data a = some_data(300'000, 1), b = some_data(200'000, 2);
  for (const Data& packed : {joined(gzipped(a), gzipped(b)), joined(zstd(a), zstd(b))}) {
    InputStream input = open_stream(packed);
    const All all = read_all(input);
    CHECK(all.data == joined(a, b));
    CHECK_FALSE(all.failed);
    CHECK_FALSE(input.cut_short());
  }
  InputStream padded = open_stream(joined(gzipped(a), Data(100'000)));
  CHECK(read_all(padded).data == a);
  CHECK_FALSE(padded.cut_short());
  const Data skippable = {std::byte{0x50}, std::byte{0x2a}, std::byte{0x4d}, std::byte{0x18}, std::byte{1},
                          std::byte{0},    std::byte{0},    std::byte{0},    std::byte{9}};
  InputStream after = open_stream(joined(skippable, zstd(a)));
  CHECK(read_all(after).data == a);
  CHECK_FALSE(after.cut_short());
}

TEST_CASE("compression inside compression is left alone") {
  const Data once = zstd(some_data(1000));
  InputStream input = open_stream(gzipped(once));
  CHECK(read_all(input).data == once);
}

TEST_CASE("a compressed stream cut anywhere gives a beginning of the data and says that it was cut") {
  const Data data = some_data(2'000);
  for (const Data& packed : {joined(gzipped(data), gzipped(data)), joined(zstd(data), zstd(data))})
    check_cut_anywhere(packed, data);
}

TEST_CASE("damaged compressed data is an error after all that stands before it") {
  const Data data = some_data(3'000'000);
  for (const bool gzip : {true, false}) {
    CAPTURE(gzip);
    Data packed = gzip ? gzipped(data) : zstd(data);
    for (std::size_t i = packed.size() / 2; i < packed.size() / 2 + 200'000; i++) packed[i] = std::byte{0xff};
    InputStream input = open_stream(packed);
    const All all = read_all(input);
    CHECK(all.failed);
    CHECK(all.code == Errc::corrupt);
    CHECK(all.data.size() > data.size() / 3);
    // Deflate takes some of the damage for data before it notices.
    CHECK(std::equal(data.begin(), data.begin() + 1'000'000, all.data.begin()));
    CHECK_FALSE(input.peek(1));  // the error stays
  }
}

TEST_CASE("garbage behind compressed data is corrupt, the data is read") {
  const Data data = some_data(1'000);
  const Data garbage = some_data(100, 7);
  for (const Data& packed : {joined(gzipped(data), garbage), joined(zstd(data), garbage)}) {
    InputStream input = open_stream(packed);
    const All all = read_all(input);
    CHECK(all.data == data);
    CHECK(all.code == Errc::corrupt);
  }
}

TEST_CASE("a bomb is passed over in bounded memory") {
  const Data zeros(64u << 20);
  const Data packed = zstd(zeros);
  REQUIRE(packed.size() < 16'384);
  InputStream input = open_stream(packed);
  std::size_t most = 0;
  std::uint64_t total = 0;
  while (!input.peek(1)->empty()) {
    most = std::max(most, input.buffered().size());
    total += *input.skip(input.buffered().size());
  }
  CHECK(total == zeros.size());
  CHECK(most <= (1u << 20));
}

TEST_CASE("a zstd frame that wants a window over 128 MiB is a limit") {
  // Magic, descriptor without content size, window descriptor of 2^28 bytes, an empty last block.
  const unsigned bytes[] = {0x28, 0xb5, 0x2f, 0xfd, 0x00, (28 - 10) << 3, 0x01, 0x00, 0x00};
  Data frame;
  for (const unsigned byte : bytes) frame.push_back(static_cast<std::byte>(byte));
  InputStream input = open_stream(frame);
  const auto peeked = input.peek(1);
  REQUIRE_FALSE(peeked);
  CHECK(peeked.error().code == Errc::limit);
}

TEST_CASE("a pipe gives what has come without waiting for more than was asked") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  File writer(ends[1], "writer");
  REQUIRE(writer.write("abcdefgh"));
  auto opened = InputStream::open(File(ends[0], "pipe"));
  REQUIRE(opened);
  CHECK(opened->peek(5)->size() == 5);
  CHECK(opened->buffered().size() == 8);
  CHECK(opened->name() == "pipe");
  CHECK(*opened->skip(8) == 8);
  REQUIRE(writer.write("ij"));
  CHECK(opened->peek(2)->size() == 2);
  REQUIRE(writer.close());
  CHECK(opened->peek(3)->size() == 2);
  CHECK(*opened->skip(2'000'000) == 2);
}

TEST_CASE("an empty input is empty and well") {
  InputStream input = open_stream({});
  CHECK(input.peek(1)->empty());
  CHECK_FALSE(input.cut_short());
  CHECK(*input.skip(7) == 0);
}

TEST_CASE("a block comes back from zstd, anything else is corrupt") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{100'000}}) {
    CAPTURE(size);
    const Data data = some_data(size);
    Data packed = {std::byte{1}, std::byte{2}};
    zstd_compress(data, 3, packed);
    CHECK((packed[0] == std::byte{1} && packed[1] == std::byte{2}));
    packed.erase(packed.begin(), packed.begin() + 2);
    Data back(size);
    REQUIRE(zstd_decompress(packed, back));
    CHECK(back == data);
    Data other(size + 1);
    CHECK_FALSE(zstd_decompress(packed, other));
    if (size > 0) CHECK_FALSE(zstd_decompress(packed, std::span(back).first(size - 1)));
    CHECK_FALSE(zstd_decompress(joined(packed, packed), back));
    CHECK_FALSE(zstd_decompress(joined(packed, Data(1)), back));
    for (std::size_t cut = 0; cut < packed.size(); cut += packed.size() / 50 + 1) {
      CHECK_FALSE(zstd_decompress(Bytes(packed).first(cut), back));
    }
  }
}

TEST_CASE("before each read of an input that grows it is asked whether to read, to end or to fail") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  File writer(ends[1], "writer");
  REQUIRE(writer.write("abcdefgh"));
  std::vector<int> asked;
  bool more = true;
  std::optional<Error> why;
  auto opened = InputStream::open(File(ends[0], "pipe"), [&](int fd) -> Result<bool> {
    asked.push_back(fd);
    if (why) return *why;
    return more;
  });
  REQUIRE(opened);
  CHECK(asked == std::vector<int>{ends[0]});
  CHECK(opened->peek(8)->size() == 8);
  CHECK(asked.size() == 1);
  CHECK(*opened->skip(8) == 8);
  SECTION("the end") {
    more = false;
    REQUIRE(writer.write("more"));
    CHECK(opened->peek(1)->empty());
  }
  SECTION("an error") {
    why = fail(Errc::io, "silent");
    const auto bytes = opened->peek(1);
    REQUIRE_FALSE(bytes);
    CHECK(bytes.error().text == "silent");
  }
  CHECK(asked.size() == 2);
}
