#include "support/flow_builder.h"

#include <algorithm>
#include <stdexcept>

#include "base/address.h"
#include "base/int128.h"
#include "base/names.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "flow/type.h"
#include "flow/where.h"

namespace argus {

namespace {

[[noreturn]] void wrong(Field field, const std::string& what) {
  throw std::logic_error(std::string(info(field).name) + ": " + what);
}

template <class T>
T value_of(const Cell& cell, Field field) {
  if constexpr (std::is_same_v<T, Address> || std::is_same_v<T, std::string> || std::is_same_v<T, u128>) {
    if (const T* value = std::get_if<T>(&cell)) return *value;
  } else if constexpr (!std::is_same_v<T, double>) {
    if (const auto* value = std::get_if<std::uint64_t>(&cell)) return static_cast<T>(*value);
  }
  wrong(field, "a cell of another type");
}

template <class T>
Cell cell_of(const T& value) {
  if constexpr (std::is_same_v<T, Address> || std::is_same_v<T, std::string> || std::is_same_v<T, u128>) return value;
  else return static_cast<std::uint64_t>(value);
}

std::string number_text(u128 value) {
  std::string out;
  do out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
  while ((value /= 10) != 0);
  return out;
}

class BatchSource final : public Source {
 public:
  BatchSource(std::vector<Batch> batches, StreamHeader header)
      : batches_(std::move(batches)), header_(std::move(header)) {}
  Result<> bind(const Needs& needs, const Resources&) override {
    fields_ = stored_inputs(needs.fields);
    where_ = needs.where;
    return {};
  }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override {
    if (at_ == batches_.size()) return Step::end;
    const Batch wanted = filtered(batches_[at_++], where_.get());
    out = Batch(wanted.rows());
    for (const Field f : fields_.list()) out.set(f, wanted[f]);
    return Step::rows;
  }
  void drain(Journal&) override {}
  std::vector<Error> problems() const override { return {}; }

 private:
  std::vector<Batch> batches_;
  StreamHeader header_;
  FieldSet fields_;
  WherePtr where_;
  std::size_t at_ = 0;
};

template <class T>
T random_value(std::mt19937_64& random, bool wide) {
  const std::uint64_t small = random() % 4;
  if constexpr (std::is_same_v<T, Address>) {
    const auto host = static_cast<std::uint8_t>(small);
    if (random() % 4 == 0) {
      Address v6 = Address::from_v4("\0\0\0");
      v6.bytes = {0x20, 0x01, 0x0d, 0xb8};
      v6.bytes[15] = host;
      return v6;
    }
    const std::uint8_t v4[4] = {10, 0, static_cast<std::uint8_t>(random() % 2), host};
    return Address::from_v4(v4);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return "sensor" + std::to_string(small);
  } else if constexpr (std::is_same_v<T, u128>) {
    return wide && random() % 2 == 0 ? ~u128{0} - small : u128{small};
  } else if constexpr (std::is_same_v<T, double>) {
    return static_cast<double>(small);
  } else {
    if (!wide) return static_cast<T>(small);
    const T value = random() % 2 == 0 ? static_cast<T>(random()) : static_cast<T>(~std::uint64_t{0} - small);
    return std::is_same_v<T, std::int64_t> ? static_cast<T>(value / 2) : value;  // these are times
  }
}

template <class T>
Column dictionary_of(const Column& column, std::size_t rows) {
  const Flat<T> values = flat<T>(column, rows);
  auto words = std::make_shared<std::vector<T>>(1);
  std::map<T, std::uint32_t> known = {{T{}, 0}};
  std::vector<std::uint32_t> codes(rows);
  for (std::size_t i = 0; i < rows; i++) {
    if (!values.has(i)) continue;
    const auto [at, fresh] = known.try_emplace(values.values[i], static_cast<std::uint32_t>(words->size()));
    if (fresh) words->push_back(values.values[i]);
    codes[i] = at->second;
  }
  return Column::dictionary<T>(std::move(codes), std::move(words),
                               Column::Mask(values.mask.begin(), values.mask.end()));
}

}  // namespace

Row& Row::put(Field field, std::uint64_t value) {
  if (!is_stored(field)) wrong(field, "not stored");
  if (info(field).type == Type::u128) return with(field, u128{value});
  // Kept as its column would give it back, so that rows compare equal.
  cells_[field] = with_type(info(field).type, [&]<class T>() -> Cell {
    if constexpr (std::is_integral_v<T>) return static_cast<std::uint64_t>(static_cast<T>(value));
    else wrong(field, "takes no number");
  });
  return *this;
}
Row& Row::with(Field field, u128 value) {
  if (info(field).type != Type::u128) return put(field, static_cast<std::uint64_t>(value));
  cells_[field] = value;
  return *this;
}
Row& Row::with(Field field, const Address& value) {
  if (info(field).type != Type::addr) wrong(field, "takes no address");
  cells_[field] = value;
  return *this;
}
Row& Row::with(Field field, const char* text) {
  if (info(field).type == Type::bytes) {
    cells_[field] = std::string(text);
    return *this;
  }
  const auto address = parse_address(text);
  if (!address) wrong(field, std::string("no address: ") + text);
  return with(field, *address);
}
Row& Row::without(Field field) {
  cells_.erase(field);
  return *this;
}
Row Row::only(const FieldSet& fields) const {
  Row out;
  for (const auto& [field, cell] : cells_)
    if (fields.has(field)) out.cells_[field] = cell;
  return out;
}

std::string to_text(const Row& row) {
  std::string out;
  for (const auto& [field, cell] : row.cells()) {
    if (!out.empty()) out += ' ';
    out += info(field).name;
    out += '=';
    if (const auto* address = std::get_if<Address>(&cell)) out += to_text(*address);
    else if (const auto* text = std::get_if<std::string>(&cell)) out += '"' + *text + '"';
    else if (const auto* wide = std::get_if<u128>(&cell)) out += number_text(*wide);
    else if (info(field).type == Type::i64) out += std::to_string(static_cast<std::int64_t>(row.number(field)));
    else out += std::to_string(row.number(field));
  }
  return out;
}

std::ostream& operator<<(std::ostream& out, const Row& row) { return out << "{" << to_text(row) << "}"; }

Row tcp_row(const char* saddr, unsigned sport, const char* daddr, unsigned dport, std::uint64_t spkts,
            std::uint64_t dpkts) {
  return row()
      .with(Field::stime, kSecond)
      .with(Field::ltime, 2 * kSecond)
      .with(Field::ftime, kSecond)
      .with(Field::proto, kProtoTcp)
      .with(Field::etype, 0x0800)
      .with(Field::saddr, saddr)
      .with(Field::daddr, daddr)
      .with(Field::sport, sport)
      .with(Field::dport, dport)
      .with(Field::spkts, spkts)
      .with(Field::dpkts, dpkts)
      .with(Field::sbytes, 100 * spkts)
      .with(Field::dbytes, 100 * dpkts)
      .with(Field::trans, 1)
      .with(Field::records, 1);
}

Batch batch_of(const std::vector<Row>& rows) {
  FieldSet fields;
  for (const Row& row : rows)
    for (const auto& [field, cell] : row.cells()) fields.add(field);
  Batch out(rows.size());
  for (const Field field : fields.list())
    out.set(field, with_type(info(field).type, [&]<class T>() {
              ColumnBuilder<T> column;
              for (const Row& row : rows) {
                if (row.has(field)) column.add(value_of<T>(row.cell(field), field));
                else column.add_absent();
              }
              return column.finish();
            }));
  return out;
}

Row row_of(const Batch& batch, std::size_t index) {
  Row out;
  for (const Field field : present_fields(batch).list()) {
    if (!is_stored(field)) continue;  // a key that a group was made by
    const Column& column = batch[field];
    if (!column.has(index)) continue;
    const Cell cell = with_type(column.type(), [&]<class T>() { return cell_of<T>(column.at<T>(index)); });
    std::visit(
        [&](const auto& value) {
          if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>) out.with(field, value.c_str());
          else out.with(field, value);
        },
        cell);
  }
  return out;
}

