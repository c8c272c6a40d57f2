#include "argus/share_output.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <utility>

#include "argus/name_lookup.h"
#include "argus/report_form.h"
#include "argus/run.h"
#include "base/file.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/format.h"
#include "flow/merge.h"
#include "flow/sink.h"
#include "query/cluster.h"
#include "query/comparison.h"
#include "query/count.h"
#include "sink/text.h"

namespace argus {

namespace {

FieldSet stored_counters(const std::vector<Field>& columns) {
  FieldSet out;
  for (const Field field : columns)
    if (adds_up(field)) out |= stored_inputs({field});
  return out;
}

// What all reports of shares have.
class ShareSink : public RowSink {
 public:
  ShareSink(Io& io, const std::vector<Field>& columns, const OutputOptions& output, ReportForm form,
            std::shared_ptr<NameLookup> names)
      : out_(io.out),
        form_(std::move(form)),
        names_(std::move(names)),
        quiet_(output.quiet()),
        columns_(columns),
        report_(form_, columns, true) {
    if (const auto& rows = output.rows_printed()) range_ = *rows;
  }
  FieldSet fields() const override {
    FieldSet out;
    for (const Field field : columns_) {
      out.add(field);
      out |= FieldPrinter(field, form_.style()).also_reads();
    }
    return out;
  }
  Result<> begin(const StreamHeader&) override { return {}; }
  Result<> finish() override {
    if (quiet_) return {};
    add_lines();
    std::string text;
    form_.append(report_.report(), text);
    return out_.write(text);
  }
  [[nodiscard]] std::uint64_t rows_printed() const { return quiet_ ? 0 : report_.report().rows.size(); }

 protected:
  virtual void add_lines() = 0;
  void add_groups(const Batch& rows, const Batch& whole) {
    if (names_) names_->look_up(rows, fields(), NameLookup::Waits::run);
    report_.add("group", false, rows, whole);
  }
  void add_sum(std::string_view what, const Batch& sum, const Batch& whole) { report_.add(what, true, sum, whole); }
  [[nodiscard]] const OutputOptions::Range& range() const { return range_; }
  [[nodiscard]] const std::vector<Field>& columns() const { return columns_; }

 private:
  File& out_;
  ReportForm form_;
  std::shared_ptr<NameLookup> names_;
  bool quiet_;
  std::vector<Field> columns_;
  OutputOptions::Range range_;
  ShareReport report_;
};

// Shares of the sums of all groups, of which those that come are printed.
class GroupShares final : public ShareSink {
 public:
  GroupShares(Io& io, const std::vector<Field>& columns, const OutputOptions& output, ReportForm form,
              std::shared_ptr<NameLookup> names, const Sums& sums, const std::uint64_t& groups)
      : ShareSink(io, columns, output, std::move(form), std::move(names)), sums_(sums), groups_(groups) {}
  Result<> write(const Batch& batch) override {
    const std::uint64_t first = at_, last = at_ + batch.rows();
    at_ = last;
    const std::uint64_t from = std::clamp(range().begin, first, last), to = std::clamp(range().end, from, last);
    std::vector<std::uint32_t> rows(static_cast<std::size_t>(to - from));
    std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(from - first));
    shown_ += rows.size();
    if (shown_ > kShareRowsMax)
      return fail(Errc::limit, "more than {} groups; --top N shows the largest, and a coarser key makes fewer",
                  kShareRowsMax);
    if (!rows.empty()) rows_.push_back(rows.size() == batch.rows() ? batch : gathered(batch, rows));
    return {};
  }

 private:
  void add_lines() override {
    const Batch total = sums_.row();
    Sums rest = sums_;
    for (const Batch& rows : rows_) {
      add_groups(rows, total);
      rest = rest.without(rows);
    }
    if (shown_ < groups_) add_sum("other", rest.row(), total);
    add_sum("total", total, total);
  }

  const Sums& sums_;
  const std::uint64_t& groups_;
  std::vector<Batch> rows_;
  std::uint64_t at_ = 0, shown_ = 0;
};

// The groups of a part, each against the same one of the whole. Rows were added up by the source.
class AgainstShares final : public ShareSink {
 public:
  AgainstShares(Io& io, const std::vector<Field>& columns, const OutputOptions& output, ReportForm form,
                std::shared_ptr<NameLookup> names, const Comparison& comparison, TopAsked top)
      : ShareSink(io, columns, output, std::move(form), std::move(names)),
        comparison_(comparison),
        top_(std::move(top)) {}
  Result<> write(const Batch&) override { return {}; }

 private:
  static constexpr std::size_t kPart = 0, kWhole = 1;

