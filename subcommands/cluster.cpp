// cluster: merge records that share a key.
#include "query/cluster.h"
#include <algorithm>

#include "argus/account.h"
#include "argus/command.h"
#include "argus/input_options.h"
#include "argus/modes.h"
#include "argus/offers.h"
#include "argus/output_options.h"
#include "argus/run.h"
#include "argus/share_output.h"
#include "base/file.h"
#include "base/result.h"
#include "base/text.h"
#include "filter/filter.h"
#include "flow/field.h"
#include "flow/source.h"
#include "query/key.h"
#include "query/rules.h"
#include "query/sort.h"
#include "query/tally.h"
#include "shell/io.h"
#include "shell/options.h"

namespace argus {

namespace {

constexpr std::size_t kRulesBytesMax = 1 << 20;
constexpr std::uint64_t kTopGroups = 10;

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
  Page page() const override {
    return {
        "-m KEY... [-r FILE... | --remote HOST...] [options] [- filter]",
        "Merges records that share a key into one. Without -m, the records of each flow become one.",
        {{"argus cluster -m saddr -r day.flows", "traffic by source address"},
         {"argus cluster -m proto sport -r day.flows | argus sort -m bytes", "largest services first"},
         {"argus cluster -M rmon -m saddr/24 -r day.flows - ip", "each network, sent and received"},
         {"argus cluster -f rules.conf -r day.flows", "several models, each with a filter"},
         {"argus cluster -m saddr --top 5 bytes --percent -r day.flows",
          "the five sources with most traffic, both ways"},
         {"argus cluster -m saddr --top 5 trans --against tcp -r day.flows - tcp and reset",
          "who is refused, and how much of their TCP that is"},
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
        "## The largest, and shares\n\n"
        "`--top N FIELD` keeps the N groups (10) that come first when they are [sorted](sort.md) by the field\n"
        "(bytes). They are records like all others: `-w` and pipes take them.\n\n"
        "`--percent` prints a report instead: behind each counter its share of the sum of all groups, then the other\n"
        "groups together, where `--top` or `-N` left some out, then the total. CSV and JSON name a share after its\n"
        "counter (`bytes_percent`), and their first column `row` says what a line is: `group`, `other` or `total`.\n"
        "With `-M rmon` shares are of the doubled sums. A report is not made of records, so `-w` refuses it.\n\n"
        "`--against FILTER` asks how much of something a group's traffic is. The records of the filter behind `-`\n"
        "are grouped, and each share is that of the group's own records of the other filter: `-m saddr --against\n"
        "tcp - tcp and reset` prints, for each source, how much of its TCP was reset. The line `other` counts all\n"
        "groups that are not shown, those that only the other filter has among them, and `total` is all of the one\n"
        "against all of the other. It reads the files twice, once for each filter; standard input and live input\n"
        "cannot be read twice.\n\n"
        "## Large inputs\n\n"
        "Frames of flow files are decoded, grouped and written on as many threads as there are cores, or on\n"
        "`--threads`; the result does not depend on their number. Groups that have no room in memory (`--memory`) go\n"
        "to files without names in the folder that `TMPDIR` names, or in `/var/tmp`; counts of different values, such\n"
        "as `daddrs`, must have room.\n\n"
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
    options.list("--top", "N FIELD", top_, ListWords::fields, "only the N first groups, ordered by a field (10 bytes)");
    options.common(), options.offer_signed(&offered_fields);
    options.flag("--percent", percent_,
                 "behind each counter its share of the sum; then the other groups, and the total");
    options.common();
    options.value("--against", "FILTER", against_, "shares are of each group's records of this filter");
    input_.declare_reading(options);
    output_.declare(options);
    output_.declare_threads(options);
  }
  Result<Exit> run(Io& io) override {
    ARGUS_TRY(modes_.check(io));
    output_.set_rmon(modes_.rmon());
    auto keys = parse_keys(keys_);
    if (!keys) return while_doing("-m", std::move(keys.error()));
    ARGUS_TRY_LET(const TopAsked top, top_asked());
    std::optional<RuleSet> rules;
    if (!rules_.empty()) {
      if (!keys_.empty()) return fail(Errc::usage, "-m and -f exclude each other");
      if (percent_ || !against_.empty())
        return fail(Errc::usage, "-f makes groups of several kinds, which have no common sum; --percent needs -m");
      ARGUS_TRY_LET(rules, read_rules(rules_));
    }
    if ((percent_ || !against_.empty()) && !io.is_last)
      return fail(Errc::usage, "shares are not records, which the next command could read; give --percent to the last");
    if (!against_.empty()) return run_against(io, std::move(*keys), top);
    std::vector<Field> columns;
    if (percent_) {
      ARGUS_TRY_LET(columns, share_columns(output_, *keys, top));
    }
    if (!rules) offer_grouping(*keys, top);
    ARGUS_TRY_LET(SourcePtr flows, input_.open(io));
    flows = output_.records_read(std::move(flows));
    if (rules) {
      flows = clustered_by(std::move(flows), std::move(*rules), modes_.rmon());
    } else {
      ClusterOptions options;
      options.key = std::move(*keys);
      options.rmon = modes_.rmon();
      for (const SortKey& by : top.order) options.shown.push_back(by.field);
      flows = clustered(std::move(flows), std::move(options));
    }
    if (percent_) {
      ARGUS_TRY_LET(const Outcome done, run_shares(io, std::move(flows), top, columns, output_, input_.asked()));
      return done.exit;
    }
    if (!top.order.empty()) flows = sorted(std::move(flows), top.order, top.groups);
    std::vector<std::string> further;
    if (!rules_.empty()) further.push_back(rules_);
    ARGUS_TRY_LET(const Outcome done, run_output(io, std::move(flows), output_, input_, further));
    return done.exit;
  }

 private:
  // What holds the records may merge them by these keys, unless something is asked of each of them.
  void offer_grouping(const KeyWords& keys, const TopAsked& top) {
    if (keys.keys.empty() || keys.none || keys.rmon || modes_.rmon() || output_.limits_records()) return;
    input_.take_any_order();
    bool tallied = std::any_of(top.order.begin(), top.order.end(),
                               [](const SortKey& key) { return tallied_fields().has(key.field); });
    for (const std::string& word : output_.column_words()) {
      const auto field = find_field(word.substr(std::min(word.find_first_not_of("+-"), word.size())));
      tallied |= field && tallied_fields().has(*field);
    }
    FieldSet by;
    for (const Field field : fields_of(keys)) by.add(field);
    if (!tallied) input_.will_group(stored_inputs(by));
  }
  [[nodiscard]] Result<TopAsked> top_asked() const {
    TopAsked out;
    if (top_.empty()) return out;
    std::vector<std::string> fields;
    out.groups = kTopGroups;
    for (const std::string& word : top_) {
      const auto n = parse_unsigned(word);
      if (!n) fields.push_back(word);
      else if (*n == 0) return fail(Errc::usage, "--top: give at least 1 group");
      else out.groups = *n;
    }
    if (fields.empty()) fields.emplace_back("bytes");
    auto order = parse_sort_keys(fields);
    if (!order) return while_doing("--top", std::move(order.error()));
    out.order = std::move(*order);
    return out;
  }
  // Reads the input twice.
  [[nodiscard]] Result<Exit> run_against(Io& io, KeyWords key, const TopAsked& top) {
    if (key.keys.empty()) return fail(Errc::usage, "--against needs a field to group by, such as -m saddr");
    key.rmon |= modes_.rmon();
    ARGUS_TRY_LET(const std::vector<Field> columns, share_columns(output_, key, top));
    if (io.handed) return fail(Errc::usage, "--against reads the input twice, which the rows of `then` cannot be");
    ARGUS_TRY(input_.check_rereadable("--against"));
    if (auto filter = compile_filter(against_, nullptr, SetFiles::named); !filter)
      return while_doing("--against", std::move(filter.error()));
    InputOptions other = input_;
    other.filter_by(against_);
    other.leave_missed_range_unsaid();
    ARGUS_TRY_LET(SourcePtr part, input_.open(io));
    ARGUS_TRY_LET(SourcePtr whole, other.open(io));
    ARGUS_TRY_LET(const Outcome done,
                  run_shares_against(io, output_.records_read(std::move(part)), output_.records_read(std::move(whole)),
                                     key, top, columns, output_, input_.asked()));
    return done.exit;
  }

 private:
  InputOptions input_;
  OutputOptions output_;
  ModeOptions modes_;
  std::vector<std::string> keys_, top_;
  std::string rules_, against_;
  bool percent_ = false;
};

}  // namespace

ARGUS_COMMAND(cluster, Cluster)

}  // namespace argus
