// Pages of docs, taken apart for terminals and manual pages: the Markdown that they use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace argus {

struct Block {
  enum class Kind : std::uint8_t { heading, paragraph, item, table, code };
  Kind kind = Kind::paragraph;
  bool spaced = false;                         // a blank line is before it
  std::size_t level = 0;                       // of a heading, from 1
  std::string mark;                            // of an item: "-", "1."
  std::string text;                            // in one line; code as it stands, with its indentation
  std::vector<std::vector<std::string>> rows;  // of a table, headings first
};
[[nodiscard]] std::vector<Block> blocks_of(std::string_view markdown);

// What stands under a heading, without it, to the next one that is not below it. An empty heading: the whole page.
[[nodiscard]] std::string_view section_of(std::string_view markdown, std::string_view heading);

// Pieces of a line. A link is the text that link_text() (argus/help_topics.h) gives.
struct Inline {
  enum class Kind : std::uint8_t { text, code, strong, emphasis };
  Kind kind = Kind::text;
  std::string text;
};
[[nodiscard]] std::vector<Inline> inlines_of(std::string_view line);

// The words in lines of up to 80 columns; those after the first begin with `indent` blanks, and the first one stands
// there already.
void append_wrapped(std::string_view text, std::size_t indent, std::string& out);
// For a terminal of 80 columns. The section under that heading alone, or all for an empty one.
[[nodiscard]] std::string plain_text(std::string_view markdown, std::string_view section);

}  // namespace argus
