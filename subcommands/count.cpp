// count: totals, by protocol, by kind of address, and the largest groups with their shares.
#include "query/count.h"

#include <algorithm>
#include <array>

#include "argus/account.h"
#include "argus/command.h"
#include "argus/input_options.h"
#include "argus/modes.h"
#include "argus/name_lookup.h"
#include "argus/offers.h"
#include "argus/output_options.h"
#include "argus/report_form.h"
#include "argus/run.h"
#include "base/file.h"
#include "base/result.h"
#include "base/text.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "query/cluster.h"
#include "query/key.h"
#include "shell/io.h"
#include "shell/options.h"
#include "sink/report.h"
#include "sink/text.h"

namespace argus {

namespace {

constexpr std::size_t kTopRows = 10;

struct CountPlan {
  std::vector<Field> keys;  // the largest groups by these; else totals
  std::vector<Field> sums;
  Field metric = Field::bytes;
  std::size_t rows_max = kTopRows;
  bool protocols = false, addresses = false;
  bool classic = false;  // looks as racount does
  bool quiet = false;
  std::uint64_t memory_max = 0;
  std::shared_ptr<NameLookup> names;  // null: addresses stay addresses
};

FieldSet stored_sums(const CountPlan& plan) {
  FieldSet out;
  for (const Field field : plan.sums) out |= stored_inputs({field});
  return out | stored_inputs({plan.metric});
}

// Rows that stand together: groups, the rest of them, all.
struct Lines {
  std::string_view what;  // for programs; people see it in the place of the key where `named`
  bool named = false;
  Batch rows;
};

// What was counted, as text at the end. Records are counted by the stage before it; groups, few and in the order of
// their keys, here, where the largest of them are chosen.
class CountSink final : public RowSink {
 public:
  CountSink(CountPlan plan, Counter& counter, File& out, OutputOptions::Form form, TextOptions text)
      : plan_(std::move(plan)),
        out_(out),
        form_(form, std::move(text)),
        counter_(counter),
        top_(plan_.metric, plan_.rows_max) {
    shown_keys_ = plan_.protocols ? std::vector<Field>{Field::proto} : plan_.keys;
  }

  FieldSet fields() const override {
    FieldSet out = counter_.needs();
    for (const Field key : shown_keys_) {
      out.add(key);
      out |= FieldPrinter(key, form_.style()).also_reads();
    }
    return out;
  }
  Result<> begin(const StreamHeader&) override { return {}; }
  Result<> write(const Batch& batch) override {
    if (plan_.keys.empty()) return {};
    top_.add(batch);
    return counter_.add(batch, plan_.memory_max);
  }
  Result<> finish() override {
    if (plan_.quiet) return {};
    std::string text;
    if (plan_.classic) {
      append_classic(text);
      return out_.write(text);
    }
    Report report = totals();
    rows_ = report.rows.size();
    if (plan_.addresses && !form_.is_table()) join(report, kinds());
    form_.append(report, text);
    if (plan_.addresses && form_.is_table()) {
      const Report more = kinds();
      rows_ += more.rows.size();
      text += '\n';
      form_.append(more, text);
    }
    return out_.write(text);
  }
  // Lines of tables that were printed.
  [[nodiscard]] std::uint64_t rows_printed() const { return rows_; }

