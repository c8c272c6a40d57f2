// The whole program as a function: finds the command, runs it, prints one error, gives the exit status.
#pragma once

namespace argus {

[[nodiscard]] int run_program(int argc, char** argv);

}  // namespace argus
