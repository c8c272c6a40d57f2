// Flow records by column. A batch is what moves between sources, stages and sinks; written down it is a frame.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "flow/column.h"
#include "flow/field.h"

namespace argus {

inline constexpr std::size_t kBatchRowsMax = 65'536;

// The rows of a batch as a flow file holds them, for whoever writes them down unchanged. Its checksums were verified.
struct RawFrame {
  SharedBytes bytes;  // a flows frame of docs/format.md, head and all
};

// Where a batch comes from, among all batches of its source. With the number of a row it breaks every tie, so that no
// answer depends on which thread was first. A stage that only chooses among rows keeps it.
struct Ordinal {
  std::uint64_t input = 0, frame = 0;  // the input, from 0 in the order of reading; its frame, from 1
  auto operator<=>(const Ordinal&) const = default;
};

class Batch {
 public:
  Batch() = default;
  explicit Batch(std::size_t rows) : rows_(rows) {}

  [[nodiscard]] std::size_t rows() const { return rows_; }
  // A field's column as it was set; absent when nobody set it. Derived fields are asked for by column_of().
  [[nodiscard]] const Column& operator[](Field field) const { return columns_[index_of(field)]; }
  // Flat and dictionary columns must have rows() rows. A derived field that is set keeps its value in this process,
  // whatever its inputs say: a group of records has the value it was grouped by.
  void set(Field field, Column column) {
    assert(column.stored_rows() == 0 || column.stored_rows() == rows_);
    columns_[index_of(field)] = std::move(column);
    raw_frame_.reset();
  }
  [[nodiscard]] const Ordinal& ordinal() const { return ordinal_; }
  void set_ordinal(const Ordinal& ordinal) { ordinal_ = ordinal; }

  // These rows, all and nothing else, as a frame; null for most batches. A batch that has it need not have every column
  // (Source::accept_raw_frames). What sets a column or makes another batch leaves it behind.
  [[nodiscard]] const std::shared_ptr<const RawFrame>& raw_frame() const { return raw_frame_; }
  void set_raw_frame(std::shared_ptr<const RawFrame> frame) { raw_frame_ = std::move(frame); }

 private:
  std::size_t rows_ = 0;
  Ordinal ordinal_;
  std::shared_ptr<const RawFrame> raw_frame_;
  std::array<Column, kFields> columns_;
};

// The column of any field: the one that was set, or a derived one computed from its inputs.
[[nodiscard]] Column column_of(const Batch& batch, Field field);

// A stored column as merging sees it: absent rows of a seeded field (fields.def SEED) count as the seed.
[[nodiscard]] Column merge_column(const Batch& batch, Field stored);
// What merge_column(stored) reads besides the column itself.
[[nodiscard]] FieldSet merge_inputs(Field stored);

// The rows named, in that order (indices below rows(); may repeat).
[[nodiscard]] Batch gathered(const Batch& batch, std::span<const std::uint32_t> rows);

// The same flows seen from the other end: source and destination change places (a renaming of columns).
[[nodiscard]] Batch reversed(const Batch& batch);

// One batch after the other, up to kBatchRowsMax rows in all.
[[nodiscard]] Batch concatenated(std::span<const Batch> batches);

// All fields that were set and are not absent.
[[nodiscard]] FieldSet present_fields(const Batch& batch);

// About the memory that a batch holds; columns shared with other batches are counted again.
[[nodiscard]] std::size_t bytes_of(const Batch& batch);

}  // namespace argus