 private:
  // As racount prints it: the sum, a line for each protocol, and the kinds of addresses.
  void append_classic(std::string& text) const {
    struct Sum {
      Field field;
      std::string_view heading;
      std::size_t width;
    };
    static constexpr auto kSums = std::to_array<Sum>({{Field::records, "records", 12},
                                                      {Field::pkts, "total_pkts", 15},
                                                      {Field::spkts, "src_pkts", 15},
                                                      {Field::dpkts, "dst_pkts", 15},
                                                      {Field::bytes, "total_bytes", 19},
                                                      {Field::sbytes, "src_bytes", 19},
                                                      {Field::dbytes, "dst_bytes", 19}});
    const auto line = [&](std::string_view name, const auto& value) {
      text += fmt::format("{:>7}   ", name);
      for (const Sum& sum : kSums) text += fmt::format("{:<{}}", value(sum), sum.width);
      while (text.back() == ' ') text.pop_back();
      text += '\n';
    };
    const auto value_of = [&](const Batch& rows, std::size_t row) {
      return [&, row](const Sum& sum) { return cell_of(sum.field, rows, row); };
    };
    if (form_.heading()) line("racount", [](const Sum& sum) { return std::string(sum.heading); });
    line("sum", value_of(counter_.total().row(), 0));
    if (plan_.protocols) {
      text += "Protocol Summary\n";
      const Batch all = counter_.protocols();
      const Batch rows = largest(all, plan_.metric, all.rows());
      for (std::size_t row = 0; row < rows.rows(); row++) line(cell_of(Field::proto, rows, row), value_of(rows, row));
    }
    if (!plan_.addresses) return;
    text += "Address Summary\n";
    for (const AddressKind& kind : counter_.address_kinds())
      text += fmt::format("  {:<25} src {:<11} dst {}\n", kind.text, kind.sources, kind.destinations);
  }
  std::string cell_of(Field field, const Batch& rows, std::size_t row) const {
    FieldPrinter printer(field, form_.style());
    printer.start(rows);
    std::string out;
    printer.append(row, out);
    return out;
  }

  std::vector<Lines> lines() const {
    std::vector<Lines> out;
    const bool named = !shown_keys_.empty();
    if (plan_.protocols) {
      const Batch rows = counter_.protocols();
      out.push_back({"proto", false, largest(rows, plan_.metric, rows.rows())});
    } else if (!plan_.keys.empty()) {
      out.push_back({"group", false, top_.rows()});
      if (counter_.records() > top_.rows().rows())
        out.push_back({"other", true, counter_.total().without(top_.rows()).row()});
    }
    out.push_back({"total", named, counter_.total().row()});
    return out;
  }
  void look_up_keys(const Batch& rows) const {
    FieldSet keys;
    for (const Field key : shown_keys_) keys.add(key);
    plan_.names->look_up(rows, keys, NameLookup::Waits::run);
  }
  Report totals() const {
    std::vector<Field> columns = shown_keys_;
    columns.insert(columns.end(), plan_.sums.begin(), plan_.sums.end());
    ShareReport out(form_, std::move(columns), !plan_.keys.empty());
    const Batch total = counter_.total().row();
    for (const Lines& some : lines()) {
      if (plan_.names) look_up_keys(some.rows);
      out.add(some.what, some.named, some.rows, total);
    }
    return out.report();
  }
  Report kinds() const {
    Report out{{{form_.says_what() ? "kind" : "addresses", false}, {"src_addrs", true}, {"dst_addrs", true}}, {}};
    for (const AddressKind& kind : counter_.address_kinds())
      out.rows.push_back({ReportForm::word(kind.text), form_.number(kind.sources), form_.number(kind.destinations)});
    return out;
  }
  // Columns and rows of both, the second behind.
  static void join(Report& report, const Report& kinds) {
    const std::size_t before = report.columns.size();
    report.columns.insert(report.columns.end(), kinds.columns.begin(), kinds.columns.end());
    for (auto& row : report.rows) row.resize(report.columns.size());
    for (const auto& kind : kinds.rows) {
      auto& row = report.rows.emplace_back(before);
      row[0] = ReportForm::word("addresses");
      row.insert(row.end(), kind.begin(), kind.end());
    }
  }