std::vector<Row> rows_of(const Batch& batch) {
  std::vector<Row> out;
  for (std::size_t i = 0; i < batch.rows(); i++) out.push_back(row_of(batch, i));
  return out;
}

Row random_row(std::mt19937_64& random, bool wide) {
  Row out;
  for (const Field field : FieldSet::all_stored().list()) {
    if (random() % 4 == 0) continue;
    with_type(info(field).type, [&]<class T>() {
      const T value = random_value<T>(random, wide);
      if constexpr (std::is_same_v<T, std::string>) out.with(field, value.c_str());
      else if constexpr (!std::is_same_v<T, double>) out.with(field, value);
    });
  }
  out.without(Field::stime).without(Field::ltime);
  if (random() % 4 != 0) {
    const std::int64_t first = kSecond + static_cast<std::int64_t>(random() % 8);
    out.with(Field::stime, first).with(Field::ltime, first + static_cast<std::int64_t>(random() % 4));
  }
  return out;
}

Batch with_dictionaries(const Batch& batch) {
  Batch out = batch;
  for (const Field field : present_fields(batch).list()) {
    if (!is_stored(field)) continue;  // a key that a group was made by
    if (info(field).type == Type::addr) out.set(field, dictionary_of<Address>(batch[field], batch.rows()));
    if (info(field).type == Type::bytes) out.set(field, dictionary_of<std::string>(batch[field], batch.rows()));
    if (info(field).type == Type::u16) out.set(field, dictionary_of<std::uint16_t>(batch[field], batch.rows()));
  }
  return out;
}

std::vector<Row> numbered(unsigned from, unsigned to) {
  std::vector<Row> out;
  for (unsigned i = from; i < to; i++) out.push_back(tcp_row("10.0.0.1", i, "10.0.0.2", 80, i + 1));
  return out;
}

std::uint64_t total(const std::vector<Row>& rows, Field field) {
  std::uint64_t sum = 0;
  for (const Row& row : rows)
    if (row.has(field)) sum += row.number(field);
  return sum;
}

SourcePtr source_of(std::vector<Batch> batches, StreamHeader header) {
  return std::make_unique<BatchSource>(std::move(batches), std::move(header));
}

Result<std::vector<Row>> try_rows_of(Source& source, const Needs& needs, const Resources& resources) {
  ARGUS_TRY(source.bind(needs, resources));
  std::vector<Row> out;
  while (true) {
    Batch batch;
    ARGUS_TRY_LET(const Step step, source.next(batch));
    if (step == Step::end) return out;
    if (step != Step::rows) continue;
    for (Row& row : rows_of(batch)) out.push_back(std::move(row));
  }
}

std::vector<Row> rows_of(Source& source, const Needs& needs, const Resources& resources) {
  auto rows = try_rows_of(source, needs, resources);
  if (!rows) throw std::runtime_error(rows.error().text);
  return *std::move(rows);
}

}  // namespace argus
