// check: whether files are sound, by reading all of them.
#include <algorithm>
#include <array>
#include <string>

#include "argus/command.h"
#include "argus/facts_report.h"
#include "argus/named_files.h"
#include "argus/output_options.h"
#include "base/count_text.h"
#include "base/log.h"
#include "base/result.h"
#include "base/text.h"
#include "shell/io.h"
#include "shell/options.h"
#include "source/inspect.h"

namespace argus {

namespace {

constexpr std::string_view kAboutCheck =
    "## What is checked\n\n"
    "Everything: the check of each head, directory and column, also of columns that this version does not know; that\n"
    "each column decodes to as many values as its frame has records, within the bounds and the membership that its\n"
    "directory tells; that no frame and no record is missing between others; the repair bytes; the end. A changed bit\n"
    "anywhere is found. Of a capture, that it can be read to its end. Nothing is written.\n\n"
    "A line for each file begins with the verdict:\n\n"
    "| verdict | means | exit status |\n"
    "|---|---|---|\n"
    "| `ok` | all of it is sound, and its writer closed it | 0 |\n"
    "| `growing` | all of it is sound so far, and its writer is at work | 0 |\n"
    "| `unclosed` | what is there is sound; its writer was stopped, or it was cut between two frames | 3 |\n"
    "| `damaged` | what is wrong first, and where; how many records are lost | 3 |\n"
    "| `unread` | it could not be read, and why | 1 |\n\n"
    "Where a file is damaged at several places, all of them are on standard error.\n\n"
    "Damage that the repair bytes make good is damage all the same: nothing is lost, and the next may be worse. What\n"
    "is left of a file goes into a sound one by `argus show -r day.flows -w sound.flows`.\n\n"
    "Frames are decoded on as many threads as there are cores, or on `--threads`. `-q` prints no line for files that\n"
    "are `ok`. `--json` prints an object a file; `order` is `sorted` if all records follow each other by `stime`.";

enum class Soundness : std::uint8_t { ok, growing, unclosed, damaged };

struct SoundnessInfo {
  std::string_view word;
  Exit exit;
};
constexpr auto kSoundness = std::to_array<SoundnessInfo>(
    {{"ok", Exit::done}, {"growing", Exit::done}, {"unclosed", Exit::damaged}, {"damaged", Exit::damaged}});
constexpr std::string_view kUnread = "unread";
constexpr std::size_t kWordWidth = 8;  // of the longest

const SoundnessInfo& info(Soundness verdict) { return kSoundness[static_cast<std::size_t>(verdict)]; }

Soundness soundness_of(const InputFacts& facts) {
  const bool damaged = std::any_of(facts.problems.begin(), facts.problems.end(),
                                   [](const Error& problem) { return exit_status(problem.code) != Exit::done; });
  if (damaged) return Soundness::damaged;
  if (facts.ending == Ending::growing) return Soundness::growing;
  return facts.ending == Ending::closed ? Soundness::ok : Soundness::unclosed;
}

// "12 records in 3 frames", "12 packets"
std::string contents_text(const InputFacts& facts) {
  if (!facts.capture.form.empty()) return count_text(facts.packets, "packet");
  if (!facts.foreign.form.empty()) return count_text(facts.records, "record");
  return count_text(facts.records, "record") + " in " + count_text(facts.flows.row_frames, "frame");
}

// Behind the verdict.
std::string verdict_text(const InputFacts& facts, Soundness verdict) {
  const std::string contents = escaped(facts.name) + ": " + contents_text(facts);
  switch (verdict) {
    case Soundness::ok: return contents;
    case Soundness::growing:  // a frame of it may be on its way
      return escaped(facts.name) + ": " + count_text(facts.records, "record") + " so far";
    case Soundness::unclosed:
      return contents + " are sound; it has no end: its writer was stopped, or it was cut behind them";
    case Soundness::damaged: break;
  }
  const auto wrong = std::find_if(facts.problems.begin(), facts.problems.end(),
                                  [](const Error& problem) { return exit_status(problem.code) != Exit::done; });
  std::string out = wrong->text;
  if (facts.problems.size() > 1) out += fmt::format(" (and {} more)", facts.problems.size() - 1);
  if (!facts.capture.form.empty()) return out + "; " + contents_text(facts) + " before it";
  if (facts.lost.records == 0) return out + fmt::format("; all {} good", count_is(facts.records, "record"));
  return out + fmt::format("; {} lost, {} good", count_text(facts.lost.records, "record"), facts.records);
}

class Check final : public Command {
 public:
  Page page() const override {
    return {"FILE... [options]",
            "Reads all of the files and tells whether they are sound: a line for each, and exit status 0 if all are.\n"
            "It writes nothing.",
            {{"argus check day.flows", "ok, or what is damaged, where, and how much is lost"},
             {"argus check -q archive", "the files of a folder that are not sound"},
             {"argus check --json *.flows", "an object a file, for other programs"}},
            kAboutCheck};
  }
  void declare(OptionSet& options) override {
    files_.declare(options);
    options.group("what to print");
    options.flag("--json", json_, "JSON, an object a line");
    options.common();
    options.flag("-q,--quiet", quiet_, "only files that are not ok");
    options.common();
    options.group("how", OptionSet::Purpose::special);
    declare_threads(options, threads_);
  }
  Result<Exit> run(Io& io) override {
    Exit found = Exit::done;
    NamedFiles::Taker take;
    take.facts = [&](const InputFacts& facts) -> Result<> {
      const Soundness verdict = soundness_of(facts);
      found = worse(found, info(verdict).exit);
      if (quiet_ && verdict == Soundness::ok) return {};
      const std::string_view word = info(verdict).word;
      ARGUS_TRY(io.out.write(json_ ? verdict_json(facts, word) + '\n' : line(word, verdict_text(facts, verdict))));
      if (!json_ && facts.problems.size() > 1)
        for (const Error& problem : facts.problems) log_error(problem);
      return {};
    };
    take.unread = [&](const std::string& name, const Error& why) -> Result<> {
      if (!json_) return io.out.write(line(kUnread, why.text));
      return io.out.write(verdict_json(name, kUnread, why) + '\n');
    };
    InspectOptions options;
    options.whole = true;
    options.threads = threads_;
    ARGUS_TRY_LET(const Exit opened, files_.inspect_each(io, options, take));
    return worse(opened, found);
  }

 private:
  // Errors have names as they are; a log escapes them, and so does this.
  static std::string line(std::string_view verdict, std::string_view text) {
    return fmt::format("{:<{}}  {}\n", verdict, kWordWidth, escaped(text));
  }

  NamedFiles files_;
  bool json_ = false, quiet_ = false;
  std::size_t threads_ = 1;
};

}  // namespace

ARGUS_COMMAND(check, Check)

}  // namespace argus
