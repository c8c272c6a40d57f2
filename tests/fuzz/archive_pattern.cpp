// Any text as a pattern of names: a usage error, or names that its own shape takes, without a folder in them; and any
// name against the shape. The text is divided at its first line end: pattern, name.
#include <cstdlib>
#include <string>

#include "archive/file_pattern.h"
#include "base/result.h"
#include "base/time.h"

using namespace argus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 2048) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = text.find('\n');
  const auto pattern = FilePattern::parse(text.substr(0, line));
  if (!pattern) {
    if (pattern.error().code != Errc::usage) std::abort();
    return 0;
  }
  if (pattern->levels() == 0 || pattern->base().empty()) std::abort();
  for (const Nanos time : {Nanos{0}, Nanos{1'795'518'309} * kSecond, -kSecond, INT64_MAX / 2})
    for (const unsigned again : {0u, 7u}) {
      const auto names = pattern->names(time, again);
      for (std::size_t level = 0; level < names.size(); level++) {
        const std::string& name = names[level];
        if (name.find('/') != std::string::npos || name == "." || name == "..") std::abort();
        if (time >= 0 && name.size() <= 255 && !pattern->matches(level, name)) std::abort();
      }
    }
  if (line != std::string_view::npos)
    for (std::size_t level = 0; level <= pattern->levels(); level++)
      (void)pattern->matches(level, text.substr(line + 1));
  return 0;
}
