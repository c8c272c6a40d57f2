// histo: how the values of a field lie: a histogram, mean, deviation and percentiles.
#include <algorithm>
#include <array>
#include <cmath>
#include <span>

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
#include "base/time.h"
#include "draw/braille.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "flow/type.h"
#include "query/cluster.h"
#include "query/distribution.h"
#include "query/histogram.h"
#include "query/key.h"
#include "shell/io.h"
#include "shell/options.h"
#include "shell/terminal.h"
#include "sink/report.h"
#include "sink/text.h"

namespace argus {

namespace {

constexpr int kBarColumns = 30;
// Columns of what figures leave out.
constexpr std::array<std::string_view, 3> kLeftOut = {"without", "below", "above"};

struct HistoPlan {
  Field field = Field::dur;
  HistogramSpec spec;
  std::vector<Field> keys;            // none: one histogram of all
  std::vector<double> percents;       // of the percentiles
  bool nonzero = false, all = false;  // only classes that have values; statistics are of all values
  bool quiet = false, ascii = false;
  std::uint64_t memory_max = 0;
  std::shared_ptr<NameLookup> names;  // null: addresses stay addresses
};

// Numbers of the field as text.
class AmountText {
 public:
  AmountText(Field field, const ReportForm& form) : form_(form) {
    seconds_ = info(field).format == Format::duration;
    whole_ = info(field).type != Type::f64 && !seconds_;
  }
  // One that records have.
  [[nodiscard]] ReportCell value(long double number) const { return text(number, whole_); }
  // One that may lie between them.
  [[nodiscard]] ReportCell mean(long double number) const { return text(number, false); }
  // A border of classes.
  [[nodiscard]] ReportCell border(long double number) const {
    return text(number, !seconds_ && number == std::floor(number));
  }

 private:
  [[nodiscard]] ReportCell text(long double number, bool whole) const {
    const auto shown = static_cast<double>(seconds_ ? number / kSecond : number);
    ReportCell out;
    const int digits = whole_ && form_.is_table() ? 1 : form_.style().digits;
    out.json = whole ? fmt::format("{:.0f}", number) : fmt::format("{:.{}f}", shown, digits);
    if (form_.style().human && !seconds_) append_human(shown, out.text);
    else out.text = out.json;
    return out;
  }

  const ReportForm& form_;
  bool whole_ = true, seconds_ = false;
};

// The values of all records, or of each group of them, and their report at the end.
class HistoSink final : public RowSink {
 public:
  HistoSink(HistoPlan plan, const KeyWords& key, File& out, ReportForm form)
      : plan_(std::move(plan)),
        out_(out),
        form_(std::move(form)),
        keys_(plan_.keys, form_),
        amounts_(plan_.field, form_),
        values_(key, keys_.beside(), plan_.field) {}
  FieldSet fields() const override { return FieldSet{plan_.field} | values_.needs() | keys_.beside(); }
  Result<> begin(const StreamHeader&) override { return {}; }
  Result<> write(const Batch& batch) override { return values_.add(batch, plan_.memory_max); }
  Result<> finish() override {
    std::string text;
    if (plan_.keys.empty()) ARGUS_TRY(append_histogram(text));
    else ARGUS_TRY(append_groups(text));
    return plan_.quiet ? Result<>() : out_.write(text);
  }
  [[nodiscard]] std::uint64_t rows_printed() const { return rows_; }

 private:
  Result<> append_histogram(std::string& text) {
    const auto& counts = values_.of(0).counts();
    ARGUS_TRY_LET(const std::vector<long double> borders, histogram_borders(plan_.spec, type(), counts));
    const Histogram histogram = histogram_of(borders, type(), counts);
    Report summaries = summary_columns();
    std::vector<ReportCell> cells;
    keys_.add_sum("all", cells);
    add_summary(0, histogram, cells);
    summaries.rows.push_back(std::move(cells));
    Report classes = classes_of(borders, histogram);
    rows_ = classes.rows.size();
    if (form_.is_table()) {
      drop_zeros(summaries);
      form_.append(summaries, text);
      if (rows_ != 0) text += '\n', form_.append(classes, text);
      return {};
    }
    join(classes, summaries);
    form_.append(classes, text);
    return {};
  }

