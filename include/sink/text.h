// Records as text: tables, separated values, JSON lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/sink.h"

namespace argus {

struct ColumnSpec {
  Field field;
  int width = 0;            // at least; 0: by content
  std::size_t stays = 0;    // where a terminal is too narrow for all, columns of the lowest number stay; 0: of -s
  std::string format = {};  // of values, as value_format.h takes it; empty: as ever
};

// -s words over a default list: "saddr" starts a list of its own, "+dur" appends, "+2saddr" inserts as second where the
// first place is 1, "-bytes" removes, "saddr:18" has a width, "dur:9:%.2f" a format too. Words may hold commas. Usage
// error for an unknown field.
[[nodiscard]] Result<std::vector<ColumnSpec>> parse_columns(const std::vector<std::string>& words,
                                                            const std::vector<std::string>& defaults,
                                                            std::size_t first_place = 1);
[[nodiscard]] const std::vector<std::string>& default_columns();  // of show and sort on meter records
[[nodiscard]] const std::vector<std::string>& classic_columns();  // of everything under a classic name

// The words over columns: the names of the fields, or those of the classic programs without and with -M rmon.
enum class Headings : std::uint8_t { own, classic, rmon };
[[nodiscard]] std::string_view classic_heading(Field field);  // "" where the classic has no such field

// What the column of the state says of TCP: its name, the letters of what happened ("sSEfF"), or the flags that were
// seen of both sides or one ("SPA_FSPA").
enum class StateLook : std::uint8_t { name, changes, flags, source_flags, destination_flags };
[[nodiscard]] std::vector<std::string> state_look_words();  // "name", "changes" ...
// "changes", or as the classic -z and -Z say it: "z". Usage error otherwise.
[[nodiscard]] Result<StateLook> parse_state_look(const std::string& text);

struct TextOptions {
  std::vector<std::string> column_words;  // -s, resolved over `defaults`
  std::vector<std::string> defaults;      // the stream's own columns, or default_columns()
  std::size_t first_place = 1;            // where "+2saddr" counts from
  TextStyle style;
  StateLook state = StateLook::name;
  Headings headings = Headings::own;  // not own: tables look like the classic's; CSV and JSON have their own always
  std::string separator;              // -c X: no padding, values quoted where X occurs; empty: an aligned table
  int header_every = 0;               // -L: 0 once, n > 0 every n lines, -1 none
  bool guarded = false;      // in separated text, words that a spreadsheet would take for a formula begin with '
  std::string zone;          // of times, said once in the heading of a table; empty: not said
  int screen_width = 0;      // columns of the terminal that a table is to fit; 0: it is as wide as it is
  bool wide = false;         // it is, on a terminal too
  bool resolved = false;     // names of hosts are wanted: style.hosts has them
  bool exact_times = false;  // how times look was asked for: to fit, they do not lose their fractions
  bool coloured = false;     // the heading of a table, and losses, stand out
};

// Exact styles for programs: times RFC 3339 in UTC (or epoch seconds when asked), nine digits, ports as numbers,
// protocols by name unless protocols are wanted as numbers.
[[nodiscard]] TextStyle exact_style(const TextStyle& style);

// A column's heading in a table; the first one of times names their zone, and `zone` is empty after it.
[[nodiscard]] std::string table_heading(Field field, std::string& zone);

// The word from `start` on, behind an apostrophe where it begins with = + - or @. For words that come from outside.
void guard_formula(std::size_t start, std::string& out);

// `out` is kept open for the life of the sink. Tables, and text separated as -c says, are in the style given; CSV and
// JSON are exact: ports always numbers, times RFC 3339 UTC with 9 digits unless the style says epoch (seconds with 9
// digits, in JSON a string: a double would lose some).
#define TEXT_SINK(name, sink, ...) [[nodiscard]] SinkPtr sink##_sink(File& out, TextOptions options);
#include "sink/sinks.def"

// The columns a sink will print need fields; known before begin() only from -s words and the defaults given.
[[nodiscard]] FieldSet fields_of(const std::vector<ColumnSpec>& columns);

}  // namespace argus
