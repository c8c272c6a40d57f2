#include "codec/damage.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/stream.h"
#include "codec/block_reader.h"
#include "codec/directory.h"
#include "codec/frame.h"
#include "codec/stream.h"
#include "codec/streams.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

std::vector<std::string> texts(const Damage& damage) {
  std::vector<std::string> out;
  for (const Error& error : damage.said) out.push_back(error.text);
  return out;
}

// All of a stream, where settled frames are decoded after the last one was read, in another order.
Heard heard_late(Bytes bytes, std::mt19937_64& random) {
  Heard out;
  auto input = InputStream::open(file_of(bytes));
  REQUIRE(input);
  StreamReader reader(*std::move(input));
  std::vector<StreamFrame> waiting;
  const auto decode = [&](StreamFrame& frame, bool late) {
    const auto directory = BlockDirectory::parse(frame.directory, frame.head);
    Batch batch(frame.head.rows);
    const auto rows = [&]() -> Result<> {
      if (!directory) return directory.error();
      return BlockReader(*directory, frame.columns(), frame.head).read(FieldSet::all_stored(), batch);
    };
    auto done = directory && !late ? reader.read(frame) : Result<>();
    bool mended = false;
    if (done) {
      done = rows();
      if (!done && directory && (late ? frame.mend() : reader.mend(frame))) done = rows(), mended = done && late;
    }
    if (!done) return reader.damaged(frame, done.error());
    if (mended) reader.mended(frame);
    for (Row& row : rows_of(batch)) out.rows.push_back(std::move(row));
  };
  for (;;) {
    auto frame = reader.next();
    REQUIRE(frame);
    if (!*frame) break;
    if ((*frame)->head.type != static_cast<std::uint8_t>(FrameType::flows)) continue;
    if (!reader.is_settled()) decode(**frame, false);
    else if (reader.read(**frame)) waiting.push_back(**std::move(frame));
  }
  std::shuffle(waiting.begin(), waiting.end(), random);
  for (StreamFrame& frame : waiting) decode(frame, true);
  std::sort(out.rows.begin(), out.rows.end());
  out.damage = reader.damage();
  return out;
}

}  // namespace

TEST_CASE("what is told late of a frame stands in its place, and later sentences know of it") {
  DamageLog log("a");
  log.met(10);
  log.met(20);
  log.say_count({2, true}, Errc::corrupt, "after ", {});
  log.met(30);
  log.say_good({3, true}, Errc::harmless, "at the end ", "");
  log.tell_lost(2, 20, "second");
  log.tell_lost(1, 10, "first");
  CHECK(texts(log.damage()) ==
        std::vector<std::string>{"a: first", "a: second", "a: after 0 records", "a: at the end 30 records are good"});
  CHECK(log.good() == 30);
  CHECK((log.damage().records == 30 && log.damage().frames == 2));
  CHECK((log.first_lost().frames == DamageLog::Place{1, false}));
}

TEST_CASE("only the first sentences are kept, whoever tells them first") {
  std::mt19937_64 random(5);
  std::vector<std::uint64_t> frames(30);
  for (std::size_t i = 0; i < frames.size(); i++) frames[i] = i + 1;
  std::shuffle(frames.begin(), frames.end(), random);
  DamageLog log("a");
  for (const std::uint64_t frame : frames) log.tell_mended(frame, std::to_string(frame));
  log.close();
  const auto said = texts(log.damage());
  REQUIRE(said.size() == kDamageSaid + 1);
  for (std::size_t i = 0; i < kDamageSaid; i++) CHECK(said[i] == "a: " + std::to_string(i + 1));
  CHECK(said.back() == "a: and 22 more places");
}

TEST_CASE("what was met since the mark can be left out, whatever is told late") {
  DamageLog log("a");
  log.say({1, true}, Errc::corrupt, "one");
  log.mark(2);
  log.say({2, true}, Errc::corrupt, "cut");
  log.lose({2, true}, {5, 0, 1});
  log.tell_lost(3, 7, "in the last frame");
  log.tell_lost(2, 9, "two");
  CHECK(texts(log.damage_before_mark()) == std::vector<std::string>{"a: one", "a: two"});
  CHECK((log.damage_before_mark().records == 9 && log.damage_before_mark().frames == 1));
  CHECK(log.damage().records == 21);
}

TEST_CASE("frames that are decoded after others were read give the same rows, and damage is told the same") {
  std::mt19937_64 random(11);
  std::vector<std::byte> whole = stream_of(1, 9, 40), more = stream_of(2, 5, 30, false);
  whole.insert(whole.end(), more.begin(), more.end());
  for (int round = 0; round < 150; round++) {
    std::vector<std::byte> bytes = whole;
    for (auto n = random() % 12; n != 0; n--)
      bytes[random() % bytes.size()] ^= static_cast<std::byte>(1 + random() % 255);
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    if (random() % 4 == 0) {
      const auto at = static_cast<std::ptrdiff_t>(random() % (bytes.size() + 1));
      bytes.erase(bytes.begin() + at, bytes.begin() + at + std::min<std::ptrdiff_t>(std::ssize(bytes) - at, 300));
    }
    if (bytes.empty()) continue;
    Heard once = heard(bytes);
    if (once.refused) continue;
    std::sort(once.rows.begin(), once.rows.end());
    const Heard late = heard_late(bytes, random);
    REQUIRE(late.rows == once.rows);
    REQUIRE(texts(late.damage) == texts(once.damage));
    REQUIRE((late.damage.records == once.damage.records && late.damage.bytes == once.damage.bytes));
    REQUIRE(late.damage.frames == once.damage.frames);
  }
}
