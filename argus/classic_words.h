// Words of the classic command lines that mean nothing here, or something that is not offered (classic_words.def).
#pragma once

#include <string_view>

#include "base/result.h"
#include "shell/options.h"

namespace argus {

// Adds the classic letters that the command does not have to its options.
void declare_classic(OptionSet& options);
// A classic mode of -M: true where it is one, and what it means was done, also to options that were parsed; a usage
// error where the answer would be another one; false for other words. Under another than a classic name only those are
// known that are always so here.
[[nodiscard]] Result<bool> take_classic_mode(std::string_view word, bool classic, OptionSet& options);

}  // namespace argus
