// What a run was, and what is told of it when it is over: the same letters in every command that reads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "argus/name_lookup.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "shell/io.h"
#include "shell/options.h"

namespace argus {

struct Outcome {
  std::uint64_t rows = 0;       // that went into the sink
  Journal journal;              // what the source accounted for, summed up by sensor and item
  std::vector<Error> problems;  // of the source; they have been printed
  bool interrupted = false;     // in the middle of input that has an end
  Exit exit = Exit::done;
};

// What is told at the end, and what makes it fail.
struct Account {
  bool whole_ledger = false;  // all that was received, not only what was lost
  TimeSpan asked = {};        // the time that it should be of
  bool as_json = false;       // that as the last line of standard output
  bool fail_on_loss = false;  // Exit::damaged where packets or records were lost before they came here
  bool fail_empty = false;    // Exit::nothing where no row came
  std::shared_ptr<const NameLookup> names = {};  // tells what it did not find out
  std::string cut = {};  // what an interruption leaves, "day.flows is unchanged"; empty: nothing to say
  // The last line on standard error; an empty text is none.
  std::function<std::string(const Outcome&)> closing = {};
};

// What a run is told of its input.
struct InputAsked {
  TimeSpan span = {};                        // of the ledger entries that are wanted
  bool explain = false;                      // --explain: behind all else, what was read is said
  Nanos read_for = 0;                        // -T; 0: until the end
  std::string_view why_nothing_passed = {};  // said where there are records and the filter passes none; empty: nothing
};

struct RunOptions {
  InputAsked input = {};
  std::uint64_t memory_max = Resources().memory_max;  // bytes
  std::size_t threads = 1;
  Account account = {};
};

class AccountOptions {
 public:
  // --ledger, --fail-on-loss
  void declare(OptionSet& options);
  [[nodiscard]] Account account() const;

 private:
  bool ledger_ = false, fail_on_loss_ = false;
};

}  // namespace argus