  // A line a group, without its classes.
  Result<> append_groups(std::string& text) {
    Report out = summary_columns();
    const std::vector<std::uint32_t> groups = values_.groups();
    const Batch keys = values_.keys(groups);
    keys_.start(keys, plan_.names.get());
    for (std::size_t row = 0; row < groups.size(); row++) {
      const auto& counts = values_.of(groups[row]).counts();
      if (counts.empty()) continue;
      ARGUS_TRY_LET(const std::vector<long double> borders, histogram_borders(plan_.spec, type(), counts));
      std::vector<ReportCell>& cells = out.rows.emplace_back();
      keys_.add_group(row, cells);
      add_summary(groups[row], histogram_of(borders, type(), counts), cells);
    }
    rows_ = out.rows.size();
    if (form_.is_table()) drop_zeros(out);
    form_.append(out, text);
    return {};
  }
  // People are told of records without a value, and of values outside, where there are any.
  static void drop_zeros(Report& report) {
    for (const std::string_view name : kLeftOut) {
      const auto at = std::find_if(report.columns.begin(), report.columns.end(),
                                   [&](const ReportColumn& column) { return column.name == name; }) -
                      report.columns.begin();
      const auto is_zero = [&](const auto& row) { return row[static_cast<std::size_t>(at)].text == "0"; };
      if (!std::all_of(report.rows.begin(), report.rows.end(), is_zero)) continue;
      report.columns.erase(report.columns.begin() + at);
      for (auto& row : report.rows) row.erase(row.begin() + at);
    }
  }

  [[nodiscard]] Type type() const { return info(plan_.field).type; }

  [[nodiscard]] Report summary_columns() const {
    Report out;
    keys_.add_headings(out.columns);
    out.columns.push_back({"values", true});
    for (const std::string_view name : kLeftOut) out.columns.push_back({std::string(name), true});
    for (const std::string_view name : {"mean", "stddev", "min", "median"})
      out.columns.push_back({std::string(name), true});
    for (const double percent : plan_.percents) out.columns.push_back({fmt::format("p{}", percent), true});
    for (const std::string_view name : {"max", "mode"}) out.columns.push_back({std::string(name), true});
    return out;
  }
  void add_summary(std::uint32_t group, const Histogram& histogram, std::vector<ReportCell>& cells) {
    const auto& counts = values_.of(group).counts();
    const Summary summary = summary_of(type(), plan_.all ? std::span(counts) : histogram.inside, plan_.percents);
    const auto number = [&](std::uint64_t n) { cells.push_back(form_.number(n)); };
    const auto amount = [&](const ReportCell& cell) { cells.push_back(summary.values != 0 ? cell : ReportCell()); };
    number(summary.values);
    number(values_.without(group));
    number(histogram.below);
    number(histogram.above);
    amount(amounts_.mean(summary.mean));
    amount(amounts_.mean(summary.deviation));
    amount(amounts_.value(summary.least));
    amount(summary.values % 2 == 0 ? median(summary.median) : amounts_.value(summary.median));
    for (std::size_t i = 0; i < plan_.percents.size(); i++)
      amount(i < summary.percentiles.size() ? amounts_.value(summary.percentiles[i]) : ReportCell());
    amount(amounts_.value(summary.most));
    cells.push_back(summary.mode ? amounts_.value(*summary.mode) : ReportCell());
  }
  // Between two values.
  [[nodiscard]] ReportCell median(long double number) const {
    return number == std::floor(number) ? amounts_.value(number) : amounts_.mean(number);
  }

  Report classes_of(const std::vector<long double>& borders, const Histogram& histogram) const {
    Report out;
    if (form_.says_what()) out.columns.push_back({"row", false});
    for (const std::string_view name : {"from", "to", "records"}) out.columns.push_back({std::string(name), true});
    out.columns.push_back({form_.says_what() ? "records_percent" : "%", true});
    out.columns.push_back({form_.says_what() ? "cumulative_percent" : "cum%", true});
    if (form_.is_table()) out.columns.push_back({"", false});
    const std::uint64_t most =
        histogram.classes.empty() ? 0 : *std::max_element(histogram.classes.begin(), histogram.classes.end());
    std::uint64_t whole = plan_.all ? histogram.below + histogram.above : 0, so_far = 0;
    for (const std::uint64_t count : histogram.classes) whole += count;
    // What is outside has no share, unless it counts.
    const auto line = [&](std::string_view what, ReportCell from, ReportCell to, std::uint64_t count, bool counts) {
      if (counts) so_far += count;
      std::vector<ReportCell>& cells = out.rows.emplace_back();
      if (form_.says_what()) cells.push_back(ReportForm::word(what));
      cells.insert(cells.end(), {std::move(from), std::move(to), form_.number(count)});
      cells.push_back(counts ? share(count, whole) : ReportCell());
      cells.push_back(counts ? share(so_far, whole) : ReportCell());
      if (form_.is_table()) cells.push_back({counts ? drawn(count, most) : std::string(), {}});
    };
    if (histogram.below != 0) line("below", {}, amounts_.border(borders.front()), histogram.below, plan_.all);
    for (std::size_t i = 0; i < histogram.classes.size(); i++)
      if (histogram.classes[i] != 0 || !plan_.nonzero)
        line("class", amounts_.border(borders[i]), amounts_.border(borders[i + 1]), histogram.classes[i], true);
    if (histogram.above != 0) line("above", amounts_.border(borders.back()), {}, histogram.above, plan_.all);
    return out;
  }
  [[nodiscard]] ReportCell share(std::uint64_t part, std::uint64_t whole) const {
    if (whole == 0) return {};
    return form_.percent(100 * static_cast<double>(part) / static_cast<double>(whole));
  }
  [[nodiscard]] std::string drawn(std::uint64_t count, std::uint64_t most) const {
    if (most == 0) return {};
    const double part = std::min(1.0, static_cast<double>(count) / static_cast<double>(most));
    return bar(part, kBarColumns, plan_.ascii ? Dots::ascii : Dots::braille);
  }
  // Columns and rows of both, the second behind.
  static void join(Report& report, const Report& more) {
    const std::size_t before = report.columns.size();
    report.columns.insert(report.columns.end(), more.columns.begin() + 1, more.columns.end());
    for (auto& row : report.rows) row.resize(report.columns.size());
    for (const auto& behind : more.rows) {
      auto& row = report.rows.emplace_back(before);
      row[0] = behind[0];
      row.insert(row.end(), behind.begin() + 1, behind.end());
    }
  }

