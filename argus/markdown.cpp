#include "argus/markdown.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "argus/help_topics.h"
#include "base/text.h"

namespace argus {

namespace {

// The level of a heading: "## Exit status" has 2, other lines 0.
std::size_t level_of(std::string_view line) {
  const std::size_t level = std::min(line.find_first_not_of('#'), line.size());
  return level < line.size() && line[level] == ' ' ? level : 0;
}

// "-" of "- one", "12." of "12. one"; empty for other lines.
std::string_view mark_of(std::string_view line) {
  std::size_t end = 0;
  if (line.starts_with("-")) end = 1;
  else
    while (end < line.size() && is_digit(line[end])) end++;
  if (end != 0 && line[0] != '-') end = end < line.size() && line[end] == '.' ? end + 1 : 0;
  return end != 0 && end < line.size() && line[end] == ' ' ? line.substr(0, end) : std::string_view();
}

// "| a | b |" to "a" and "b".
std::vector<std::string> cells_of(std::string_view row) {
  std::vector<std::string> out;
  std::string cell;
  row.remove_prefix(1);
  for (std::size_t i = 0; i < row.size(); i++) {
    if (row[i] == '\\' && i + 1 < row.size() && row[i + 1] == '|') {
      cell += row[++i];
    } else if (row[i] == '|') {
      const auto begin = cell.find_first_not_of(' ');
      out.push_back(begin == std::string::npos ? std::string()
                                               : cell.substr(begin, cell.find_last_not_of(' ') - begin + 1));
      cell.clear();
    } else {
      cell += row[i];
    }
  }
  return out;
}

class Parser {
 public:
  void line(std::string_view text) {
    if (text.starts_with("```")) {
      fenced_ = !fenced_;
      if (fenced_) open(Block::Kind::code);
      else close();
    } else if (fenced_) {
      ((out_.back().text += "    ") += text) += '\n';
    } else if (text.empty()) {
      close();
      spaced_ = true;
    } else if (text.starts_with("<!--")) {
      close();  // of whoever edits the page
    } else if (const std::size_t level = level_of(text); level != 0) {
      Block& block = open(Block::Kind::heading);
      block.level = level;
      block.text = text.substr(level + 1);
      close();
    } else if (text.starts_with("    ") && !is(Block::Kind::item)) {
      if (!is(Block::Kind::code)) open(Block::Kind::code);
      (out_.back().text += text) += '\n';
    } else if (text.starts_with("|")) {
      if (!is(Block::Kind::table)) open(Block::Kind::table);
      const bool is_rule = text.find_first_not_of("|-: ") == std::string_view::npos;  // below the heading
      if (!is_rule || out_.back().rows.empty()) out_.back().rows.push_back(cells_of(text));
    } else {
      prose(text);
    }
  }
  std::vector<Block> finish() { return std::move(out_); }

 private:
  void prose(std::string_view text) {
    if (const std::string_view mark = mark_of(text); !mark.empty()) {
      open(Block::Kind::item).mark = mark;
      text.remove_prefix(mark.size());
    } else if (!is(Block::Kind::paragraph) && !is(Block::Kind::item)) {
      open(Block::Kind::paragraph);
    }
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    std::string& whole = out_.back().text;
    if (!whole.empty()) whole += ' ';
    whole += text;
  }
  [[nodiscard]] bool is(Block::Kind kind) const { return open_ && out_.back().kind == kind; }
  Block& open(Block::Kind kind) {
    out_.emplace_back();
    out_.back().kind = kind;
    out_.back().spaced = std::exchange(spaced_, false);
    open_ = true;
    return out_.back();
  }
  void close() { open_ = false; }

  std::vector<Block> out_;
  bool open_ = false, fenced_ = false, spaced_ = false;
};

template <class Take>
void each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    take(line);
  }
}

class InlineList {
 public:
  void add(Inline::Kind kind, std::string_view text) {
    if (out_.empty() || out_.back().kind != kind || kind != Inline::Kind::text) out_.push_back({kind, {}});
    out_.back().text += text;
  }
  // Cuts a piece off the front of the line: between two marks, a link, or a character.
  void take(std::string_view& line) {
    if (enclosed(line, "`", Inline::Kind::code) || enclosed(line, "**", Inline::Kind::strong) ||
        enclosed(line, "*", Inline::Kind::emphasis) || link(line))
      return;
    add(Inline::Kind::text, line.substr(0, 1));
    line.remove_prefix(1);
  }
  std::vector<Inline> finish() { return std::move(out_); }

 private:
  bool enclosed(std::string_view& line, std::string_view mark, Inline::Kind kind) {
    if (!line.starts_with(mark) || line.substr(mark.size()).starts_with(' ')) return false;
    const auto end = line.find(mark, mark.size());
    if (end == std::string_view::npos) return false;
    add(kind, line.substr(mark.size(), end - mark.size()));
    line.remove_prefix(end + mark.size());
    return true;
  }
  bool link(std::string_view& line) {
    const auto middle = line.starts_with('[') ? line.find("](") : std::string_view::npos;
    const auto end = middle == std::string_view::npos ? middle : line.find(')', middle);
    if (end == std::string_view::npos) return false;
    const std::string text = link_text(line.substr(1, middle - 1));
    for (Inline& piece : inlines_of(text)) add(piece.kind, piece.text);
    line.remove_prefix(end + 1);
    return true;
  }

  std::vector<Inline> out_;
};

}  // namespace

std::vector<Block> blocks_of(std::string_view markdown) {
  Parser parser;
  each_line(markdown, [&](std::string_view line) { parser.line(line); });
  return parser.finish();
}

std::string_view section_of(std::string_view markdown, std::string_view heading) {
  if (heading.empty()) return markdown;
  std::size_t level = 0, begin = markdown.size(), at = 0;
  std::optional<std::size_t> end;
  bool code = false;
  each_line(markdown, [&](std::string_view line) {
    const std::size_t next = std::min(at + line.size() + 1, markdown.size());
    if (line.starts_with("```")) code = !code;
    const std::size_t own = code ? 0 : level_of(line);
    if (level != 0 && own != 0 && own <= level && !end) end = at;
    if (level == 0 && own != 0 && line.substr(own + 1) == heading) level = own, begin = next;
    at = next;
  });
  return markdown.substr(begin, end.value_or(markdown.size()) - begin);
}

std::vector<Inline> inlines_of(std::string_view line) {
  InlineList out;
  while (!line.empty()) out.take(line);
  return out.finish();
}

}  // namespace argus
