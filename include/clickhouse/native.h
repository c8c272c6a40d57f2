// Rows as ClickHouse's FORMAT Native has them, as servers read and write it over HTTP: blocks of columns, one after
// the other, little-endian, each column with its name and type; of a type that may be NULL first a byte a row, 1 for
// NULL.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "clickhouse/dialect.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"

namespace argus {

// Rows to be inserted, and where each comes from.
struct OriginRows {
  Batch batch;
  std::uint64_t stream = 0, frame = 0;
  std::vector<std::uint64_t> seq;  // one a row
};

// One block of all these rows in their order, with the columns of `fields`, stored ones.
[[nodiscard]] std::vector<std::byte> encode_native(std::span<const OriginRows> pieces, const FieldSet& fields,
                                                   const Dialect& dialect);
// The fields that some row has.
[[nodiscard]] FieldSet fields_of(std::span<const OriginRows> pieces);
// What stands between INSERT INTO the table and VALUES or FORMAT: "(stream, seq, frame, `stime`)".
[[nodiscard]] std::string native_columns(const FieldSet& fields);

// What is read is not vouched for: all of these bound what a block may take.
inline constexpr std::uint64_t kNativeColumnsMax = 256;
inline constexpr std::uint64_t kNativeRowsMax = 4u << 20;     // of a block
inline constexpr std::uint64_t kNativeBytesMax = 192u << 20;  // of a block
inline constexpr std::uint64_t kNativeTextMax = 64 * 1024;    // of a name, a type or a value

struct NativeColumn {
  std::string name;
  Column column;  // with the smallest fitting shape
};
struct NativeBlock {
  std::size_t rows = 0;
  std::vector<NativeColumn> columns;
};

// Reads blocks from whatever gives bytes: some, at least one, or 0 at the end.
class NativeReader {
 public:
  using ReadBytes = std::function<Result<std::size_t>(std::span<std::byte>)>;
  explicit NativeReader(ReadBytes read) : read_(std::move(read)) {}

  // False at the end. Errc::corrupt for bytes that are no block, or cut; Errc::limit for a block that is too large.
  // Text of a server that failed in the middle of its answer is an error of its own (server_error).
  [[nodiscard]] Result<bool> next(NativeBlock& out);
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }  // read so far

 private:
  [[nodiscard]] Result<bool> fill(std::size_t wanted);
  [[nodiscard]] Result<> take(void* to, std::size_t n);
  [[nodiscard]] Result<std::uint64_t> number();
  [[nodiscard]] Result<std::string> text(std::string_view what);
  [[nodiscard]] Result<> spend(std::uint64_t n);
  [[nodiscard]] Error told_error();
  [[nodiscard]] Result<Column> column(std::string_view type, std::size_t rows);
  template <class T>
  [[nodiscard]] Result<Column> values(std::size_t rows, Column::Mask mask);
  template <class T>
  [[nodiscard]] Result<> take_values(std::vector<T>& to, std::size_t rows);

  ReadBytes read_;
  std::vector<std::byte> held_;
  std::size_t at_ = 0;
  std::uint64_t bytes_ = 0, block_bytes_ = 0;
};

}  // namespace argus
