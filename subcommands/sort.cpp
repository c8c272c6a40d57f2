// sort: order records by any fields.
#include "query/sort.h"
#include "argus/account.h"
#include "argus/run.h"
#include "base/log.h"
#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/source.h"
#include "shell/io.h"
#include "shell/options.h"

#include "argus/command.h"
#include "argus/input_options.h"
#include "argus/offers.h"
#include "argus/output_options.h"

namespace argus {

namespace {

// What has no value comes last: a field that the first rows lack is one that no record has.
class SortedByHeld final : public Stage {
 public:
  SortedByHeld(SourcePtr sorted, std::vector<SortKey> keys) : Stage(std::move(sorted)), keys_(std::move(keys)) {}
  Result<Step> next(Batch& out) override {
    ARGUS_TRY_LET(const Step step, input_->next(out));
    if (step != Step::rows || out.rows() == 0) return step;
    for (const SortKey& key : std::exchange(keys_, {}))
      if (column_of(out, key.field).absent())
        log_note(fmt::format("no record has {}, so that says nothing of their order", info(key.field).name));
    return step;
  }

 private:
  std::vector<SortKey> keys_;  // until they were looked at
};

class Sort final : public Command {
 public:
  Page page() const override {
    return {
        "-m FIELD... [-r FILE... | --remote HOST...] [options] [- filter]",
        "Orders records: amounts (counters, sizes, rates, durations) largest first; names, addresses, ports and\n"
        "instants smallest first.",
        {{"argus cluster -m proto sport -r day.flows | argus sort -m bytes", "largest services first"},
         {"argus cluster -r day.flows then sort -m dur -N 10", "the ten longest flows"},
         {"argus sort -m saddr -bytes -r day.flows", "'-' reverses an order"},
         {"argus sort -m bytes --remote sensor1 -T 60 -N 10", "the largest of a minute of live traffic"}},
        "## Large inputs\n\n"
        "Frames of flow files are decoded, sorted and written on as many threads as there are cores, or on\n"
        "`--threads`; the result does not depend on their number. Rows are held in memory, up to `--memory`. What has\n"
        "no room there goes to files without names in the folder that `TMPDIR` names, or in `/var/tmp`, which are\n"
        "gone when sort ends, however it ends. With `-N` only the first rows are held.\n\n"
        "## Live input\n\n"
        "With `--remote`, `--follow` or live records from a pipe, sort reads until `-T` or the first interrupt, then\n"
        "prints. A second interrupt ends it at once. [show](show.md) has more on sensors."};
  }
  void declare(OptionSet& options) override {
    options.group("how to order");
    options.list("-m,--by", "FIELD...", keys_, ListWords::fields,
                 "fields, the first decides; '-' before one reverses its order");
    options.common(), options.offer(&offered_fields);
    options.flag("-v,--reverse", reverse_, "reverse the whole order");
    input_.declare_reading(options);
    output_.declare(options);
    output_.declare_threads(options);
  }
  Result<Exit> run(Io& io) override {
    auto keys = parse_sort_keys(keys_);
    if (!keys) return while_doing("-m", std::move(keys.error()));
    ARGUS_TRY_LET(SourcePtr flows, input_.open(io));
    flows = output_.records_read(std::move(flows));
    std::optional<std::uint64_t> first;
    if (output_.rows_printed() && output_.rows_printed()->end != UINT64_MAX) first = output_.rows_printed()->end;
    flows = sorted(std::move(flows), *keys, first, reverse_);
    if (!output_.quiet()) flows = std::make_unique<SortedByHeld>(std::move(flows), *std::move(keys));
    ARGUS_TRY_LET(const Outcome done, run_output(io, std::move(flows), output_, input_));
    return done.exit;
  }

 private:
  InputOptions input_;
  OutputOptions output_;
  std::vector<std::string> keys_;
  bool reverse_ = false;
};

}  // namespace

ARGUS_COMMAND(sort, Sort)

}  // namespace argus
