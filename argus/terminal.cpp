#include "argus/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "argus/environment.h"

namespace argus {

std::optional<TerminalSize> terminal_size(int fd) {
  struct winsize window {};
  if (::isatty(fd) == 0 || ::ioctl(fd, TIOCGWINSZ, &window) != 0 || window.ws_col == 0) return std::nullopt;
  return TerminalSize{window.ws_col, window.ws_row};
}

bool colour_refused() { return !environment("NO_COLOR").empty(); }

}  // namespace argus
