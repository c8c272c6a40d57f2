#include "top/keys.h"

#include <algorithm>
#include <array>

namespace argus {

namespace {

KeyPress typed(char32_t c) { return {KeyCode::text, c}; }
KeyPress control(char letter) { return typed(static_cast<char32_t>(letter & 0x1f)); }
KeyPress special(KeyCode code) { return {code}; }

std::vector<KeyPress> digits() {
  std::vector<KeyPress> out;
  for (char32_t c = U'1'; c <= U'9'; c++) out.push_back(typed(c));
  return out;
}

const std::vector<TopKey>& table() {
  using enum TopAction;
  static const std::vector<TopKey> keys = {
      {up, "Up", "one row up", {special(KeyCode::up), special(KeyCode::wheel_up)}},
      {down, "Down j", "one row down", {special(KeyCode::down), special(KeyCode::wheel_down), typed('j')}},
      {page_up, "PgUp ^B ^U", "one screen up", {special(KeyCode::page_up), control('B'), control('U')}},
      {page_down, "PgDn ^F ^D", "one screen down", {special(KeyCode::page_down), control('F'), control('D')}},
      {first, "Home", "the first row", {special(KeyCode::home)}},
      {last, "End G", "the last row", {special(KeyCode::end), typed('G')}},
      {open, "Enter", "details of the row", {special(KeyCode::enter)}, "open"},
      {sort_left, "<", "sort one column left", {typed('<')}},
      {sort_right, ">", "sort one column right", {typed('>')}},
      {sort, "s", "sort by: pkts, 2s, ...", {typed('s')}, "sort"},
      {reverse, "r v", "reverse the order", {typed('r'), typed('v')}},
      {key, "k", "group by: saddr/24, ...", {typed('k')}, "key"},
      {favourite, "1-9", "one of the usual keys", digits()},
      {filter, "/", "filter what is shown", {typed('/')}, "filter"},
      {columns, "c", "columns: +state -trans", {typed('c')}},
      {unit, "u", "bits, bytes, packets", {typed('u')}},
      {names, "n", "names or numbers", {typed('n')}},
      {measure, "t", "what share is of", {typed('t')}},
      {zero, "z", "totals from zero", {typed('z')}},
      {pause, "p P Space", "pause; counting goes on", {typed('p'), typed('P'), typed(' ')}, "pause"},
      {slower, "+", "draw less often", {typed('+')}},
      {faster, "-", "draw more often", {typed('-')}},
      {graph, "g", "graph of 2 minutes", {typed('g')}, "graph"},
      {ends, "d", "source, target, both", {typed('d')}},
      {trend, "b", "bars, or the last 40 s", {typed('b')}},
      {save, "w", "save what is shown", {typed('w')}, "save"},
      {row_filter, "y", "the row as a filter", {typed('y')}},
      {command, ":", "as ratop: f m P s T u w", {typed(':')}},
      {help, "? h F1", "these keys", {typed('?'), typed('h'), special(KeyCode::f1)}, "help"},
      {redraw, "^L", "draw all anew", {control('L')}},
      {suspend, "^Z", "to the shell; fg: back", {}},
      {quit, "q", "end", {typed('q')}, "quit"},
  };
  return keys;
}

}  // namespace

std::span<const TopKey> top_keys() { return table(); }

std::optional<TopAction> top_action(const KeyPress& press) {
  for (const TopKey& key : table())
    for (const KeyPress& one : key.presses)
      if (one.code == press.code && one.text == press.text) return key.action;
  return std::nullopt;
}

std::vector<std::string> top_key_lines() {
  std::size_t width = 0;
  for (const TopKey& key : table()) width = std::max(width, key.shown.size());
  std::vector<std::string> out;
  for (const TopKey& key : table()) out.push_back(fmt::format("{:<{}}  {}", key.shown, width, key.says));
  return out;
}

std::span<const std::string_view> favourite_keys() {
  static constexpr std::array<std::string_view, 9> kKeys = {"saddr daddr proto dport",
                                                            "proto saddr sport daddr dport",
                                                            "saddr",
                                                            "daddr",
                                                            "proto dport",
                                                            "saddr daddr",
                                                            "matrix",
                                                            "saddr/24 daddr/24",
                                                            "srcid"};
  return kKeys;
}

}  // namespace argus
