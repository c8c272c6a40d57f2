// diff: what changed between two files, or between two times.
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
#include "base/log.h"
#include "base/result.h"
#include "base/text.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "query/comparison.h"
#include "query/count.h"
#include "query/difference.h"
#include "query/key.h"
#include "shell/io.h"
#include "shell/options.h"
#include "sink/report.h"
#include "sink/text.h"

namespace argus {

namespace {

constexpr std::size_t kBefore = 0, kAfter = 1;

struct DiffPlan {
  std::vector<Field> keys, counters;  // the first counter ranks
  std::array<std::string, 2> names;   // of the sides
  std::string key_text;
  OutputOptions::Range rows;
  bool quiet = false;
  bool of_times = false;                       // the sides are of ranges of time
  std::shared_ptr<NameLookup> names_of_hosts;  // null: addresses stay addresses
};

// Both sides were added up by the source; this prints how they differ.
class DiffSink final : public RowSink {
 public:
  DiffSink(DiffPlan plan, const Comparison& comparison, File& out, ReportForm form)
      : plan_(std::move(plan)), comparison_(comparison), out_(out), form_(std::move(form)), keys_(plan_.keys, form_) {}
  FieldSet fields() const override { return comparison_.needs(); }
  Result<> begin(const StreamHeader&) override { return {}; }
  Result<> write(const Batch&) override { return {}; }
  Result<> finish() override {
    for (const std::size_t side : {kBefore, kAfter})
      if (plan_.of_times && comparison_.records(side) == 0)
        return fail(Errc::usage,
                    "{}: no record is in this range, so there is nothing to compare; each -t needs its date",
                    escaped(plan_.names[side]));
    const std::vector<GroupChange> changes = changes_of(comparison_, plan_.counters.front(), plan_.counters);
    if (changes.empty()) {
      if (!plan_.quiet) log_note(nothing_changed());
      return {};
    }
    if (plan_.quiet) return {};
    std::string text;
    form_.append(report_of(changes), text);
    return out_.write(text);
  }
  [[nodiscard]] std::uint64_t rows_printed() const { return rows_; }

 private:
  using Values = std::array<std::vector<std::uint64_t>, 2>;

  // "no difference: a.flows and b.flows have the same bytes, pkts and trans by saddr"
  [[nodiscard]] std::string nothing_changed() const {
    std::vector<std::string> counters;
    for (const Field field : plan_.counters) counters.emplace_back(info(field).name);
    std::string list = counters.back();
    counters.pop_back();
    if (!counters.empty()) list = joined(counters, ", ") + " and " + list;
    return fmt::format("no difference: {} and {} have the same {} by {}", escaped(plan_.names[kBefore]),
                       escaped(plan_.names[kAfter]), list, plan_.key_text);
  }

  [[nodiscard]] Report report_of(const std::vector<GroupChange>& changes) {
    const std::uint64_t to = std::min<std::uint64_t>(plan_.rows.end, changes.size());
    const std::uint64_t from = std::min(plan_.rows.begin, to);
    std::vector<std::uint32_t> groups;
    for (std::uint64_t i = from; i < to; i++) groups.push_back(changes[i].group);
    const Batch keys = comparison_.keys(groups);
    keys_.start(keys, plan_.names_of_hosts.get());
    Report out = columns();
    const std::array<Batch, 2> sides = {comparison_.counters(kBefore, groups), comparison_.counters(kAfter, groups)};
    totals_ = numbers_of({comparison_.total(kBefore).row(), comparison_.total(kAfter).row()}, 1);
    numbers_ = numbers_of(sides, groups.size());
    for (std::size_t row = 0; row < groups.size(); row++) {
      std::vector<ReportCell>& cells = out.rows.emplace_back();
      keys_.add_group(row, cells);
      cells.push_back(ReportForm::word(change_word(changes[from + row].change)));
      add_counters(row, cells);
    }
    const std::array<Sums, 2> all = {comparison_.total(kBefore), comparison_.total(kAfter)};
    if (comparison_.groups() > groups.size())
      add_sum("other", {all[kBefore].without(sides[kBefore]).row(), all[kAfter].without(sides[kAfter]).row()}, out);
    add_sum("total", {all[kBefore].row(), all[kAfter].row()}, out);
    rows_ = out.rows.size();
    return out;
  }
  void add_sum(std::string_view what, const std::array<Batch, 2>& sides, Report& out) {
    numbers_ = numbers_of(sides, 1);
    std::vector<ReportCell>& cells = out.rows.emplace_back();
    keys_.add_sum(what, cells);
    cells.push_back(
        ReportForm::word(change_word(change_of(numbers_.front()[kBefore][0], numbers_.front()[kAfter][0]))));
    add_counters(0, cells);
  }

