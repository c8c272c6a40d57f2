// show: print, filter, convert, concatenate.
#include "argus/command.h"
#include "argus/input_options.h"
#include "argus/modes.h"
#include "argus/output_options.h"
#include "query/cluster.h"

namespace argus {

namespace {

class Show final : public Command {
 public:
  Page page() const override {
    return {"[-r FILE...] [options] [- filter]",
            "Prints records, or with -w writes them: filters, converts and concatenates.",
            {{"argus show -r day.flows", "every record"},
             {"argus show -r office.pcap -N 10 - tcp and port 443", "a capture is read like a flow file"},
             {"argus show -r day.flows -t 14:00-15:00 --json", "one hour, for other programs"},
             {"argus show -r mon.flows tue.flows -w both.flows", "one file out of two"}},
            ""};
  }
  void declare(OptionSet& options) override {
    input_.declare(options);
    output_.declare(options);
    modes_.declare(options);
  }
  Result<Exit> run(Io& io) override {
    ARGUS_TRY(modes_.check());
    ARGUS_TRY_LET(SourcePtr flows, input_.open(io));
    flows = output_.records_read(std::move(flows));
    if (modes_.rmon()) flows = doubled(std::move(flows));
    return output_.run(io, std::move(flows), {.fields = {}, .where = {}, .when = input_.span()}, input_.paths());
  }

 private:
  InputOptions input_;
  OutputOptions output_;
  ModeOptions modes_;
};

}  // namespace

ARGUS_COMMAND(show, Show)

}  // namespace argus
