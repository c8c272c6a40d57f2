// baseline: a time against the same time of earlier days: what is new, gone, or far from what is usual.
#include "query/baseline.h"

#include <algorithm>

#include "argus/account.h"
#include "argus/command.h"
#include "argus/input_options.h"
#include "argus/modes.h"
#include "argus/name_lookup.h"
#include "argus/offers.h"
#include "argus/output_options.h"
#include "argus/report_form.h"
#include "argus/run.h"
#include "base/count_text.h"
#include "base/file.h"
#include "base/log.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "draw/scale.h"
#include "flow/batch.h"
#include "flow/each_value.h"
#include "flow/field.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "query/comparison.h"
#include "query/difference.h"
#include "query/key.h"
#include "shell/io.h"
#include "shell/options.h"
#include "sink/report.h"
#include "sink/text.h"

namespace argus {

namespace {

constexpr int kDays = 7, kDaysMost = 366;
constexpr std::size_t kNow = 0;

struct BaselinePlan {
  std::vector<Field> keys;
  Field by = Field::bytes;
  double sigmas = 3;
  TimeSpan span;
  OutputOptions::Range rows;
  bool quiet = false;
  std::shared_ptr<NameLookup> names;  // null: addresses stay addresses
};

// All days were added up by the source; this prints what is unusual of the first.
class BaselineSink final : public RowSink {
 public:
  BaselineSink(BaselinePlan plan, const Comparison& comparison, File& out, ReportForm form)
      : plan_(std::move(plan)), comparison_(comparison), out_(out), form_(std::move(form)), keys_(plan_.keys, form_) {}
  FieldSet fields() const override { return comparison_.needs(); }
  Result<> begin(const StreamHeader&) override { return {}; }
  Result<> write(const Batch&) override { return {}; }
  Result<> finish() override {
    const std::vector<GroupDeviation> unusual = deviations_of(comparison_, plan_.by, plan_.sigmas);
    if (plan_.quiet) return {};
    say_days(unusual.empty());
    if (unusual.empty()) return {};
    std::string text;
    form_.append(report_of(unusual), text);
    return out_.write(text);
  }
  [[nodiscard]] std::uint64_t rows_printed() const { return rows_; }

 private:
  // "2026-09-21 14:00 - 15:00 against 6 of 7 earlier days"
  void say_days(bool nothing) const {
    const std::size_t found = days_found(comparison_).size(), asked = comparison_.sides() - 1;
    std::string text = fmt::format("{} against {} of {}", range_text(plan_.span.begin, plan_.span.end), found,
                                   count_text(asked, "earlier day"));
    if (found == 0) text += "; no earlier day has records of that time, so nothing is usual";
    else if (found == 1) text += "; from one day only what is new or gone can be told";
    if (nothing && found != 0) text += "; nothing is unusual";
    log_note(text);
  }

  [[nodiscard]] Report report_of(const std::vector<GroupDeviation>& unusual) {
    const std::uint64_t to = std::min<std::uint64_t>(plan_.rows.end, unusual.size());
    const std::uint64_t from = std::min(plan_.rows.begin, to);
    std::vector<std::uint32_t> groups;
    for (std::uint64_t i = from; i < to; i++) groups.push_back(unusual[i].group);
    const Batch keys = comparison_.keys(groups);
    keys_.start(keys, plan_.names.get());
    Report out = columns();
    for (std::size_t row = 0; row < groups.size(); row++) {
      const GroupDeviation& one = unusual[from + row];
      std::vector<ReportCell>& cells = out.rows.emplace_back();
      keys_.add_group(row, cells);
      cells.push_back(ReportForm::word(change_word(one.change)));
      add_figures(one.now, one.usual, one.days, cells);
    }
    add_total(out);
    rows_ = out.rows.size();
    return out;
  }
  [[nodiscard]] Report columns() const {
    Report out;
    keys_.add_headings(out.columns);
    const std::string name(info(plan_.by).name);
    out.columns.push_back({"change", false});
    out.columns.push_back({name, true});
    for (const std::string_view part : {"mean", "stddev", "sigma"})
      out.columns.push_back({form_.says_what() ? fmt::format("{}_{}", name, part) : std::string(part), true});
    out.columns.push_back({"days", true});
    return out;
  }
  void add_figures(std::uint64_t now, const Usual& usual, std::size_t days, std::vector<ReportCell>& cells) const {
    cells.push_back(form_.number(now));
    cells.push_back(form_.real(usual.mean));
    cells.push_back(usual.deviation ? form_.real(*usual.deviation) : ReportCell());
    const auto sigmas = sigmas_of(now, usual);
    cells.push_back(sigmas ? form_.percent(*sigmas, true) : ReportCell());
    cells.push_back(form_.number(days));
  }
  void add_total(Report& out) const {
    const auto all_of = [&](std::size_t side) {
      return column_of(comparison_.total(side).row(), plan_.by).at<std::uint64_t>(0);
    };
    std::vector<std::uint64_t> days;
    for (const std::size_t side : days_found(comparison_)) days.push_back(all_of(side));
    std::vector<ReportCell>& cells = out.rows.emplace_back();
    keys_.add_sum("total", cells);
    cells.emplace_back();
    add_figures(all_of(kNow), usual_of(days), days.size(), cells);
  }

