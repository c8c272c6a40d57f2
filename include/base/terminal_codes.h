// What a terminal is told beside text (ECMA-48, 8.3.41 and 8.3.117; DECAWM).
#pragma once

#include <string>
#include <string_view>

namespace argus {

inline constexpr std::string_view kStrongText = "\x1b[1m", kPaleText = "\x1b[2m", kAlarmText = "\x1b[33m",
                                  kFaultText = "\x1b[1;31m", kPlainText = "\x1b[0m";
// One of 256 colours.
[[nodiscard]] inline std::string ink_code(int number) { return "\x1b[38;5;" + std::to_string(number) + 'm'; }
// A line that is written over, and one that stays one line whatever its length.
inline constexpr std::string_view kLineAnew = "\r\x1b[K", kWrapOff = "\x1b[?7l", kWrapOn = "\x1b[?7h";
// The mouse is the terminal's own again (xterm).
inline constexpr std::string_view kMouseOff = "\x1b[?1006l\x1b[?1000l";

}  // namespace argus