  CountPlan plan_;
  File& out_;
  ReportForm form_;
  std::vector<Field> shown_keys_;
  Counter& counter_;
  TopRows top_;
  std::uint64_t rows_ = 0;
};

class Count final : public Command {
 public:
  Page page() const override {
    return {
        "[-M proto addr | -m KEY... [--top [N] [METRIC]]] [-r FILE... | --remote HOST...] [options] [- filter]",
        "Counts: totals of all records, by protocol, the kinds of addresses, or the largest groups with their shares.",
        {{"argus count -r day.flows", "records, flows, packets and bytes"},
         {"argus count -M proto addr -r day.flows", "by protocol, and how many addresses of each kind"},
         {"argus count -m saddr --top 3 bytes -r day.flows",
          "the three sources with most traffic, both ways, and their shares"},
         {"argus count -m proto dport --top pkts -r day.flows --json - ip", "for other programs"}},
        "## What is counted\n\n"
        "Without a mode, one line: meter records, flows (`trans`), packets and bytes of both and of each direction.\n\n"
        "- `-M proto` prints a line for each protocol before it, the one with most bytes first.\n"
        "- `-M addr` adds how many different addresses were sources and destinations, by kind: private, global, link\n"
        "  local, each scope of multicast, MAC addresses where there is no IP. The counts are exact.\n"
        "- `-m KEY --top N METRIC` shows the N largest groups (10) by a counter (`bytes`), with the share of each in\n"
        "  the total, then the other groups together, then the total. `-N` is the same as the number of `--top`. Keys\n"
        "  are those of [cluster](cluster.md). With `-M rmon` every record counts for both of its ends, and shares\n"
        "  are of the doubled sums.\n\n"
        "`-s` chooses the counters that are shown; they must add up. CSV and JSON are one table, whose first column\n"
        "`row` says what a line is: `total`, `proto`, `addresses`, `group` or `other`.\n\n"
        "Frames of flow files are decoded on as many threads as there are cores, or on `--threads`; the result does\n"
        "not depend on their number. Addresses and groups are held in memory, up to `--memory`. Live input is counted\n"
        "until `-T` or an interrupt."};
  }
  void declare(OptionSet& options) override {
    options.group("what to count");
    options.list("-m,--merge", "KEY...", keys_, ListWords::plain,
                 "show the largest groups by these fields: saddr, dport, saddr/24");
    options.common(), options.offer(&offered_keys);
    options.list("--top", "N METRIC", top_, ListWords::plain,
                 "how many groups to show, and the counter that orders them (10 bytes)");
    options.common(), options.offer(&offered_counters);
    modes_.declare(options);
    options.common();
    input_.declare_reading(options);
    output_.declare(options);
    output_.declare_threads(options);
    options.hide("-w,--append,--no-clobber,-N");  // of records and rows; --top has the number of groups
  }
  Result<Exit> run(Io& io) override {
    ARGUS_TRY(modes_.check(io));
    CountPlan plan;
    plan.protocols = modes_.has("proto");
    plan.addresses = modes_.has("addr");
    plan.memory_max = output_.memory_max();
    plan.quiet = output_.quiet();
    auto keys = parse_keys(keys_);
    if (!keys) return while_doing("-m", std::move(keys.error()));
    ARGUS_TRY(refuse(plan));
    ARGUS_TRY(take_top(plan));
    if (!keys_.empty()) {
      if (keys->none) return fail(Errc::usage, "-m: 'none' makes no groups; argus show prints records");
      plan.keys = fields_of(*keys);
    }
    ARGUS_TRY(take_sums(plan));
    ARGUS_TRY_LET(const OutputOptions::Form form, output_.form());
    offer_grouping(*keys, plan);
    ARGUS_TRY_LET(SourcePtr flows, input_.open(io));
    flows = output_.records_read(std::move(flows));
    if (!keys_.empty()) flows = clustered(std::move(flows), {std::move(*keys), modes_.rmon()});
    else if (modes_.rmon()) flows = doubled(std::move(flows));
    TextOptions text = output_.text_options(io, flows->header());
    ARGUS_TRY_LET(plan.names, output_.open_names(io));
    if (plan.names) text.style.hosts = &plan.names->names();
    plan.classic = io.classic && keys_.empty() && output_.column_words().empty() && text.separator.empty() &&
                   form == OutputOptions::Form::table;
    const CountOptions counts{stored_sums(plan), plan.protocols, plan.addresses};
    Counter counter(counts);
    if (keys_.empty()) flows = counted(std::move(flows), counts, counter);
    RunOptions run = output_.run_options(input_.asked());
    run.account.names = plan.names;
    CountSink sink(std::move(plan), counter, io.out, form, std::move(text));
    run.account.closing =
        output_.closing_line(io, input_.asked(), flows->header().live, [&sink] { return sink.rows_printed(); });
    ARGUS_TRY_LET(const Outcome done, run_pipeline(io, *flows, sink, run));
    return done.exit;
  }

