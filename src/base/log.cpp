// The only door to spdlog.
#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>

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

// Names of files and words of peers are among what is said: line by line, nothing of it reaches a terminal as it is.
std::string safe(std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t end = text.find('\n');
    append_escaped(text.substr(0, end), out);
    if (end == std::string_view::npos) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

}  // namespace

void log_start(std::string_view program, LogLevel level) {
  std::string pattern;
  for (const char c : program) {
    pattern += c;
    if (c == '%') pattern += '%';
  }
  logger().set_pattern(pattern + ": %v");
  logger().set_level(level == LogLevel::verbose ? spdlog::level::debug
                     : level == LogLevel::quiet ? spdlog::level::err
                                                : spdlog::level::info);
}

void log_note(std::string_view text) { logger().info("{}", safe(text)); }
void log_warning(std::string_view text) { logger().warn("{}", safe(text)); }
void log_detail(std::string_view text) { logger().debug("{}", safe(text)); }
void log_error(std::string_view text) { logger().error("{}", safe(text)); }
void log_error(const Error& error) { log_error(whole_text(error)); }

}  // namespace argus
