#include "argus/file_options.h"

#include "archive/file_pattern.h"
#include "argus/offers.h"
#include "base/text.h"
#include "base/time.h"

namespace argus {

namespace {

Result<unsigned> parse_free_space(std::string_view text) {
  std::string_view number = text;
  if (number.ends_with('%')) number.remove_suffix(1);
  const auto value = parse_unsigned(number);
  if (!value || *value < 1 || *value > 99)
    return fail(Errc::usage, "invalid percentage '{}': write 1% to 99%", escaped(text));
  return static_cast<unsigned>(*value);
}

Result<std::uint64_t> parse_some_size(const std::string& text) {
  ARGUS_TRY_LET(const std::uint64_t size, parse_size(text));
  if (size == 0) return fail(Errc::usage, "invalid size '{}': write 500M, 2G or 64MiB", escaped(text));
  return size;
}

Result<Nanos> parse_age(const std::string& text) {
  if (!text.empty() && is_digit(text.back()))
    return fail(Errc::usage, "'{}' has no unit; write 12h, 30d or 8w", escaped(text));
  return parse_duration(text);
}

}  // namespace

void FileOptions::declare(OptionSet& options) {
  options.group("rotation and retention");
  options.value(
      "--rotate", "TIME|SIZE", [this](const std::string& text) { return take_rotate(text); },
      "begin the next file every 5m, 1h or 1d of the local clock, or at 500M; twice: both");
  options.common(), options.offer(offered_words({"5m", "1h", "1d", "500M"}));
  declare_removal(options);
}

void FileOptions::declare_removal(OptionSet& options) {
  options.value("--keep", "TIME", rules_.keep, parse_age, "remove finished files that are older than this: 30d");
  options.common();
  options.value("--keep-size", "SIZE", rules_.keep_size, parse_some_size,
                "remove the oldest finished files beyond this many bytes: 50G");
  options.common();
  options.value("--min-free", "PERCENT", rules_.min_free_percent, parse_free_space,
                "remove the oldest finished files while less of the file system is free: 5%");
  options.common();
}

// 5m is minutes and 5M is bytes: the unit decides, so there must be one.
Result<> FileOptions::take_rotate(const std::string& text) {
  const char unit = text.empty() ? '0' : text.back();
  if (std::string_view("smhdw").find(unit) != std::string_view::npos) {
    ARGUS_TRY_LET(rules_.every, parse_duration(text));
    return check_span(rules_.every);
  }
  if (is_digit(unit))
    return fail(Errc::usage, "'{}' has no unit; write 5m, 1h or 1d for a time, 500M or 2G for a size", escaped(text));
  ARGUS_TRY_LET(rules_.size, parse_some_size(text));
  return {};
}

Result<Rotation> FileOptions::rotation(const std::string& path) const {
  if ((path.empty() || path == "-") && (rules_.rotates() || rules_.removes()))
    return fail(Errc::usage, "{} needs a pattern of names; give one with -w, as in -w '%Y/%m/%d/argus.%H%M.flows'",
                rules_.rotates() ? "--rotate" : "--keep");
  if (!path.empty() && path != "-") ARGUS_TRY(check_rotation(path, rules_));
  return rules_;
}

}  // namespace argus
