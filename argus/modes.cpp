#include "argus/modes.h"

#include <algorithm>

#include "argus/classic_words.h"
#include "argus/offers.h"
#include "base/text.h"

namespace argus {

void ModeOptions::declare(OptionSet& options) {
  options_ = &options;
  constexpr std::string_view kRmon = "rmon: count every record from both ends, so that sums are twice the traffic";
  const std::string help = own_.help.empty() ? std::string(kRmon) : fmt::format("{}; {}", own_.help, kRmon);
  options.list("-M,--mode", "MODE...", words_, ListWords::plain, help);
  std::vector<std::string> words = own_.words;
  words.emplace_back("rmon");
  options.offer([steps = own_.step, known = offered_words(std::move(words))](const Words& before) {
    Candidates out = known(before);
    if (steps)
      for (Candidate& step : offered_steps(before).words) out.words.push_back(std::move(step));
    return out;
  });
}

bool ModeOptions::has(std::string_view word) const {
  return std::find(words_.begin(), words_.end(), word) != words_.end();
}

Result<> ModeOptions::check(const Io& io) {
  const auto in = [](const std::vector<std::string>& list, const std::string& word) {
    return std::find(list.begin(), list.end(), word) != list.end();
  };
  for (const std::string& word : words_) {
    if (word == "rmon") rmon_ = true;
    if (word == "rmon" || in(own_.words, word) || (own_.step && word == "time")) continue;
    ARGUS_TRY_LET(const bool classic, take_classic_mode(word, io.classic, *options_));
    if (classic) continue;
    if (own_.step) {
      if (const auto step = parse_clock_step(word)) {
        if (step_ && word != step_word_)
          return fail(Errc::usage, "-M: '{}' and '{}' are two time steps; give one", escaped(step_word_),
                      escaped(word));
        step_ = *step;
        step_word_ = word;
        continue;
      }
      if (!word.empty() && is_digit(word[0])) return while_doing("-M", std::move(parse_clock_step(word).error()));
    }
    std::vector<std::string> known = own_.words;
    known.emplace_back("rmon");
    return fail(Errc::usage, "-M: no mode '{}'{}", escaped(word), did_you_mean(word, known));
  }
  return {};
}

}  // namespace argus
