// What stands over the rows of `top`, or under them: a line that is typed, the help, one row in full.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "draw/cells.h"
#include "draw/screen.h"
#include "top/look.h"
#include "top/model.h"

namespace argus {

struct TopDialog {
  enum class Kind : std::uint8_t { none, filter, key, sort, columns, save, command, help, row };
  Kind kind = Kind::none;
  std::string text;         // typed so far; valid UTF-8
  std::size_t cursor = 0;   // bytes into it
  std::string fault, hint;  // what is wrong with it, and what may be meant
  std::size_t fault_at = 0, fault_length = 0;
  std::size_t scroll = 0;  // of help and row
  TopPicture row;          // of Kind::row
  std::uint32_t group = 0;
};

[[nodiscard]] bool is_prompt(const TopDialog& dialog);
// Lines it takes at the foot of the screen.
[[nodiscard]] std::size_t prompt_lines(const TopDialog& dialog, int rows);

// Typing: true when the text changed.
bool edit(TopDialog& dialog, const KeyPress& press);

// At the foot; puts the cursor where typing goes on. `row`: of the first of its lines.
[[nodiscard]] std::vector<Line> draw_prompt(const TopDialog& dialog, std::size_t width, std::size_t lines, bool ascii,
                                            int row, std::optional<Place>& cursor);
// Over the lines.
void draw_box(std::vector<Line>& lines, std::string_view title, const std::vector<std::string>& content,
              std::size_t scroll, ScreenSize size, bool ascii);
[[nodiscard]] std::vector<std::string> help_content(std::size_t width);
// row_details.cpp: everything that is known of a row, in words.
[[nodiscard]] std::vector<std::string> row_content(const TopPicture& row, const TopLook& look, std::size_t width);
// How far content may be scrolled on such a screen.
[[nodiscard]] std::size_t scroll_most(std::size_t lines, ScreenSize size);

}  // namespace argus
