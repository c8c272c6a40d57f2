// The classic .rarc: what a command line under a classic name leaves open (rarc.def).
#pragma once

#include <string_view>

#include "base/result.h"
#include "shell/options.h"

namespace argus {

// Adds -F FILE.
void declare_rarc(OptionSet& options);
// Gives options that the command line, which was parsed, did not give the values of the file of -F, or of the first
// .rarc in the folders of $ARGUSPATH, in $ARGUSHOME and in $HOME; none with -X. A warning names what is not known with
// its line. Usage errors begin with FILE:LINE.
[[nodiscard]] Result<> fill_from_rarc(std::string_view command, OptionSet& options);

}  // namespace argus
