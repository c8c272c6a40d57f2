// What the terminal and its user want, for commands that print for the eye.
#pragma once

#include <optional>

namespace argus {

struct TerminalSize {
  int columns = 0, rows = 0;
};
// Nothing where it is no terminal, or one that does not know.
[[nodiscard]] std::optional<TerminalSize> terminal_size(int fd);
// NO_COLOR is set and not empty (https://no-color.org).
[[nodiscard]] bool colour_refused();

// Of LC_ALL, LC_CTYPE and LANG the first that is set says that the terminal understands UTF-8, whether or not this
// machine has the locale.
[[nodiscard]] bool speaks_utf8();

}  // namespace argus
