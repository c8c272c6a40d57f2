#include "argus/program.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <new>
#include <stdexcept>
#include <system_error>

#include "argus/chain.h"
#include "argus/classic_words.h"
#include "argus/command.h"
#include "argus/help.h"
#include "argus/rarc.h"
#include "base/file.h"
#include "base/log.h"
#include "base/result.h"
#include "base/text.h"
#include "config/config.h"
#include "shell/classic.h"
#include "shell/elsewhere.h"
#include "shell/io.h"
#include "shell/options.h"
#include "shell/progress_line.h"
#include "shell/terminal.h"

namespace argus {

namespace {

constexpr std::string_view kNoMemory =
    "there is not enough memory; --memory bounds what groups and rows take, --flows the table of live flows";

std::string_view base_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

int quit(const Io& io, const Error& error) {
  const Exit exit = io.was_interrupted() ? io.interrupted() : Exit::done;
  if (error.code == Errc::closed || (error.code == Errc::interrupted && exit == Exit::done))
    return static_cast<int>(exit);
  log_error(error);
  return static_cast<int>(error.code == Errc::interrupted ? exit : exit_status(error.code));
}

// Details are for whoever looks for a fault.
LogLevel log_level() {
  const char* const wish = std::getenv("ARGUS_VERBOSE");
  return wish != nullptr && *wish != '\0' ? LogLevel::verbose : LogLevel::normal;
}

int print(Io& io, const std::string& text) {
  auto written = io.out.write(text);
  return written ? 0 : quit(io, written.error());
}

// Help is of the command that is asked for it.
int run_chain(const std::vector<Link>& links, Io& io) {
  const auto called = [](const CommandEntry& entry) { return "argus " + std::string(entry.name); };
  for (const Link& link : links)
    if (std::find(link.words.begin(), link.words.end(), "--help") != link.words.end())
      return print(io, long_help(*link.entry, called(*link.entry)));
  log_start("argus", log_level());
  Chain chain;
  auto taken = chain.take(links);
  if (const CommandEntry* entry = chain.help_asked()) return print(io, short_help(*entry, called(*entry)));
  if (!taken) return quit(io, taken.error());
  auto result = chain.run(io);
  return result ? static_cast<int>(*result) : quit(io, result.error());
}

int run_command(const CommandEntry& entry, Io& io, std::vector<std::string> words) {
  // A reader shows itself as early as it can: the writer before it in the pipe is waiting.
  if (std::find(words.begin(), words.end(), "--help") != words.end()) return print(io, long_help(entry, io.program));
  const CommandPtr command = entry.make();
  OptionSet options;
  command->declare(options);
  if (io.classic) declare_classic(options), declare_rarc(options);
  if (words.size() == 1 && words[0] == "help" && !options.takes_words()) return print(io, long_help(entry, io.program));
  auto parsed = options.parse(words);
  if (options.asks_help()) return print(io, short_help(entry, io.program));
  if (!parsed) return quit(io, parsed.error());
  if (io.classic)
    if (auto filled = fill_from_rarc(entry.name, options); !filled) return quit(io, filled.error());
  auto result = command->run(io);
  if (!result) return quit(io, result.error());
  return static_cast<int>(*result);
}

// The classic argus.conf that makes a bare `argus` of root the sensor, as it makes the classic daemon: one that says
// where records go. Empty: there is none, or other settings take its place.
std::string classic_plan() {
  if (::geteuid() != 0 || std::getenv("ARGUS_CONFIG") != nullptr) return {};
  LoadOptions load;
  load.with_environment = false;
  if (const char* home = std::getenv("ARGUSHOME"); home != nullptr) {
    const std::string path = std::string(home) + "/argus.conf";
    if (::access(path.c_str(), R_OK) == 0) load.classic = path;
  }
  const auto settings = load_settings(load);
  if (!settings || settings->files().empty() || !settings->files().back().ends_with("argus.conf")) return {};
  for (const std::string_view key : {"capture.write", "capture.listen"})
    if (settings->origin(key) == Origin::file) return settings->files().back();
  return {};
}

int unknown_command(const std::string& name) {
  if (const std::string_view here = found_elsewhere(name); !here.empty()) {
    log_error(fmt::format("'{}' is not a command; {}", escaped(name), here));
    return static_cast<int>(Exit::wrong_request);
  }
  if (const std::string_view command = command_of_classic(name); !command.empty()) {
    log_error(fmt::format("'{}' is not a command; it is the classic name of 'argus {}'", name, command));
    return static_cast<int>(Exit::wrong_request);
  }
  if (::access(name.c_str(), F_OK) == 0) {
    log_error(fmt::format("'{0}' is a file, not a command: argus show -r {0}", escaped(name)));
    return static_cast<int>(Exit::wrong_request);
  }
  std::vector<std::string> known;
  for (const CommandEntry& entry : all_commands()) known.emplace_back(entry.name);
  log_error(fmt::format("'{}' is not a command{}    argus help", escaped(name), did_you_mean(name, known)));
  return static_cast<int>(Exit::wrong_request);
}

}  // namespace

int close_output(int status) {
  if (::close(STDOUT_FILENO) == 0 || errno == EBADF || errno == EINTR) return status;
  const std::string reason = system_reason(errno);
  return guarded([&] {
    log_error("stdout: not all of it may be on the disk: " + reason);
    const auto ended = static_cast<Exit>(status);
    const bool done = ended == Exit::done || ended == Exit::nothing || ended == Exit::damaged;
    return done ? static_cast<int>(Exit::could_not) : status;
  });
}

int guarded(const std::function<int()>& run) {
  try {
    return run();
  } catch (const std::bad_alloc&) {
    log_error(kNoMemory);
  } catch (const std::length_error&) {
    log_error(kNoMemory);  // more than there could ever be
  } catch (const std::system_error& error) {
    log_error(fmt::format("the system refused: {}", error.code().message()));
  }
  return static_cast<int>(Exit::could_not);
}

void end_without_memory() {
  const std::exception_ptr thrown = std::current_exception();
  if (!thrown) std::abort();
  try {
    std::rethrow_exception(thrown);
  } catch (const std::bad_alloc&) {
    constexpr std::string_view kBegin = "argus: ", kEnd = "\n";
    for (const std::string_view text : {kBegin, kNoMemory, kEnd}) (void)!::write(2, text.data(), text.size());
    ::_exit(static_cast<int>(Exit::could_not));
  } catch (...) {
    std::abort();
  }
}

int run_program(int argc, char** argv, const StopSignal& stop) {
  Io io;
  io.started = std::chrono::steady_clock::now();
  io.stop = stop.came;
  io.signal = stop.number;
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  const std::string called = argc > 0 ? std::string(base_name(argv[0])) : "argus";
  std::string name(command_of_classic(called));
  io.classic = io.adds_to_files = !name.empty();
  if (!io.classic) {
    log_start("argus", log_level());
    if (words.empty())
      if (const std::string path = classic_plan(); !path.empty()) {
        log_note(
            fmt::format("no command is given, so this is the sensor of {}; 'argus help' lists the commands", path));
        words = {"-F", path};
      }
    if (words.empty() || words[0] == "--") {
      (void)File(2, "stderr").write(overview());
      return static_cast<int>(Exit::wrong_request);
    }
    name = words[0];
    if (name == "-h") return print(io, overview());
    if (name == "--version" || name == "-V") name = "version";
    if (name == "--help") name = "help";
    // The classic daemon has no verb: its first word is an option.
    io.adds_to_files = name.size() > 1 && name[0] == '-';
    if (io.adds_to_files) name = "capture";
    else words.erase(words.begin());
  }
  if (words.size() == 1 && words[0] == "--version") name = "version", words.clear(), io.classic = false;
  const CommandEntry* entry = find_command(name);
  if (entry == nullptr) return unknown_command(name);
  io.program = io.classic ? called : "argus " + std::string(entry->name);
  log_start(io.program, log_level());
  log_colours(wants_colour(ColourWhen::automatic, STDERR_FILENO));
  if (shows_line(STDERR_FILENO)) io.line = std::make_shared<ProgressLine>(io.started);
  io.words = words;
  return guarded([&] {
    if (io.classic) return run_command(*entry, io, std::move(words));
    auto links = Chain::links_of(*entry, std::move(words));
    if (!links) return quit(io, links.error());
    return links->size() == 1 ? run_command(*entry, io, std::move(links->front().words)) : run_chain(*links, io);
  });
}

}  // namespace argus
