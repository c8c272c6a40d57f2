// What is known of exporters as text, so that it outlives a restart.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "collect/exporters.h"

namespace argus {

// The same text for the same knowledge, whoever was heard last.
[[nodiscard]] std::string state_text(const Exporters& exporters);
// Adds what the text says. Errc::corrupt: what is before the fault was added.
[[nodiscard]] Result<> restore_state(std::string_view text, Exporters& exporters);

}  // namespace argus
