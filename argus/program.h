// The whole program as a function: finds the command, runs it, prints one error, gives the exit status.
#pragma once

#include <atomic>
#include <functional>

namespace argus {

// Set by INT and TERM: that one came, and before that, which.
struct StopSignal {
  std::atomic<bool>* came = nullptr;
  const std::atomic<int>* number = nullptr;
};

[[nodiscard]] int run_program(int argc, char** argv, const StopSignal& stop);
// Closes standard output behind a program that ended with `status`. Where the system says only then that it did not
// keep what was written (NFS, quotas), that is said, and the exit status of what is done or damaged is 1.
[[nodiscard]] int close_output(int status);

// The doorway of what the library throws where memory or threads are not to be had: said, and exit status 1.
[[nodiscard]] int guarded(const std::function<int()>& run);
// The same for what no caller catches, on any thread; for std::set_terminate.
[[noreturn]] void end_without_memory();

}  // namespace argus
