// info: what is in files, by what they say of themselves.
#include <algorithm>
#include <string>

#include "argus/command.h"
#include "argus/facts_report.h"
#include "argus/named_files.h"
#include "base/log.h"
#include "base/result.h"
#include "base/time.h"
#include "base/zone.h"
#include "flow/field.h"
#include "shell/io.h"
#include "shell/options.h"
#include "source/inspect.h"

namespace argus {

namespace {

constexpr std::string_view kAboutInfo =
    "## What is told\n\n"
    "Each frame of a flow file has a head and a directory: how many records it has, which columns, how large they\n"
    "are, and the least and the largest time. `info` reads these and no record, so that it takes as long for a\n"
    "large file as for its few heads, whether the file was closed or not. Of a pipe or a compressed file all bytes\n"
    "pass by; none of them is decoded.\n\n"
    "- `records`, `time`, `size`, `frames`: as far as the file is sound. `time` is from the first packet to the last.\n"
    "- `sensors`: those that headers, ledgers and frames name. Where a frame has records of several, it says so.\n"
    "- `order`: if the times of the frames overlap, the records are certainly not sorted by `stime`; if they do not,\n"
    "  those inside of a frame still may not be. `argus check` knows.\n"
    "- `packets`, `loss`: what the [ledger](../output.md#the-ledger) of the writer says.\n"
    "- `damage`: what heads and directories show: frames that are missing, a file that was cut. [check](check.md)\n"
    "  reads everything. With damage the exit status is 3.\n"
    "- `end`: a writer closes a file with a last frame. Without it, the frames that are there are found one after\n"
    "  the other, as always; more may have been behind them.\n\n"
    "The table lists the columns with their bytes before (`raw`) and after compression (`bytes`). Small frames\n"
    "compress all their columns together, which is a line of its own, as are directories, repair bytes and heads: the\n"
    "sum is the whole file. A column without bytes has the same value in every row of each frame. For several files,\n"
    "the table is of all of them.\n\n"
    "Captures do not say how many packets they have: of these only form and size are told.\n\n"
    "`--json` prints an object for each file (`\"type\":\"file\"`) and for several files a last one\n"
    "(`\"type\":\"total\"`).";

class Info final : public Command {
 public:
  Page page() const override {
    return {"FILE... [options]",
            "Tells what is in flow files, from heads and directories alone: records, time, sensors, size, frames,\n"
            "order, losses, damage, whether they are complete, and the columns with their bytes.",
            {{"argus info day.flows", "what is in this file"},
             {"argus info archive/2026/09", "in all files of a folder, and together"},
             {"argus info *.flows --json", "an object a file, for other programs"},
             {"argus show -r day.flows -w - - tcp | argus info -", "of what comes through a pipe"}},
            kAboutInfo};
  }
  void declare(OptionSet& options) override {
    files_.declare(options);
    options.group("what to print");
    options.flag("--json", json_, "JSON, an object a line");
    options.common();
    options.flag("-H,--human", human_, "2.31M instead of exact numbers");
    options.flag("--utc", utc_, "times in UTC instead of the local zone");
  }
  Result<Exit> run(Io& io) override {
    FactsLook look;
    look.time.form = utc_ ? TimeStyle::Form::utc : TimeStyle::Form::local;
    look.zone = utc_ ? "UTC" : zone_name();
    look.human = human_;
    FactsTotal total;
    Exit found = Exit::done;
    const auto take = [&](const InputFacts& facts) -> Result<> {
      std::string text = json_ ? facts_json(facts) + '\n' : facts_text(facts, look);
      if (!json_ && total.files != 0) text.insert(0, "\n");
      total.add(facts);
      for (const Error& problem : facts.problems) {
        if (exit_status(problem.code) != Exit::done) log_error(problem);
        found = worse(found, exit_status(problem.code));
      }
      return io.out.write(text);
    };
    ARGUS_TRY_LET(const Exit opened, files_.inspect_each(io, {}, {take, {}}));
    ARGUS_TRY(io.out.write(end_of(total, look)));
    return worse(opened, found);
  }

 private:
  [[nodiscard]] std::string end_of(const FactsTotal& total, const FactsLook& look) const {
    if (json_) return total.files > 1 ? total_json(total) + '\n' : "";
    std::string out;
    if (total.files > 1) out += '\n' + total_text(total, look);
    if (!total.flows.columns.empty()) out += '\n' + columns_text(total.flows, total.records, look);
    return out;
  }

  NamedFiles files_;
  bool json_ = false, human_ = false, utc_ = false;
};

}  // namespace

ARGUS_COMMAND(info, Info)

}  // namespace argus
