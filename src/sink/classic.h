// How the classic programs head and lay out columns (classic_columns.def).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/time.h"
#include "flow/field.h"
#include "flow/sink.h"
#include "sink/text.h"

namespace argus {

// The word over a column of text that is not cut to exact values.
[[nodiscard]] std::string_view heading_of(Field field, Headings headings);
// Of a column in a classic table, at least.
[[nodiscard]] std::size_t classic_width(const ColumnSpec& column, const TimeStyle& time);
// The value written from `start` on as the classic writes it, also between the separators of -c (classic_columns.def).
void place_classic(Field field, std::size_t start, std::string& out);
// Columns of fixed widths with a blank between them, to the right but for ports, which stand behind their addresses.
// Longer values are not cut: their lines are longer.
[[nodiscard]] SinkPtr classic_table_sink(File& out, const TextOptions& options);

}  // namespace argus
