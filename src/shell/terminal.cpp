#include "shell/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "shell/environment.h"

namespace argus {

std::optional<TerminalSize> terminal_size(int fd) {
  struct winsize window {};
  if (::isatty(fd) == 0 || ::ioctl(fd, TIOCGWINSZ, &window) != 0 || window.ws_col == 0) return std::nullopt;
  return TerminalSize{window.ws_col, window.ws_row};
}

bool colour_refused() { return !environment("NO_COLOR").empty(); }

bool speaks_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string locale = environment(name);
    if (locale.empty()) continue;
    const std::initializer_list<std::string_view> spelled = {"UTF-8", "utf8", "UTF8", "utf-8"};
    return std::any_of(spelled.begin(), spelled.end(),
                       [&](std::string_view one) { return locale.find(one) != std::string::npos; });
  }
  return false;
}

}  // namespace argus