  // For people both values of the counter that ranks, and of the others the change.
  [[nodiscard]] Report columns() const {
    Report out;
    keys_.add_headings(out.columns);
    out.columns.push_back({"change", false});
    for (const Field counter : plan_.counters) {
      const std::string name(info(counter).name);
      if (form_.says_what()) {
        for (const std::string_view part :
             {"before", "after", "change", "change_percent", "percent_before", "percent_after", "percent_change"})
          out.columns.push_back({fmt::format("{}_{}", name, part), true});
      } else if (counter == plan_.counters.front()) {
        for (const std::string& heading : {std::string("before"), std::string("after"), name, std::string("%"),
                                           std::string("share"), std::string("points")})
          out.columns.push_back({heading, true});
      } else {
        out.columns.push_back({name, true});
      }
    }
    return out;
  }

  // Of each counter, of each side, those of the rows.
  [[nodiscard]] std::vector<Values> numbers_of(const std::array<Batch, 2>& sides, std::size_t rows) const {
    std::vector<Values> out;
    for (const Field counter : plan_.counters) {
      Values& values = out.emplace_back();
      for (const std::size_t side : {kBefore, kAfter}) {
        const Column column = column_of(sides[side], counter);
        for (std::size_t row = 0; row < rows; row++)
          values[side].push_back(column.has(row) ? column.at<std::uint64_t>(row) : 0);
      }
    }
    return out;
  }
  void add_counters(std::size_t row, std::vector<ReportCell>& cells) const {
    for (std::size_t i = 0; i < plan_.counters.size(); i++) {
      const std::uint64_t before = numbers_[i][kBefore][row], after = numbers_[i][kAfter][row];
      if (!form_.says_what() && i != 0) {
        cells.push_back(form_.change(before, after));
        continue;
      }
      const double share_before = share(i, kBefore, before), share_after = share(i, kAfter, after);
      cells.push_back(form_.number(before));
      cells.push_back(form_.number(after));
      cells.push_back(form_.change(before, after));
      cells.push_back(before != 0 ? form_.percent(growth(before, after), true) : ReportCell());
      if (form_.says_what()) cells.push_back(form_.percent(share_before));
      cells.push_back(form_.percent(share_after));
      cells.push_back(form_.percent(share_after - share_before, true));
    }
  }
  static double growth(std::uint64_t before, std::uint64_t after) {
    return 100 * (static_cast<double>(after) - static_cast<double>(before)) / static_cast<double>(before);
  }
  // Of all that its side has; 0 of nothing.
  [[nodiscard]] double share(std::size_t counter, std::size_t side, std::uint64_t value) const {
    const auto all = static_cast<double>(totals_[counter][side][0]);
    return all == 0 ? 0 : 100 * static_cast<double>(value) / all;
  }

