// Help and docs/commands from the declarations.
#pragma once

#include <string>
#include <string_view>

#include "argus/command.h"

namespace argus {

[[nodiscard]] std::string overview();                                // argus alone
[[nodiscard]] std::string short_help(const CommandEntry& entry);     // argus VERB -h, one screen
[[nodiscard]] std::string page_markdown(const CommandEntry& entry);  // docs/commands/VERB.md
[[nodiscard]] std::string fields_text();                             // argus help fields
[[nodiscard]] std::string fields_markdown();                         // docs/fields.md

}  // namespace argus
