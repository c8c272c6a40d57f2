#include "draw/series.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <unordered_map>

#include "base/time.h"
#include "base/time_range.h"
#include "draw/coverage.h"
#include "draw/scale.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/each_value.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/merge.h"
#include "query/key.h"

namespace argus {

namespace {

constexpr std::uint32_t kUnseen = UINT32_MAX;
constexpr std::size_t kBinsOfPercentile = 20;  // of fewer, the 95th percentile is the maximum

// Values of a field as doubles and, for whole numbers, exactly; absent rows are kNothing and 0.
struct Amounts {
  std::vector<double> values;
  std::vector<std::uint64_t> counts;
};
Amounts amounts_of(const Batch& batch, Field field) {
  Amounts out;
  out.values.assign(batch.rows(), kNothing);
  out.counts.assign(batch.rows(), 0);
  const Column column = column_of(batch, field);
  with_type(info(field).type, [&]<class T>() {
    if constexpr (std::is_arithmetic_v<T>) {
      each_value<T>(column, batch.rows(), [&](std::size_t row, const T& value) {
        out.values[row] = static_cast<double>(value);
        if constexpr (std::is_integral_v<T>) out.counts[row] = static_cast<std::uint64_t>(value);
      });
    }
  });
  return out;
}

std::vector<Field> fields_of(const Drawn& drawn) {
  std::vector<Field> out;
  for (const Metric& metric : drawn.metrics) {
    out.push_back(metric.up);
    if (metric.down) out.push_back(*metric.down);
  }
  return out;
}

// Of nanoseconds, seconds are a quotient: a product with 1e-9 would be off in the last digit.
double scaled(double value, double factor) { return factor < 1e-3 ? value / std::round(1 / factor) : value * factor; }

std::string words_of(Field field) {
  std::string_view name = info(field).alias.empty() ? info(field).name : info(field).alias;
  std::string out;
  if (name.starts_with("total_")) name.remove_prefix(6);
  if (name.starts_with("src_")) out = "source ", name.remove_prefix(4);
  if (name.starts_with("dst_")) out = "destination ", name.remove_prefix(4);
  for (const char c : name) out += c == '_' ? ' ' : c;
  return out.ends_with("addr") ? out + "ess" : out;
}

// "port" of sport, dport and their like.
std::string words_without_side(Field field) {
  std::string out = words_of(field);
  for (const std::string_view side : {"source ", "destination "})
    if (out.starts_with(side)) out.erase(0, side.size());
  return out;
}

// Merged records of a key in a bin, and of what was drawn of them.
class SeriesGatherer final : public SeriesSink {
 public:
  SeriesGatherer(SeriesOptions options, std::function<ClockStep()> step)
      : options_(std::move(options)), step_(std::move(step)), inputs_(inputs_of(options_.drawn)), cells_(inputs_) {
    for (const Key& key : options_.drawn.keys.keys) printers_.emplace_back(key.field, options_.style);
  }

  FieldSet fields() const override {
    FieldSet out = inputs_ | FieldSet{Field::stime};
    for (const Field field : inputs_.list()) out |= stored_inputs(merge_inputs(field));
    for (std::size_t i = 0; i < printers_.size(); i++) {
      out |= printers_[i].also_reads();
      out.add(options_.drawn.keys.keys[i].field);
    }
    return out;
  }
  Result<> begin(const StreamHeader&) override { return {}; }
  Result<> write(const Batch& batch) override;
  Result<> ledger(const std::vector<LedgerEntry>& entries) override {
    coverage_.add(entries);
    return {};
  }
  Result<> finish() override { return {}; }
  Result<Chart> chart(const Known& known) override;

 private:
  [[nodiscard]] static FieldSet inputs_of(const Drawn& drawn) {
    FieldSet out;
    for (const Field field : fields_of(drawn)) out.add(field);
    out = stored_inputs(out);
    for (const Field time : {Field::stime, Field::ltime}) out.remove(time);  // a bin's are those of the clock
    return out;
  }
  [[nodiscard]] std::uint32_t id_of(const std::string& label);
  [[nodiscard]] std::size_t index_bytes() const;
  [[nodiscard]] Result<> bins_between(Chart& chart, ClockStep step) const;
  [[nodiscard]] std::vector<std::uint32_t> ranks() const;
  void fill(Chart& chart, const Known& known, const std::vector<std::uint32_t>& place_of_id, std::size_t places) const;
  void fill_metric(Chart& chart, std::size_t at, std::size_t places, const Groups& merged, const Groups& whole) const;
  void fill_trace(Chart& chart, Field field, std::size_t place, const Groups& merged, const Groups& whole,
                  Trace& out) const;
  void name_series(Chart& chart, const Known& known, const std::vector<std::uint32_t>& place_of_id,
                   std::size_t places) const;
  [[nodiscard]] Figures figures_of(const Chart& chart, const Trace& trace, double whole) const;
  // Visits the cells in pieces that a batch may have: visit(batch, first cell).
  template <class Visit>
  void each_piece(const Groups& groups, Visit&& visit) const;

