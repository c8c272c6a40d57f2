// What one damaged place costs: nothing; and what is left of a file that was cut.
#include <chrono>

#include <catch2/catch.hpp>

#include "base/address.h"
#include "base/bytes.h"
#include "base/count_text.h"
#include "base/result.h"
#include "base/stream.h"
#include "codec/block.h"
#include "codec/block_reader.h"
#include "codec/columns.h"
#include "codec/damage.h"
#include "codec/directory.h"
#include "codec/frame.h"
#include "codec/repair.h"
#include "codec/stream.h"
#include "codec/streams.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "support/capture_writer.h"

using namespace argus;

namespace {

constexpr std::uint64_t kId = 0x5eed5eed5eed0007;
constexpr std::size_t kFileRows[] = {1, 10, 220, 5'000, 50'000, 200'000};
const FieldSet kFields{Field::stime, Field::ltime, Field::saddr, Field::sport, Field::spkts, Field::dpkts};

Batch random_batch(std::size_t rows, std::size_t first, std::mt19937_64& random) {
  Batch out(rows);
  std::vector<std::int64_t> begins(rows), ends(rows);
  for (std::size_t i = 0; i < rows; i++) {
    begins[i] = static_cast<std::int64_t>((first + i) * 1'000'000 + random() % 1'000'000);
    ends[i] = begins[i] + static_cast<std::int64_t>(random() % 3'000'000'000);
  }
  out.set(Field::stime, Column::flat<std::int64_t>(std::move(begins)));
  out.set(Field::ltime, Column::flat<std::int64_t>(std::move(ends)));
  out.set(Field::saddr, column_for<Address>(Form::dictionary, Values::any, rows, random));
  out.set(Field::sport, column_for<std::uint16_t>(Form::masked, Values::any, rows, random));
  out.set(Field::spkts, column_for<std::uint64_t>(Form::flat, Values::few, rows, random));
  out.set(Field::dpkts, column_for<std::uint64_t>(Form::flat, Values::few, rows, random));
  return out;
}

// A file as it is written: full batches, then the rest.
std::vector<std::byte> file_with(std::size_t rows, std::mt19937_64& random) {
  std::vector<std::byte> out;
  StreamWriter writer(kId);
  writer.begin({"probe", {}, false}, out);
  for (std::size_t at = 0; at < rows; at += kRowsAFrame)
    writer.flows(random_batch(std::min(kRowsAFrame, rows - at), at, random), out);
  writer.end(out);
  return out;
}

struct Part {
  std::uint64_t first = 0;
  Batch batch;
};
struct Given {
  std::vector<Part> parts;
  std::size_t rows = 0;
  Damage damage;
};
Given given(Bytes bytes) {
  Given out;
  auto input = InputStream::open(file_of(bytes));
  REQUIRE(input);
  StreamReader reader(*std::move(input));
  for (;;) {
    auto frame = reader.next();
    REQUIRE(frame);
    if (!*frame) break;
    const FrameHead& head = (*frame)->head;
    if (head.type != static_cast<std::uint8_t>(FrameType::flows)) continue;
    const auto directory = BlockDirectory::parse((*frame)->directory, head);
    REQUIRE(directory);
    Batch batch(head.rows);
    const auto read = [&]() -> Result<> {
      return BlockReader(*directory, (*frame)->columns(), head).read(kFields, batch);
    };
    auto done = reader.read(**frame);
    if (done) {
      done = read();
      if (!done && reader.mend(**frame)) done = read();
    }
    if (!done) {
      reader.damaged(**frame, done.error());
      continue;
    }
    out.rows += head.rows;
    out.parts.push_back({head.first_record, std::move(batch)});
  }
  out.damage = reader.damage();
  return out;
}
// Every frame that was given is one of the file's, whole and as it was.
void check_true(const Given& got, const Given& whole) {
  std::size_t at = 0;
  for (const Part& part : got.parts) {
    while (at < whole.parts.size() && whole.parts[at].first != part.first) at++;
    REQUIRE(at < whole.parts.size());
    REQUIRE(part.batch.rows() == whole.parts[at].batch.rows());
    for (const Field field : kFields.list())
      REQUIRE(same_column(part.batch[field], whole.parts[at].batch[field], part.batch.rows()));
  }
}
// Places all over a file, and each byte of a head.
std::vector<std::size_t> places_in(Bytes bytes, std::size_t rows, std::mt19937_64& random) {
  std::vector<std::size_t> out;
  const std::size_t many = rows <= 220 ? 300 : rows <= 5'000 ? 60 : 12;
  for (std::size_t i = 0; i < many; i++) out.push_back(random() % bytes.size());
  const auto starts = frame_starts(bytes);
  for (std::size_t i = 0; i < kFrameHeadSize; i += rows <= 220 ? 1 : rows <= 5'000 ? 7 : 13)
    out.push_back(starts[starts.size() - 3] + i);
  return out;
}

}  // namespace

TEST_CASE("a byte that is changed anywhere costs no record of a file of any size") {
  std::mt19937_64 random(11);
  for (const std::size_t rows : kFileRows) {
    const auto bytes = file_with(rows, random);
    const Given whole = given(bytes);
    REQUIRE(whole.rows == rows);
    REQUIRE(whole.damage.said.empty());
    for (const std::size_t at : places_in(bytes, rows, random)) {
      auto hit = bytes;
      hit[at] ^= static_cast<std::byte>(1 + random() % 255);
      CAPTURE(rows, at);
      const Given got = given(hit);
      REQUIRE(got.rows == rows);
      REQUIRE(got.damage.records == 0);
      check_true(got, whole);
    }
  }
}

TEST_CASE("a file that is cut gives all frames before the cut, and they are most of it") {
  std::mt19937_64 random(12);
  for (const std::size_t rows : kFileRows) {
    const auto bytes = file_with(rows, random);
    const Given whole = given(bytes);
    const auto starts = frame_starts(bytes);
    for (std::size_t i = 0; i < (rows <= 5'000 ? 100u : 12u); i++) {
      const std::size_t size = random() % bytes.size();
      CAPTURE(rows, size);
      const Given got = given(Bytes(bytes).first(size));
      std::size_t before = 0;
      FrameHead head;
      for (const std::size_t start : starts)
        if (start < bytes.size() && parse_head(Bytes(bytes).subspan(start), head) == HeadFault::none &&
            start + kFrameHeadSize + head.stored - head.repair <= size)
          before += head.rows;
      REQUIRE(got.rows == before);
      check_true(got, whole);
      const std::size_t by_size = rows * size / bytes.size();
      REQUIRE(got.rows + std::min<std::size_t>(std::max<std::size_t>(by_size / 2, 1400), kRowsAFrame) + 600 >= by_size);
    }
  }
}

TEST_CASE("a cut that takes repair bytes alone costs no record, is said, and what is copied has them again") {
  std::mt19937_64 random(21);
  const auto bytes = file_with(3'000, random);
  const auto starts = frame_starts(bytes);
  FrameHead head;
  std::size_t at = starts.size() - 1;
  do at--;
  while (parse_head(Bytes(bytes).subspan(starts[at]), head) != HeadFault::none ||
         head.type != static_cast<std::uint8_t>(FrameType::flows));
  const std::size_t whole = starts[at] + kFrameHeadSize + head.stored;
  REQUIRE(head.repair > 20);
  for (const std::size_t missing : {std::size_t{1}, std::size_t{head.repair} / 2, std::size_t{head.repair}}) {
    CAPTURE(missing);
    const Bytes cut = Bytes(bytes).first(whole - missing);
    const Heard got = heard(cut);
    CHECK(got.rows.size() == 3'000);
    CHECK((got.damage.records == 0 && got.damage.frames == 1));
    REQUIRE(got.damage.said.size() == 1);
    CHECK(got.damage.said[0].code == Errc::corrupt);
    CHECK(got.damage.said[0].text.find(
              fmt::format("({} short); all 3000 records are good", count_text(missing, "byte"))) != std::string::npos);
    auto input = InputStream::open(file_of(cut));
    REQUIRE(input);
    StreamReader reader(*std::move(input));
    for (auto frame = reader.next(); frame && *frame; frame = reader.next()) {
      if ((*frame)->offset != starts[at]) continue;
      REQUIRE(reader.read(**frame));
      const Bytes own = (*frame)->bytes.view();
      CHECK(std::vector<std::byte>(own.begin(), own.end()) ==
            std::vector<std::byte>(bytes.begin() + static_cast<std::ptrdiff_t>(starts[at]),
                                   bytes.begin() + static_cast<std::ptrdiff_t>(whole)));
    }
  }
  CHECK(heard(Bytes(bytes).first(whole - head.repair - 1)).rows.size() < 3'000);
  auto hit = std::vector<std::byte>(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(whole - 1));
  hit[starts[at] + kFrameHeadSize + head.directory + 1] ^= std::byte{1};
  const Heard lost = heard(hit);
  CHECK(lost.damage.records == head.rows);
  CHECK(lost.rows.size() == 3'000 - head.rows);
}

TEST_CASE("a place half as long as the repair bytes is mended wherever it is") {
  std::mt19937_64 random(13);
  const auto bytes = file_with(3'000, random);
  const auto starts = frame_starts(bytes);
  FrameHead head;
  REQUIRE(parse_head(Bytes(bytes).subspan(starts[2]), head) == HeadFault::none);
  REQUIRE(head.repair > 100);
  const Given whole = given(bytes);
  for (int i = 0; i < 40; i++) {
    auto hit = bytes;
    const std::size_t at = starts[2] + kFrameHeadSize + random() % (head.stored - head.repair);
    for (std::size_t b = 0; b < head.repair / 2; b++) hit[at + b] = static_cast<std::byte>(i % 2 == 0 ? random() : 0);
    CAPTURE(i, at);
    const Given got = given(hit);
    if (at + head.repair / 2 <= starts[3] - head.repair) REQUIRE(got.rows == 3'000);
    REQUIRE(got.damage.records == 3'000 - got.rows);
    check_true(got, whole);
  }
}

TEST_CASE("two places of a frame are more than can be mended, and are counted") {
  std::mt19937_64 random(14);
  const auto bytes = file_with(3'000, random);
  const auto starts = frame_starts(bytes);
  auto hit = bytes;
  hit[starts[1] + 70] ^= std::byte{4};
  hit[(starts[1] + starts[2]) / 2] ^= std::byte{4};
  const Given got = given(hit);
  CHECK(got.rows == 3'000 - 1'024);
  CHECK((got.damage.records == 1'024 && got.damage.frames == 1));
  REQUIRE(got.damage.said.size() == 1);
  CHECK(got.damage.said[0].text.find("1024 records left out") != std::string::npos);
}

TEST_CASE("what was mended is said and counted as a damaged frame") {
  std::mt19937_64 random(15);
  const auto bytes = file_with(10, random);
  const auto starts = frame_starts(bytes);
  for (const std::size_t at : {starts[1] + 20, starts[1] + 70, starts[1] + 400}) {
    auto hit = bytes;
    hit[at] ^= std::byte{8};
    const Given got = given(hit);
    CHECK(got.rows == 10);
    CHECK((got.damage.frames == 1 && got.damage.records == 0 && got.damage.bytes == 0));
    REQUIRE(got.damage.said.size() == 1);
    CHECK(got.damage.said[0].text.find("is mended; no record is lost") != std::string::npos);
  }
}

TEST_CASE("frames without repair bytes are read, and get them where they are copied") {
  std::mt19937_64 random(16);
  const Batch batch = random_batch(500, 0, random);
  FrameHead head;
  head.type = static_cast<std::uint8_t>(FrameType::flows);
  head.stream = kId;
  const auto block = encode_block(batch, head);
  REQUIRE(head.repair == 0);
  std::vector<std::byte> bytes;
  StreamWriter writer(kId);
  writer.begin({}, bytes);
  const std::size_t at = bytes.size();
  writer.copy_flows(head, block, bytes);
  const std::vector<std::byte> frame(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end());
  writer.end(bytes);
  CHECK(given(bytes).rows == 500);
  bytes[at + 100] ^= std::byte{1};
  CHECK(given(bytes).damage.records == 500);
  std::vector<std::byte> copied;
  StreamWriter other(kId + 1);
  other.begin({}, copied);
  REQUIRE(other.copy_flows(RawFrame{SharedBytes(frame)}, copied));
  other.end(copied);
  copied[at + 100] ^= std::byte{1};
  CHECK(given(copied).rows == 500);
}

TEST_CASE("a head is mended only into the one that comes next") {
  std::mt19937_64 random(17);
  const auto bytes = file_with(10, random);
  const auto starts = frame_starts(bytes);
  std::vector<std::byte> head(bytes.begin() + static_cast<std::ptrdiff_t>(starts[1]),
                              bytes.begin() + static_cast<std::ptrdiff_t>(starts[1] + kFrameHeadSize));
  head[40] ^= std::byte{0x10};
  FrameHead out;
  CHECK(mend_head(head, {kId, 1, 0}, out));
  CHECK((out.rows == 10 && out.number == 1));
  CHECK_FALSE(mend_head(head, {kId, 2, 0}, out));
  CHECK_FALSE(mend_head(head, {kId, 1, 16}, out));
  CHECK_FALSE(mend_head(head, {kId + 1, 1, 0}, out));
  CHECK_FALSE(mend_head(Bytes(head).first(63), {kId, 1, 0}, out));
  head[50] ^= std::byte{1};
  CHECK_FALSE(mend_head(head, {kId, 1, 0}, out));
}

TEST_CASE("repair bytes that are damaged themselves, or promised and not there, invent nothing") {
  std::mt19937_64 random(18);
  auto bytes = file_with(10, random);
  const auto starts = frame_starts(bytes);
  FrameHead head;
  REQUIRE(parse_head(Bytes(bytes).subspan(starts[1]), head) == HeadFault::none);
  std::vector<std::byte> payload(bytes.begin() + static_cast<std::ptrdiff_t>(starts[1] + kFrameHeadSize),
                                 bytes.begin() + static_cast<std::ptrdiff_t>(starts[2]));
  payload[30] ^= std::byte{1};
  payload[payload.size() - 1 - (30 + 5) % head.repair] ^= std::byte{0x40};
  const auto before = payload;
  if (!mend_payload(head, payload)) CHECK(payload == before);
  CHECK_FALSE(mend_payload(head, std::span(payload).first(payload.size() - 1)));
  FrameHead few = head;
  few.repair = 1;
  CHECK_FALSE(mend_payload(few, payload));
  head.repair = 0;
  CHECK_FALSE(mend_payload(head, payload));
  head.repair = head.stored + 1;
  std::vector<std::byte> out;
  append_head(head, out);
  CHECK(parse_head(out, head) == HeadFault::out_of_bounds);
}

TEST_CASE("heads of other streams behind damage cost no more the more there are") {
  // A byte between them, so that they are no chain and each is looked behind.
  for (const bool known : {true, false}) {
    std::vector<std::byte> bytes;
    StreamWriter(kId).begin({}, bytes);
    if (!known) bytes[20] ^= std::byte{1}, bytes[21] ^= std::byte{1};
    FrameHead head;
    head.type = static_cast<std::uint8_t>(FrameType::end);
    head.stream = kId + 1;
    for (head.number = 0; head.number < 60'000; head.number++) {
      bytes.push_back(std::byte{0});
      append_head(head, bytes);
    }
    bytes.push_back(std::byte{0});
    head.stream = kId + 2;
    append_head(head, bytes);
    const auto start = std::chrono::steady_clock::now();
    const Given got = given(bytes);
    CHECK(got.rows == 0);
    CHECK_FALSE(got.damage.said.empty());
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30));
  }
}

TEST_CASE("a frame that is not followed by another is not mended, since the next may claim its bytes too") {
  std::mt19937_64 random(19);
  auto bytes = file_with(10, random);
  const auto starts = frame_starts(bytes);
  bytes[starts[1] + 400] ^= std::byte{8};
  CHECK(given(bytes).rows == 10);
  bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(starts[2]), 100, std::byte{0});
  const Given got = given(bytes);
  CHECK(got.rows == 0);
  CHECK(got.damage.records == 10);
}

TEST_CASE("repair bytes of any number mend a byte wherever it is, but for too few of them") {
  std::mt19937_64 random(20);
  const auto bytes = file_with(5'000, random);
  const auto starts = frame_starts(bytes);
  FrameHead head;
  REQUIRE(parse_head(Bytes(bytes).subspan(starts[1]), head) == HeadFault::none);
  const Bytes own = Bytes(bytes).subspan(starts[1] + kFrameHeadSize, head.directory + head.columns());
  for (const std::size_t width :
       {own.size() / 128, own.size() / 128 + 1, own.size() / 7, own.size() - 1, own.size(), own.size() * 2}) {
    FrameHead other = head;
    other.repair = static_cast<std::uint32_t>(width);
    std::vector<std::byte> payload(own.begin(), own.end());
    payload.resize(own.size() + width);
    other.stored = static_cast<std::uint32_t>(payload.size());
    for (std::size_t i = 0; i < own.size(); i++) payload[own.size() + i % width] ^= own[i];
    for (const std::size_t at : {std::size_t{0}, own.size() / 2, own.size() - 1}) {
      std::vector<std::byte> hit = payload;
      hit[at] ^= std::byte{0x21};
      CAPTURE(width, at);
      CHECK(mend_payload(other, hit) == (own.size() <= width * 128));
      const bool as_it_was = std::equal(own.begin(), own.end(), hit.begin());
      CHECK(as_it_was == (own.size() <= width * 128));
    }
  }
}
