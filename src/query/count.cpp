#include "query/count.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "base/address.h"
#include "base/int128.h"
#include "flow/column.h"
#include "flow/each_value.h"
#include "query/memory.h"

namespace argus {

namespace {

constexpr std::size_t kNoProto = UINT16_MAX + 1;  // the place of records without a protocol

std::uint64_t saturating_sum(u128 sum) { return static_cast<std::uint64_t>(std::min<u128>(sum, UINT64_MAX)); }

u128 sum_of(const Column& column, std::size_t rows) {
  if (column.shape() == Column::Shape::constant)
    return static_cast<u128>(column.constant_value<std::uint64_t>()) * rows;
  u128 sum = 0;
  each_value<std::uint64_t>(column, rows, [&](std::size_t, std::uint64_t value) { sum += value; });
  return sum;
}

}  // namespace

Sums::Sums(const FieldSet& stored) : fields_(stored.list()), sums_(fields_.size(), 0) {}

FieldSet Sums::needs() const {
  FieldSet out;
  for (const Field field : fields_) out |= FieldSet{field} | merge_inputs(field);
  return out;
}

void Sums::add(const Batch& batch) {
  for (std::size_t i = 0; i < fields_.size(); i++)
    sums_[i] = saturating_sum(sum_of(merge_column(batch, fields_[i]), batch.rows()) + sums_[i]);
}

void Sums::add(const Sums& others) {
  for (std::size_t i = 0; i < fields_.size(); i++) sums_[i] = saturating_sum(u128{sums_[i]} + others.sums_[i]);
}

Batch Sums::row() const {
  Batch out(1);
  for (std::size_t i = 0; i < fields_.size(); i++) out.set(fields_[i], Column::constant<std::uint64_t>(sums_[i]));
  return out;
}

Sums Sums::without(const Batch& rows) const {
  Sums out = *this;
  for (std::size_t i = 0; i < fields_.size(); i++)
    out.sums_[i] -= std::min(out.sums_[i], saturating_sum(sum_of(merge_column(rows, fields_[i]), rows.rows())));
  return out;
}

Counter::Counter(const CountOptions& options)
    : options_(options),
      total_(options.sums),
      group_of_proto_(options.protocols ? kNoProto + 1 : 0, 0),
      groups_(options.sums) {}

FieldSet Counter::needs() const {
  FieldSet out = total_.needs();
  if (options_.protocols) out.add(Field::proto);
  if (options_.addresses) out |= FieldSet{Field::saddr, Field::daddr};
  return out;
}

Result<> Counter::add(const Batch& batch, std::uint64_t memory_max) {
  records_ += batch.rows();
  total_.add(batch);
  if (options_.protocols) add_protocols(batch);
  if (!options_.addresses) return {};
  sources_.add(batch[Field::saddr], batch.rows());
  destinations_.add(batch[Field::daddr], batch.rows());
  return check_memory(records_, bytes(), memory_max);
}

Result<> Counter::add(const Counter& others, std::uint64_t memory_max) {
  records_ += others.records_;
  total_.add(others.total_);
  if (options_.protocols) add_protocols(others.protocols());
  if (!options_.addresses) return {};
  sources_.add(others.sources_);
  destinations_.add(others.destinations_);
  return check_memory(records_, bytes(), memory_max);
}

void Counter::add_protocols(const Batch& batch) {
  const Flat<std::uint16_t> protos = flat<std::uint16_t>(batch[Field::proto], batch.rows());
  std::vector<std::uint32_t> group_of(batch.rows());
  for (std::size_t row = 0; row < batch.rows(); row++) {
    const std::size_t proto = protos.has(row) ? protos.values[row] : kNoProto;
    std::uint32_t& group = group_of_proto_[proto];
    if (group == 0) {
      protos_.push_back(static_cast<std::uint32_t>(proto));
      group = static_cast<std::uint32_t>(protos_.size());
    }
    group_of[row] = group - 1;
  }
  groups_.add(batch, group_of, protos_.size());
}

Batch Counter::protocols() const {
  std::vector<std::uint32_t> order(protos_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return protos_[a] < protos_[b]; });
  Batch out = groups_.batch(order);
  ColumnBuilder<std::uint16_t> protos;
  for (const std::uint32_t group : order) {
    if (protos_[group] == kNoProto) protos.add_absent();
    else protos.add(static_cast<std::uint16_t>(protos_[group]));
  }
  out.set(Field::proto, protos.finish());
  return out;
}

std::vector<AddressKind> Counter::address_kinds() const {
  std::vector<AddressKind> all(argus::address_kinds());
  for (std::size_t i = 0; i < all.size(); i++) all[i].text = address_kind_text(i);
  for (const Address& address : sources_.all()) all[address_kind(address)].sources++;
  for (const Address& address : destinations_.all()) all[address_kind(address)].destinations++;
  std::erase_if(all, [](const AddressKind& kind) { return kind.sources == 0 && kind.destinations == 0; });
  return all;
}

Batch largest(const Batch& batch, Field metric, std::size_t rows_max) {
  const Column column = column_of(batch, metric);
  const Flat<std::uint64_t> values = flat<std::uint64_t>(column, batch.rows());
  std::vector<std::uint32_t> order(batch.rows());
  std::iota(order.begin(), order.end(), 0u);
  const std::size_t kept = std::min(rows_max, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(),
                    [&](std::uint32_t a, std::uint32_t b) {
                      return values.values[a] != values.values[b] ? values.values[a] > values.values[b] : a < b;
                    });
  order.resize(kept);
  return gathered(batch, order);
}

void TopRows::add(const Batch& batch) {
  if (batch.rows() == 0) return;
  const Batch best = largest(batch, metric_, rows_max_);
  if (top_.rows() == 0) {
    top_ = best;
    return;
  }
  const std::vector<Batch> both = {top_, best};
  top_ = largest(concatenated(both), metric_, rows_max_);
}

}  // namespace argus
