// Pages of docs for a terminal.
#include <algorithm>

#include "argus/help_topics.h"
#include "base/text.h"

namespace argus {

namespace {

constexpr std::size_t kColumns = 80;

// Code loses its quotes, emphasis its stars, a link its target.
std::string inline_plain(std::string_view line) {
  std::string out;
  while (!line.empty()) {
    const char c = line[0];
    if (const auto end = line.find('`', 1); c == '`' && end != std::string_view::npos) {
      out += line.substr(1, end - 1);
      line.remove_prefix(end + 1);
      continue;
    }
    const auto middle = line.find("](");
    const auto end = middle == std::string_view::npos ? middle : line.find(')', middle);
    if (c == '[' && end != std::string_view::npos) {
      out += inline_plain(line.substr(1, middle - 1));
      line.remove_prefix(end + 1);
      continue;
    }
    if (c != '*') out += c;
    line.remove_prefix(1);
  }
  return out;
}

// The words in lines of kColumns; those after the first begin with `indent` blanks, where the first one stands.
void append_wrapped(std::string_view text, std::size_t indent, std::string& out) {
  std::size_t column = indent;
  bool fresh = true;
  for (const std::string_view word : split_words(text, " ")) {
    const std::size_t width = screen_width(word);
    if (!fresh && column + 1 + width > kColumns) {
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
      out.push_back(begin == std::string::npos
                        ? std::string()
                        : inline_plain(cell.substr(begin, cell.find_last_not_of(' ') - begin + 1)));
      cell.clear();
    } else {
      cell += row[i];
    }
  }
  return out;
}

void append_rows(const std::vector<std::string_view>& lines, std::string& out) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> widths;
  for (const std::string_view line : lines) {
    if (line.find_first_not_of("|-: ") == std::string_view::npos) continue;  // below the heading
    rows.push_back(cells_of(line));
    widths.resize(std::max(widths.size(), rows.back().size()));
    for (std::size_t i = 0; i < rows.back().size(); i++) widths[i] = std::max(widths[i], screen_width(rows.back()[i]));
  }
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

class PlainPage {
 public:
  explicit PlainPage(std::string_view section) : section_(section), in_(section.empty()) {}

  void line(std::string_view text) {
    if (text.starts_with("```")) {
      settle();
      code_ = !code_;
    } else if (!code_ && text.starts_with("#")) {
      heading(text.substr(std::min(text.find_first_not_of("# "), text.size())));
    } else if (!in_) {
      return;
    } else if (code_ || text.starts_with("    ")) {
      settle();
      out_ += code_ ? "    " : "";
      (out_ += text) += '\n';
    } else if (text.starts_with("|")) {
      if (rows_.empty()) settle();
      rows_.push_back(text);
    } else if (text.empty()) {
      settle();
      if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
    } else {
      if (text.starts_with("- ")) settle();
      if (!words_.empty()) words_ += ' ';
      words_ += text;
    }
  }
  std::string finish() {
    settle();
    while (out_.ends_with("\n\n")) out_.pop_back();
    return std::move(out_);
  }

 private:
  void heading(std::string_view text) {
    settle();
    if (!section_.empty()) in_ = text == section_;
    if (in_) out_ += inline_plain(text) + '\n';
  }
  // What was gathered of a paragraph, an item or a table.
  void settle() {
    if (!rows_.empty()) append_rows(rows_, out_);
    rows_.clear();
    if (!words_.empty() && words_.starts_with("- ")) {
      out_ += "- ";
      append_wrapped(inline_plain(words_).substr(2), 2, out_);
    } else if (!words_.empty()) {
      append_wrapped(inline_plain(words_), 0, out_);
    }
    words_.clear();
  }

  std::string_view section_;
  bool in_, code_ = false;
  std::string words_, out_;
  std::vector<std::string_view> rows_;
};

}  // namespace

std::string plain_text(std::string_view markdown, std::string_view section) {
  PlainPage page(section);
  while (!markdown.empty()) {
    const std::string_view line = markdown.substr(0, markdown.find('\n'));
    page.line(line);
    markdown.remove_prefix(std::min(line.size() + 1, markdown.size()));
  }
  return page.finish();
}

}  // namespace argus
