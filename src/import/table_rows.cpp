#include "import/table_rows.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/address.h"
#include "base/time.h"
#include "base/time_range.h"
#include "flow/column.h"
#include "flow/format.h"
#include "flow/merge.h"
#include "flow/where.h"
#include "import/instant.h"

namespace argus {

namespace {

template <class T>
T value_of(u128 image) {
  if constexpr (std::is_same_v<T, std::int64_t>) return value_of_image(image);
  else if constexpr (std::is_integral_v<T> || std::is_same_v<T, u128>) return static_cast<T>(image);
  else return T{};
}

std::optional<Field> mask_of(Field field) {
  if (field == Field::saddr) return Field::smask;
  if (field == Field::daddr) return Field::dmask;
  return std::nullopt;
}

// Most cells: digits and nothing else.
std::optional<std::uint64_t> plain_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool counts(Field field) {
  const Format format = info(field).format;
  const Type type = info(field).type;
  return (format == Format::number || format == Format::amount || format == Format::bytes || format == Format::port) &&
         type != Type::f64 && type != Type::u128;
}

bool fits(std::uint64_t value, Type type) {
  switch (type) {
    case Type::u8: return value <= UINT8_MAX;
    case Type::u16: return value <= UINT16_MAX;
    case Type::u32: return value <= UINT32_MAX;
    default: return true;
  }
}

}  // namespace

std::size_t TableRows::column_of(Field field) {
  for (std::size_t i = 0; i < columns_.size(); i++)
    if (columns_[i].field == field) return i;
  columns_.push_back({field, with_type(info(field).type, []<class T>() -> Values { return SparseColumn<T>(); })});
  return columns_.size() - 1;
}

void TableRows::put_number(std::size_t column, u128 image) {
  std::visit([&]<class T>(SparseColumn<T>& values) { values.put(at_, value_of<T>(image)); }, columns_[column].values);
}

// "10.1.0.0/16" has its mask with it.
bool TableRows::put_address(std::size_t column, std::string_view text) {
  const Field field = columns_[column].field;
  const auto prefix = text.find('/') != std::string_view::npos ? parse_prefix(text) : std::nullopt;
  const auto address = prefix ? prefix->address : parse_address(text);
  if (!address) return false;
  std::get<SparseColumn<Address>>(columns_[column].values).put(at_, *address);
  const auto mask = mask_of(field);
  if (!prefix || !mask) return true;
  const std::size_t beside = column_of(*mask);  // columns_ may have grown
  put_number(beside, prefix->length);
  return true;
}

bool TableRows::put(std::size_t column, std::string_view text) {
  const Field field = columns_[column].field;
  const FieldInfo& own = info(field);
  if (counts(field)) {
    if (const auto value = plain_number(text); value && fits(*value, own.type)) return put_number(column, *value), true;
  }
  if (own.format == Format::time) {
    const auto time = parse_timestamp(text);
    if (time && is_time(*time)) put_number(column, ordered_image(*time));
    return (time && is_time(*time)) || !is_stored(field);
  }
  if (own.type == Type::addr) return put_address(column, text);
  if (own.type == Type::bytes) {
    std::get<SparseColumn<std::string>>(columns_[column].values).put(at_, std::string(text));
    return true;
  }
  if (own.type == Type::f64) {
    if (const auto value = parse_real_value(field, text))
      std::get<SparseColumn<double>>(columns_[column].values).put(at_, *value);
    return true;
  }
  const auto image = parse_value(field, text);
  if (image) put_number(column, *image);
  return image || !is_stored(field);
}

void TableRows::undo() {
  for (Own& own : columns_) std::visit([&](auto& values) { values.cut(at_); }, own.values);
}

// The end of a record that says when it began and how long it took.
void TableRows::complete_times(Batch& batch) const {
  if (!batch[Field::ltime].absent() || batch[Field::stime].absent()) return;
  const Flat<Nanos> first = flat<Nanos>(batch[Field::stime], batch.rows());
  const Flat<Nanos> lasts = flat<Nanos>(batch[Field::dur], batch.rows());
  SparseColumn<Nanos> ends;
  for (std::size_t row = 0; row < batch.rows(); row++) {
    if (!first.has(row)) continue;
    const Nanos length = lasts.has(row) ? std::clamp<Nanos>(lasts.values[row], 0, kTimeMost) : 0;
    ends.put(row, std::min(kTimeMost, first.values[row] + std::min(length, kTimeMost - first.values[row])));
  }
  batch.set(Field::ltime, ends.finish(batch.rows()));
}

std::vector<Field> TableRows::sums_alone() const {
  FieldSet there;
  for (const Own& own : columns_) there.add(own.field);
  std::vector<Field> out;
  for (const Own& own : columns_) {
    const bool sum = !is_stored(own.field) && adds_up(own.field);
    if (sum && !stored_inputs({own.field}).meets(there)) out.push_back(own.field);
  }
  return out;
}

Batch TableRows::take() {
  Batch out(at_);
  FieldSet there;
  for (Own& own : columns_) {
    Column made = std::visit([&](auto& values) { return values.finish(at_); }, own.values);
    if (!made.absent() && is_stored(own.field)) there.add(own.field);
    out.set(own.field, std::move(made));
  }
  complete_times(out);
  there.add(Field::ltime);
  for (const Own& own : columns_) {
    if (is_stored(own.field)) continue;
    const FieldSet inputs = stored_inputs({own.field});
    if ((inputs | there) == there) out.set(own.field, Column());
  }
  at_ = 0;
  return out;
}

}  // namespace argus
