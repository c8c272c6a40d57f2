// One stream of records to several sinks.
#pragma once

#include <vector>

#include "flow/sink.h"

namespace argus {

// Each call goes to every sink in order; the first error is the answer, after all were called.
[[nodiscard]] SinkPtr fan_out(std::vector<SinkPtr> sinks);

}  // namespace argus
