#include "privacy/anonymize.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "base/time_range.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/each_value.h"
#include "flow/ledger.h"
#include "flow/live_source.h"
#include "flow/where.h"
#include "privacy/disguise.h"

namespace argus {

namespace {

Nanos shifted(Nanos time, Nanos by) {
  Nanos out = 0;
  if (__builtin_add_overflow(time, by, &out)) out = by < 0 ? kTimeLeast : kTimeMost;
  return std::clamp(out, kTimeLeast, kTimeMost);
}

// The ends of a span that is open stay so.
Nanos border_shifted(Nanos time, Nanos by) { return is_time(time) ? shifted(time, by) : time; }

// A column of what `change` makes of each value, of a word of a dictionary once.
template <class T, class Change>
Column changed(const Column& column, std::size_t rows, Change&& change) {
  switch (column.shape()) {
    case Column::Shape::absent: return column;
    case Column::Shape::constant: return Column::constant<T>(change(column.constant_value<T>()));
    case Column::Shape::dictionary: {
      auto words = std::make_shared<std::vector<T>>(column.words<T>());
      for (T& word : *words) word = change(word);
      return Column::dictionary<T>({column.codes().begin(), column.codes().end()}, std::move(words), column.mask());
    }
    case Column::Shape::flat: break;
  }
  std::vector<T> values(rows);
  each_value<T>(column, rows, [&](std::size_t row, const T& value) { values[row] = change(value); });
  return Column::flat<T>(std::move(values), column.mask());
}

class Anonymized final : public Stage {
 public:
  Anonymized(SourcePtr input, const AnonymizeOptions& options, WherePtr where = nullptr)
      : Stage(std::move(input)),
        options_(options),
        disguise_(options.key, options.keeps_vendors),
        shift_(options.shift.value_or(disguise_.shift())),
        header_(Stage::header()),
        where_(std::move(where)) {
    if (changes(Field::srcid)) header_.sensor.clear();
  }

  TickingSource* ticking() override { return nullptr; }
  const StreamHeader& header() const override { return header_; }
  Result<> bind(const Needs& needs, const Resources& resources) override {
    where_ = needs.where;  // which rows are wanted is asked of the changed ones
    Needs below;
    below.fields = stored_inputs(needs.fields);
    if (where_) below.fields |= stored_inputs(where_->fields());
    for (const Field field : below.fields.list())
      if (const auto length = length_beside(field)) below.fields.add(*length);
    below.when = {border_shifted(needs.when.begin, -shift_), border_shifted(needs.when.end, -shift_)};
    return input_->bind(below, resources);
  }
  Result<Step> next(Batch& out) override {
    Batch batch;
    ARGUS_TRY_LET(const Step step, input_->next(batch));
    out = step == Step::rows ? disguised(batch) : std::move(batch);
    if (step == Step::rows) out = filtered(out, where_.get());
    return step;
  }
  std::vector<SourcePtr> split(std::size_t n) override {
    std::vector<SourcePtr> out;
    for (SourcePtr& part : input_->split(n))
      out.push_back(std::make_unique<Anonymized>(std::move(part), options_, where_));
    return out;
  }
  void drain(Journal& out) override {
    Journal journal;
    input_->drain(journal);
    for (LedgerEntry& entry : journal.drain()) {
      if (changes(Field::srcid)) entry.sensor.clear();
      if (entry.begin != 0 || entry.end != 0)
        entry.begin = shifted(entry.begin, shift_), entry.end = shifted(entry.end, shift_);
      out.add(std::move(entry));
    }
  }

 private:
  [[nodiscard]] bool changes(Field field) const { return !options_.kept.has(field); }
  // The field that says of how many bits of an address there are.
  [[nodiscard]] static std::optional<Field> length_beside(Field field) {
    return info(field).format == Format::address ? beside(field) : std::nullopt;
  }

  [[nodiscard]] Batch disguised(const Batch& batch) {
    Batch out = batch;
    for (const Field field : present_fields(batch).list()) {
      const bool hides = info(info(field).format).disguise != FormatInfo::Disguise::plain;
      if (options_.dropped.has(field) || (hides && !is_stored(field))) {
        out.set(field, {});  // a derived one that was set would tell what it was made of
      } else if (hides && changes(field)) {
        out.set(field, disguised(field, batch));
      }
    }
    return out;
  }
  [[nodiscard]] Column disguised(Field field, const Batch& batch) {
    using enum FormatInfo::Disguise;
    const Column& column = batch[field];
    const std::size_t rows = batch.rows();
    switch (info(info(field).format).disguise) {
      case plain: return column;
      case text: return {};
      case time: return changed<std::int64_t>(column, rows, [&](Nanos value) { return shifted(value, shift_); });
      case port:
        return changed<std::uint16_t>(column, rows, [&](std::uint16_t value) { return disguise_.port(value); });
      case mac: return changed<std::uint64_t>(column, rows, [&](std::uint64_t value) { return disguise_.mac(value); });
      case address: break;
    }
    const auto length = length_beside(field);
    if (length && !batch[*length].absent()) return networks(column, batch[*length], rows);
    return changed<Address>(column, rows, [&](const Address& value) { return disguise_.address(value); });
  }
  [[nodiscard]] Column networks(const Column& addresses, const Column& lengths, std::size_t rows) {
    ColumnBuilder<Address> out;
    for (std::size_t row = 0; row < rows; row++) {
      if (!addresses.has(row)) {
        out.add_absent();
      } else if (lengths.has(row)) {
        out.add(disguise_.network(addresses.at<Address>(row), lengths.at<std::uint8_t>(row)));
      } else {
        out.add(disguise_.address(addresses.at<Address>(row)));
      }
    }
    return out.finish();
  }

  AnonymizeOptions options_;
  Disguise disguise_;
  Nanos shift_;
  StreamHeader header_;
  WherePtr where_;
};

}  // namespace

SourcePtr anonymized(SourcePtr input, const AnonymizeOptions& options) {
  return std::make_unique<Anonymized>(std::move(input), options);
}

}  // namespace argus
