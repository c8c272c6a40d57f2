#include "codec/verify.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "base/address.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/stream.h"
#include "codec/block.h"
#include "codec/damage.h"
#include "codec/directory.h"
#include "codec/frame.h"
#include "codec/stream.h"
#include "codec/streams.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

constexpr std::uint64_t kMost = 0x1122334455667788;

std::vector<Row> rows_to(std::uint64_t most) {
  std::vector<Row> out;
  for (unsigned i = 0; i < 50; i++)
    out.push_back(row()
                      .with(Field::spkts, i)
                      .with(Field::sbytes, i == 7 ? most : i)
                      .with(Field::saddr, Address::from_mac(i))
                      .with(Field::srcid, i % 2 == 0 ? "north" : "south"));
  return out;
}

// The directory of these rows, in which bytes stand in the place of others.
struct Lie {
  FrameHead head;
  std::vector<std::byte> block;
  std::optional<BlockDirectory> directory;

  Lie(Bytes was, Bytes is) : block(encode_block(batch_of(rows_to(kMost)), head)) {
    const auto end = block.begin() + head.directory;
    const auto found = std::search(block.begin(), end, was.begin(), was.end());
    REQUIRE(found != end);
    std::copy(is.begin(), is.end(), found);
    auto parsed = BlockDirectory::parse(Bytes(block).first(head.directory), head);
    REQUIRE(parsed);
    directory = *std::move(parsed);
  }
  [[nodiscard]] Result<Batch> rows() const {
    return verified_rows(*directory, Bytes(block).subspan(head.directory), head);
  }
};

template <class T>
std::vector<std::byte> little(T value) {
  ByteWriter out;
  out.le(value);
  return std::move(out.buffer());
}

// All that a walk tells without the rows.
struct Walked {
  std::vector<std::uint64_t> numbers, offsets;
  std::vector<std::string> said;
  std::uint64_t records = 0, lost = 0, skipped = 0, damaged = 0;
  bool ended = false;
  friend bool operator==(const Walked&, const Walked&) = default;
};
Walked walked(Bytes bytes, bool little) {
  Walked out;
  auto input = InputStream::open(file_of(bytes));
  REQUIRE(input);
  if (little) input->read_little();
  StreamReader reader(*std::move(input));
  for (;;) {
    const auto frame = reader.next();
    REQUIRE(frame);
    if (!*frame) break;
    out.numbers.push_back((*frame)->head.number);
    out.offsets.push_back((*frame)->offset);
  }
  const Damage damage = reader.damage();
  for (const Error& error : damage.said) out.said.push_back(error.text);
  out.records = reader.records(), out.ended = reader.ended();
  out.lost = damage.records, out.skipped = damage.bytes, out.damaged = damage.frames;
  return out;
}

}  // namespace

TEST_CASE("a frame as it was written holds") {
  const Batch batch = batch_of(rows_to(kMost));
  FrameHead head;
  const auto block = encode_block(batch, head);
  const auto directory = BlockDirectory::parse(Bytes(block).first(head.directory), head);
  REQUIRE(directory);
  const auto rows = verified_rows(*directory, Bytes(block).subspan(head.directory), head);
  REQUIRE(rows);
  CHECK(rows_of(*rows) == rows_to(kMost));
}

TEST_CASE("a directory that lies about the values of a column is damage, though every check holds") {
  const Lie most(little(kMost), little(kMost - 1));
  REQUIRE_FALSE(most.rows());
  CHECK(most.rows().error().code == Errc::corrupt);
  CHECK_THAT(most.rows().error().text, Catch::Contains("sbytes has values that its directory excludes"));
  const Lie more(little(kMost), little(kMost + 1));  // wider bounds exclude nothing
  CHECK(more.rows());

  const StatsOf stats(batch_of(rows_to(kMost)));
  for (const ColumnEntry& entry : stats.directory->entries()) {
    if (entry.filter.empty()) continue;
    const std::vector<std::byte> nobody(entry.filter.size());
    const Lie members(entry.filter, nobody);
    REQUIRE_FALSE(members.rows());
    CHECK_THAT(members.rows().error().text, Catch::Contains("saddr has values"));
    return;
  }
  FAIL("no column has a membership filter");
}

TEST_CASE("every changed bit of the repair bytes is seen") {
  const auto bytes = stream_of(5, 1, 60);
  FrameHead head;
  const std::size_t at = frame_starts(bytes)[1];
  REQUIRE(parse_head(Bytes(bytes).subspan(at), head) == HeadFault::none);
  REQUIRE(head.repair != 0);
  std::vector<std::byte> payload(bytes.begin() + static_cast<std::ptrdiff_t>(at + kFrameHeadSize),
                                 bytes.begin() + static_cast<std::ptrdiff_t>(at + kFrameHeadSize + head.stored));
  CHECK(repair_holds(head, payload));
  for (std::size_t bit = (head.stored - head.repair) * 8; bit < head.stored * 8; bit++) {
    payload[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
    CHECK_FALSE(repair_holds(head, payload));
    payload[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
  }
}

TEST_CASE("an input that is read little is walked as one that is read whole, whatever is damaged") {
  std::mt19937_64 random(3);
  std::vector<std::byte> whole;
  StreamWriter writer(0x5eed);
  writer.begin({"probe", {}, false}, whole);
  for (unsigned n = 0; n < 12; n++) {  // larger together than what is read when it is opened
    std::vector<Row> rows;
    for (unsigned i = 0; i < 1000; i++)
      rows.push_back(numbered_row(1000 * n + i)
                         .with(Field::sbytes, random())
                         .with(Field::dbytes, random())
                         .with(Field::daddr, Address::from_mac(random() & 0xffffffffffff)));
    writer.flows(batch_of(rows), whole);
  }
  writer.ledger({{"probe", 1, 2, LedgerItem::received, 9}}, whole);
  writer.end(whole);
  REQUIRE(whole.size() > 290'000);
  CHECK(walked(whole, true) == walked(whole, false));
  CHECK(walked(whole, true).ended);
  for (int round = 0; round < 150; round++) {
    CAPTURE(round);
    auto bytes = whole;
    if (round % 3 != 0) bytes.resize(random() % bytes.size() + 1);
    if (round % 3 == 1 && bytes.size() > 1000)
      for (int i = 0; i < 3; i++) bytes[random() % bytes.size()] ^= std::byte{1};
    if (round % 3 == 0) {
      const std::size_t from = random() % (bytes.size() - 1000);
      const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(from);
      bytes.erase(begin, begin + static_cast<std::ptrdiff_t>(random() % 1000));
    }
    REQUIRE(walked(bytes, true) == walked(bytes, false));
  }
}
