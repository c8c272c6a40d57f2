// Help, docs/commands, manual pages and completions from the declarations.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "argus/command.h"
#include "base/result.h"
#include "shell/options.h"

namespace argus {

// A command with what it declares. The options point into the command.
struct Described {
  CommandPtr command;
  OptionSet options;
  Page page;
};
[[nodiscard]] Described describe(const CommandEntry& entry);
[[nodiscard]] std::vector<std::string> groups_of(const OptionSet& options);  // of options that are shown
[[nodiscard]] std::string signature(const Option& option);                   // "-r, --read FILE..."

[[nodiscard]] std::string overview();                                // argus alone
[[nodiscard]] std::string short_help(const CommandEntry& entry);     // argus VERB -h, one screen
[[nodiscard]] std::string page_markdown(const CommandEntry& entry);  // docs/commands/VERB.md
[[nodiscard]] std::string page_scdoc(const CommandEntry& entry);     // argus-VERB(1), as scdoc(5) reads it
[[nodiscard]] std::string fields_text();                             // argus help fields
[[nodiscard]] std::string fields_markdown();                         // docs/fields.md

// What a shell needs to complete commands, options and field names; usage error for a shell other than bash, zsh and
// fish.
[[nodiscard]] Result<std::string> completion(std::string_view shell);

}  // namespace argus
