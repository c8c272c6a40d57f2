// What a subcommand is: it declares its options, then works. Nothing is opened before all words are understood.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/type.h"
#include "shell/io.h"
#include "shell/options.h"

namespace argus {

struct Example {
  std::string_view command, says;
};

// What help and docs/commands say beside the options.
struct Page {
  std::string_view usage;    // words after the name
  std::string_view summary;  // a sentence or two
  std::vector<Example> examples;
  std::string_view more;  // paragraphs in Markdown, for the long page only
  // Lines under a title, at the end of help and page as they are.
  std::string_view listing_title = {};
  std::vector<std::string> listing = {};
};

// Whether `then` may join a command to others: not at all; behind all others, as it prints what it makes of their rows,
// which it gets from InputOptions::open(); or also before them, as it ends with run_output().
enum class Joins : std::uint8_t { not_at_all, last, anywhere };

class Command {
 public:
  virtual ~Command() = default;
  [[nodiscard]] virtual Page page() const = 0;
  virtual void declare(OptionSet& options) = 0;
  [[nodiscard]] virtual Result<Exit> run(Io& io) = 0;
};
using CommandPtr = std::unique_ptr<Command>;

struct CommandEntry {
  std::string_view name, summary, group;
  Joins joins;
  CommandPtr (*make)();
};
[[nodiscard]] const std::vector<CommandEntry>& all_commands();  // in the order of subcommands.def
[[nodiscard]] const CommandEntry* find_command(std::string_view name);

#define ARGUS_COMMAND(name, Type) \
  CommandPtr make_##name() { return std::make_unique<Type>(); }

}  // namespace argus
