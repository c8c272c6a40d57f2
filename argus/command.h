// What a subcommand is: it declares its options, then works. Nothing is opened before all words are understood.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "argus/options.h"
#include "base/file.h"
#include "base/result.h"
#include "flow/type.h"
#include "source/progress.h"

namespace argus {

// The exit status of a run that did its work; an Error has its own (exit_status).
enum class Exit : int {
  done = 0,
  could_not = 1,
  wrong_request = 2,
  damaged = 3,
  nothing = 4,
  interrupted = 130,  // by INT, in the middle of input that has an end
  terminated = 143,   // the same by TERM
};
[[nodiscard]] Exit exit_status(Errc code);

// What a command may touch of the world. Goes no further down than the command.
struct Io {
  File in = standard_input();
  File out = standard_output();
  std::atomic<bool>* stop = nullptr;                // set by INT and TERM
  const std::atomic<int>* signal = nullptr;         // which of them
  std::chrono::steady_clock::time_point started{};  // of the process, for the wait of the pipe rule
  std::string program;                              // "argus show" or the classic name, for messages
  std::vector<std::string> words;                   // the command line after it
  bool classic = false;                             // called by a classic name
  bool adds_to_files = false;                       // so, or as the classic daemon: without a verb. -w adds to files
  std::shared_ptr<Progress> progress = std::make_shared<Progress>();  // of the input, once it has ended

  // INT or TERM came in the middle of input that has an end.
  [[nodiscard]] bool was_interrupted() const { return stop != nullptr && *stop && progress->cut; }
  [[nodiscard]] Exit interrupted() const;  // by the signal that came
};

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
  CommandPtr (*make)();
};
[[nodiscard]] const std::vector<CommandEntry>& all_commands();  // in the order of subcommands.def
[[nodiscard]] const CommandEntry* find_command(std::string_view name);

#define ARGUS_COMMAND(name, Type) \
  CommandPtr make_##name() { return std::make_unique<Type>(); }

}  // namespace argus
