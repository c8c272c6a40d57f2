#include "shell/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "base/text.h"
#include "shell/environment.h"

namespace argus {

std::optional<TerminalSize> terminal_size(int fd) {
  struct winsize window {};
  if (::isatty(fd) == 0 || ::ioctl(fd, TIOCGWINSZ, &window) != 0 || window.ws_col == 0) return std::nullopt;
  return TerminalSize{window.ws_col, window.ws_row};
}

bool shows_line(int fd) {
  const std::string kind = environment("TERM");
  return ::isatty(fd) != 0 && !kind.empty() && kind != "dumb";
}

Result<ColourWhen> parse_colour_when(std::string_view text) {
  if (text == "auto") return ColourWhen::automatic;
  if (text == "always") return ColourWhen::always;
  if (text == "never") return ColourWhen::never;
  return fail(Errc::usage, "'{}' is not auto, always or never", escaped(text));
}

bool wants_colour(ColourWhen when, int fd) {
  if (when != ColourWhen::automatic) return when == ColourWhen::always;
  return shows_line(fd) && environment("NO_COLOR").empty();
}

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