  HistoPlan plan_;
  File& out_;
  ReportForm form_;
  KeyColumns keys_;
  AmountText amounts_;
  GroupDistributions values_;
  std::uint64_t rows_ = 0;
};

Result<double> parse_percent(std::string_view word) {
  const auto percent = parse_real(word);
  if (!percent || *percent <= 0 || *percent > 100)
    return fail(Errc::usage, "invalid percentile '{}': give numbers such as 50,95,99.9", escaped(word));
  return *percent;
}

class Histo final : public Command {
 public:
  Page page() const override {
    return {
        "FIELD [CLASSES] [-m KEY...] [-r FILE... | --remote HOST...] [options] [- filter]",
        "Shows how the values of a field lie: a histogram with shares, mean, deviation, median and percentiles.",
        {{"argus histo dur -r day.flows", "how long flows last, in 20 logarithmic classes"},
         {"argus histo bytes 10:0-10k -r day.flows - tcp", "ten even classes of 1000 bytes, and how many are above"},
         {"argus histo tcprtt 1ms:0-20ms -r day.flows", "classes of a millisecond"},
         {"argus histo tcprtt -m daddr --percentiles 50,95,99.9 -r day.flows", "a line of figures for each server"}},
        "## Classes\n\n"
        "CLASSES is a number, `20` even ones or `20L` logarithmic ones (the default), or the size of each, which\n"
        "has a unit or a point so that it is not taken for a number of them: `10ms`, `1k`, `0.5`. Behind a colon\n"
        "stands the range that they cover: `20L:1ms-10s`. Without a range they cover all values; those of\n"
        "logarithmic classes that are 0 have a class before the others. Numbers are written as in filters:\n"
        "durations in seconds or with `ns us ms s m h`, others with `k M G T`. A class has its beginning, but not\n"
        "its end, except the last one, which has both. `-H FIELD CLASSES` is the same, as rahisto has it.\n\n"
        "Any counter, size, duration, rate or percentage is a field to look at (`argus help fields`). Records that\n"
        "have no value are counted as `without`.\n\n"
        "Values outside the range are counted in the lines `below` and `above`; shares and figures are of those\n"
        "inside. With `-M outlayer` they are of all values. `-M nozero` leaves empty classes out.\n\n"
        "## Figures\n\n"
        "`stddev` is the deviation of these very values; the median of an even number of values is the mean of the\n"
        "middle two. A percentile is the smallest value that at least so many percent of the values do not exceed.\n"
        "The mode is the value that came most often, the smallest of several; there is none where no value came\n"
        "twice.\n\n"
        "All of that is exact. Each different value is held once, with the number of times that it came, in up to\n"
        "80 bytes. Counters have few different values; a million durations in nanoseconds take some 50 MB. Where\n"
        "there are more than `--memory` has room for, a message says so, and nothing is printed.\n\n"
        "`-m KEY` prints the figures of each group instead, a line each, without classes. Groups come in the order of\n"
        "their keys, which are those of [cluster](cluster.md), and those without a value are left out.\n\n"
        "CSV and JSON are one table, whose first column `row` says what a line is: `class`, `below`, `above`, `all`\n"
        "with the figures, or `group`."};
  }
  void declare(OptionSet& options) override {
    options.group("what to look at");
    options.list("-H,--histogram", "FIELD CLASSES", words_, ListWords::plain,
                 "the field, and classes: 20L (logarithmic), 20:0-10, 1k:0-100k");
    options.common(), options.offer(&offered_measures);
    options.list("-m,--merge", "KEY...", keys_, ListWords::plain,
                 "figures of each group by these fields: daddr, proto dport");
    options.common(), options.offer(&offered_keys);
    options.list("--percentiles", "PERCENT...", percents_, ListWords::plain, "which percentiles (95 99)");
    options.common(), options.offer(offered_words({"50", "75", "90", "95", "99", "99.9"}));
    modes_.declare(options);
    options.flag("--ascii", ascii_, "bars of characters that every terminal has");
    input_.declare_reading(options);
    output_.leave_letter_of_human();
    output_.declare(options);
    options.hide("-w,--append,--no-clobber,-N,-s");  // of records and rows
    options.words(plain_, &offered_measures);
  }
  Result<Exit> run(Io& io) override {
    ARGUS_TRY(modes_.check(io));
    ARGUS_TRY(refuse());
    HistoPlan plan;
    ARGUS_TRY(take_field(plan));
    ARGUS_TRY(take_percents(plan));
    plan.nonzero = modes_.has("nozero");
    plan.all = modes_.has("outlayer");
    plan.quiet = output_.quiet();
    plan.ascii = ascii_ || !speaks_utf8();
    plan.memory_max = output_.memory_max();
    auto key = parse_keys(keys_);
    if (!key) return while_doing("-m", std::move(key.error()));
    if (key->none) return fail(Errc::usage, "-m: 'none' makes no groups; without -m there is one histogram of all");
    plan.keys = fields_of(*key);
    ARGUS_TRY_LET(const OutputOptions::Form form, output_.form());
    ARGUS_TRY_LET(SourcePtr flows, input_.open(io));
    flows = output_.records_read(std::move(flows));
    if (modes_.rmon() || key->rmon) flows = doubled(std::move(flows));
    TextOptions text = output_.text_options(io, flows->header());
    ARGUS_TRY_LET(plan.names, output_.open_names(io));
    if (plan.names) text.style.hosts = &plan.names->names();
    RunOptions run = output_.run_options(input_.asked());
    run.account.names = plan.names;
    HistoSink sink(std::move(plan), *key, io.out, ReportForm(form, std::move(text)));
    run.account.closing =
        output_.closing_line(io, input_.asked(), flows->header().live, [&sink] { return sink.rows_printed(); });
    ARGUS_TRY_LET(const Outcome done, run_pipeline(io, *flows, sink, run));
    return done.exit;
  }