  // Of the part, in the order wanted.
  [[nodiscard]] std::vector<std::uint32_t> groups() const {
    std::vector<std::uint32_t> out = comparison_.in_key_order();
    std::erase_if(out, [&](std::uint32_t group) { return !comparison_.has(kPart, group); });
    if (top_.order.empty()) return out;
    const SortKey by = top_.order.front();
    const Column column = column_of(comparison_.counters(kPart, out), by.field);
    const Flat<std::uint64_t> values = flat<std::uint64_t>(column, out.size());
    std::vector<std::uint32_t> order(out.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return by.descending ? values.values[a] > values.values[b] : values.values[a] < values.values[b];
    });
    for (std::uint32_t& place : order) place = out[place];
    if (order.size() > top_.groups) order.resize(static_cast<std::size_t>(top_.groups));
    return order;
  }
  void add_lines() override {
    std::vector<std::uint32_t> shown = groups();
    const std::uint64_t to = std::min<std::uint64_t>(range().end, shown.size()), from = std::min(range().begin, to);
    shown = {shown.begin() + static_cast<std::ptrdiff_t>(from), shown.begin() + static_cast<std::ptrdiff_t>(to)};
    const Batch part = comparison_.counters(kPart, shown), whole = comparison_.counters(kWhole, shown);
    Batch rows = comparison_.keys(shown);
    for (const Field field : stored_counters(columns()).list()) rows.set(field, part[field]);
    add_groups(rows, whole);
    const Sums &all = comparison_.total(kPart), &against = comparison_.total(kWhole);
    const Sums other = all.without(part), rest = against.without(whole);
    if (comparison_.groups() > shown.size()) add_sum("other", other.row(), rest.row());
    add_sum("total", all.row(), against.row());
  }

  const Comparison& comparison_;
  TopAsked top_;
};

// Where a report goes and how it looks.
struct Shape {
  ReportForm form;
  std::shared_ptr<NameLookup> names;
};
Result<Shape> shape_of(const Io& io, const OutputOptions& output, const StreamHeader& header) {
  ARGUS_TRY_LET(const OutputOptions::Form form, output.form());
  TextOptions text = output.text_options(io, header);
  ARGUS_TRY_LET(std::shared_ptr<NameLookup> names, output.open_names(io));
  if (names) text.style.hosts = &names->names();
  return Shape{ReportForm(form, std::move(text)), std::move(names)};
}

Result<Outcome> run_share_sink(Io& io, Source& source, ShareSink& sink, const OutputOptions& output,
                               const InputAsked& asked, std::shared_ptr<NameLookup> names) {
  RunOptions run = output.run_options(asked);
  run.account.names = std::move(names);
  run.account.closing = output.closing_line(io, asked, source.header().live, [&sink] { return sink.rows_printed(); });
  return run_pipeline(io, source, sink, run);
}

}  // namespace

Result<std::vector<Field>> share_columns(const OutputOptions& output, const KeyWords& key, const TopAsked& top) {
  if (!output.write_path().empty())
    return fail(Errc::usage,
                "-w: shares, the rest and the total are not records; drop -w, and --csv or --json has them");
  std::vector<std::string> usual = cluster_columns(key);
  if (usual.empty()) usual = default_columns();
  std::erase_if(usual, [](const std::string& name) { return adds_up(*find_field(name)); });
  std::vector<Field> more;
  for (const SortKey& by : top.order) more.push_back(by.field);
  for (const Field field : {Field::bytes, Field::pkts, Field::trans}) more.push_back(field);
  for (const Field field : more) {
    const std::string name(info(field).name);
    if (std::find(usual.begin(), usual.end(), name) == usual.end()) usual.push_back(name);
  }
  auto columns = parse_columns(output.column_words(), usual);
  if (!columns) return while_doing("-s", std::move(columns.error()));
  std::vector<Field> out;
  for (const ColumnSpec& column : *columns) out.push_back(column.field);
  return out;
}

Result<Outcome> run_shares(Io& io, SourcePtr groups, const TopAsked& top, const std::vector<Field>& columns,
                           const OutputOptions& output, const InputAsked& asked) {
  Sums sums(stored_counters(columns));
  std::uint64_t all = 0;
  SourcePtr rows = summed(std::move(groups), sums, all);
  if (!top.order.empty()) rows = sorted(std::move(rows), top.order, top.groups);
  ARGUS_TRY_LET(Shape shape, shape_of(io, output, rows->header()));
  GroupShares sink(io, columns, output, std::move(shape.form), shape.names, sums, all);
  return run_share_sink(io, *rows, sink, output, asked, std::move(shape.names));
}

Result<Outcome> run_shares_against(Io& io, SourcePtr part, SourcePtr whole, const KeyWords& key, const TopAsked& top,
                                   const std::vector<Field>& columns, const OutputOptions& output,
                                   const InputAsked& asked) {
  for (const SortKey& by : top.order)
    if (!adds_up(by.field))
      return fail(Errc::usage, "--against: '{}' is not a counter, which --top orders by then", info(by.field).name);
  for (const Field field : columns) {
    const bool is_key =
        std::any_of(key.keys.begin(), key.keys.end(), [&](const Key& one) { return one.field == field; });
    if (!is_key && !adds_up(field))
      return fail(Errc::usage, "--against: '{}' is neither a key nor a counter", info(field).name);
  }
  ARGUS_TRY_LET(Shape shape, shape_of(io, output, part->header()));
  FieldSet shown;
  for (const Field field : columns)
    if (!adds_up(field)) shown |= FieldPrinter(field, shape.form.style()).also_reads();
  std::vector<Field> counters = columns;
  for (const SortKey& by : top.order) counters.push_back(by.field);
  Comparison comparison(key, shown, stored_counters(counters), 2);
  AgainstShares sink(io, columns, output, std::move(shape.form), shape.names, comparison, top);
  std::vector<SourcePtr> sides;
  sides.push_back(std::move(part));
  sides.push_back(std::move(whole));
  const SourcePtr rows = compared(std::move(sides), key, comparison);
  return run_share_sink(io, *rows, sink, output, asked, std::move(shape.names));
}

}  // namespace argus
