// Messages to people: standard error through spdlog. Only argus/ and subcommands/ and long-running work speak here;
// everything else gives a Result.
#pragma once

#include <string_view>

#include "base/result.h"

namespace argus {

enum class LogLevel { normal, verbose };
void log_start(std::string_view program, LogLevel level);  // "argus show": the prefix of every line
// What carets point at stands out, where standard error shows colours. Until it is said so, it does not.
void log_colours(bool shown);
// A line that the next one, of any kind, takes the place of; no text: nothing does. For a terminal alone. `alarm`: all
// of it stands out, where standard error shows colours.
void log_transient(std::string_view text, bool alarm = false);
void log_note(std::string_view text);     // shown normally
void log_warning(std::string_view text);  // shown normally
void log_detail(std::string_view text);   // shown where the level is verbose
void log_error(std::string_view text);    // always shown
void log_error(const Error& error);       // with its hint

}  // namespace argus
