// Any text as the name of split files, with any value in it: a usage error, or names that stay below the base. The text
// is divided at its first line end: name, value.
#include <cstdlib>
#include <string>

#include "archive/split_names.h"
#include "base/result.h"
#include "base/time.h"

using namespace argus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = text.find('\n');
  const auto names = SplitNames::parse(text.substr(0, line));
  if (!names) {
    if (names.error().code != Errc::usage) std::abort();
    return 0;
  }
  if (names->base().empty()) std::abort();
  const std::string value(line == std::string_view::npos ? "" : text.substr(line + 1));
  const std::vector<std::string> values(names->fields().size(), value);
  for (const std::optional<Nanos> time : {std::optional<Nanos>(), std::optional<Nanos>(0), std::optional(-kSecond)}) {
    const auto made = names->names(time, values);
    if (made.empty()) std::abort();
    for (const std::string& name : made) {
      if (name.empty() || name.size() > kNameMax || name == "." || name == "..") std::abort();
      if (name.find('/') != std::string::npos || name.find('\0') != std::string::npos) std::abort();
    }
  }
  return 0;
}