  BaselinePlan plan_;
  const Comparison& comparison_;
  File& out_;
  ReportForm form_;
  KeyColumns keys_;
  std::uint64_t rows_ = 0;
};

Result<double> parse_sigmas(const std::string& text) {
  const auto sigmas = parse_real(text);
  if (!sigmas || *sigmas <= 0 || *sigmas > 1000)
    return fail(Errc::usage, "invalid value '{}': give a number above 0, such as 3 or 2.5", escaped(text));
  return *sigmas;
}

class Baseline final : public Command {
 public:
  Page page() const override {
    return {
        "[-m KEY...] [-t RANGE] [--days N] -r FILE... [options] [- filter]",
        "Compares a time with the same time of earlier days: what is new, gone, or far from what is usual.",
        {{"argus baseline -r archive", "the last hour of the records, against the same hour of seven days before"},
         {"argus baseline -r archive -t 2026/09/21 -m saddr --by trans", "a day against the days before it, by source"},
         {"argus baseline -r archive -t 14:00-15:00 --days 28 --sigma 4", "an hour of today against four weeks"},
         {"argus baseline -r archive -m daddr --json - tcp", "for other programs"}},
        "## Which times\n\n"
        "`-t` names the time to look at, an hour or a day or what you like, by one range with a beginning and an\n"
        "end. Without it, it is the hour up to the end of the last record. Earlier days are those of the calendar,\n"
        "at the same time of the local clock. A day without any record of that time is left out; a line on standard\n"
        "error says how many were found. A record that reaches over the border of a range counts with all that it\n"
        "has, unless `--cut` cuts it there. The files are read once for each day, of which only the frames of that\n"
        "time.\n\n"
        "## What is unusual\n\n"
        "Groups of the key (`-m`, as in [cluster](cluster.md); without it protocol and destination port) have on each\n"
        "day a sum of one counter (`--by`, bytes); on a day found that has no record of a group it is 0. The mean of\n"
        "earlier days is what is usual, and the deviation of these days (stddev, as estimated from a sample) says how\n"
        "much they differ. Printed are the groups that are\n\n"
        "- `new`: there now, and on no earlier day;\n"
        "- `gone`: not there, and on each earlier day;\n"
        "- `more` or `less`: off by at least `--sigma` deviations (3), or by anything where all days were the same.\n\n"
        "The group that is farthest from its mean is first. `sigma` is the number of deviations, `days` on how many\n"
        "earlier days the group was there. The line `total` is of all groups. From one earlier day there is no\n"
        "deviation, so that only what is new or gone is printed; [diff](diff.md) compares two times.\n\n"
        "CSV and JSON have the same figures, exact, and a first column `row`, which is `group` or `total`."};
  }
  void declare(OptionSet& options) override {
    options.group("what to compare");
    options.list("-m,--merge", "KEY...", keys_, ListWords::plain, "by these fields (proto dport), also cut: saddr/24");
    options.common(), options.offer(&offered_keys);
    options.value("--days", "N", days_, number_from<int>(1, kDaysMost, "days"), "how many earlier days (7)");
    options.common(), options.offer(offered_words({"7", "14", "28"}));
    options.value("--by", "COUNTER", by_, "the counter that is looked at (bytes)");
    options.common(), options.offer(&offered_counters);
    options.value("--sigma", "N", sigmas_, parse_sigmas, "how many deviations are unusual (3)");
    options.common();
    modes_.declare(options);
    input_.declare(options);
    output_.declare(options);
    options.hide("-w,--append,--no-clobber,-s");
  }
  Result<Exit> run(Io& io) override {
    ARGUS_TRY(modes_.check(io));
    ARGUS_TRY(refuse());
    BaselinePlan plan;
    ARGUS_TRY_LET(const KeyWords key, compared_key(keys_, modes_.rmon()));
    plan.keys = fields_of(key);
    auto by = counter_named(by_);
    if (!by) return while_doing("--by", std::move(by.error()));
    plan.by = *by;
    plan.sigmas = sigmas_;
    ARGUS_TRY_LET(const OutputOptions::Form form, output_.form());
    ARGUS_TRY_LET(plan.span, span_asked(io));
    ARGUS_TRY_LET(std::vector<SourcePtr> flows, open_days(io, plan.span));
    TextOptions text = output_.text_options(io, flows.front()->header());
    ARGUS_TRY_LET(plan.names, output_.open_names(io));
    if (plan.names) text.style.hosts = &plan.names->names();
    const ReportForm look(form, std::move(text));
    const FieldSet shown = KeyColumns(plan.keys, look).beside();
    if (output_.rows_printed()) plan.rows = *output_.rows_printed();
    plan.quiet = output_.quiet();

    Comparison comparison(key, shown, stored_inputs({plan.by}), flows.size());
    const SourcePtr days = compared(std::move(flows), key, comparison);
    RunOptions run = output_.run_options(input_.asked());
    run.account.names = plan.names;
    BaselineSink sink(std::move(plan), comparison, io.out, look);
    run.account.closing = output_.closing_line(io, input_.asked(), false, [&sink] { return sink.rows_printed(); });
    ARGUS_TRY_LET(const Outcome done, run_pipeline(io, *days, sink, run));
    return done.exit;
  }

