// Commands that `then` joins on one line: each reads the rows of the one before it, in one process.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "argus/command.h"
#include "base/result.h"
#include "shell/io.h"
#include "shell/options.h"

namespace argus {

inline constexpr std::string_view kThen = "then";

// A command and the words behind its name.
struct Link {
  const CommandEntry* entry = nullptr;
  std::vector<std::string> words;
};

class Chain {
 public:
  // The command and those that follow a `then` in its words, if it may be joined. Usage errors for what cannot follow.
  [[nodiscard]] static Result<std::vector<Link>> links_of(const CommandEntry& first, std::vector<std::string> words);

  // Of two or more, whose options it takes: a usage error names the command that got it. At the first -h it stops.
  [[nodiscard]] Result<> take(const std::vector<Link>& links);
  [[nodiscard]] const CommandEntry* help_asked() const { return help_asked_; }  // by take(), of this command; or null
  // Runs them all: the first reads the input, the last writes and gives the exit status.
  [[nodiscard]] Result<Exit> run(Io& io);

 private:
  struct Member {
    const CommandEntry* entry;
    CommandPtr command;
    OptionSet options;
  };
  [[nodiscard]] Result<> check_places() const;
  [[nodiscard]] Result<Exit> run_next(Io& io);

  std::vector<Member> members_;
  const CommandEntry* help_asked_ = nullptr;
  std::size_t next_ = 0;
};

}  // namespace argus
