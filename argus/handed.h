// What a command that `then` joins to the next one hands to it.
#pragma once

#include "argus/input_options.h"
#include "flow/source.h"

namespace argus {

struct Handed {
  SourcePtr rows;      // not bound yet
  InputOptions input;  // where they came from
};

}  // namespace argus
