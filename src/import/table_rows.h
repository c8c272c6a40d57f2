// Rows of the text of their values, in columns that are named as they come.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/int128.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/type.h"
#include "import/rows.h"

namespace argus {

class TableRows {
 public:
  // Of the column; the same for the same field.
  [[nodiscard]] std::size_t column_of(Field field);
  [[nodiscard]] Field field_of(std::size_t column) const { return columns_[column].field; }
  // Into the row at(). False where the text is not a value of a stored field; one of a derived field is left out.
  [[nodiscard]] bool put(std::size_t column, std::string_view text);
  [[nodiscard]] std::size_t at() const { return at_; }
  void done() { at_++; }
  void undo();
  // Derived fields keep the values that they came with, unless the columns that they are derived from are there.
  [[nodiscard]] Batch take();
  // Columns of sums (pkts) without any of the fields that they are sums of (spkts, dpkts).
  [[nodiscard]] std::vector<Field> sums_alone() const;

 private:
  using Values =
      std::variant<SparseColumn<Value<Type::u8>>, SparseColumn<Value<Type::u16>>, SparseColumn<Value<Type::u32>>,
                   SparseColumn<Value<Type::u64>>, SparseColumn<Value<Type::i64>>, SparseColumn<Value<Type::u128>>,
                   SparseColumn<Value<Type::addr>>, SparseColumn<Value<Type::bytes>>, SparseColumn<Value<Type::f64>>>;
  struct Own {
    Field field;
    Values values;
  };
  [[nodiscard]] bool put_address(std::size_t column, std::string_view text);
  void put_number(std::size_t column, u128 image);
  void complete_times(Batch& batch) const;

  std::vector<Own> columns_;
  std::size_t at_ = 0;
};

}  // namespace argus
