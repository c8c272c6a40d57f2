// show: print, filter, convert, concatenate.
#include "argus/account.h"
#include "argus/command.h"
#include "argus/input_options.h"
#include "argus/modes.h"
#include "argus/output_options.h"
#include "argus/run.h"
#include "base/result.h"
#include "flow/source.h"
#include "query/cluster.h"
#include "shell/io.h"
#include "shell/options.h"

namespace argus {

namespace {

constexpr std::string_view kAboutShow =
    "## Live input\n\n"
    "`--remote` reads from sensors: `argus capture --listen`, or a relay. Several are merged as their records arrive.\n"
    "The filter, and which columns are wanted, are applied at the sensor. Rows appear as they come, until `-N` rows,\n"
    "`-T` or an interrupt. A connection that is lost is said and tried again after 1, 2, 4 and so on up to 30 s, for\n"
    "ever; how long it was away is said at the end, and written with `-w`. A sensor that cannot be reached at the\n"
    "start, where others can, is tried again too and makes the exit status 1.\n\n"
    "`--follow` reads a flow file that another argus is writing: at its end it waits for more, until the writer is\n"
    "done or it is interrupted. Without it, such a file ends where it ends, with status 0. From a pipe, live records\n"
    "are shown as they come.";

class Show final : public Command {
 public:
  Page page() const override {
    return {"[-r FILE... | --remote HOST...] [options] [- filter]",
            "Prints records, or with -w writes them: filters, converts and concatenates.",
            {{"argus show -r day.flows", "every record"},
             {"argus show -r office.pcap -N 10 - tcp and port 443", "a capture is read like a flow file"},
             {"argus show -r day.flows -t 14:00-15:00 --json -s all", "every field of one hour, for other programs"},
             {"argus show -r mon.flows tue.flows -w both.flows", "one file out of two"},
             {"argus show --remote sensor1 - port 53", "live, until interrupted"}},
            kAboutShow};
  }
  void declare(OptionSet& options) override {
    input_.declare_reading(options);
    output_.declare(options);
    modes_.declare(options);
  }
  Result<Exit> run(Io& io) override {
    ARGUS_TRY(modes_.check());
    ARGUS_TRY_LET(SourcePtr flows, input_.open(io));
    flows = output_.records_read(std::move(flows));
    if (modes_.rmon()) flows = doubled(std::move(flows));
    ARGUS_TRY_LET(const Outcome done, run_output(io, std::move(flows), output_, input_.asked(), input_.paths()));
    return done.exit;
  }

 private:
  InputOptions input_;
  OutputOptions output_;
  ModeOptions modes_;
};

}  // namespace

ARGUS_COMMAND(show, Show)

}  // namespace argus
