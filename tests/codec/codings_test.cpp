#include "codec/codings.h"

#include <catch2/catch.hpp>

#include "base/result.h"
#include "codec/columns.h"
#include "flow/column.h"
#include "flow/type.h"
#include "support/bytes.h"

using namespace argus;

namespace {

bool refused(Coding coding, Type type, bool has_absent, const std::vector<std::byte>& bytes, std::size_t rows,
             const Column* base = nullptr) {
  const auto column = decode_column(coding, type, has_absent, bytes, rows, base);
  return !column && column.error().code == Errc::corrupt;
}

std::vector<std::byte> first(const std::vector<std::byte>& bytes, std::size_t size) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
}

}  // namespace

TEST_CASE("every type and shape of column reads back at every size") {
  std::mt19937_64 random(1);
  for (const Type type : kStoredTypes)
    for (const Form form : kForms)
      for (const Values values : kValues)
        for (const std::size_t rows : {1u, 2u, 7u, 1000u, 16'384u}) {
          if (rows > 1000 && values == Values::few) continue;
          CAPTURE(static_cast<int>(type), static_cast<int>(form), static_cast<int>(values), rows);
          const Column column = with_type(type, [&]<class T>() -> Column {
            if constexpr (std::is_same_v<T, double>) return {};
            else return column_for<T>(form, values, rows, random);
          });
          const CodedColumn coded = encode_column(column, rows, nullptr);
          const auto back = decode_column(coded.coding, type, !column.mask().empty(), coded.bytes, rows, nullptr);
          REQUIRE(back);
          REQUIRE(same_column(column, *back, rows));
        }
}

TEST_CASE("each coding reads back what it takes of every type and shape, with a base and without") {
  std::mt19937_64 random(7);
  for (const CodingInfo& coding : all_codings()) {
    std::size_t taken = 0;
    for (const Type type : kStoredTypes)
      for (const Form form : kForms)
        for (const Values values : kValues)
          for (const std::size_t rows : {1u, 7u, 1000u}) {
            CAPTURE(coding.name, static_cast<int>(type), static_cast<int>(form), static_cast<int>(values), rows);
            const auto made = with_type(type, [&]<class T>() -> std::pair<Column, Column> {
              if constexpr (std::is_same_v<T, double>) return {};
              else return {column_for<T>(form, values, rows, random), column_for<T>(form, values, rows, random)};
            });
            for (const Column* base : {static_cast<const Column*>(nullptr), &made.second}) {
              if (base == nullptr && coding.has_base) continue;
              const auto coded = encode_column(coding, made.first, rows, base);
              if (!coded) continue;
              taken++;
              CHECK(coded->coding == coding.coding);
              const bool has_absent = !made.first.mask().empty();
              const auto back = decode_column(coding.coding, type, has_absent, coded->bytes, rows, base);
              REQUIRE(back);
              REQUIRE(same_column(made.first, *back, rows));
              if (rows > 7) continue;
              for (std::size_t size = 0; size < coded->bytes.size(); size++)
                REQUIRE(refused(coding.coding, type, has_absent, first(coded->bytes, size), rows, base));
            }
          }
    CAPTURE(coding.name);
    CHECK(taken != 0);
  }
}

TEST_CASE("a coding has one row, and a number that no row has is refused") {
  for (const CodingInfo& coding : all_codings()) CHECK(find_coding(coding.coding) == &coding);
  for (unsigned number = 0; number < 256; number++)
    if (find_coding(static_cast<Coding>(number)) == nullptr)
      CHECK(refused(static_cast<Coding>(number), Type::u8, false, raw({0, 0}), 2));
}

TEST_CASE("differences from a base read back, also where the base is absent, constant or a dictionary") {
  std::mt19937_64 random(2);
  constexpr std::size_t kRows = 500;
  for (const Type type : {Type::u8, Type::u16, Type::u32, Type::u64, Type::i64})
    with_type(type, [&]<class T>() {
      if constexpr (std::is_integral_v<T>) {
        const auto check = [&](const Column& base) {
          const Flat<T> values = flat<T>(base, kRows);
          std::vector<T> near(kRows);
          for (std::size_t i = 0; i < kRows; i++)
            near[i] = static_cast<T>(static_cast<std::make_unsigned_t<T>>(values.values[i]) + random() % 2);
          const Column column = Column::flat<T>(std::move(near));
          const CodedColumn coded = encode_column(column, kRows, &base);
          const auto back = decode_column(coded.coding, type, false, coded.bytes, kRows, &base);
          REQUIRE(back);
          CHECK(same_column(column, *back, kRows));
          return coded.coding;
        };
        CAPTURE(static_cast<int>(type));
        CHECK(check(column_for<T>(Form::flat, Values::any, kRows, random)) == Coding::difference);
        CHECK(check(column_for<T>(Form::masked, Values::any, kRows, random)) == Coding::difference);
        CHECK(check(column_for<T>(Form::dictionary, Values::any, kRows, random)) == Coding::difference);
        check(Column::constant<T>(std::numeric_limits<T>::max()));
        check(column_for<T>(Form::flat, Values::extremes, kRows, random));
      }
    });
}

TEST_CASE("the coding follows the values") {
  std::vector<std::int64_t> rising;
  std::vector<std::uint32_t> close;
  for (std::uint32_t i = 0; i < 1000; i++) rising.push_back(i * 1000), close.push_back(1u << 30 | (i * 7919) % 200);
  CHECK(encode_column(Column::flat<std::int64_t>(std::move(rising)), 1000, nullptr).coding == Coding::delta);
  const CodedColumn planes = encode_column(Column::flat<std::uint32_t>(std::move(close)), 1000, nullptr);
  CHECK(planes.coding == Coding::planes);
  CHECK(planes.bytes.size() == 4 + 1 + 1000);  // a byte a value above the least
}

TEST_CASE("whole microseconds and milliseconds take no room for the digits they do not have") {
  constexpr std::size_t kRows = 1000;
  constexpr std::int64_t kStart = 1'700'000'000'000'000'000;
  std::mt19937_64 random(5);
  const auto size_of = [&](std::int64_t unit, const Column* base) {
    std::vector<std::int64_t> times(kRows);
    for (auto& t : times) t = kStart + (static_cast<std::int64_t>(random() % 200) - 100) * unit;
    const Column column = Column::flat<std::int64_t>(std::move(times));
    const CodedColumn coded = encode_column(column, kRows, base);
    const auto back = decode_column(coded.coding, Type::i64, false, coded.bytes, kRows, base);
    REQUIRE(back);
    CHECK(same_column(column, *back, kRows));
    return coded.bytes.size();
  };
  const Column base = Column::constant<std::int64_t>(kStart);
  for (const std::int64_t unit : {1, 1'000, 1'000'000}) {
    CHECK(size_of(unit, nullptr) == 8 + 1 + kRows);
    CHECK(size_of(unit, &base) <= 8 + 1 + kRows);
  }
  CHECK(size_of(1'001, nullptr) == 8 + 1 + 3 * kRows);
}

TEST_CASE("one odd nanosecond among whole milliseconds reads back, and so do the ends of time") {
  const std::vector<std::int64_t> samples[] = {
      {0, 1'000'000, 2'000'000, 5'000'001},
      {INT64_MIN, 0, INT64_MAX},
      {INT64_MIN / 1'000'000 * 1'000'000, 0, INT64_MAX / 1'000'000 * 1'000'000},
      {0, 0, 0},
  };
  for (const auto& times : samples) {
    const Column column = Column::flat<std::int64_t>(times);
    for (const std::int64_t at : {std::int64_t{0}, std::int64_t{1'000}, INT64_MIN, INT64_MAX}) {
      const Column base = Column::constant<std::int64_t>(at);
      for (const Column* against : {static_cast<const Column*>(nullptr), &base}) {
        const CodedColumn coded = encode_column(column, times.size(), against);
        const auto back = decode_column(coded.coding, Type::i64, false, coded.bytes, times.size(), against);
        REQUIRE(back);
        CHECK(same_column(column, *back, times.size()));
      }
    }
  }
}

TEST_CASE("wide numbers that repeat are listed once, counters that do not are not listed") {
  std::mt19937_64 random(6);
  constexpr std::size_t kRows = 4000;
  std::vector<std::uint64_t> macs(kRows), counts(kRows);
  for (std::size_t i = 0; i < kRows; i++) {
    macs[i] = (random() % 1000) * 0x1'0005'0321 & 0xffff'ffff'ffff;
    counts[i] = random() % 1'000'000;
  }
  CHECK(encode_column(Column::flat<std::uint64_t>(std::move(macs)), kRows, nullptr).coding == Coding::words);
  CHECK(encode_column(Column::flat<std::uint64_t>(std::move(counts)), kRows, nullptr).coding == Coding::planes);
}

TEST_CASE("a coded column cut or lengthened anywhere is corrupt, not a crash") {
  std::mt19937_64 random(3);
  constexpr std::size_t kRows = 20;
  for (const Type type : kStoredTypes)
    for (const Form form : {Form::flat, Form::masked, Form::dictionary}) {
      const Column column = with_type(type, [&]<class T>() -> Column {
        if constexpr (std::is_same_v<T, double>) return {};
        else return column_for<T>(form, Values::any, kRows, random);
      });
      const CodedColumn coded = encode_column(column, kRows, nullptr);
      const bool has_absent = !column.mask().empty();
      CAPTURE(static_cast<int>(type), static_cast<int>(form));
      for (std::size_t size = 0; size < coded.bytes.size(); size++) {
        REQUIRE(refused(coded.coding, type, has_absent, first(coded.bytes, size), kRows));
      }
      auto longer = coded.bytes;
      longer.push_back({});
      REQUIRE(refused(coded.coding, type, has_absent, longer, kRows));
    }
}

TEST_CASE("any bytes decode to a column of so many rows or are corrupt") {
  std::mt19937_64 random(4);
  const Column base = Column::constant<std::uint64_t>(9);
  for (int round = 0; round < 20'000; round++) {
    std::vector<std::byte> bytes(random() % 60);
    for (std::byte& b : bytes) b = static_cast<std::byte>(random() % 4 == 0 ? random() : random() % 4);
    const std::size_t rows = random() % 12;
    const auto type = kStoredTypes[random() % std::size(kStoredTypes)];
    const auto column = decode_column(static_cast<Coding>(random() % (all_codings().size() + 2)), type,
                                      random() % 2 == 0, bytes, rows, random() % 2 == 0 ? &base : nullptr);
    if (column) CHECK((column->type() == type && column->stored_rows() == rows));
    else CHECK(column.error().code == Errc::corrupt);
  }
}

TEST_CASE("what a coding cannot mean is refused") {
  CHECK(refused(Coding::planes, Type::bytes, false, raw({0, 0}), 2));
  CHECK(refused(Coding::planes, Type::f64, false, raw({0, 0}), 2));
  CHECK(refused(Coding::planes, Type::u8, false, raw({0, 2, 1, 1, 1, 1}), 2));  // two planes of one byte values
  CHECK(refused(Coding::delta, Type::u8, false, raw({1 << 5 | 1, 2, 2}), 2));   // a unit that bytes do not take
  CHECK(refused(Coding::delta, Type::i64, false, raw({3 << 5 | 1, 2, 2}), 2));  // a unit that is not known
  CHECK_FALSE(refused(Coding::delta, Type::i64, false, raw({2 << 5 | 1, 2, 2}), 2));
  CHECK(refused(Coding::words, Type::u64, false, raw({1, 0, 0, 0, 1 << 5 | 1, 1, 0}), 2));  // words have none
  CHECK(refused(Coding::difference, Type::u8, false, raw({1, 1, 1}), 2));                   // no base
  const Column other = Column::constant<std::uint16_t>(1);
  CHECK(refused(Coding::difference, Type::u8, false, raw({1, 1, 1}), 2, &other));
  CHECK(refused(Coding::words, Type::u8, false, raw({3, 0, 0, 0, 1, 1, 1, 1, 0}), 2));     // more words than rows
  CHECK(refused(Coding::words, Type::u8, false, raw({0, 0, 0, 0, 0, 0}), 2));              // rows without a word
  CHECK(refused(Coding::words, Type::u8, false, raw({2, 0, 0, 0, 1, 1, 1, 1, 0, 2}), 2));  // code 2 of two words
  CHECK_FALSE(refused(Coding::words, Type::u8, false, raw({2, 0, 0, 0, 1, 1, 1, 1, 0, 1}), 2));
  CHECK(refused(Coding::words, Type::bytes, false, raw({255, 255, 255, 255, 0}), 2));
}

TEST_CASE("a column whose rows are all absent reads back as that, in any coding") {
  for (const Coding coding : {Coding::words, Coding::planes, Coding::delta}) {
    const auto bytes = coding == Coding::words    ? raw({0, 0, 0, 0, 0, 0, 0})
                       : coding == Coding::planes ? raw({0, 0, 0})
                                                  : raw({0, 0});
    const auto column = decode_column(coding, Type::u8, true, bytes, 3, nullptr);
    REQUIRE(column);
    for (std::size_t i = 0; i < 3; i++) CHECK_FALSE(column->has(i));
    CHECK(flat<std::uint8_t>(*column, 3).values.size() == 3);
  }
}
