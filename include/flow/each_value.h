// Visiting the values of a column without making it flat.
#pragma once

#include <cstddef>

#include "flow/column.h"

namespace argus {

// Calls visit(row, value) for each of the first `rows` rows that has a value, in order. The shape is asked once, not
// per row.
template <class T, class Visit>
void each_value(const Column& column, std::size_t rows, Visit&& visit) {
  const auto& mask = column.mask();
  switch (column.shape()) {
    case Column::Shape::absent: return;
    case Column::Shape::constant: {
      const T& one = column.constant_value<T>();
      for (std::size_t i = 0; i < rows; i++) visit(i, one);
      return;
    }
    case Column::Shape::flat: {
      const auto values = column.values<T>();
      if (mask.empty()) {
        for (std::size_t i = 0; i < rows; i++) visit(i, values[i]);
      } else {
        for (std::size_t i = 0; i < rows; i++)
          if (mask[i] != 0) visit(i, values[i]);
      }
      return;
    }
    case Column::Shape::dictionary: break;
  }
  const auto codes = column.codes();
  const auto& words = column.words<T>();
  for (std::size_t i = 0; i < rows; i++)
    if (mask.empty() || mask[i] != 0) visit(i, words[codes[i]]);
}

}  // namespace argus