 private:
  // What holds the records may add them up by what is counted, unless each counts for both of its ends.
  void offer_grouping(const KeyWords& keys, const CountPlan& plan) {
    if (keys.rmon || modes_.rmon() || output_.limits_records()) return;
    input_.take_any_order();
    FieldSet by;
    for (const Field field : plan.keys) by.add(field);
    if (plan.protocols) by.add(Field::proto);
    if (plan.addresses) by |= {Field::saddr, Field::daddr};
    input_.will_group(stored_inputs(by));
  }
  Result<> refuse(const CountPlan& plan) const {
    if (!output_.write_path().empty())
      return fail(Errc::usage, "-w: count prints totals; argus cluster -m KEY -w FILE writes records");
    if (output_.rows_printed() && keys_.empty())
      return fail(Errc::usage, "-N limits groups, and count has none without -m; -m saddr -N 5 shows five");
    if (!keys_.empty() && (plan.protocols || plan.addresses))
      return fail(Errc::usage, "-m and -M proto or addr exclude each other; -m proto has shares");
    if (!top_.empty() && keys_.empty()) return fail(Errc::usage, "--top needs a field to group by, such as -m saddr");
    return {};
  }
  Result<> take_top(CountPlan& plan) const {
    for (const std::string& word : top_) {
      if (const auto n = parse_unsigned(word)) {
        if (*n < 1 || *n > kTopRowsMax)
          return fail(Errc::usage, "--top: invalid value '{}': give 1 to {}; argus cluster | argus sort shows more",
                      word, kTopRowsMax);
        plan.rows_max = static_cast<std::size_t>(*n);
      } else {
        auto metric = counter_named(word);
        if (!metric) return while_doing("--top", std::move(metric.error()));
        plan.metric = *metric;
      }
    }
    if (const auto& rows = output_.rows_printed()) {
      if (rows->begin != 0 || rows->end < 1 || rows->end > kTopRowsMax)
        return fail(Errc::usage, "-N: count shows the largest groups; give their number, 1 to {}", kTopRowsMax);
      plan.rows_max = static_cast<std::size_t>(rows->end);
    }
    return {};
  }
  Result<> take_sums(CountPlan& plan) const {
    std::vector<std::string> usual = {"records", "trans", "pkts", "spkts", "dpkts", "bytes", "sbytes", "dbytes"};
    if (!plan.keys.empty()) {
      usual = {std::string(info(plan.metric).name)};
      for (const Field field : {Field::bytes, Field::pkts, Field::trans})
        if (field != plan.metric) usual.emplace_back(info(field).name);
    }
    auto columns = parse_columns(output_.column_words(), usual);
    if (!columns) return while_doing("-s", std::move(columns.error()));
    for (const ColumnSpec& column : *columns) {
      auto sum = counter_named(info(column.field).name);
      if (!sum) return while_doing("-s", std::move(sum.error()));
      plan.sums.push_back(*sum);
    }
    return {};
  }

  InputOptions input_;
  OutputOptions output_;
  ModeOptions modes_{{{"proto", "addr"}, false, "proto: a line for each protocol; addr: kinds of addresses"}};
  std::vector<std::string> keys_, top_;
};

}  // namespace

ARGUS_COMMAND(count, Count)

}  // namespace argus