  DiffPlan plan_;
  const Comparison& comparison_;
  File& out_;
  ReportForm form_;
  KeyColumns keys_;
  std::vector<Values> numbers_, totals_;  // numbers: of the rows that are being printed
  std::uint64_t rows_ = 0;
};

class Diff final : public Command {
 public:
  Page page() const override {
    return {
        "BEFORE AFTER [-m KEY...] [options] [- filter]",
        "Compares two files, or two times of the same files: which groups are new, gone, more or less than before.",
        {{"argus diff monday.flows tuesday.flows", "services that changed"},
         {"argus diff monday.flows tuesday.flows -m saddr --by trans -N 10", "sources, by their flows"},
         {"argus diff -r day.flows -t 09:00-10:00 -t 10:00-11:00 -m daddr", "an hour and the one before it"},
         {"argus diff monday tuesday -t '**.12' --json - tcp", "noon of two folders, for other programs"}},
        "## The two sides\n\n"
        "Two files or folders are named, the earlier one first. Or the files of `-r` are read for two ranges of\n"
        "time, with `-t` given twice, the earlier one first. With two files one `-t` is of both, and two are one of\n"
        "each. The filter is always of both. A record that reaches over the border of a range counts with all that\n"
        "it has, as with every `-t`, unless `--cut` cuts it there.\n\n"
        "## What is printed\n\n"
        "Groups of the key (`-m`, as in [cluster](cluster.md); without it protocol and destination port) of which a\n"
        "counter changed, the largest change first. `--by` names the counter that ranks them (bytes); `-s` others\n"
        "to be shown, which must add up. The word in the column `change` is `new` or `gone` for what only one side\n"
        "has, `more` or `less` by the counter that ranks, `same` where only another one changed.\n\n"
        "A table has the counter before and after, its change, the change in percent of what was before, the share\n"
        "of all bytes that the group has after (`share`), and by how many percentage points that is more or less\n"
        "(`points`); of other counters it has the change. Behind the groups, `other` is what `-N` left out and all\n"
        "that did not change, `total` everything. CSV and JSON have all figures of all counters, and a first column\n"
        "`row`.\n\n"
        "Where nothing differs, nothing is printed, a sentence on standard error says so, and the exit status is 0."};
  }
  void declare(OptionSet& options) override {
    options.group("what to compare");
    options.list("-m,--merge", "KEY...", keys_, ListWords::plain, "by these fields (proto dport), also cut: saddr/24");
    options.common(), options.offer(&offered_keys);
    options.value("--by", "COUNTER", by_, "the counter that ranks changes (bytes)");
    options.common(), options.offer(&offered_counters);
    modes_.declare(options);
    input_.declare(options);
    output_.declare(options);
    options.hide("-w,--append,--no-clobber");
    options.words(words_, &offered_files);
  }
  Result<Exit> run(Io& io) override {
    ARGUS_TRY(modes_.check(io));
    if (!output_.write_path().empty())
      return fail(Errc::usage, "-w: changes are not records; --csv and --json print them for programs");
    DiffPlan plan;
    ARGUS_TRY_LET(const KeyWords key, compared_key(keys_, modes_.rmon()));
    plan.keys = fields_of(key);
    plan.key_text = compared_key_text(keys_);
    ARGUS_TRY(take_counters(plan));
    ARGUS_TRY(input_.wanted());  // what is wrong with filter and times is said first
    ARGUS_TRY_LET(auto sides, sides_asked(plan));
    ARGUS_TRY_LET(const OutputOptions::Form form, output_.form());
    std::vector<SourcePtr> flows;
    for (InputOptions& side : sides) {
      ARGUS_TRY_LET(SourcePtr source, side.open(io));
      flows.push_back(output_.records_read(std::move(source)));
    }
    TextOptions text = output_.text_options(io, flows.front()->header());
    ARGUS_TRY_LET(plan.names_of_hosts, output_.open_names(io));
    if (plan.names_of_hosts) text.style.hosts = &plan.names_of_hosts->names();
    const ReportForm look(form, std::move(text));
    const FieldSet shown = KeyColumns(plan.keys, look).beside();
    FieldSet stored;
    for (const Field field : plan.counters) stored |= stored_inputs({field});
    if (output_.rows_printed()) plan.rows = *output_.rows_printed();
    plan.quiet = output_.quiet();

    Comparison comparison(key, shown, stored, sides.size());
    const SourcePtr both = compared(std::move(flows), key, comparison);
    RunOptions run = output_.run_options(input_.asked());
    run.account.names = plan.names_of_hosts;
    DiffSink sink(std::move(plan), comparison, io.out, look);
    run.account.closing = output_.closing_line(io, input_.asked(), false, [&sink] { return sink.rows_printed(); });
    ARGUS_TRY_LET(const Outcome done, run_pipeline(io, *both, sink, run));
    return done.exit;
  }

 private:
  Result<> take_counters(DiffPlan& plan) const {
    auto by = counter_named(by_);
    if (!by) return while_doing("--by", std::move(by.error()));
    std::vector<std::string> usual = {std::string(info(*by).name)};
    for (const Field field : {Field::bytes, Field::pkts, Field::trans})
      if (field != *by) usual.emplace_back(info(field).name);
    auto columns = parse_columns(output_.column_words(), usual);
    if (!columns) return while_doing("-s", std::move(columns.error()));
    plan.counters.push_back(*by);
    for (const ColumnSpec& column : *columns) {
      auto counter = counter_named(info(column.field).name);
      if (!counter) return while_doing("-s", std::move(counter.error()));
      if (*counter != *by) plan.counters.push_back(*counter);
    }
    return {};
  }
  // Before and after.
  [[nodiscard]] Result<std::vector<InputOptions>> sides_asked(DiffPlan& plan) const {
    const std::vector<std::string>& times = input_.times();
    if (times.size() > 2) return fail(Errc::usage, "-t: two ranges can be compared, not {}", times.size());
    std::vector<InputOptions> sides(2, input_);
    if (words_.empty()) {
      if (times.size() != 2)
        return fail(Errc::usage,
                    "name two files, or two ranges of time: argus diff A B, or -r FILE -t 09:00-10:00 -t "
                    "10:00-11:00");
      ARGUS_TRY(input_.check_rereadable("this command"));
      plan.names = {times[0], times[1]};
      plan.of_times = true;
    } else {
      if (words_.size() != 2) return fail(Errc::usage, "name two files, the earlier one first: argus diff A B");
      if (!input_.paths().empty())
        return fail(Errc::usage, "-r names the files of two ranges; beside {} and {} it has no place",
                    escaped(words_[0]), escaped(words_[1]));
      plan.names = {words_[0], words_[1]};
      for (std::size_t i = 0; i < sides.size(); i++) sides[i].read_from({words_[i]});
    }
    for (std::size_t i = 0; i < times.size() && times.size() == 2; i++) sides[i].limit_time(times[i]);
    return sides;
  }

  InputOptions input_;
  OutputOptions output_;
  ModeOptions modes_;
  std::vector<std::string> keys_, words_;
  std::string by_ = "bytes";
};

}  // namespace

ARGUS_COMMAND(diff, Diff)

}  // namespace argus
