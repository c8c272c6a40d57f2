#include <catch2/catch.hpp>
#include <cstring>

#include "base/bytes.h"
#include "base/result.h"
#include "base/stream.h"
#include "base/time.h"
#include "base/time_range.h"
#include "codec/block_reader.h"
#include "codec/damage.h"
#include "codec/directory.h"
#include "codec/frame.h"
#include "codec/stream.h"
#include "codec/streams.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

constexpr std::uint64_t kId = 0x5eed5eed5eed0001;
// Every bit; with a sanitizer, which makes each of the readers slow, each place of a bit in turn.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kBitStep = 7;
#else
constexpr std::size_t kBitStep = 1;
#endif

std::vector<std::byte> joined_bytes(Bytes a, Bytes b) {
  std::vector<std::byte> out(a.begin(), a.end());
  out.insert(out.end(), b.begin(), b.end());
  return out;
}
unsigned tag_of(std::uint64_t id) { return static_cast<unsigned>(id % 97); }
// Damages the frame between these bytes at two places, which is more than can be mended.
void spoil(std::vector<std::byte>& bytes, std::size_t begin, std::size_t end) {
  bytes[begin + kFrameHeadSize] ^= std::byte{1};
  bytes[begin + (end - begin) * 3 / 4] ^= std::byte{1};
}
// Whether this byte only mends others.
bool is_repair(Bytes bytes, std::size_t at) {
  for (std::size_t begin = 0; begin < bytes.size();) {
    FrameHead head;
    if (parse_head(bytes.subspan(begin), head) != HeadFault::none) return false;
    const std::size_t end = begin + kFrameHeadSize + head.stored;
    if (at < end) return at >= end - head.repair;
    begin = end;
  }
  return false;
}
// What reading must keep to, whatever was done to the bytes: nothing invented, nothing lost in silence.
void check_honest(const Heard& got, const std::vector<Row>& all, std::size_t whole_ledger = 1) {
  if (got.refused) return;
  CHECK(in_order_among(got.rows, all));
  if (got.rows.size() < all.size() || got.ledger.size() < whole_ledger) CHECK_FALSE(got.damage.said.empty());
}

}  // namespace

TEST_CASE("a stream reads back as it was written") {
  const Heard got = heard(stream_of(kId, 3, 5));
  CHECK(got.rows == numbered_rows(0, 15, tag_of(kId)));
  REQUIRE(got.headers.size() == 1);
  CHECK(got.headers[0].sensor == "probe");
  REQUIRE(got.ledger.size() == 1);
  CHECK(got.ledger[0].count == 9);
  CHECK(got.damage.said.empty());
  CHECK((got.damage.records == 0 && got.damage.bytes == 0 && got.damage.frames == 0));
}

TEST_CASE("no bytes are no rows and no damage") {
  const Heard got = heard({});
  CHECK((got.rows.empty() && got.damage.said.empty() && !got.refused));
}

TEST_CASE("a stream cut anywhere gives its rows up to there and says so") {
  const auto bytes = stream_of(kId, 3, 4);
  const auto all = numbered_rows(0, 12, tag_of(kId));
  const auto starts = frame_starts(bytes);
  for (std::size_t size = 1; size < bytes.size(); size++) {
    CAPTURE(size);
    const Heard got = heard(Bytes(bytes).first(size));
    std::size_t whole = 0;
    FrameHead head;
    for (std::size_t i = 1; i < 4; i++) {
      REQUIRE(parse_head(Bytes(bytes).subspan(starts[i]), head) == HeadFault::none);
      whole += size + head.repair >= starts[i + 1] ? 4u : 0u;
    }
    REQUIRE(got.rows.size() == whole);
    check_honest(got, all);
    REQUIRE_FALSE(got.damage.said.empty());
  }
}

