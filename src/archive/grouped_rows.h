// Rows of a batch that are alike in some columns.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock_span.h"
#include "flow/column.h"

namespace argus {

// Which of `count` groups each row belongs to, numbered by their first rows. Empty `of`: all rows in group 0.
struct RowGroups {
  std::vector<std::uint32_t> of;
  std::uint32_t count = 1;

  // Divides them further by the values of a column (absent is a value), or by the span in which a time is.
  void divide(const Column& column, std::size_t rows);
  void divide(const Column& times, std::size_t rows, ClockSpans& spans);
  // The rows of each group, in order.
  [[nodiscard]] std::vector<std::vector<std::uint32_t>> rows(std::size_t all) const;

 private:
  void divide(const std::vector<std::uint32_t>& codes);
};

}  // namespace argus
