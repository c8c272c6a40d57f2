// Parquet files: a row group for each batch, so that any number of threads makes them and none waits for the end, and a
// footer with the places of all. https://parquet.apache.org/docs/file-format/
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "export/columns.h"
#include "export/formats.h"
#include "export/outlet.h"
#include "export/parquet_chunk.h"
#include "export/thrift.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/sink.h"
#include "flow/source.h"

namespace argus {

namespace {

constexpr std::string_view kMark = "PAR1";
constexpr std::int32_t kZstd = 6;

// What the footer says of a chunk, where it stands and how long it is.
struct Placed {
  std::uint64_t at = 0, size = 0, dictionary_size = 0, uncompressed_size = 0, nulls = 0;
  std::optional<std::string> least, most;
};

struct RowGroup {
  std::uint64_t rows = 0;
  std::vector<Placed> columns;
};

void write_integer_type(ThriftWriter& to, int bits, bool is_signed) {
  to.begin(10);
  to.byte(1, static_cast<std::int8_t>(bits));
  to.boolean(2, is_signed);
  to.end();
}

// Fields 6 to 10 of a schema element: what the physical type means.
void write_meaning(const ParquetColumn& column, ThriftWriter& to) {
  constexpr std::int32_t kUtf8 = 0, kDecimal = 5, kUint8 = 11;
  if (column.form == ParquetForm::text) {
    to.number(6, kUtf8);
    to.begin(10);
    to.begin(1);
    to.end();
    return to.end();
  }
  if (column.form == ParquetForm::instant) {
    to.begin(10);
    to.begin(8);
    to.boolean(1, true);  // UTC
    to.begin(2);
    to.begin(3);  // nanoseconds
    to.end();
    to.end();
    to.end();
    return to.end();
  }
  if (column.physical == ParquetType::fixed) {
    to.number(6, kDecimal);
    to.number(7, std::int32_t{0});
    to.number(8, std::int32_t{kParquetDecimalDigits});
    to.begin(10);
    to.begin(5);
    to.number(1, std::int32_t{0});
    to.number(2, std::int32_t{kParquetDecimalDigits});
    to.end();
    return to.end();
  }
  const auto unsigned_of = [&](std::int32_t nth) {
    to.number(6, kUint8 + nth);
    to.begin(10);
    write_integer_type(to, 8 << nth, false);
    to.end();
  };
  with_type(column.value, [&]<class T>() {
    if constexpr (std::is_unsigned_v<T>) unsigned_of(sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3);
  });
}

void write_schema(const std::vector<ParquetColumn>& columns, ThriftWriter& to) {
  to.list(2, ThriftWriter::Kind::structure, columns.size() + 1);
  to.begin();
  to.text(4, "flows");
  to.number(5, static_cast<std::int32_t>(columns.size()));
  to.end();
  for (const ParquetColumn& column : columns) {
    to.begin();
    to.number(1, static_cast<std::int32_t>(column.physical));
    if (column.physical == ParquetType::fixed) to.number(2, std::int32_t{kParquetDecimalBytes});
    to.number(3, std::int32_t{1});  // may be absent
    to.text(4, info(column.field).name);
    write_meaning(column, to);
    to.end();
  }
}

void write_chunk(const ParquetColumn& column, const Placed& chunk, std::uint64_t rows, ThriftWriter& to) {
  const auto data_at = static_cast<std::int64_t>(chunk.at + chunk.dictionary_size);
  to.begin();
  to.number(2, static_cast<std::int64_t>(chunk.at));
  to.begin(3);
  to.number(1, static_cast<std::int32_t>(column.physical));
  to.list(2, ThriftWriter::Kind::i32, chunk.dictionary_size != 0 ? 3 : 2);
  to.element(kParquetPlain);
  to.element(kParquetRle);
  if (chunk.dictionary_size != 0) to.element(kParquetDictionary);
  to.list(3, ThriftWriter::Kind::binary, 1);
  to.element(info(column.field).name);
  to.number(4, kZstd);
  to.number(5, static_cast<std::int64_t>(rows));
  to.number(6, static_cast<std::int64_t>(chunk.uncompressed_size));
  to.number(7, static_cast<std::int64_t>(chunk.size));
  to.number(9, data_at);
  if (chunk.dictionary_size != 0) to.number(11, static_cast<std::int64_t>(chunk.at));
  to.begin(12);
  to.number(3, static_cast<std::int64_t>(chunk.nulls));
  if (chunk.most) to.text(5, *chunk.most);
  if (chunk.least) to.text(6, *chunk.least);
  to.end();
  to.end();
  to.end();
}

std::string footer_of(const std::vector<ParquetColumn>& columns, const std::vector<RowGroup>& groups) {
  std::uint64_t rows = 0;
  for (const RowGroup& group : groups) rows += group.rows;
  ThriftWriter to;
  to.number(1, std::int32_t{2});
  write_schema(columns, to);
  to.number(3, static_cast<std::int64_t>(rows));
  to.list(4, ThriftWriter::Kind::structure, groups.size());
  for (const RowGroup& group : groups) {
    std::uint64_t whole = 0, packed = 0;
    for (const Placed& chunk : group.columns) whole += chunk.uncompressed_size, packed += chunk.size;
    to.begin();
    to.list(1, ThriftWriter::Kind::structure, columns.size());
    for (std::size_t i = 0; i < columns.size(); i++) write_chunk(columns[i], group.columns[i], group.rows, to);
    to.number(2, static_cast<std::int64_t>(whole));
    to.number(3, static_cast<std::int64_t>(group.rows));
    to.number(5, static_cast<std::int64_t>(group.columns.front().at));
    to.number(6, static_cast<std::int64_t>(packed));
    to.end();
  }
  to.text(6, "argus");
  to.list(7, ThriftWriter::Kind::structure, columns.size());
  for (std::size_t i = 0; i < columns.size(); i++) {  // values are ordered as their types say
    to.begin();
    to.begin(1);
    to.end();
    to.end();
  }
  return to.finished();
}

// Numbers and texts between encode() and append(), which may be on different threads.
void add(std::uint64_t value, std::vector<std::byte>& to) {
  const std::size_t at = to.size();
  to.resize(at + sizeof value);
  std::memcpy(to.data() + at, &value, sizeof value);
}
void add(const std::optional<std::string>& text, std::vector<std::byte>& to) {
  add(text ? text->size() : UINT64_MAX, to);
  if (!text) return;
  const auto bytes = std::as_bytes(std::span(*text));
  to.insert(to.end(), bytes.begin(), bytes.end());
}
std::uint64_t take_number(std::span<const std::byte>& from) {
  std::uint64_t value = 0;
  std::memcpy(&value, from.data(), sizeof value);
  from = from.subspan(sizeof value);
  return value;
}
std::optional<std::string> take_text(std::span<const std::byte>& from) {
  const std::uint64_t size = take_number(from);
  if (size == UINT64_MAX) return std::nullopt;
  std::string out(reinterpret_cast<const char*>(from.data()), size);
  from = from.subspan(size);
  return out;
}

class Parquet final : public Sink {
 public:
  Parquet(OutletPtr out, const ExportOptions& options) : out_(std::move(out)) {
    FieldSet seen;
    for (const Field field : columns_of(options)) {
      if (!seen.has(field)) columns_.push_back(parquet_column(field));
      seen.add(field);
      if (const auto further = beside(field)) beside_.add(*further);
    }
  }

