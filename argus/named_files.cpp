#include "argus/named_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "argus/offers.h"
#include "base/count_text.h"
#include "base/log.h"
#include "flow/progress.h"
#include "sensor/system_calls.h"
#include "shell/pipe.h"
#include "source/open_source.h"

namespace argus {

namespace {

// Options of commands that read records, and why there is nothing to look at.
struct Refused {
  std::string_view name, why;
};
constexpr auto kRefused = std::to_array<Refused>({
    {"--remote", "a sensor has no file to look at; save what it sends:  argus show --remote HOST -T 10s -w FILE"},
    {"-i", "an interface has no file to look at; make one:  argus capture -i INTERFACE -T 10s -w FILE"},
    {"-t", "this looks at whole files; cut one:  argus show -r FILE -t RANGE -w OTHER"},
});

bool is_folder(const std::string& path) {
  struct stat info {};
  return path != "-" && ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

}  // namespace

void NamedFiles::declare(OptionSet& options) {
  options.words(words_, &offered_files);
  options.group("what to look at");
  options.list("-r,--read", "FILE...", read_, ListWords::paths,
               "the same as FILE: flow files, captures (also compressed), folders; '-' is standard input");
  options.common(), options.offer(&offered_files);
  for (const Refused& one : kRefused)
    options.ignored(one.name, OptionKind::value,
                    [&one](const std::string&) -> Result<> { return fail(Errc::usage, "{}", one.why); });
  options.group("how", OptionSet::Purpose::special);
  options.flag("--no-system-call-filter", all_calls_, "do not restrict system calls; debuggers need this");
}

Result<std::vector<NamedFiles::Named>> NamedFiles::files(const Io& io, std::vector<Error>& problems) const {
  std::vector<std::string> paths = words_;
  paths.insert(paths.end(), read_.begin(), read_.end());
  if (paths.empty()) {
    if (!may_have_records(io.in.fd())) return fail(Errc::usage, "nothing to look at; give FILE... or a pipe");
    paths.emplace_back("-");
  }
  if (std::find(paths.begin(), paths.end(), "-") != paths.end()) {
    if (::isatty(io.in.fd()) != 0) return fail(Errc::usage, "'-': standard input is a terminal; give a pipe or a FILE");
    announce_record_reader(io.in.fd());
  }
  std::vector<Named> out;
  for (const std::string& path : paths)
    for (std::string& file : input_files({path}, problems)) out.push_back({std::move(file), is_folder(path)});
  return out;
}

Result<Exit> NamedFiles::inspect_each(Io& io, InspectOptions options, const Taker& take) const {
  std::vector<Error> problems;
  ARGUS_TRY_LET(const std::vector<Named> files, this->files(io, problems));
  if (!all_calls_)
    if (auto limited = limit_system_calls(Duty::reader); !limited) log_detail(limited.error().text);
  options.stop = io.stop;
  if (io.line)
    options.told = [&io](const Progress& progress) {
      if (io.line->is_due()) io.line->show(progress);
    };
  Exit exit = Exit::done;
  for (const Error& problem : problems) log_error(problem), exit = worse(exit, exit_status(problem.code));
  std::uint64_t passed_over = 0;
  for (const Named& file : files) {
    auto facts = inspect(file.path, options);
    if (io.line) log_transient({});
    if (facts) {
      ARGUS_TRY(take.facts(*facts));
      continue;
    }
    if (facts.error().code == Errc::interrupted) {
      io.progress->cut = true;
      return std::move(facts.error());
    }
    if (facts.error().code == Errc::foreign && file.of_folder) {
      passed_over++;
      continue;
    }
    exit = worse(exit, exit_status(facts.error().code));
    if (take.unread) ARGUS_TRY(take.unread(file.path, facts.error()));
    else log_error(facts.error());
  }
  if (passed_over != 0) log_note(count_is(passed_over, "file") + " neither a flow file nor a capture and passed over");
  return exit;
}

}  // namespace argus
