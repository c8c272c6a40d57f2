// Pages of docs for a terminal.
#include <algorithm>

#include "argus/markdown.h"
#include "base/text.h"

namespace argus {

namespace {

constexpr std::size_t kLineColumns = 80, kLastColumnLeast = 24;

std::string inline_plain(std::string_view line) {
  std::string out;
  for (const Inline& piece : inlines_of(line)) out += piece.text;
  return out;
}

// Each row below its first cell, the others a line each, where there is no room for them side by side.
void append_stacked(const std::vector<std::vector<std::string>>& rows, std::string& out) {
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); i++) {
      if (row[i].empty()) continue;
      const std::size_t indent = i == 0 ? 2 : 6;
      out.append(indent, ' ');
      append_wrapped(row[i], indent, out);
    }
}

void append_table(std::vector<std::vector<std::string>> rows, std::string& out) {
  std::vector<std::size_t> widths;
  for (auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); i++) {
      row[i] = inline_plain(row[i]);
      widths[i] = std::max(widths[i], screen_width(row[i]));
    }
  }
  std::size_t before_last = 2;
  for (std::size_t i = 0; i + 1 < widths.size(); i++) before_last += widths[i] + 2;
  if (before_last + kLastColumnLeast > kLineColumns) return append_stacked(rows, out);
  for (const auto& row : rows) {
    std::size_t column = 2;
    out += "  ";
    for (std::size_t i = 0; i + 1 < row.size(); i++) {
      out += row[i];
      out.append(widths[i] + 2 - screen_width(row[i]), ' ');
      column += widths[i] + 2;
    }
    if (!row.empty()) append_wrapped(row.back(), column, out);
  }
}

}  // namespace

void append_wrapped(std::string_view text, std::size_t indent, std::string& out) {
  std::size_t column = indent;
  bool fresh = true;
  for (const std::string_view word : split_words(text, " ")) {
    const std::size_t width = screen_width(word);
    if (!fresh && column + 1 + width > kLineColumns) {
      out += '\n';
      out.append(indent, ' ');
      column = indent;
      fresh = true;
    }
    if (!fresh) out += ' ', column++;
    out += word;
    column += width;
    fresh = false;
  }
  out += '\n';
}

std::string plain_text(std::string_view markdown, std::string_view section) {
  const std::string_view part = section_of(markdown, section);
  if (part.empty()) return {};
  std::string out(section);
  if (!section.empty()) out += '\n';
  for (const Block& block : blocks_of(part)) {
    if (block.spaced && !out.empty()) out += '\n';
    switch (block.kind) {
      case Block::Kind::heading: out += inline_plain(block.text) + '\n'; break;
      case Block::Kind::paragraph: append_wrapped(inline_plain(block.text), 0, out); break;
      case Block::Kind::item:
        out += block.mark + " ";
        append_wrapped(inline_plain(block.text), block.mark.size() + 1, out);
        break;
      case Block::Kind::table: append_table(block.rows, out); break;
      case Block::Kind::code: out += block.text; break;
    }
  }
  return out;
}

}  // namespace argus
