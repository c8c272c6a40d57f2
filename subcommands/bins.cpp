// bins: totals per step of time.
#include "query/bins.h"
#include "archive/split.h"
#include "archive/split_names.h"
#include "argus/account.h"
#include "argus/run.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/source.h"
#include "query/key.h"
#include "shell/io.h"
#include "shell/options.h"

#include "argus/command.h"
#include "argus/input_options.h"
#include "argus/modes.h"
#include "argus/offers.h"
#include "argus/output_options.h"
#include "base/text.h"

namespace argus {

namespace {

Result<Nanos> parse_hold(const std::string& text) {
  ARGUS_TRY_LET(const Nanos hold, parse_duration(text));
  if (hold < 0) return fail(Errc::usage, "invalid time '{}': write 10s", escaped(text));
  return hold;
}

class Bins final : public Command {
 public:
  Page page() const override {
    return {
        "-M TIME [-m KEY...] [-r FILE...] [options] [- filter]",
        "Cuts records at the borders of time steps and merges those that share a key within each step. The sums of\n"
        "all rows equal the totals of the records, to the packet.",
        {{"argus bins -M 1m -m proto -r day.flows", "each protocol, minute by minute"},
         {"argus bins -M hard zero 1h -m dport -r day.flows - tcp", "every hour, also those without traffic"},
         {"argus bins -M hard zero 5m -m srcid -r day.flows", "all traffic, a row for each five minutes"},
         {"argus bins -M 5m -m none -r day.flows -w cut.flows", "only cut the records"},
         {"argus bins -M 5m -m proto -r day.flows -w 'bins/%H.%M.flows'", "a file for each step"}},
        "## Steps and modes\n\n"
        "A step is `10s`, `5m`, `1h`, `1d`, `1w`, `1M` or `1y`, also after the word `time`. Steps follow the local\n"
        "clock: they begin at midnight, weeks begin on Monday, and months and years follow the calendar.\n\n"
        "- Without a mode, stime and ltime are the first and last time in the bin; `hard` makes them its borders.\n"
        "- `zero` also prints bins without records, with counters of 0: between the first and the last, and to the\n"
        "  ends of a time range (`-t`) of files.\n"
        "- `nomodify` cuts nothing: a whole record counts in the bin in which it begins.\n\n"
        "The packets of a cut record are spread over the time in which its direction was seen, its other counters\n"
        "follow them, and `estimated` is 1 in each piece. A flow (`trans`) counts where it began.\n\n"
        "A name of `-w` with `%H` or `$proto` in it stands for many files: `%Y %m %d %H %M %S` and other conversions\n"
        "of strftime are the beginning of the step, `$saddr` is the value of any field, as in\n"
        "[split](split.md#names).\n\n"
        "## Live input\n\n"
        "A bin is printed when the records are `-B` past its end; if no records arrive, when the clock is. A live\n"
        "flow is reported once a minute, so the default is 65 seconds; where sensors report more often (`--status`),\n"
        "less is enough. Records that arrive too late appear as extra rows of their bin, which keeps the sums right,\n"
        "and their number is printed at the end. With `zero`, bins without traffic are printed as they pass."};
  }
  void declare(OptionSet& options) override {
    options.group("steps of time, and what to merge by");
    modes_.declare(options);
    options.common();
    options.list("-m,--merge", "KEY...", keys_, ListWords::plain,
                 "fields, also cut: saddr/24, bytes/1000; none: only cut records");
    options.common(), options.offer(&offered_keys);
    input_.declare_reading(options);
    output_.declare(options);
    output_.declare_threads(options);
    options.value("-B", "TIME", hold_, parse_hold, "with live input, print a bin this long after its end (65s)");
  }
  Result<Exit> run(Io& io) override {
    ARGUS_TRY(modes_.check(io));
    output_.set_rmon(modes_.rmon());
    if (!modes_.step()) return fail(Errc::usage, "-M needs a time step, such as -M 1m");
    auto keys = parse_keys(keys_);
    if (!keys) return while_doing("-m", std::move(keys.error()));
    if (auto good = check_bin_key(*keys); !good) return while_doing("-m", std::move(good.error()));
    BinOptions options;
    options.step = *modes_.step();
    options.key = std::move(*keys);
    options.rmon = modes_.rmon();
    options.hard = modes_.has("hard");
    options.zero = modes_.has("zero");
    options.nomodify = modes_.has("nomodify");
    options.live = true;
    options.hold = hold_;
    ARGUS_TRY_LET(SourcePtr flows, input_.open(io));
    live_ = input_.is_live(*flows);
    flows = binned(output_.records_read(std::move(flows)), std::move(options));
    if (output_.to_file() && output_.write_path().find_first_of("%$") != std::string::npos)
      return write_files(io, output_.rows_wanted(std::move(flows)));
    ARGUS_TRY_LET(const Outcome done, run_output(io, std::move(flows), output_, input_));
    return done.exit;
  }

 private:
  // A file for each step, or for values of fields.
  Result<Exit> write_files(Io& io, SourcePtr flows) {
    ARGUS_TRY(output_.check_many_files());
    SplitOptions options;
    ARGUS_TRY_LET(options.names, SplitNames::parse(output_.write_path()));
    if (options.names.has_time()) options.step = modes_.step();
    options.existing = output_.adds_to_files(io) || live_ ? ExistingFiles::appended : ExistingFiles::replaced;
    options.inputs = input_.files();
    options.interrupted = [&io] { return io.was_interrupted(); };
    ARGUS_TRY_LET(const auto sink, split_sink(std::move(options)));
    RunOptions run = output_.run_options(input_.asked());
    run.account.closing = [&](const Outcome& done) -> std::string {
      if (done.interrupted) return "existing files are unchanged; new ones have the records read before that";
      const SplitCounts counts = sink->counts();
      const std::string files = fmt::format("{} file{}, {} row{}", counts.files, counts.files == 1 ? "" : "s",
                                            counts.records, counts.records == 1 ? "" : "s");
      return output_.quiet() || io.classic ? "" : files + existing_text(counts);
    };
    ARGUS_TRY_LET(const Outcome done, run_pipeline(io, *flows, *sink, run));
    return done.exit;
  }

  bool live_ = false;
  InputOptions input_;
  OutputOptions output_;
  ModeOptions modes_{{{"hard", "zero", "nomodify"}, true, "a time step (1m), hard, zero, nomodify"}};
  std::vector<std::string> keys_;
  Nanos hold_ = kBinHold;
};

}  // namespace

ARGUS_COMMAND(bins, Bins)

}  // namespace argus