TEST_CASE("a stream with any bit changed gives true rows only and says what is lost") {
  const auto bytes = stream_of(kId, 3, 4);
  const auto all = numbered_rows(0, 12, tag_of(kId));
  for (std::size_t bit = 0; bit < bytes.size() * 8; bit += kBitStep) {
    auto hit = bytes;
    hit[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
    CAPTURE(bit / 8, bit % 8);
    const Heard got = heard(hit);
    REQUIRE_FALSE(got.refused);
    REQUIRE(got.rows == all);
    check_honest(got, all);
    REQUIRE((!got.damage.said.empty() || is_repair(bytes, bit / 8)));
  }
}

TEST_CASE("lost records are counted exactly") {
  const auto bytes = stream_of(kId, 5, 4);
  const auto starts = frame_starts(bytes);
  SECTION("a frame with a bit changed behind its head") {
    auto hit = bytes;
    spoil(hit, starts[2], starts[3]);
    const Heard got = heard(hit);
    CHECK((got.rows.size() == 16 && got.damage.records == 4 && got.damage.frames == 1));
  }
  SECTION("a frame whose head is hit") {
    auto hit = bytes;
    hit[starts[2] + 20] ^= std::byte{1};
    hit[starts[2] + 36] ^= std::byte{1};
    const Heard got = heard(hit);
    CHECK((got.rows.size() == 16 && got.damage.records == 4 && got.damage.frames == 1));
    CHECK(got.damage.bytes == starts[3] - starts[2]);
  }
  SECTION("a frame taken out") {
    const Heard got = heard(joined_bytes(Bytes(bytes).first(starts[2]), Bytes(bytes).subspan(starts[4])));
    CHECK((got.rows.size() == 12 && got.damage.records == 8));
    CHECK_FALSE(got.damage.said.empty());
  }
  SECTION("the beginning missing") {
    const Heard got = heard(Bytes(bytes).subspan(starts[3]));
    CHECK((got.rows.size() == 12 && got.damage.records == 8));
    CHECK_FALSE(got.damage.said.empty());
  }
}

TEST_CASE("frames that come twice are told and counted once") {
  const auto bytes = stream_of(kId, 4, 3);
  const auto starts = frame_starts(bytes);
  const auto all = numbered_rows(0, 12, tag_of(kId));
  SECTION("right behind themselves") {
    const Heard got = heard(joined_bytes(Bytes(bytes).first(starts[3]), Bytes(bytes).subspan(starts[2])));
    CHECK(got.rows == all);
    CHECK_FALSE(got.damage.said.empty());
    CHECK(got.damage.records == 0);
  }
  SECTION("later, out of order") {
    const Heard got = heard(joined_bytes(
        joined_bytes(Bytes(bytes).first(starts[4]), Bytes(bytes).subspan(starts[1], starts[2] - starts[1])),
        Bytes(bytes).subspan(starts[4])));
    CHECK(got.rows == all);
    CHECK_FALSE(got.damage.said.empty());
  }
}

TEST_CASE("a stream after its own end is read again, as its file given twice would be") {
  const auto bytes = stream_of(kId, 2, 3);
  const Heard got = heard(joined_bytes(bytes, bytes));
  CHECK(got.rows.size() == 12);
  CHECK(got.damage.said.empty());
}

TEST_CASE("streams one after the other are read one after the other") {
  const auto a = stream_of(kId, 2, 3), b = stream_of(kId + 5, 2, 3);
  const Heard got = heard(joined_bytes(a, b));
  auto all = numbered_rows(0, 6, tag_of(kId));
  for (Row& row : numbered_rows(0, 6, tag_of(kId + 5))) all.push_back(row);
  CHECK(got.rows == all);
  CHECK(got.headers.size() == 2);
  CHECK(got.ledger.size() == 2);
  CHECK(got.damage.said.empty());
}

TEST_CASE("a stream without its end is told, also when another follows") {
  const auto open = stream_of(kId, 2, 3, false);
  const Heard alone = heard(open);
  CHECK(alone.rows.size() == 6);
  REQUIRE(alone.damage.said.size() == 1);
  CHECK(alone.damage.said[0].code == Errc::harmless);
  const Heard followed = heard(joined_bytes(open, stream_of(kId + 5, 1, 3)));
  CHECK(followed.rows.size() == 9);
  REQUIRE(followed.damage.said.size() == 1);
  CHECK(followed.damage.said[0].code == Errc::harmless);
}

TEST_CASE("a torn stream is passed over to the one behind it") {
  const auto a = stream_of(kId, 3, 3, false), b = stream_of(kId + 5, 2, 3);
  for (std::size_t cut = 1; cut < a.size(); cut += 7) {
    CAPTURE(cut);
    const Heard got = heard(joined_bytes(Bytes(a).first(cut), b));
    auto all = numbered_rows(0, 9, tag_of(kId));
    const auto second = numbered_rows(0, 6, tag_of(kId + 5));
    all.insert(all.end(), second.begin(), second.end());
    REQUIRE(in_order_among(second, got.rows));
    REQUIRE(in_order_among(got.rows, all));
    REQUIRE_FALSE(got.damage.said.empty());
  }
}

TEST_CASE("a hole of 4 KiB costs the frames it touches and no other") {
  const auto bytes = stream_of(kId, 200, 4);
  const auto starts = frame_starts(bytes);
  const auto all = numbered_rows(0, 800, tag_of(kId));
  for (std::size_t at = 0; at + 4096 < bytes.size(); at += 4096) {
    for (const int fill : {0, 0xff, 0x89}) {
      auto hit = bytes;
      std::memset(hit.data() + at, fill, 4096);
      std::size_t untouched = 0;
      for (std::size_t i = 1; i <= 200; i++) untouched += starts[i + 1] <= at || starts[i] >= at + 4096 ? 4u : 0u;
      const Heard got = heard(hit);
      CAPTURE(at, fill);
      CHECK(got.rows.size() >= untouched);
      CHECK(got.rows.size() <= untouched + 8);  // what was hit at its edges may be mended
      CHECK(got.damage.records == 800 - got.rows.size());
      check_honest(got, all);
    }
  }
}

TEST_CASE("bytes lost or added between frames cost the frames they touch and no other") {
  const auto bytes = stream_of(kId, 50, 4);
  const auto all = numbered_rows(0, 200, tag_of(kId));
  std::mt19937_64 random(7);
  for (int i = 0; i < 60; i++) {
    const std::size_t at = random() % (bytes.size() - 400);
    const std::size_t size = 1 + random() % 300;
    auto hit = bytes;
    if (i % 2 == 0)
      hit.erase(hit.begin() + static_cast<std::ptrdiff_t>(at), hit.begin() + static_cast<std::ptrdiff_t>(at + size));
    else hit.insert(hit.begin() + static_cast<std::ptrdiff_t>(at), size, std::byte{0x89});
    CAPTURE(i, at, size);
    const Heard got = heard(hit);
    CHECK(got.rows.size() >= 200 - 4 * 5);
    check_honest(got, all);
    CHECK(got.damage.records == 200 - got.rows.size());
  }
}

TEST_CASE("a whole frame of another stream among a stream's frames is not taken for its own") {
  const auto bytes = stream_of(kId, 4, 3), other = stream_of(kId + 5, 2, 3);
  const auto starts = frame_starts(bytes), others = frame_starts(other);
  const Bytes planted = Bytes(other).subspan(others[1], others[2] - others[1]);
  const auto mixed =
      joined_bytes(joined_bytes(Bytes(bytes).first(starts[3]), planted), Bytes(bytes).subspan(starts[3]));
  const Heard got = heard(mixed);
  CHECK(got.rows == numbered_rows(0, 12, tag_of(kId)));
  CHECK_FALSE(got.damage.said.empty());
}

TEST_CASE("a whole stream inside a damaged frame's bytes is not read") {
  // The string holds another stream's flows frame; damage to the frame's head makes the reader look inside.
  const auto other = stream_of(kId + 5, 1, 3);
  const auto others = frame_starts(other);
  std::vector<std::byte> bytes;
  StreamWriter writer(kId);
  writer.begin({}, bytes);
  writer.flows(batch_of(numbered_rows(0, 3, tag_of(kId))), bytes);
  const std::size_t hurt = bytes.size();
  std::vector<std::byte> frame(kFrameHeadSize);
  frame.insert(frame.end(), other.begin() + static_cast<std::ptrdiff_t>(others[1]),
               other.begin() + static_cast<std::ptrdiff_t>(others[2]));
  bytes.insert(bytes.end(), frame.begin(), frame.end());
  writer.flows(batch_of(numbered_rows(3, 6, tag_of(kId))), bytes);
  writer.end(bytes);
  CHECK(hurt > 0);
  const Heard got = heard(bytes);
  CHECK(got.rows == numbered_rows(0, 6, tag_of(kId)));
}

TEST_CASE("frames that a stranger planted in a record are not read, wherever the damage is") {
  // A short stream as a string could hold it; what stands before and behind it is other payload.
  const auto other = stream_of(kId + 5, 1, 3);
  const std::vector<std::byte> around(100, std::byte{0x61});
  const auto planted = joined_bytes(joined_bytes(around, other), around);
  const auto bytes = stream_of(kId, 12, 3);
  const auto starts = frame_starts(bytes);
  const auto all = numbered_rows(0, 36, tag_of(kId));
  FrameHead head;
  head.type = static_cast<std::uint8_t>(FrameType::flows);
  head.stream = kId;
  head.number = 13;
  head.first_record = 36;
  head.rows = 9;
  head.stored = static_cast<std::uint32_t>(planted.size()) + 50;
  head.directory = 10;
  std::vector<std::byte> torn;
  append_head(head, torn);
  torn = joined_bytes(torn, planted);
  SECTION("where a head was hit") {
    const auto mixed =
        joined_bytes(joined_bytes(Bytes(bytes).first(starts[3]), planted), Bytes(bytes).subspan(starts[4]));
    const Heard got = heard(mixed);
    CHECK(got.rows.size() == 33);
    CHECK(got.damage.records == 3);
    check_honest(got, all);
  }
  SECTION("where the beginning is lost") {
    const Heard got = heard(joined_bytes(planted, Bytes(bytes).subspan(starts[2])));
    CHECK(got.rows.size() == 33);
    check_honest(got, all);
  }
  SECTION("in the frame that was being written when its writer was killed") {
    const Heard got = heard(joined_bytes(Bytes(bytes).first(starts[13]), torn));
    CHECK(got.rows == all);
    CHECK(got.damage.records == 9);
    check_honest(got, all);
  }
  SECTION("in a torn frame to which a stream was appended") {
    const auto appended = stream_of(kId + 9, 2, 3);
    const Heard got = heard(joined_bytes(joined_bytes(Bytes(bytes).first(starts[13]), torn), appended));
    auto both = all;
    for (const Row& row : numbered_rows(0, 6, tag_of(kId + 9))) both.push_back(row);
    CHECK(got.rows == both);
    CHECK(got.damage.records == 9);
  }
}

TEST_CASE("what was appended to a torn frame is found also when nobody wanted that frame") {
  const auto a = stream_of(kId, 3, 10), b = stream_of(kId + 5, 3, 10);
  const auto starts = frame_starts(a);
  for (std::size_t cut = starts[3] + kFrameHeadSize; cut < starts[4]; cut += 3) {
    CAPTURE(cut);
    auto input = InputStream::open(file_of(joined_bytes(Bytes(a).first(cut), b)));
    REQUIRE(input);
    StreamReader reader(*std::move(input));
    std::size_t frames = 0;
    for (;;) {
      const auto frame = reader.next();
      REQUIRE(frame);
      if (!*frame) break;
      const FrameHead& head = (*frame)->head;
      frames += head.stream == kId + 5 && head.type == static_cast<std::uint8_t>(FrameType::flows) ? 1u : 0u;
    }
    REQUIRE(frames == 3);
    REQUIRE_FALSE(reader.damage().said.empty());
    REQUIRE(reader.damage().frames >= 1);
  }
}

TEST_CASE("frames of unknown types are passed over in silence") {
  const auto bytes = stream_of(kId, 1, 3);
  const auto starts = frame_starts(bytes);
  FrameHead head;
  head.type = 200;
  head.stream = kId;
  head.number = 2;
  head.first_record = 3;
  head.stored = 10;
  head.directory = 4;
  const std::vector<std::byte> body(10, std::byte{0x77});
  head.directory_check = seeded_check(kId, Bytes(body).first(4));
  std::vector<std::byte> mixed(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(starts[2]));
  append_head(head, mixed);
  mixed.insert(mixed.end(), body.begin(), body.end());
  head = {};
  head.type = static_cast<std::uint8_t>(FrameType::end);
  head.stream = kId;
  head.number = 3;
  head.first_record = 3;
  head.directory_check = seeded_check(kId, {});
  append_head(head, mixed);
  const Heard got = heard(mixed);
  CHECK(got.rows.size() == 3);
  CHECK(got.damage.said.empty());
}

TEST_CASE("a later format is refused and named") {
  FrameHead head;
  head.version = kFormatVersion + 1;
  head.type = 1;
  std::vector<std::byte> bytes;
  append_head(head, bytes);
  const Heard got = heard(bytes);
  REQUIRE(got.refused);
  CHECK(got.why.code == Errc::foreign);
  CHECK(got.why.text.find("record format 1") != std::string::npos);
}

TEST_CASE("the header is repeated, so that a stream joined late is known") {
  const auto bytes = stream_of(kId, 600, 1);
  const Heard got = heard(bytes);
  CHECK(got.headers.size() == 3);
  CHECK(got.rows.size() == 600);
  CHECK(got.damage.said.empty());
  const auto starts = frame_starts(bytes);
  const Heard late = heard(Bytes(bytes).subspan(starts[100]));
  REQUIRE(late.headers.size() == 2);
  CHECK(late.headers[0].sensor == "probe");
}

TEST_CASE("a header reads back as it was written") {
  StreamHeader header{"north", {"saddr", "spkts:9"}, true};
  const auto back = decode_header(encode_header(header));
  REQUIRE(back);
  CHECK((back->sensor == header.sensor && back->columns == header.columns && back->live));
  const auto empty = decode_header(encode_header({}));
  REQUIRE(empty);
  CHECK((empty->sensor.empty() && empty->columns.empty() && !empty->live));
}

TEST_CASE("a header or ledger cut anywhere is corrupt or whole entries") {
  const auto header = encode_header({"north", {"saddr"}, true});
  std::size_t whole = 0;
  for (std::size_t size = 0; size <= header.size(); size++) whole += decode_header(Bytes(header).first(size)) ? 1u : 0u;
  CHECK(whole == 5);  // nothing, and after each of its four facts
  const auto ledger = encode_ledger({{"a", 1, 2, LedgerItem::metered, 3}, {"", 0, 0, LedgerItem::evicted, UINT64_MAX}});
  whole = 0;
  for (std::size_t size = 0; size <= ledger.size(); size++) whole += decode_ledger(Bytes(ledger).first(size)) ? 1u : 0u;
  CHECK(whole == 3);
}

TEST_CASE("a ledger reads back as it was written, without entries of unknown items") {
  std::vector<LedgerEntry> entries{{"north", -5, 7, LedgerItem::received, 11},
                                   {"", kTimeLeast, kTimeMost, LedgerItem::records_lost, UINT64_MAX},
                                   {"x", 0, 0, static_cast<LedgerItem>(250), 1}};
  const auto back = decode_ledger(encode_ledger(entries));
  REQUIRE(back);
  REQUIRE(back->size() == 2);
  for (std::size_t i = 0; i < 2; i++) {
    CHECK(((*back)[i].sensor == entries[i].sensor && (*back)[i].item == entries[i].item));
    CHECK(((*back)[i].begin == entries[i].begin && (*back)[i].end == entries[i].end &&
           (*back)[i].count == entries[i].count));
  }
}

TEST_CASE("a ledger of a time that cannot be is corrupt") {
  for (const auto& [begin, end] :
       {std::pair{kTimeLeast - 1, Nanos{0}}, {Nanos{0}, kTimeMost + 1}, {INT64_MIN, INT64_MAX}}) {
    const auto back = decode_ledger(encode_ledger({{"", begin, end, LedgerItem::received, 1}}));
    REQUIRE_FALSE(back);
    CHECK(back.error().code == Errc::corrupt);
  }
}

TEST_CASE("a long ledger takes several frames") {
  std::vector<std::byte> bytes;
  StreamWriter writer(kId);
  writer.begin({}, bytes);
  writer.ledger(std::vector<LedgerEntry>(10'000, {"s", 1, 2, LedgerItem::received, 1}), bytes);
  writer.end(bytes);
  const Heard got = heard(bytes);
  CHECK(got.ledger.size() == 10'000);
  CHECK(got.damage.said.empty());
}

TEST_CASE("much damage is told in few sentences and counted in full") {
  auto bytes = stream_of(kId, 100, 2);
  const auto starts = frame_starts(bytes);
  for (std::size_t i = 1; i <= 100; i += 2) spoil(bytes, starts[i], starts[i + 1]);
  const Heard got = heard(bytes);
  CHECK(got.rows.size() == 100);
  CHECK((got.damage.records == 100 && got.damage.frames == 50));
  CHECK(got.damage.said.size() <= kDamageSaid + 2);
  CHECK(got.damage.said.back().text.find("more places") != std::string::npos);
}

TEST_CASE("a heartbeat is a frame that says nothing, and is counted like any other") {
  std::vector<std::byte> bytes;
  StreamWriter writer(5);
  writer.begin({"probe", {}, true}, bytes);
  writer.heartbeat(bytes);
  writer.flows(batch_of(numbered_rows(0, 3)), bytes);
  writer.heartbeat(bytes);
  writer.end(bytes);
  const Heard got = heard(bytes);
  CHECK(got.rows.size() == 3);
  CHECK(got.ledger.empty());
  CHECK(got.damage.said.empty());
}

TEST_CASE("a refusal, and that rows are ticks, travel in the header") {
  StreamHeader header;
  header.refused = "no such field";
  header.ticks = true;
  const auto back = decode_header(encode_header(header));
  REQUIRE(back);
  CHECK(back->refused == "no such field");
  CHECK(back->ticks);
  CHECK_FALSE(back->live);
}

namespace {

// The entry of spkts made one of a column that no version knows.
void make_unknown(std::vector<std::byte>& frame) {
  FrameHead head;
  REQUIRE(parse_head(frame, head) == HeadFault::none);
  std::span<std::byte> directory = std::span(frame).subspan(kFrameHeadSize, head.directory);
  const auto parsed = BlockDirectory::parse(directory, head);
  REQUIRE(parsed);
  const auto& entries = parsed->entries();
  const auto spkts =
      std::find_if(entries.begin(), entries.end(), [](auto& e) { return e.wire == info(Field::spkts).wire; });
  REQUIRE(spkts != entries.end());
  REQUIRE(spkts->check_at > 15);
  const std::size_t wire_at = spkts->check_at - 15;  // behind it: wire, type, coding, base, flags, raw, stored
  directory[wire_at] = std::byte{0xfe}, directory[wire_at + 1] = std::byte{0xff};
  head.directory_check = seeded_check(head.stream, directory);
  std::vector<std::byte> fresh;
  append_head(head, fresh);
  std::copy(fresh.begin(), fresh.end(), frame.begin());
}

}  // namespace

TEST_CASE("a frame that is copied has the same rows in its new stream, and the numbers of that") {
  std::mt19937_64 random(3);
  std::vector<Row> rows = numbered_rows(0, 3), all = rows;
  std::vector<Row> many;  // more than share a zstd frame
  for (int i = 0; i < 3000; i++) many.push_back(random_row(random, true));
  all.insert(all.end(), many.begin(), many.end());
  all.insert(all.end(), rows.begin(), rows.end());
  std::vector<std::byte> out;
  StreamWriter writer(5);
  writer.begin({"probe", {}, false}, out);
  REQUIRE(writer.copy_flows(*coded_batch(batch_of(rows)).raw_frame(), out));
  REQUIRE(writer.copy_flows(*coded_batch(batch_of(many)).raw_frame(), out));
  writer.flows(batch_of(rows), out);
  writer.end(out);
  const Heard got = heard(out);
  CHECK(got.rows == all);
  CHECK(got.damage.said.empty());
  std::vector<std::byte> coded;
  StreamWriter other(5);
  other.begin({"probe", {}, false}, coded);
  for (const auto& batch : {batch_of(rows), batch_of(many)}) other.flows(other.coded(batch), coded);
  other.flows(batch_of(rows), coded);
  other.end(coded);
  const bool same = out == coded;  // megabytes, which nobody wants printed
  CHECK(same);
}

TEST_CASE("a column that no version knows is copied as well, and its check renewed") {
  std::vector<std::byte> unknown = raw_frame_of(batch_of(numbered_rows(0, 9000)));
  make_unknown(unknown);
  std::vector<std::byte> out;
  StreamWriter writer(5);
  writer.begin({}, out);
  const std::size_t at = out.size();
  REQUIRE(writer.copy_flows(RawFrame{SharedBytes(std::move(unknown))}, out));
  FrameHead head;
  const Bytes frame = Bytes(out).subspan(at);
  REQUIRE(parse_head(frame, head) == HeadFault::none);
  const auto directory = BlockDirectory::parse(frame.subspan(kFrameHeadSize, head.directory), head);
  REQUIRE(directory);
  CHECK(directory->entries().size() == 6);
  CHECK_FALSE(directory->fields().has(Field::spkts));
  const Bytes columns = frame.subspan(kFrameHeadSize + head.directory, head.columns());
  CHECK(ColumnChecksums(*directory, columns).verify(5));
  CHECK_FALSE(ColumnChecksums(*directory, columns).verify(9));
}

TEST_CASE("a byte changed in any column breaks its checksum, without decoding") {
  for (const unsigned n : {3u, 9000u}) {
    std::vector<std::byte> frame = raw_frame_of(batch_of(numbered_rows(0, n)));
    FrameHead head;
    REQUIRE(parse_head(frame, head) == HeadFault::none);
    const std::size_t before = kFrameHeadSize + head.directory;
    const auto directory = BlockDirectory::parse(Bytes(frame).subspan(kFrameHeadSize, head.directory), head);
    REQUIRE(directory);
    const std::size_t behind = before + head.columns();
    REQUIRE(behind + head.repair == frame.size());
    const ColumnChecksums checksums(*directory, Bytes(frame).subspan(before, head.columns()));
    REQUIRE(checksums.verify(9));
    for (std::size_t at = before; at < behind; at += 1 + n / 100) {
      frame[at] ^= std::byte{4};
      CHECK_FALSE(checksums.verify(9));
      frame[at] ^= std::byte{4};
    }
  }
  std::vector<std::byte> out;
  StreamWriter writer(5);
  for (std::size_t size = 0; size < kFrameHeadSize + 20; size++) {
    std::vector<std::byte> cut = raw_frame_of(batch_of(numbered_rows(0, 3)));
    cut.resize(size);
    CHECK_FALSE(writer.copy_flows(RawFrame{SharedBytes(std::move(cut))}, out));
  }
}
