// Any bytes as argus.toml (first byte even) or classic argus.conf: settings or a usage error with its place, never a
// crash. What is read can be shown, and what is shown is read as the same.
#include <cstdlib>
#include <string_view>

#include "base/result.h"
#include "base/text.h"
#include "config/config.h"

using namespace argus;

namespace {

// Bytes that are no UTF-8 are shown as the characters of their numbers.
bool is_clean(const std::vector<std::string>& words) {
  for (const std::string& word : words)
    if (escaped(word) != word) return false;
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  Settings settings;
  const auto done = data[0] % 2 == 0 ? read_toml(text, "file", settings) : read_classic(text, "file", settings);
  if (!done) {
    if (done.error().code != Errc::usage || !done.error().text.starts_with("file:")) std::abort();
    return 0;
  }
  Settings again;
  const auto shown = read_toml(settings_text(settings), "shown", again);
  if (!shown) std::abort();
  for (const SettingInfo& setting : all_settings())
    if (is_clean(settings.list(setting.key)) && settings.list(setting.key) != again.list(setting.key)) std::abort();
  if (settings.remotes().size() != again.remotes().size()) std::abort();
  return 0;
}
