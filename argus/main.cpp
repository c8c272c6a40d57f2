#include <atomic>
#include <csignal>
#include <exception>

#include "argus/program.h"
#include "base/pages.h"
#include "base/zone.h"

namespace {

std::atomic<bool> stop_wanted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

std::atomic<int> stop_signal = 0;
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void on_signal(int number) {
  stop_signal = number;
  stop_wanted = true;
}

}  // namespace

int main(int argc, char** argv) {
  argus::prepare_heap();
  argus::keep_zone();
  std::set_terminate(argus::end_without_memory);
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of write, ended quietly
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on the size of files is a full disk
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);  // a second INT ends at once
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return argus::run_program(argc, argv, {&stop_wanted, &stop_signal});
}
