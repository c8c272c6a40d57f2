// argus, started once: each line of standard input is a command line that a copy of this process runs. Under sanitizers
// the start of a process costs ten times what most commands do.
//
// A line: FOLDER, SAID, CPU SECONDS, WALL SECONDS, WORD..., with the byte 0x1f between them. The copy works in FOLDER,
// which is its home; standard error goes to the file SAID, standard output nowhere. The answer: a line with its exit
// status, or the negative number of the signal that ended it, and the most memory it took in KiB.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "argus/program.h"
#include "base/pages.h"
#include "base/signals.h"
#include "base/zone.h"

namespace {

struct Job {
  std::string folder, said;
  unsigned cpu_seconds = 0, wall_seconds = 0;
  std::vector<std::string> words;
};

Job parsed(const std::string& line) {
  std::vector<std::string> parts(1);
  for (const char c : line) c == '\x1f' ? (void)parts.emplace_back() : parts.back().push_back(c);
  if (parts.size() < 4) std::abort();
  const auto number = [](const std::string& text) { return static_cast<unsigned>(std::stoul(text)); };
  return {parts[0], parts[1], number(parts[2]), number(parts[3]), {parts.begin() + 4, parts.end()}};
}

void limit(int resource, rlim_t most) {
  const rlimit wanted{most, most};
  if (::setrlimit(static_cast<__rlimit_resource>(resource), &wanted) != 0) std::abort();
}

void put_in_place_of(int fd, const char* path, int flags) {
  const int opened = ::open(path, flags, 0600);
  if (opened < 0 || ::dup2(opened, fd) < 0) std::abort();
  ::close(opened);
}

[[noreturn]] void run(Job& job) {
  ::setsid();
  if (::chdir(job.folder.c_str()) != 0 || ::setenv("HOME", job.folder.c_str(), 1) != 0) std::abort();
  put_in_place_of(0, "/dev/null", O_RDONLY);
  put_in_place_of(1, "/dev/null", O_WRONLY);
  put_in_place_of(2, job.said.c_str(), O_WRONLY | O_CREAT | O_APPEND);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, job.cpu_seconds);
  ::alarm(job.wall_seconds);
  std::vector<char*> argv;
  for (std::string& word : job.words) argv.push_back(word.data());
  argv.push_back(nullptr);
  argus::Signals& heard = argus::signals();
  std::exit(argus::run_program(static_cast<int>(job.words.size()), argv.data(), {&heard.stop, &heard.number}));
}

}  // namespace

int main() {
  argus::prepare_heap();
  argus::keep_zone();
  std::set_terminate(argus::end_without_memory);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  argus::hear_stop_signals();
  std::string line;
  while (std::getline(std::cin, line)) {
    Job job = parsed(line);
    const pid_t child = ::fork();
    if (child < 0) std::abort();
    if (child == 0) run(job);
    int status = 0;
    rusage used{};
    if (::wait4(child, &status, 0, &used) != child) std::abort();
    std::cout << (WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status)) << ' ' << used.ru_maxrss << std::endl;
  }
  return 0;
}
