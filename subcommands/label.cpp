// label: records with what files of the user's say about them.
#include <string>
#include <vector>

#include "argus/account.h"
#include "argus/command.h"
#include "argus/input_options.h"
#include "argus/output_options.h"
#include "argus/run.h"
#include "base/result.h"
#include "flow/source.h"
#include "shell/io.h"
#include "shell/options.h"

namespace argus {

namespace {

class Label final : public Command {
 public:
  Page page() const override {
    return {
        "--labels FILE... [-w FILE] [-r FILE... | --remote HOST...] [options] [- filter]",
        "Stores in the records what files of yours say about them: countries, cities, AS numbers and who has them,\n"
        "names of networks and services, labels by rules. Every other command that reads takes --labels too, and then\n"
        "nothing is stored.",
        {{"argus label --labels city.mmdb asn.mmdb -r day.flows -w labelled.flows", "from MaxMind databases"},
         {"argus label --labels names.txt -r day.flows -w labelled.flows", "lines such as: 10.1.0.0/16 office"},
         {"argus cluster --labels city.mmdb -m dco -r day.flows", "by country, and nothing is stored"},
         {"argus show --labels names.txt -r day.flows - dnet office and not snet office", "labels are fields"}},
        "[labels](../labels.md) says which files there are, and which fields they fill."};
  }
  void declare(OptionSet& options) override {
    input_.declare_reading(options);
    options.ignored("-f", OptionKind::value,  // as ralabel has it
                    [&options](const std::string& file) { return options.find("--labels")->take(file); });
    output_.declare(options);
  }
  Result<Exit> run(Io& io) override {
    if (!input_.has_labels())
      return fail(Errc::usage,
                  "no files of labels; name some:  argus label --labels names.txt -r day.flows -w out.flows");
    ARGUS_TRY_LET(SourcePtr flows, input_.open(io));
    ARGUS_TRY_LET(const Outcome done, run_output(io, output_.records_read(std::move(flows)), output_, input_));
    return done.exit;
  }

 private:
  InputOptions input_;
  OutputOptions output_;
};

}  // namespace

ARGUS_COMMAND(label, Label)

}  // namespace argus