  FieldSet fields() const override {
    FieldSet out = beside_;
    for (const ParquetColumn& column : columns_) out.add(column.field);
    return out;
  }
  Result<> begin(const StreamHeader&) override { return send(kMark); }
  // Small batches wait for each other: a row group has a price.
  std::vector<Batch> arrange(const Batch& batch) override {
    std::vector<Batch> out;
    if (held_rows_ + batch.rows() > kBatchRowsMax) out = take_held();
    if (batch.rows() != 0) held_.push_back(batch);
    held_rows_ += batch.rows();
    return out;
  }
  Result<> encode(const Batch& batch, const TakeEncoded& take) const override {
    Encoded out;
    std::vector<std::byte>& about = out.frame;
    add(batch.rows(), about);
    for (const ParquetColumn& column : columns_) {
      const ParquetChunk chunk = parquet_chunk(column, batch);
      for (const std::uint64_t number :
           {chunk.bytes.size(), chunk.dictionary_size, chunk.uncompressed_size, chunk.nulls})
        add(number, about);
      add(chunk.least, about);
      add(chunk.most, about);
      out.text += chunk.bytes;
    }
    return take(std::move(out));
  }
  Result<> append(Encoded rows) override {
    std::span<const std::byte> about = rows.frame;
    RowGroup group;
    group.rows = take_number(about);
    std::uint64_t at = at_;
    for (std::size_t i = 0; i < columns_.size(); i++) {
      Placed chunk;
      chunk.at = at;
      chunk.size = take_number(about);
      chunk.dictionary_size = take_number(about);
      chunk.uncompressed_size = take_number(about);
      chunk.nulls = take_number(about);
      chunk.least = take_text(about);
      chunk.most = take_text(about);
      at += chunk.size;
      group.columns.push_back(std::move(chunk));
    }
    ARGUS_TRY(send(rows.text));
    groups_.push_back(std::move(group));
    return {};
  }
  Result<> finish() override {
    for (const Batch& batch : take_held()) ARGUS_TRY(put(batch));
    std::string end = footer_of(columns_, groups_);
    const auto size = static_cast<std::uint32_t>(end.size());
    for (int i = 0; i < 4; i++) end += static_cast<char>(size >> (8 * i) & 0xff);
    end += kMark;
    ARGUS_TRY(send(end));
    return out_->finish();
  }

 private:
  Result<> send(std::string_view bytes) {
    ARGUS_TRY(out_->send(bytes));
    at_ += bytes.size();
    return {};
  }
  std::vector<Batch> take_held() {
    std::vector<Batch> out;
    if (held_rows_ != 0) out.push_back(held_.size() == 1 ? std::move(held_.front()) : concatenated(held_));
    held_.clear();
    held_rows_ = 0;
    return out;
  }

  OutletPtr out_;
  std::vector<ParquetColumn> columns_;
  FieldSet beside_;
  std::vector<Batch> held_;
  std::size_t held_rows_ = 0;
  std::uint64_t at_ = 0;  // bytes written
  std::vector<RowGroup> groups_;
};

}  // namespace

SinkPtr parquet_export(OutletPtr out, const ExportOptions& options) {
  return std::make_unique<Parquet>(std::move(out), options);
}

}  // namespace argus
