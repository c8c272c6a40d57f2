// cluster: merge records that share a key.
#include "query/cluster.h"
#include "argus/account.h"
#include "argus/command.h"
#include "argus/input_options.h"
#include "argus/modes.h"
#include "argus/offers.h"
#include "argus/output_options.h"
#include "argus/run.h"
#include "base/file.h"
#include "base/result.h"
#include "flow/source.h"
#include "query/key.h"
#include "query/rules.h"
#include "shell/io.h"
#include "shell/options.h"

namespace argus {

namespace {

constexpr std::size_t kRulesBytesMax = 1 << 20;

Result<RuleSet> read_rules(const std::string& path) {
  ARGUS_TRY_LET(File file, open_read(path));
  std::string text(kRulesBytesMax + 1, '\0');
  ARGUS_TRY_LET(const std::size_t n, file.read(text.data(), text.size()));
  if (n > kRulesBytesMax) return fail(Errc::usage, "{}: longer than {} bytes", path, kRulesBytesMax);
  text.resize(n);
  return parse_rules(text, path);
}

class Cluster final : public Command {
 public:
  Joins joins() const override { return Joins::anywhere; }
  Page page() const override {
    return {
        "-m KEY... [-r FILE... | --remote HOST...] [options] [- filter]",
        "Merges records that share a key into one. Without -m, the records of each flow become one.",
        {{"argus cluster -m saddr -r day.flows", "traffic by source address"},
         {"argus cluster -m proto sport -r day.flows | argus sort -m bytes", "largest services first"},
         {"argus cluster -M rmon -m saddr/24 -r day.flows - ip", "each network, sent and received"},
         {"argus cluster -f rules.conf -r day.flows", "several models, each with a filter"},
         {"argus cluster -m saddr --remote sensor1 -T 60", "a minute of live traffic"}},
        "## Keys\n\n"
        "Any field (`argus help fields`), an address cut to a prefix (`saddr/24`, `saddr/24/64`), a time cut to bins\n"
        "(`stime/5m`), a number cut to buckets (`bytes/1000`); `matrix` and `macmatrix` for unordered pairs; `addr`,\n"
        "`mac` and `port` for one row an object, as with `-M rmon`; `none` merges nothing. Rows come in the order of\n"
        "their keys. The grammar of the rules file is in [rules](../rules.md).\n\n"
        "A prefix has two lengths, that of IPv4 and that of IPv6: `saddr/24/64`. One number cuts one of them and\n"
        "leaves the other whole: up to 32 that is IPv4 (`saddr/24`), above it IPv6 (`saddr/64`). `saddr/32/32` and\n"
        "`srcip6/32` cut IPv6 alone.\n\n"
        "A flow whose directions have different VLANs is one record: `-m svid` counts all of it under the source's\n"
        "VLAN. `-M rmon -m svid` counts each direction under its own VLAN, and captures that are metered with `--key\n"
        "+vlan` have one flow for each VLAN; both agree with the frames.\n\n"
        "## Large inputs\n\n"
        "Frames of flow files are decoded, grouped and written on as many threads as there are cores, or on\n"
        "`--threads`; the result does not depend on their number. Groups are held in memory, up to `--memory`.\n\n"
        "## Live input\n\n"
        "With `--remote`, `--follow` or live records from a pipe, cluster reads until `-T` or the first interrupt,\n"
        "then prints. A second interrupt ends it at once. [show](show.md) has more on sensors."};
  }
  void declare(OptionSet& options) override {
    options.group("what to merge by");
    options.list("-m,--merge", "KEY...", keys_, ListWords::plain,
                 "fields, also cut: saddr/24/64, stime/5m, bytes/1000; matrix");
    options.common(), options.offer(&offered_keys);
    modes_.declare(options);
    options.value("-f,--rules", "FILE", rules_, "several models, each with a filter (racluster.conf)");
    options.offer(&offered_files);
    input_.declare_reading(options);
    output_.declare(options);
    output_.declare_threads(options);
  }
  Result<Exit> run(Io& io) override {
    ARGUS_TRY(modes_.check(io));
    output_.set_rmon(modes_.rmon());
    auto keys = parse_keys(keys_);
    if (!keys) return while_doing("-m", std::move(keys.error()));
    std::optional<RuleSet> rules;
    if (!rules_.empty()) {
      if (!keys_.empty()) return fail(Errc::usage, "-m and -f exclude each other");
      ARGUS_TRY_LET(rules, read_rules(rules_));
    }
    ARGUS_TRY_LET(SourcePtr flows, input_.open(io));
    flows = output_.records_read(std::move(flows));
    if (rules) {
      flows = clustered_by(std::move(flows), std::move(*rules), modes_.rmon());
    } else {
      ClusterOptions options;
      options.key = std::move(*keys);
      options.rmon = modes_.rmon();
      flows = clustered(std::move(flows), std::move(options));
    }
    std::vector<std::string> further;
    if (!rules_.empty()) further.push_back(rules_);
    ARGUS_TRY_LET(const Outcome done, run_output(io, std::move(flows), output_, input_, further));
    return done.exit;
  }

 private:
  InputOptions input_;
  OutputOptions output_;
  ModeOptions modes_;
  std::vector<std::string> keys_;
  std::string rules_;
};

}  // namespace

ARGUS_COMMAND(cluster, Cluster)

}  // namespace argus
