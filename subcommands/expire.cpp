// expire: remove old files of a pattern.

#include "archive/file_pattern.h"
#include "archive/retention.h"
#include "argus/command.h"
#include "argus/file_options.h"
#include "argus/offers.h"
#include "base/count_text.h"
#include "base/log.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "shell/io.h"
#include "shell/options.h"

namespace argus {

namespace {

std::string reason_text(ExpiryReason reason) {
  switch (reason) {
    case ExpiryReason::age: return "older than --keep";
    case ExpiryReason::size: return "beyond --keep-size";
    case ExpiryReason::space: return "for --min-free";
  }
  return {};
}

class Expire final : public Command {
 public:
  Page page() const override {
    return {
        "-w PATTERN [--dry-run] [--keep TIME] [--keep-size SIZE] [--min-free PERCENT]",
        "Removes finished files that capture wrote with -w PATTERN and --rotate, oldest first, as capture itself\n"
        "does with the same options. With --dry-run it only prints what it would remove.",
        {{"argus expire -w day.flows --min-free 5%", "for capture -w day.flows --rotate 1d"},
         {"argus expire -w '/var/lib/argus/%Y/%m/%d/argus.%H%M.flows' --keep-size 50G",
          "remove the oldest files beyond 50 GB"},
         {"argus expire --dry-run -w '/var/lib/argus/%Y/%m/%d/argus.%H%M.flows' --keep 30d",
          "what would be removed, and why"}},
        "It removes only regular files whose names and folders match the pattern, which begin as flow files and are\n"
        "not being written. A file's age is the time since it was last written to. Symbolic links below the first\n"
        "folder with a conversion are not followed. Folders that become empty are removed too.\n"
        "[archive](../archive.md) has the details."};
  }
  void declare(OptionSet& options) override {
    options.group("which files");
    options.value("-w,--write", "PATTERN", pattern_, "the pattern that capture was given");
    options.common(), options.offer(&offered_files);
    files_.declare_removal(options);
    options.group("how");
    options.flag("--dry-run", dry_run_, "remove nothing; print what would be removed");
    options.common();
    options.flag("-q,--quiet", quiet_, "errors only");
  }
  Result<Exit> run(Io& io) override {
    if (pattern_.empty()) return fail(Errc::usage, "-w is missing: give the pattern that capture was given");
    if (!files_.rules().removes())
      return fail(Errc::usage, "nothing is removed without a rule: give --keep 30d, --keep-size 50G or --min-free 5%");
    ARGUS_TRY_LET(const FilePattern pattern, FilePattern::parse(pattern_));
    ARGUS_TRY_LET(const Expiry plan, plan_expiry(pattern, files_.rules(), wall_now()));
    if (dry_run_) return say_plan(io, pattern, plan);
    const Removal removed = remove_expired(pattern, plan);
    for (const std::string& text : removed.failures) log_error(text);
    if (!quiet_)
      log_note(fmt::format("{} of {} removed, {} of {}", removed.files, count_text(plan.files, "file"), removed.bytes,
                           count_text(plan.bytes, "byte")));
    return removed.failures.empty() ? Exit::done : Exit::could_not;
  }

 private:
  Result<Exit> say_plan(Io& io, const FilePattern& pattern, const Expiry& plan) const {
    std::string text;
    for (const Expiry::Going& going : plan.going)
      text += fmt::format("{}  {}  {}\n", escaped(path_of(pattern, going.file.names)),
                          count_text(going.file.bytes, "byte"), reason_text(going.reason));
    text += fmt::format("{} of {} would be removed, {} of {}\n", plan.going.size(), count_text(plan.files, "file"),
                        plan.going_bytes, count_text(plan.bytes, "byte"));
    ARGUS_TRY(io.out.write(text));
    return Exit::done;
  }

  FileOptions files_;
  std::string pattern_;
  bool dry_run_ = false, quiet_ = false;
};

}  // namespace

ARGUS_COMMAND(expire, Expire)

}  // namespace argus