 private:
  Result<> refuse() const {
    if (!output_.write_path().empty())
      return fail(Errc::usage,
                  "-w: histo prints figures, which are not records; --csv and --json print them for programs");
    if (output_.rows_printed()) return fail(Errc::usage, "-N limits rows; the number of classes is behind the field");
    if (!output_.column_words().empty()) return fail(Errc::usage, "-s chooses columns of records; histo has its own");
    return {};
  }
  Result<> take_field(HistoPlan& plan) const {
    std::vector<std::string> words;
    for (const std::vector<std::string>* given : {&plain_, &words_})
      for (const std::string& word : *given)
        for (const std::string_view piece : split_words(word, " ,")) words.emplace_back(piece);
    if (words.empty()) return input_.words_missing(fail(Errc::usage, "name a field: argus histo dur"));
    if (words.size() > 2)
      return fail(Errc::usage, "'{}' is one word too many; a field and its classes are two", escaped(words[2]));
    const auto field = find_field(words[0]);
    if (!field) return no_field(words[0]);
    if (!has_distribution(*field))
      return fail(Errc::usage, "'{}' is not an amount; a counter, a size, a duration or a rate has a histogram",
                  escaped(words[0]));
    plan.field = *field;
    if (words.size() == 2) {
      ARGUS_TRY_LET(plan.spec, parse_histogram(*field, words[1]));
    }
    return {};
  }
  Result<> take_percents(HistoPlan& plan) const {
    plan.percents = {95, 99};
    if (percents_.empty()) return {};
    plan.percents.clear();
    for (const std::string& word : percents_) {
      auto percent = parse_percent(word);
      if (!percent) return while_doing("--percentiles", std::move(percent.error()));
      plan.percents.push_back(*percent);
    }
    return {};
  }

  InputOptions input_;
  OutputOptions output_;
  ModeOptions modes_{{{"nozero", "outlayer"},
                      false,
                      "nozero: no empty classes; outlayer: figures are of values outside the range, too"}};
  std::vector<std::string> plain_, words_, keys_, percents_;
  bool ascii_ = false;
};

}  // namespace

ARGUS_COMMAND(histo, Histo)

}  // namespace argus
