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
[[nodiscard]] std::string signature(const Option& option);  // "-r, --read FILE..."

[[nodiscard]] std::string overview();       // argus alone: the commands
[[nodiscard]] std::string long_overview();  // and further commands, the topics, the classic names
// Help on a command, which is `called` "argus show" or "ra": the options used most, on a screen of 80 columns; or all.
[[nodiscard]] std::string short_help(const CommandEntry& entry, std::string_view called);
[[nodiscard]] std::string long_help(const CommandEntry& entry, std::string_view called);
[[nodiscard]] std::string page_markdown(const CommandEntry& entry);  // docs/commands/VERB.md
[[nodiscard]] std::string page_scdoc(const CommandEntry& entry);     // argus-VERB(1), as scdoc(5) reads it
[[nodiscard]] std::string fields_text();                             // argus help fields
[[nodiscard]] std::string fields_markdown();                         // docs/fields.md
[[nodiscard]] std::string filter_words_markdown();                   // of argus-filter(7)

// The script by which a shell completes command lines; usage error for a shell other than bash, zsh and fish.
[[nodiscard]] Result<std::string> completion(std::string_view shell);
// What the script asks for: the candidates for the last of the words, the first of which is the program
// (argus/completion.cpp has the form).
[[nodiscard]] std::string candidates_text(const std::vector<std::string>& words);

}  // namespace argus
