// The values of a column in a row group of a Parquet file: pages as bytes, and what the footer says of them.
// https://parquet.apache.org/docs/file-format/
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "export/cell.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/type.h"

namespace argus {

enum class ParquetForm : std::uint8_t { number, instant, text };

// Physical types, with the numbers that files have.
enum class ParquetType : std::uint8_t { int32 = 1, int64 = 2, real = 5, bytes = 6, fixed = 7 };

// Encodings, with theirs.
inline constexpr std::int32_t kParquetPlain = 0, kParquetRle = 3, kParquetDictionary = 8;

struct ParquetColumn {
  Field field = Field::stime;
  ParquetForm form = ParquetForm::number;
  Type value = Type::u8;  // of the field
  ParquetType physical = ParquetType::int32;
};
[[nodiscard]] ParquetColumn parquet_column(Field field);

inline constexpr int kParquetDecimalBytes = 16, kParquetDecimalDigits = 38;  // of ParquetType::fixed

struct ParquetChunk {
  std::string bytes;                    // pages: a dictionary where there is one, and the data
  std::uint64_t dictionary_size = 0;    // bytes of its page with its head; 0: there is none
  std::uint64_t uncompressed_size = 0;  // of all pages, with their heads
  std::uint64_t nulls = 0;
  std::optional<std::string> least, most;  // as PLAIN has them; absent where there is no value
};

// Makes chunks on any thread.
[[nodiscard]] ParquetChunk parquet_chunk(const ParquetColumn& column, const Batch& batch);

}  // namespace argus