 private:
  [[nodiscard]] Result<> refuse() const {
    if (!output_.write_path().empty())
      return fail(Errc::usage, "-w: figures of days are not records; --csv and --json print them for programs");
    if (!output_.column_words().empty())
      return fail(Errc::usage, "-s chooses columns of records; --by names the counter that is looked at");
    if (input_.times().size() > 1) return fail(Errc::usage, "-t: one range is compared; argus diff compares two");
    return input_.check_rereadable("this command");
  }
  [[nodiscard]] Result<TimeSpan> span_asked(Io& io) {
    if (!input_.has_time_range()) return last_hour(io);
    ARGUS_TRY(input_.wanted());
    const TimeSpan& span = input_.span();
    const std::string text = input_.times().empty() ? "" : input_.times().front();
    const bool plain = text.find('*') == std::string::npos && text.find_first_of("xicns") != 0;
    if (!plain || span.begin == INT64_MIN || span.end == INT64_MAX)
      return fail(Errc::usage, "-t: give one range with a beginning and an end, such as 14:00-15:00 or 2026/09/21");
    return span;
  }
  // Up to the end of the last record.
  [[nodiscard]] Result<TimeSpan> last_hour(Io& io) const {
    InputOptions every = input_;
    every.forget_time_range();
    ARGUS_TRY_LET(const SourcePtr flows, every.open(io));
    Resources resources;
    resources.stop = io.stop;
    ARGUS_TRY(flows->bind({{Field::ltime}, nullptr, {}}, resources));
    Nanos last = INT64_MIN;
    for (;;) {
      Batch batch;
      ARGUS_TRY_LET(const Step step, flows->next(batch));
      if (step == Step::end) break;
      each_value<Nanos>(batch[Field::ltime], batch.rows(),
                        [&](std::size_t, Nanos time) { last = std::max(last, time); });
    }
    if (last == INT64_MIN) return fail(Errc::io, "there are no records, so no hour is the last one");
    const Nanos end = (last / kSecond + 1) * kSecond;
    return TimeSpan{end - kHour, end};
  }
  // The time itself, then the earlier days.
  [[nodiscard]] Result<std::vector<SourcePtr>> open_days(Io& io, const TimeSpan& span) const {
    std::vector<SourcePtr> out;
    for (int day = 0; day <= days_; day++) {
      InputOptions one = input_;
      if (day != 0) one.leave_missed_range_unsaid();
      const Nanos begin = day == 0 ? span.begin : days_before(span.begin, day);
      const Nanos end = day == 0 ? span.end : days_before(span.end, day);
      one.limit_time(fmt::format("{}+{}s", begin / kSecond, std::max<Nanos>((end - begin) / kSecond, 1)));
      ARGUS_TRY_LET(SourcePtr flows, one.open(io));
      out.push_back(output_.records_read(std::move(flows)));
    }
    return out;
  }

  InputOptions input_;
  OutputOptions output_;
  ModeOptions modes_;
  std::vector<std::string> keys_;
  std::string by_ = "bytes";
  int days_ = kDays;
  double sigmas_ = 3;
};

}  // namespace

ARGUS_COMMAND(baseline, Baseline)

}  // namespace argus
