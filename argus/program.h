// The whole program as a function: finds the command, runs it, prints one error, gives the exit status.
#pragma once

#include <atomic>

namespace argus {

// `stop` is set by INT and TERM.
[[nodiscard]] int run_program(int argc, char** argv, std::atomic<bool>& stop);

}  // namespace argus
