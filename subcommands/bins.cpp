// bins: totals per step of time.
#include "query/bins.h"
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
         {"argus bins -M 5m -m none -r day.flows -w cut.flows", "only cut the records"}},
        "## Steps and modes\n\n"
        "A step is `10s`, `5m`, `1h`, `1d`, `1w`, `1M` or `1y`, also after the word `time`. Steps follow the local\n"
        "clock: they begin at midnight, weeks begin on Monday, and months and years follow the calendar.\n\n"
        "- Without a mode, stime and ltime are the first and last time in the bin; `hard` makes them its borders.\n"
        "- `zero` also prints bins without records, with counters of 0.\n"
        "- `nomodify` cuts nothing: a whole record counts in the bin in which it begins.\n\n"
        "The packets of a cut record are spread over the time in which its direction was seen, its other counters\n"
        "follow them, and `estimated` is 1 in each piece. A flow (`trans`) counts where it began.\n\n"
        "## Live input\n\n"
        "A bin is printed when the records are `-B` past its end; if no records arrive, when the clock is. A live\n"
        "flow is reported once a minute, so the default is 65 seconds; where sensors report more often (`--status`),\n"
        "less is enough. Records that arrive too late appear as extra rows of their bin, which keeps the sums right,\n"
        "and their number is printed at the end. With `zero`, bins without traffic are printed as they pass."};
  }
  void declare(OptionSet& options) override {
    options.group("what to merge by");
    options.list("-m,--merge", "KEY...", keys_, ListWords::plain,
                 "fields, also cut: saddr/24, bytes/1000; none: only cut records");
    input_.declare_reading(options);
    output_.declare(options);
    modes_.declare(options);
    options.group("how");
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
    flows = binned(output_.records_read(std::move(flows)), std::move(options));
    ARGUS_TRY_LET(const Outcome done, run_output(io, std::move(flows), output_, input_.asked(), input_.paths()));
    return done.exit;
  }

 private:
  InputOptions input_;
  OutputOptions output_;
  ModeOptions modes_{{{"hard", "zero", "nomodify"}, true, "a time step (1m), hard, zero, nomodify"}};
  std::vector<std::string> keys_;
  Nanos hold_ = kBinHold;
};

}  // namespace

ARGUS_COMMAND(bins, Bins)

}  // namespace argus
