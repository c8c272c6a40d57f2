#include <csignal>
#include <exception>

#include "argus/program.h"
#include "base/pages.h"
#include "base/signals.h"
#include "base/zone.h"

int main(int argc, char** argv) {
  argus::prepare_heap();
  argus::keep_zone();
  std::set_terminate(argus::end_without_memory);
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of write, ended quietly
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on the size of files is a full disk
  argus::hear_stop_signals();
  argus::Signals& heard = argus::signals();
  return argus::close_output(argus::run_program(argc, argv, {&heard.stop, &heard.number}));
}
