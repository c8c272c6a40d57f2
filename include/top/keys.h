// The keys of `top`: one table, from which the screen, its help, `argus help top` and the page are made.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "draw/screen.h"

namespace argus {

enum class TopAction : std::uint8_t {
  up,
  down,
  page_up,
  page_down,
  first,
  last,
  open,
  sort_left,
  sort_right,
  sort,
  reverse,
  key,
  favourite,
  filter,
  columns,
  unit,
  names,
  measure,
  zero,
  pause,
  slower,
  faster,
  graph,
  ends,
  trend,
  save,
  row_filter,
  command,
  help,
  redraw,
  suspend,
  quit,
};

struct TopKey {
  TopAction action;
  std::string_view shown;         // "PgDn ^F ^D"
  std::string_view says;          // what it does
  std::vector<KeyPress> presses;  // what is typed; empty: the terminal makes a signal of it (Ctrl-Z)
  std::string_view hint = {};     // its word in the last line of the screen; empty: not there
};

[[nodiscard]] std::span<const TopKey> top_keys();
[[nodiscard]] std::optional<TopAction> top_action(const KeyPress& press);
// "keys  what they do", a line each.
[[nodiscard]] std::vector<std::string> top_key_lines();

// What the keys 1 to 9 group by.
[[nodiscard]] std::span<const std::string_view> favourite_keys();

}  // namespace argus
