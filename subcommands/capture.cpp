// capture: packets into flow records.
#include <sys/stat.h>

#include <numeric>

#include "argus/command.h"
#include "argus/input_options.h"
#include "argus/output_options.h"
#include "base/log.h"
#include "query/sort.h"

namespace argus {

namespace {

class Capture final : public Command {
 public:
  Page page() const override {
    return {"-r FILE... [-w FILE] [options] [- filter]",
            "Meters the packets of capture files into bidirectional flow records. Several captures are metered as one\n"
            "piece of traffic. -w adds to a flow file that exists.",
            {{"argus capture -r monday.pcap -w day.flows", "packets to records"},
             {"argus capture -r office.pcap.gz", "look without keeping"},
             {"tcpdump -w - -i eth0 | argus capture -r - -w eth0.flows", "from a pipe"}},
            ""};
  }
  void declare(OptionSet& options) override {
    input_.declare(options);
    output_.declare(options);
    // What the classic daemon needs to be asked for is always in a record here.
    for (const std::string_view name : {"-A", "-J", "-Z", "-m", "-d"}) options.ignored(name, OptionKind::flag);
  }
  Result<Exit> run(Io& io) override {
    ARGUS_TRY_LET(SourcePtr flows, input_.open(io));
    ARGUS_TRY_LET(const Exit exit, output_.run(io, std::move(flows), {.fields = {}, .where = {}, .when = input_.span()},
                                               input_.paths()));
    if (output_.to_file() && !output_.quiet()) report();
    return exit;
  }

 private:
  void report() const {
    std::uint64_t received = 0;
    for (const LedgerEntry& entry : output_.done().journal.entries())
      if (entry.item == LedgerItem::received) received += entry.count;
    log_note(fmt::format("{} packets, {} records written to {}", received, output_.done().rows, output_.write_path()));
  }

  InputOptions input_;
  OutputOptions output_{FlowFileMode::append};
};

}  // namespace

ARGUS_COMMAND(capture, Capture)

}  // namespace argus
