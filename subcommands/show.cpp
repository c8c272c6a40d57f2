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
    "The sensor applies the filter and sends only the columns that are wanted. Rows appear as they arrive, until `-N`\n"
    "rows, `-T` or an interrupt. When a connection is lost, argus says so and tries again after 1, 2, 4 and so on up\n"
    "to 30 s, without end. How long the sensor was away is printed at the end, and written with `-w`. A sensor that\n"
    "cannot be reached at the start, while others can, is tried again too, and the exit status becomes 1.\n\n"
    "`--follow` reads a flow file that another argus is writing: at its end, show waits for more until the writer is\n"
    "done or an interrupt. Without it, show ends at the end of such a file, with status 0. Live records from a pipe\n"
    "are shown as they arrive.";

class Show final : public Command {
 public:
  Page page() const override {
    return {"[-r FILE... | --remote HOST...] [options] [- filter]",
            "Prints records, or with -w writes them: filters, converts and concatenates.",
            {{"argus show -r day.flows", "every record"},
             {"argus show -r office.pcap -N 10 - tcp and port 443", "a capture is read like a flow file"},
             {"argus show -r day.flows -t 14:00-15:00 --json -s all", "every field of one hour, for other programs"},
             {"argus show -r mon.flows tue.flows -w both.flows", "join two files into one"},
             {"argus show --remote sensor1 - port 53", "live, until interrupted"}},
            kAboutShow};
  }
  void declare(OptionSet& options) override {
    input_.declare_reading(options);
    output_.declare(options);
    output_.declare_threads(options);
    modes_.declare(options);
  }
  Result<Exit> run(Io& io) override {
    ARGUS_TRY(modes_.check(io));
    output_.set_rmon(modes_.rmon());
    ARGUS_TRY_LET(SourcePtr flows, input_.open(io));
    flows = output_.records_read(std::move(flows));
    if (modes_.rmon()) flows = doubled(std::move(flows));
    ARGUS_TRY_LET(const Outcome done, run_output(io, std::move(flows), output_, input_));
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
