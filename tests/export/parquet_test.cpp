#include <catch2/catch.hpp>
#include <cstring>
#include <string>
#include <vector>

#include "export/formats.h"
#include "export/memory_outlet.h"
#include "export/parquet_chunk.h"
#include "export/thrift.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/sink.h"
#include "memory_outlet.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

std::string little_endian(std::uint64_t value, std::size_t size) {
  std::string out(size, '\0');
  std::memcpy(out.data(), &value, size);
  return out;
}

}  // namespace

TEST_CASE("thrift's compact protocol: steps between fields, zigzag numbers, structures and lists") {
  ThriftWriter to;
  to.number(1, std::int32_t{-1});
  to.number(3, std::int64_t{150});
  to.text(4, "ab");
  to.boolean(5, true);
  to.begin(6);
  to.byte(1, 8);
  to.end();
  to.list(7, ThriftWriter::Kind::i32, 2);
  to.element(std::int32_t{1});
  to.element(std::int32_t{2});
  const std::string expected = {'\x15', 1,      '\x26', '\xac', '\x02', '\x18', 2, 'a', 'b', '\x11',
                                '\x1c', '\x13', 8,      0,      '\x19', '\x25', 2, 4,   0};
  CHECK(to.finished() == expected);
}

TEST_CASE("a chunk knows its nulls, its least and its most") {
  const Batch batch = batch_of({row().with(Field::spkts, 7), row(), row().with(Field::spkts, 3), row()});
  const ParquetChunk chunk = parquet_chunk(parquet_column(Field::spkts), batch);
  CHECK(chunk.nulls == 2);
  CHECK(chunk.least == little_endian(3, 8));
  CHECK(chunk.most == little_endian(7, 8));
  const ParquetChunk none = parquet_chunk(parquet_column(Field::dpkts), batch);
  CHECK(none.nulls == 4);
  CHECK_FALSE(none.least);
  CHECK(none.dictionary_size == 0);
}

TEST_CASE("a dictionary stands where values come again, and not where they do not") {
  std::vector<Row> same, different;
  for (unsigned i = 0; i < 1'000; i++) {
    same.push_back(row().with(Field::sport, i % 7));
    different.push_back(row().with(Field::sport, i));
  }
  CHECK(parquet_chunk(parquet_column(Field::sport), batch_of(same)).dictionary_size != 0);
  CHECK(parquet_chunk(parquet_column(Field::sport), batch_of(different)).dictionary_size == 0);
}

TEST_CASE("texts are ordered as bytes in the statistics") {
  const Batch batch = batch_of({row().with(Field::saddr, "9.0.0.1"), row().with(Field::saddr, "10.0.0.1")});
  const ParquetChunk chunk = parquet_chunk(parquet_column(Field::saddr), batch);
  CHECK(chunk.least == "10.0.0.1");
  CHECK(chunk.most == "9.0.0.1");
}

TEST_CASE("a file begins and ends with its mark, and its footer is as long as it says") {
  for (const std::size_t rows : {std::size_t{0}, std::size_t{3}, std::size_t{70'000}}) {
    MemoryPlace place;
    const SinkPtr sink = parquet_export(memory_outlet(place), {});
    REQUIRE(sink->begin({}));
    const Batch batch = batch_of(std::vector<Row>(1'000, tcp_row("10.0.0.1", 1, "10.0.0.2", 2)));
    for (std::size_t at = 0; at < rows; at += 1'000) REQUIRE(sink->write(rows < 1'000 ? batch_of({row()}) : batch));
    REQUIRE(sink->finish());
    const std::string file = place.whole();
    CHECK(file.starts_with("PAR1"));
    CHECK(file.ends_with("PAR1"));
    std::uint32_t footer = 0;
    std::memcpy(&footer, file.data() + file.size() - 8, 4);
    CHECK((rows == 0 ? footer + 12 == file.size() : footer + 12 < file.size()));
  }
}
