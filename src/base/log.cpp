// The only door to spdlog.
#include "base/log.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/terminal_codes.h"
#include "base/text.h"

namespace argus {

namespace {

spdlog::logger& logger() {
  static const auto made = [] {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    auto out = std::make_shared<spdlog::logger>("argus", std::move(sink));
    out->set_pattern("argus: %v");
    return out;
  }();
  return *made;
}

bool& coloured() {
  static bool shown = false;
  return shown;
}

// A line without an end, that is taken back before anything else is said.
class Transient {
 public:
  void name(std::string_view program) {
    const std::lock_guard lock(mutex_);
    program_ = program;
  }
  void show(std::string_view text, bool alarm) {
    const std::lock_guard lock(mutex_);
    const bool stands_out = alarm && coloured();
    put(fmt::format("{}{}{}: {}{}{}{}", kLineAnew, kWrapOff, program_, stands_out ? kFaultText : "", escaped(text),
                    stands_out ? kPlainText : "", kWrapOn));
    shown_ = true;
  }
  void take_back() {
    const std::lock_guard lock(mutex_);
    if (std::exchange(shown_, false)) put(kLineAnew);
  }

 private:
  static void put(std::string_view text) { (void)!::write(STDERR_FILENO, text.data(), text.size()); }
  std::mutex mutex_;
  std::string program_;
  bool shown_ = false;
};
Transient& transient() {
  static Transient line;
  return line;
}

// The byte of a line that stands in a column of the screen.
std::size_t byte_at(std::string_view line, std::size_t column) {
  std::size_t at = 0;
  while (at < line.size() && screen_width(line.substr(0, at)) < column) at += utf8_size(line[at]);
  return std::min(at, line.size());
}

// `line`, and what carets in the one below it point to standing out.
void append_pointed(std::string_view line, std::string_view below, std::string& out) {
  const std::size_t caret = below.find('^');
  if (!coloured() || caret == std::string_view::npos || below.find_first_not_of(" ^") != std::string_view::npos) {
    out += line;
    return;
  }
  const std::size_t begin = byte_at(line, caret), end = byte_at(line, below.size());
  out.append(line.substr(0, begin)).append(kFaultText).append(line.substr(begin, end - begin)).append(kPlainText);
  out += line.substr(end);
}

// Names of files, words of peers and whatever was typed are among what is said: line by line, nothing of it reaches a
// terminal as it is, and no line of it is endless.
std::string safe(std::string_view text) {
  constexpr std::size_t kLineMost = 4096;  // as long as the longest path
  std::string out;
  const auto line_of = [](std::string_view rest) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    return line.size() <= kLineMost ? escaped(line) : escaped(line.substr(0, kLineMost)) + "...";
  };
  for (;;) {
    const std::size_t end = text.find('\n');
    const std::string_view rest = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    append_pointed(line_of(text), line_of(rest), out);
    if (end == std::string_view::npos) return out;
    out += '\n';
    text = rest;
  }
}

void say(spdlog::level::level_enum level, std::string_view text) {
  if (!logger().should_log(level)) return;
  transient().take_back();
  logger().log(level, "{}", safe(text));
}

}  // namespace

void log_start(std::string_view program, LogLevel level) {
  transient().name(program);
  std::string pattern;
  for (const char c : program) {
    pattern += c;
    if (c == '%') pattern += '%';
  }
  logger().set_pattern(pattern + ": %v");
  logger().set_level(level == LogLevel::verbose ? spdlog::level::debug : spdlog::level::info);
}

void log_colours(bool shown) { coloured() = shown; }
void log_transient(std::string_view text, bool alarm) {
  text.empty() ? transient().take_back() : transient().show(text, alarm);
}
void log_note(std::string_view text) { say(spdlog::level::info, text); }
void log_warning(std::string_view text) { say(spdlog::level::warn, text); }
void log_detail(std::string_view text) { say(spdlog::level::debug, text); }
void log_error(std::string_view text) { say(spdlog::level::err, text); }
// The text is one line whatever a file or a peer is called; lines are made by hints.
void log_error(const Error& error) { log_error(whole_text({error.code, escaped(error.text), error.hint})); }

}  // namespace argus
