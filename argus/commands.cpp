#include "argus/command.h"

namespace argus {

#define SUBCOMMAND(name, summary, group, joins) CommandPtr make_##name();
#include "subcommands/subcommands.def"

const std::vector<CommandEntry>& all_commands() {
  static const std::vector<CommandEntry> commands = {
#define SUBCOMMAND(name, summary, group, joins) {#name, summary, group, Joins::joins, &make_##name},
#include "subcommands/subcommands.def"
  };
  return commands;
}

const CommandEntry* find_command(std::string_view name) {
  for (const CommandEntry& entry : all_commands())
    if (entry.name == name) return &entry;
  return nullptr;
}

}  // namespace argus