  SeriesOptions options_;
  std::function<ClockStep()> step_;
  FieldSet inputs_;
  Groups cells_;
  std::vector<FieldPrinter> printers_;
  std::optional<ClockSpans> spans_;
  Coverage coverage_;
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::vector<std::string> labels_;
  std::size_t label_bytes_ = 0;
  struct Cell {
    std::uint32_t id;
    Nanos bin;
  };
  std::vector<Cell> cell_list_;
  std::map<Nanos, std::uint64_t> bins_;                       // that have rows, numbered as they came
  std::unordered_map<std::uint64_t, std::uint32_t> cell_of_;  // by bin's number and id
};

template <class Visit>
void SeriesGatherer::each_piece(const Groups& groups, Visit&& visit) const {
  std::vector<std::uint32_t> which;
  for (std::size_t from = 0; from < groups.size(); from += kBatchRowsMax) {
    which.resize(std::min(kBatchRowsMax, groups.size() - from));
    std::iota(which.begin(), which.end(), static_cast<std::uint32_t>(from));
    visit(groups.batch(which), from);
  }
}

std::uint32_t SeriesGatherer::id_of(const std::string& label) {
  const auto [at, fresh] = ids_.try_emplace(label, static_cast<std::uint32_t>(labels_.size()));
  if (fresh) labels_.push_back(label), label_bytes_ += 2 * label.size();
  return at->second;
}

// What finding cells takes, about: nodes of the maps, entries of the lists.
std::size_t SeriesGatherer::index_bytes() const {
  constexpr std::size_t kACell = 72, kABin = 64, kALabel = 160;
  return cell_list_.size() * kACell + bins_.size() * kABin + labels_.size() * kALabel + label_bytes_;
}

Result<> SeriesGatherer::write(const Batch& batch) {
  if (!spans_) spans_.emplace(step_());
  const Flat<Nanos> stime = flat<Nanos>(batch[Field::stime], batch.rows());
  for (FieldPrinter& printer : printers_) printer.start(batch);
  std::vector<std::uint32_t> kept, groups;
  std::string label;
  std::uint64_t number = UINT64_MAX;
  Nanos bin = 0;
  for (std::uint32_t row = 0; row < batch.rows(); row++) {
    if (!stime.has(row)) continue;
    if (const Nanos begin = spans_->at(stime.values[row]).begin; number == UINT64_MAX || begin != bin) {
      bin = begin;
      number = bins_.try_emplace(bin, bins_.size()).first->second;
    }
    label.clear();
    for (std::size_t i = 0; i < printers_.size(); i++) {
      if (!label.empty()) label += ' ';
      if (printers_[i].has(row)) printers_[i].append(row, label);
      else label += "no " + words_without_side(options_.drawn.keys.keys[i].field);
    }
    const std::uint32_t id = id_of(label);
    const auto [at, fresh] = cell_of_.try_emplace(number << 32 | id, static_cast<std::uint32_t>(cell_list_.size()));
    if (fresh) cell_list_.push_back({id, bin});
    kept.push_back(row);
    groups.push_back(at->second);
  }
  cells_.add(kept.size() == batch.rows() ? batch : gathered(batch, kept), groups, cell_list_.size());
  if (cells_.bytes() + index_bytes() <= options_.memory_max) return {};
  return fail(
      Errc::limit,
      "the picture needs more than {} MiB; take longer bins, a coarser key or a filter, or allow more with --memory",
      options_.memory_max >> 20);
}

// From the first record or packet to the last, or as -t says.
Result<> SeriesGatherer::bins_between(Chart& chart, ClockStep step) const {
  const auto known = coverage_.range();
  Nanos begin = bins_.empty() ? INT64_MAX : bins_.begin()->first;
  Nanos last = bins_.empty() ? INT64_MIN : bins_.rbegin()->first;
  if (known) begin = std::min(begin, known->begin), last = std::max(last, known->end);
  const TimeSpan& span = options_.span;
  const bool given = span.begin != INT64_MIN && span.end != INT64_MAX && span.begin < span.end;
  if (given) begin = span.begin, last = span.end - 1;
  if (begin > last) return {};
  begin = std::max({begin, span.begin, kTimeLeast});
  last = std::min({last, span.end == INT64_MAX ? last : span.end - 1, kTimeMost});
  if (begin > last) return {};
  if ((last - begin) / step.least() >= static_cast<Nanos>(kBinsMost)) {
    constexpr std::size_t kEnough = 2000;
    std::string count;
    append_human(static_cast<double>(last - begin) / static_cast<double>(step.least()), count);
    return fail(Errc::usage, "bins of {} over {} would be {} of them; take -M {}, or a shorter -t", step_text(step),
                length_text(last - begin), count, step_word(step_for(last - begin, kEnough)));
  }
  for (ClockSpan bin = span_at(begin, step); bin.begin <= last; bin = span_at(bin.end, step)) chart.bins.push_back(bin);
  return {};
}

// Ids by what they have in all, the largest first; ties in the order of their keys.
std::vector<std::uint32_t> SeriesGatherer::ranks() const {
  std::vector<std::uint32_t> of_cell, out(labels_.size());
  for (const Cell& cell : cell_list_) of_cell.push_back(cell.id);
  Groups totals(inputs_);
  each_piece(cells_, [&](const Batch& batch, std::size_t from) {
    totals.add(batch, std::span(of_cell).subspan(from, batch.rows()), labels_.size());
  });
  std::vector<double> size(labels_.size(), kNothing);
  const Metric& metric = options_.drawn.metrics[0];
  each_piece(totals, [&](Batch batch, std::size_t from) {
    batch.set(Field::stime, Column::constant<Nanos>(0));
    batch.set(Field::ltime, Column::constant<Nanos>(kSecond));
    for (const Field field : {metric.up, metric.down.value_or(metric.up)}) {
      const Amounts amounts = amounts_of(batch, field);
      for (std::size_t row = 0; row < batch.rows(); row++)
        if (double& sum = size[from + row]; !std::isnan(amounts.values[row]))
          sum = (std::isnan(sum) ? 0 : sum) + amounts.values[row];
    }
  });
  std::iota(out.begin(), out.end(), 0u);
  const bool sum = options_.drawn.axis.sum;
  std::erase_if(out, [&](std::uint32_t id) {  // nothing of it to see
    return std::isnan(size[id]) || (sum && size[id] == 0);
  });
  std::stable_sort(out.begin(), out.end(), [&](std::uint32_t a, std::uint32_t b) {
    return size[a] != size[b] ? size[a] > size[b] : labels_[a] < labels_[b];
  });
  return out;
}

Figures SeriesGatherer::figures_of(const Chart& chart, const Trace& trace, double whole) const {
  const Axis& axis = options_.drawn.axis;
  Figures out;
  std::vector<double> known;
  double total = 0, seconds = 0;
  for (std::size_t bin = 0; bin < chart.bins.size(); bin++) {
    if ((chart.states[bin] & kBinGap) != 0 || std::isnan(trace.values[bin])) continue;
    known.push_back(trace.values[bin]);
    const double length = axis.per_second ? static_cast<double>(coverage_.known_of(chart.bins[bin])) / kSecond : 1;
    total += trace.values[bin] * length;
    seconds += length;
  }
  if (known.empty()) return out;
  std::sort(known.begin(), known.end());
  out.most = known.back();
  if (known.size() >= kBinsOfPercentile)
    out.p95 = known[static_cast<std::size_t>(std::ceil(0.95 * static_cast<double>(known.size()))) - 1];
  if (!axis.sum) {
    out.average = whole;
    return out;
  }
  out.average = seconds > 0 ? total / seconds : kNothing;
  out.total = total / axis.factor * axis.total_factor;
  if (!trace.counts.empty()) {
    std::uint64_t exact = 0;
    for (const std::uint64_t count : trace.counts) exact += count;
    out.total = static_cast<double>(exact) * axis.total_factor;
  }
  return out;
}

void SeriesGatherer::fill_trace(Chart& chart, Field field, std::size_t place, const Groups& merged, const Groups& whole,
                                Trace& out) const {
  const Axis& axis = options_.drawn.axis;
  const std::size_t bins = chart.bins.size();
  const auto axis_of_field = axis_of(field, options_.wishes);
  const double factor = axis_of_field ? axis_of_field->factor : 1;
  const auto rows_of = [&](const Groups& groups, std::size_t from, std::size_t count) {
    std::vector<std::uint32_t> which(count);
    std::iota(which.begin(), which.end(), static_cast<std::uint32_t>(from));
    return groups.batch(which);
  };
  out.values.assign(bins, axis.sum ? 0 : kNothing);
  if (axis.whole) out.counts.assign(bins, 0);
  for (std::size_t from = 0; from < bins; from += kBatchRowsMax) {
    const std::size_t count = std::min(kBatchRowsMax, bins - from);
    Batch batch = rows_of(merged, place * bins + from, count);
    ColumnBuilder<Nanos> begins, ends;
    for (const ClockSpan& bin : std::span(chart.bins).subspan(from, count))
      begins.add(bin.begin), ends.add(bin.begin + coverage_.known_of(bin));
    batch.set(Field::stime, begins.finish());
    batch.set(Field::ltime, ends.finish());
    const Amounts amounts = amounts_of(batch, field);
    for (std::size_t i = 0; i < count; i++) {
      if (std::isnan(amounts.values[i])) continue;
      const double seconds = static_cast<double>(coverage_.known_of(chart.bins[from + i])) / kSecond;
      double value = scaled(amounts.values[i], factor);
      if (axis_of_field && axis_of_field->rated) value *= axis.per_second ? 1 : seconds;
      else if (axis.per_second) value /= seconds;
      out.values[from + i] = value;
      if (axis.whole) out.counts[from + i] = amounts.counts[i];
    }
  }
  for (std::size_t bin = 0; bin < bins; bin++)
    if ((chart.states[bin] & kBinGap) != 0) out.values[bin] = kNothing;
  double level = kNothing;
  if (!axis.sum) {
    Batch batch = rows_of(whole, place, 1);
    batch.set(Field::stime, Column::constant<Nanos>(0));
    batch.set(Field::ltime, Column::constant<Nanos>(chart.bins.back().end - chart.bins.front().begin));
    level = scaled(amounts_of(batch, field).values[0], factor);
  }
  out.figures = figures_of(chart, out, level);
}

// Everything of one metric: a series for each place.
void SeriesGatherer::fill_metric(Chart& chart, std::size_t at, std::size_t places, const Groups& merged,
                                 const Groups& whole) const {
  const Metric& metric = options_.drawn.metrics[at];
  for (std::size_t place = 0; place < places; place++) {
    Series& series = chart.series[at * places + place];
    fill_trace(chart, metric.up, place, merged, whole, series.up);
    if (metric.down) fill_trace(chart, *metric.down, place, merged, whole, series.down);
  }
}

void SeriesGatherer::fill(Chart& chart, const Known& known, const std::vector<std::uint32_t>& place_of_id,
                          std::size_t places) const {
  const std::size_t bins = chart.bins.size();
  std::vector<std::uint32_t> of_cell, of_place, kept;
  Groups merged(inputs_), whole(inputs_);
  each_piece(cells_, [&](const Batch& batch, std::size_t from) {
    of_cell.clear(), of_place.clear(), kept.clear();
    for (std::uint32_t row = 0; row < batch.rows(); row++) {
      const Cell& cell = cell_list_[from + row];
      const auto bin = std::lower_bound(chart.bins.begin(), chart.bins.end(), cell.bin,
                                        [](const ClockSpan& a, Nanos b) { return a.begin < b; });
      if (bin == chart.bins.end() || bin->begin != cell.bin) continue;  // outside of what -t asks for
      const std::uint32_t place = place_of_id[cell.id];
      if (place >= places) continue;
      kept.push_back(row);
      of_cell.push_back(static_cast<std::uint32_t>(place * bins + static_cast<std::size_t>(bin - chart.bins.begin())));
      of_place.push_back(place);
    }
    const Batch rows = kept.size() == batch.rows() ? batch : gathered(batch, kept);
    merged.add(rows, of_cell, places * bins);
    whole.add(rows, of_place, places);
  });
  chart.series.resize(places * options_.drawn.metrics.size());
  for (std::size_t at = 0; at < options_.drawn.metrics.size(); at++) fill_metric(chart, at, places, merged, whole);
  name_series(chart, known, place_of_id, places);
  for (const bool down : {false, true}) {
    Trace all;
    all.values.assign(bins, kNothing);
    for (const Series& series : chart.series) {
      const Trace& trace = down ? series.down : series.up;
      if (options_.drawn.axis.whole && all.counts.empty() && !trace.counts.empty()) all.counts.assign(bins, 0);
      for (std::size_t bin = 0; bin < trace.values.size(); bin++) {
        if (!std::isnan(trace.values[bin]))
          all.values[bin] = (std::isnan(all.values[bin]) ? 0 : all.values[bin]) + trace.values[bin];
        if (!trace.counts.empty()) all.counts[bin] += trace.counts[bin];
      }
    }
    if (options_.drawn.axis.sum) (down ? chart.all_down : chart.all_up) = figures_of(chart, all, kNothing);
  }
}

void SeriesGatherer::name_series(Chart& chart, const Known& known, const std::vector<std::uint32_t>& place_of_id,
                                 std::size_t places) const {
  const bool keyed = !options_.drawn.keys.keys.empty();
  const bool several = options_.drawn.metrics.size() > 1;
  std::vector<std::string> names(places);
  for (std::size_t id = 0; id < labels_.size(); id++)
    if (place_of_id[id] < std::min(places, options_.top)) names[place_of_id[id]] = labels_[id];
  const bool other = places > options_.top;
  if (other) names[options_.top] = "other";
  for (std::size_t at = 0; at < options_.drawn.metrics.size(); at++) {
    const Metric& metric = options_.drawn.metrics[at];
    const bool turned = metric.towards_local && known.turned;
    for (std::size_t place = 0; place < places; place++) {
      Series& series = chart.series[at * places + place];
      const std::string suffix = keyed ? " " + names[place] : "";
      series.other = other && place == options_.top;
      const std::string amount = metric.down ? words_without_side(metric.up) : metric.name;
      series.name = !keyed ? amount : several ? metric.name + suffix : names[place];
      const auto half = [&](Field field, const char* turned_name) {
        return (turned ? turned_name : std::string(info(field).name)) + suffix;
      };
      series.column = metric.down ? half(metric.up, options_.rmon || known.turned ? "received" : "") : series.name;
      if (metric.down) series.column_down = half(*metric.down, "sent");
    }
  }
}

Result<Chart> SeriesGatherer::chart(const Known& known) {
  Chart out;
  const Drawn& drawn = options_.drawn;
  out.title = title_of(drawn);
  out.unit = drawn.axis.unit;
  if (drawn.axis.sum) out.total_unit = drawn.axis.total_unit;
  out.mirrored = drawn.metrics.size() == 1 && drawn.metrics[0].down.has_value();
  const bool turned = out.mirrored && drawn.metrics[0].towards_local && known.turned;
  out.up_label = options_.rmon ? "received" : turned ? "to local networks" : "from source";
  out.down_label = options_.rmon ? "sent" : turned ? "from local networks" : "from destination";
  out.stacked = drawn.axis.sum && drawn.metrics.size() == 1;
  ARGUS_TRY(bins_between(out, known.step));
  coverage_.settle(
      out.bins, [&](Nanos bin) { return bins_.contains(bin); }, options_.span, out.states);
  const std::vector<std::uint32_t> order = ranks();
  std::vector<std::uint32_t> place_of_id(labels_.size(), kUnseen);
  for (std::size_t rank = 0; rank < order.size(); rank++)
    place_of_id[order[rank]] = static_cast<std::uint32_t>(std::min(rank, options_.top));
  const std::size_t places = std::min(order.size(), options_.top + 1);
  if (places == 0 || out.bins.empty()) {
    const auto range = coverage_.range();
    out.nothing = labels_.empty() ? "no records to draw" : fmt::format("no record has {}", drawn.metrics[0].name);
    out.knows_data = range.has_value();
    if (range) out.nothing += "; there is data of " + range_text(range->begin, range->end);
    return out;
  }
  fill(out, known, place_of_id, places);
  return out;
}

}  // namespace

std::unique_ptr<SeriesSink> series_sink(SeriesOptions options, std::function<ClockStep()> step) {
  return std::make_unique<SeriesGatherer>(std::move(options), std::move(step));
}

std::string title_of(const Drawn& drawn) {
  std::string out;
  for (const Metric& metric : drawn.metrics) {
    if (!out.empty()) out += ", ";
    if (metric.towards_local) out += words_of(*find_field(metric.name));
    else out += words_of(metric.up) + (metric.down ? " and " + words_of(*metric.down) : "");
  }
  for (std::size_t i = 0; i < drawn.keys.keys.size(); i++) {
    const Key& key = drawn.keys.keys[i];
    out += (i == 0 ? " by " : i + 1 == drawn.keys.keys.size() ? " and " : ", ") + words_of(key.field);
    out += prefix_text(key);
  }
  return out;
}

}  // namespace argus
