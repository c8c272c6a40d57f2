// What a command may touch of the world, and what it leaves the caller: the exit status.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "flow/progress.h"
#include "shell/progress_line.h"

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
// That of two things that happened in one run: what could not be done outranks what was damaged.
[[nodiscard]] Exit worse(Exit a, Exit b);

class ProgressLine;
struct Handed;  // argus/handed.h

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
  std::shared_ptr<ProgressLine> line;               // where somebody waits at a terminal; or null
  std::shared_ptr<Progress> progress = std::make_shared<Progress>();  // of the input, once it has ended

  // Of commands joined by `then`: the rows that the one before hands on, null where there is none; whether no
  // other one follows, and what runs it on such rows.
  std::shared_ptr<Handed> handed;
  bool is_last = true;
  std::function<Result<Exit>(std::shared_ptr<Handed>)> next;

  // INT or TERM came in the middle of input that has an end.
  [[nodiscard]] bool was_interrupted() const { return stop != nullptr && *stop && progress->cut; }
  [[nodiscard]] Exit interrupted() const;  // by the signal that came
};

}  // namespace argus
