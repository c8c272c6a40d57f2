// What the terminal and its user want, for commands that print for the eye.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace argus {

struct TerminalSize {
  int columns = 0, rows = 0;
};
// Nothing where it is no terminal, or one that does not know.
[[nodiscard]] std::optional<TerminalSize> terminal_size(int fd);

// A terminal on which a line can be taken back: one that is not dumb.
[[nodiscard]] bool shows_line(int fd);

enum class ColourWhen : std::uint8_t { automatic, always, never };
// "auto", "always" or "never", as --color takes it. Usage error.
[[nodiscard]] Result<ColourWhen> parse_colour_when(std::string_view text);
// By itself where `fd` is a terminal that is not dumb and NO_COLOR (https://no-color.org) is not set.
[[nodiscard]] bool wants_colour(ColourWhen when, int fd);

// Of LC_ALL, LC_CTYPE and LANG the first that is set says that the terminal understands UTF-8, whether or not this
// machine has the locale.
[[nodiscard]] bool speaks_utf8();

}  // namespace argus
