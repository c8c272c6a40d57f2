#include "argus/modes.h"

#include "base/text.h"

namespace argus {

void ModeOptions::declare(OptionSet& options) {
  options.group("how");
  options.list("-M,--mode", "MODE...", words_, ListWords::plain,
               "rmon: count every record from both ends, so that sums are twice the traffic");
}

Result<> ModeOptions::check() {
  // Classic modes that name what is always so here, or that ask for nothing.
  static const std::vector<std::string> accepted = {"correct", "preserve", "noman"};
  for (const std::string& word : words_) {
    if (word == "rmon") {
      rmon_ = true;
      continue;
    }
    bool known = false;
    for (const std::string& other : accepted) known |= word == other;
    if (!known) return fail(Errc::usage, "-M: no mode '{}'{}", escaped(word), did_you_mean(word, {"rmon"}));
  }
  return {};
}

}  // namespace argus
