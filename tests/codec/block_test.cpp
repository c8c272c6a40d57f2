#include "codec/block.h"

#include <catch2/catch.hpp>
#include <random>

#include "base/address.h"
#include "base/bytes.h"
#include "base/compression.h"
#include "base/result.h"
#include "base/time.h"
#include "base/time_range.h"
#include "codec/block_reader.h"
#include "codec/columns.h"
#include "codec/directory.h"
#include "codec/frame.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/type.h"
#include "flow/where.h"
#include "support/bytes.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

constexpr std::uint64_t kStream = 42;

struct Block {
  FrameHead head;
  std::vector<std::byte> bytes;
  [[nodiscard]] Bytes directory() const { return Bytes(bytes).first(head.directory); }
  [[nodiscard]] Bytes columns() const { return Bytes(bytes).subspan(head.directory); }
};
Block block_of(const Batch& batch) {
  Block out;
  out.head.type = static_cast<std::uint8_t>(FrameType::flows);
  out.head.stream = kStream;
  out.bytes = encode_block(batch, out.head);
  return out;
}
Result<Batch> read_back(const Block& block, const FieldSet& fields = FieldSet::all_stored()) {
  ARGUS_TRY_LET(const BlockDirectory directory, BlockDirectory::parse(block.directory(), block.head));
  Batch out(block.head.rows);
  ARGUS_TRY(BlockReader(directory, block.columns(), block.head).read(fields, out));
  return out;
}
std::vector<Row> random_rows(std::size_t rows, bool wide, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Row> out;
  for (std::size_t i = 0; i < rows; i++) out.push_back(random_row(random, wide));
  return out;
}
Field field_of(Type type) {
  for (const Field field : FieldSet::all_stored().list())
    if (info(field).type == type) return field;
  throw std::logic_error("no stored field of this type");
}

