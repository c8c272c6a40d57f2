#include "argus/classic_words.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/text.h"

namespace argus {

namespace {

enum class Does : std::uint8_t { nothing, refuse };

struct ClassicOption {
  std::string_view letter;
  OptionKind kind;
  Does does;
  std::string_view says;
};
constexpr auto kOptions = std::to_array<ClassicOption>({
#define CLASSIC_OPTION(letter, kind, does, says) {letter, OptionKind::kind, Does::does, says},
#include "argus/classic_words.def"
});

struct ClassicMode {
  std::string_view word;
  Does does;
  std::string_view says;
};
constexpr auto kModes = std::to_array<ClassicMode>({
#define CLASSIC_MODE(word, does, says) {word, Does::does, says},
#include "argus/classic_words.def"
});

bool is_mode(const ClassicMode& mode, std::string_view word) {
  const char last = mode.word.back();
  return last == '=' || last == ':' ? word.starts_with(mode.word) : word == mode.word;
}

}  // namespace

void declare_classic(OptionSet& options) {
  for (const ClassicOption& row : kOptions) {
    if (options.find(row.letter) != nullptr) continue;
    options.ignored(row.letter, row.kind, [&row, said = false](const std::string&) mutable -> Result<> {
      if (row.does == Does::refuse) return fail(Errc::usage, "{}", row.says);
      if (!row.says.empty() && !std::exchange(said, true))
        log_note(fmt::format("{} has no effect: {}", row.letter, row.says));
      return {};
    });
  }
}

Result<bool> take_classic_mode(std::string_view word, bool classic) {
  const auto found = std::find_if(kModes.begin(), kModes.end(), [&](const auto& mode) { return is_mode(mode, word); });
  if (found == kModes.end() || (!classic && !found->says.empty())) return false;
  if (found->does == Does::refuse) return fail(Errc::usage, "-M {}: {}", escaped(word), found->says);
  if (!found->says.empty()) log_note(fmt::format("-M {} has no effect: {}", escaped(word), found->says));
  return true;
}

}  // namespace argus
