#include "argus/classic_words.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "base/zone.h"

namespace argus {

namespace {

enum class Does : std::uint8_t { nothing, refuse, option, zone };

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

// The option that stands for a letter its own value, or the letter's.
Result<> give(const OptionSet& options, const ClassicOption& row, const std::string& text) {
  const auto equals = row.says.find('=');
  const Option* option = options.find(row.says.substr(0, equals));
  const std::string value(row.says.substr(equals + 1));
  if (option != nullptr) return option->take(value.empty() ? text : value);
  log_note(fmt::format("{} has no effect: nothing is printed here that it would change", row.letter));
  return {};
}

}  // namespace

void declare_classic(OptionSet& options) {
  for (const ClassicOption& row : kOptions) {
    if (options.find(row.letter) != nullptr) continue;
    options.ignored(row.letter, row.kind, [&row, &options, said = false](const std::string& text) mutable -> Result<> {
      if (row.does == Does::option) return give(options, row, text);
      if (row.does == Does::refuse) return fail(Errc::usage, "{}", row.says);
      if (!row.says.empty() && !std::exchange(said, true))
        log_note(fmt::format("{} has no effect: {}", row.letter, row.says));
      return {};
    });
  }
}

Result<bool> take_classic_mode(std::string_view word, bool classic, OptionSet& options) {
  const auto found = std::find_if(kModes.begin(), kModes.end(), [&](const auto& mode) { return is_mode(mode, word); });
  const bool always = found != kModes.end() && found->does == Does::nothing && found->says.empty();
  if (found == kModes.end() || (!classic && !always)) return false;
  switch (found->does) {
    case Does::nothing:
      if (!always) log_note(fmt::format("-M {} has no effect: {}", escaped(word), found->says));
      break;
    case Does::refuse: return fail(Errc::usage, "-M {}: {}", escaped(word), found->says);
    case Does::option: {
      const Option* option = options.find(found->says);
      if (option == nullptr) return fail(Errc::usage, "-M {}: nothing is printed here", escaped(word));
      ARGUS_TRY(options.supply(*option, {""}));
      break;
    }
    case Does::zone: set_zone(std::string(word.substr(found->word.size()))); break;
  }
  return true;
}

}  // namespace argus