// A directory by hand, of columns that share one zstd frame.
class Handmade {
 public:
  Handmade& column(std::uint16_t wire, Type type, int coding, int base, int flags, const std::vector<std::byte>& bytes,
                   const std::vector<std::byte>& more = {}) {
    count_++;
    entries_.le(wire);
    entries_.le(static_cast<std::uint8_t>(type));
    entries_.le(static_cast<std::uint8_t>(coding));
    entries_.le(static_cast<std::uint16_t>(base));
    entries_.le(static_cast<std::uint8_t>(flags));
    if ((flags & 2) == 0) entries_.le(static_cast<std::uint32_t>(bytes.size()));
    entries_.bytes(more);
    raw_.insert(raw_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  [[nodiscard]] Block block(std::uint32_t rows) const {
    Block out;
    std::vector<std::byte> body;
    zstd_compress(raw_, 3, body);
    ByteWriter directory;
    directory.le(count_);
    directory.le(std::uint8_t{1});
    directory.le(std::uint8_t{0});
    directory.le(static_cast<std::uint32_t>(body.size()));
    directory.le(static_cast<std::uint32_t>(raw_.size()));
    directory.le(seeded_check(kStream, body));
    ByteWriter entries = entries_;
    directory.bytes(entries.view());
    out.head.stream = kStream;
    out.head.rows = rows;
    out.head.raw = static_cast<std::uint32_t>(raw_.size());
    out.head.directory = static_cast<std::uint32_t>(directory.size());
    out.head.stored = static_cast<std::uint32_t>(directory.size() + body.size());
    out.bytes = directory.buffer();
    out.bytes.insert(out.bytes.end(), body.begin(), body.end());
    return out;
  }

 private:
  std::uint16_t count_ = 0;
  ByteWriter entries_;
  std::vector<std::byte> raw_;
};
bool is_corrupt(const Result<Batch>& batch) { return !batch && batch.error().code == Errc::corrupt; }

}  // namespace

TEST_CASE("every type and shape of column survives a block of every size") {
  std::mt19937_64 random(1);
  for (const Type type : kStoredTypes)
    for (const std::size_t rows : {1u, 2u, 1000u, 16'384u}) {
      const Field field = field_of(type);
      std::vector<Column> columns;
      with_type(type, [&]<class T>() {
        if constexpr (!std::is_same_v<T, double>) {
          columns.push_back(Column::constant<T>(value_for<T>(Values::any, 0, random)));
          for (const Form form : kForms) columns.push_back(column_for<T>(form, Values::any, rows, random));
        }
      });
      for (const Column& column : columns) {
        Batch batch(rows);
        batch.set(field, column);
        const auto back = read_back(block_of(batch));
        CAPTURE(info(field).name, rows, static_cast<int>(column.shape()));
        REQUIRE(back);
        REQUIRE(back->rows() == rows);
        REQUIRE(same_column(column, (*back)[field], rows));
        CHECK(present_fields(*back) == FieldSet{field});
      }
    }
}

TEST_CASE("a directory knows whether a column has one value for all rows") {
  Batch batch(2);
  batch.set(Field::proto, Column::constant<std::uint16_t>(6));
  batch.set(Field::sport, Column::flat<std::uint16_t>({1, 2}));
  batch.set(Field::dport, Column::flat<std::uint16_t>({80, 80}));
  batch.set(Field::spkts, Column::flat<std::uint64_t>({7, 0}, {1, 0}));
  const Block block = block_of(batch);
  const auto directory = BlockDirectory::parse(block.directory(), block.head);
  REQUIRE(directory);
  CHECK((directory->same(Field::proto) && directory->same(Field::dport) && directory->same(Field::saddr)));
  CHECK_FALSE((directory->same(Field::sport) || directory->same(Field::spkts) || directory->same(Field::pkts)));
}

TEST_CASE("random records of every field read back, in shared and in separate columns") {
  for (const bool wide : {false, true})
    for (const std::size_t rows : {1u, 3u, 100u, 3000u}) {
      const auto all = random_rows(rows, wide, rows);
      for (const Batch& batch : {batch_of(all), with_dictionaries(batch_of(all))}) {
        const Block block = block_of(batch);
        CAPTURE(rows, wide);
        const auto directory = BlockDirectory::parse(block.directory(), block.head);
        REQUIRE(directory);
        CHECK(directory->shared() == (block.head.raw < kSharedBelow));
        const auto back = read_back(block);
        REQUIRE(back);
        REQUIRE(rows_of(*back) == all);
      }
    }
}

TEST_CASE("a block without rows or without columns reads back") {
  CHECK(read_back(block_of(Batch(0)))->rows() == 0);
  CHECK(read_back(block_of(Batch(5)))->rows() == 5);
}

TEST_CASE("only the fields asked for are read, bases of others included") {
  for (const std::size_t rows : {50u, 3000u}) {
    const auto all = random_rows(rows, true, 5);
    const Block block = block_of(batch_of(all));
    const auto directory = BlockDirectory::parse(block.directory(), block.head);
    REQUIRE(directory);
    for (const Field field : FieldSet::all_stored().list()) {
      const auto back = read_back(block, {field});
      REQUIRE(back);
      CHECK((present_fields(*back) == FieldSet{field} || present_fields(*back).empty()));
      for (std::size_t i = 0; i < rows; i += 7) REQUIRE(row_of(*back, i) == all[i].only({field}));
    }
  }
}

TEST_CASE("damage in a column that nobody asks for does not matter, in the one asked for it does") {
  const auto all = random_rows(3000, true, 6);
  Block block = block_of(batch_of(all));
  const auto directory = BlockDirectory::parse(block.directory(), block.head);
  REQUIRE(directory);
  REQUIRE_FALSE(directory->shared());
  const ColumnEntry* hit = nullptr;
  for (const ColumnEntry& entry : directory->entries())
    if (entry.wire == info(Field::sbytes).wire) hit = &entry;
  REQUIRE(hit != nullptr);
  block.bytes[block.head.directory + hit->offset + hit->stored / 2] ^= std::byte{4};
  CHECK(is_corrupt(read_back(block, {Field::sbytes})));
  CHECK(read_back(block, {Field::dbytes, Field::stime}));
}

TEST_CASE("the directory knows the range of values in a dictionary") {
  const auto words = std::make_shared<const std::vector<std::uint64_t>>(std::vector<std::uint64_t>{1000, 10, 500});
  for (const std::vector<std::uint32_t>& codes : {std::vector<std::uint32_t>{1, 0, 2}, {0, 1, 2}, {2, 0, 1}}) {
    Batch batch(3);
    batch.set(Field::spkts, Column::dictionary<std::uint64_t>(codes, words));
    const Block block = block_of(batch);
    const auto directory = BlockDirectory::parse(block.directory(), block.head);
    REQUIRE(directory);
    CHECK((directory->range(Field::spkts)->least == 10 && directory->range(Field::spkts)->most == 1000));
  }
}

TEST_CASE("the directory knows ranges of values and which addresses there are") {
  std::vector<Row> rows;
  for (unsigned i = 1; i <= 100; i++) {
    Row one = row().with(Field::stime, kSecond * i).with(Field::spkts, i * 10).with(Field::proto, 17);
    one.with(Field::saddr, Address::from_mac(i));
    if (i % 2 == 0) one.with(Field::sport, 1000 + i);
    rows.push_back(one);
  }
  const Block block = block_of(batch_of(rows));
  const auto directory = BlockDirectory::parse(block.directory(), block.head);
  REQUIRE(directory);
  const auto times = directory->range(Field::stime);
  REQUIRE(times);
  CHECK((times->least == ordered_image(kSecond) && times->most == ordered_image(100 * kSecond)));
  CHECK((times->any && !times->absent));
  CHECK((directory->range(Field::spkts)->least == 10 && directory->range(Field::spkts)->most == 1000));
  CHECK((directory->range(Field::proto)->least == 17 && directory->range(Field::proto)->most == 17));
  CHECK((directory->range(Field::sport)->least == 1002 && directory->range(Field::sport)->absent));
  CHECK((!directory->range(Field::dport)->any && directory->range(Field::dport)->absent));
  CHECK(directory->range(Field::saddr)->most == ordered_image(Address::from_mac(100)));
  unsigned false_yes = 0;
  for (unsigned i = 1; i <= 100; i++) CHECK(directory->may_contain(Field::saddr, Address::from_mac(i)));
  for (unsigned i = 101; i <= 1100; i++) false_yes += directory->may_contain(Field::saddr, Address::from_mac(i));
  CHECK(false_yes < 150);
}

TEST_CASE("a column that grew a wire number this build does not know is passed over") {
  const Block block = Handmade()
                          .column(6000, Type::u8, 77, 0, 0, raw({1, 2, 3}))
                          .column(info(Field::sttl).wire, Type::u8, 1, 0, 0, raw({60, 1, 4, 5}))
                          .column(6001, Type::bytes, 0, 0, 2, {}, raw({2, 'h', 'i'}))
                          .block(2);
  const auto back = read_back(block);
  REQUIRE(back);
  CHECK(rows_of(*back) == std::vector<Row>{row().with(Field::sttl, 64), row().with(Field::sttl, 65)});
}

TEST_CASE("a directory cut or changed anywhere is corrupt or means a block, not a crash") {
  const auto all = random_rows(40, true, 8);
  for (const std::size_t rows : {40u, 2000u}) {
    const Block good = block_of(batch_of(rows == 40 ? all : random_rows(rows, true, 9)));
    for (std::size_t size = 0; size < good.head.directory; size++)
      REQUIRE_FALSE(BlockDirectory::parse(good.directory().first(size), good.head));
    std::mt19937_64 random(10);
    for (int round = 0; round < 3000; round++) {
      Block hit = good;
      for (std::uint64_t i = random() % 3 + 1; i != 0; i--)
        hit.bytes[random() % hit.head.directory] = static_cast<std::byte>(random());
      const auto back = read_back(hit, {Field::stime, Field::ltime, Field::saddr, Field::srcid, Field::dursq});
      if (!back) REQUIRE(back.error().code == Errc::corrupt);
    }
  }
}

TEST_CASE("a directory that contradicts itself or its frame is corrupt") {
  const std::uint16_t ttl = info(Field::sttl).wire;
  const Block good = Handmade().column(ttl, Type::u8, 1, 0, 0, raw({60, 1, 4, 5})).block(2);
  REQUIRE(read_back(good));
  Block other = good;
  other.head.raw++;
  CHECK(is_corrupt(read_back(other)));
  other = good;
  other.head.stored++;
  CHECK(is_corrupt(read_back(other)));
  other = good;
  other.head.rows = 3;
  CHECK(is_corrupt(read_back(other)));
  CHECK(is_corrupt(read_back(Handmade().column(ttl, Type::u16, 1, 0, 0, raw({60, 0, 1, 4, 5})).block(2))));
  CHECK(is_corrupt(read_back(Handmade().column(ttl, Type::f64, 1, 0, 0, raw({60, 1, 4, 5})).block(2))));
  CHECK(is_corrupt(read_back(Handmade().column(ttl, Type::u8, 3, ttl, 0, raw({1, 4, 5})).block(2))));  // its own base
  CHECK(is_corrupt(read_back(Handmade().column(ttl, Type::u8, 3, 999, 0, raw({1, 4, 5})).block(2))));  // no such base
}

TEST_CASE("a time that cannot be is corrupt, wherever it stands") {
  const auto is_read = [](Nanos time, bool constant) {
    Batch batch(2);
    batch.set(Field::stime, constant ? Column::constant<Nanos>(time) : Column::flat<Nanos>({kSecond, time}));
    return static_cast<bool>(read_back(block_of(batch)));
  };
  for (const bool constant : {false, true}) {
    for (const Nanos time : {kTimeLeast, Nanos{0}, kTimeMost}) CHECK(is_read(time, constant));
    for (const Nanos time : {INT64_MIN, kTimeLeast - 1, kTimeMost + 1, INT64_MAX}) CHECK_FALSE(is_read(time, constant));
  }
  // A range that says otherwise does not help.
  const auto stored = [](Nanos time) {
    std::vector<std::byte> bytes = raw({0, 0, 0, 0, 0, 0, 0, 0, 0});
    for (std::size_t i = 0; i < 8; i++) bytes[i] = static_cast<std::byte>(static_cast<std::uint64_t>(time) >> (8 * i));
    return Handmade().column(info(Field::ltime).wire, Type::i64, 1, 0, 0, bytes).block(2);
  };
  CHECK(read_back(stored(kTimeMost)));
  CHECK(is_corrupt(read_back(stored(kTimeMost + 1))));
  // Numbers that are no times may be anything.
  Batch batch(2);
  batch.set(Field::sbytes, Column::constant<std::uint64_t>(UINT64_MAX));
  CHECK(read_back(block_of(batch)));
}

TEST_CASE("a field that is listed twice is corrupt") {
  const std::uint16_t ttl = info(Field::sttl).wire;
  Handmade twice;
  for (int i = 0; i < 2; i++) twice.column(ttl, Type::u8, 1, 0, 0, raw({60, 1, 4, 5}));
  CHECK(is_corrupt(read_back(twice.block(2))));
}

TEST_CASE("a long chain of bases is refused, not followed") {
  Handmade chain;
  chain.column(7000, Type::u8, 2, 0, 0, raw({0}));
  for (int i = 1; i < 40'000; i++)
    chain.column(static_cast<std::uint16_t>(7000 + i), Type::u8, 3, 7000 + i - 1, 0, raw({0}));
  chain.column(info(Field::sttl).wire, Type::u8, 3, 7000 + 39'999, 0, raw({0}));
  CHECK(is_corrupt(read_back(chain.block(2))));
}

TEST_CASE("compressed bytes that hold more or less than they should are corrupt") {
  Block block = Handmade().column(info(Field::sttl).wire, Type::u8, 1, 0, 0, raw({60, 1, 4, 5})).block(2);
  for (const std::size_t size : {0u, 3u, 5u, 4096u, 8u << 20}) {
    std::vector<std::byte> body;
    zstd_compress(std::vector<std::byte>(size), 3, body);
    Block bomb = block;
    bomb.bytes.resize(bomb.head.directory);
    bomb.bytes.insert(bomb.bytes.end(), body.begin(), body.end());
    ByteWriter fresh;
    fresh.le(static_cast<std::uint32_t>(body.size()));
    fresh.le(bomb.head.raw);
    fresh.le(seeded_check(kStream, body));
    std::copy(fresh.view().begin(), fresh.view().end(), bomb.bytes.begin() + 4);
    bomb.head.stored = static_cast<std::uint32_t>(bomb.head.directory + body.size());
    CHECK(is_corrupt(read_back(bomb)));
  }
}

TEST_CASE("strings keep their first 255 bytes") {
  Batch batch(2);
  batch.set(Field::srcid, Column::flat<std::string>({std::string(300, 'a'), "b"}));
  const auto back = read_back(block_of(batch));
  REQUIRE(back);
  CHECK((*back)[Field::srcid].at<std::string>(0) == std::string(255, 'a'));
  batch.set(Field::srcid, Column::constant<std::string>(std::string(300, 'c')));
  CHECK((*read_back(block_of(batch)))[Field::srcid].constant_value<std::string>() == std::string(255, 'c'));
}

TEST_CASE("raw_bound is never below what a block takes") {
  for (const bool wide : {false, true})
    for (const std::size_t rows : {1u, 100u, 2000u}) {
      const Batch batch = batch_of(random_rows(rows, wide, rows + 1));
      CHECK(block_of(batch).head.raw <= raw_bound(batch));
      const Batch other = with_dictionaries(batch);
      CHECK(block_of(other).head.raw <= raw_bound(other));
    }
}
