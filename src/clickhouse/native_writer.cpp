#include "clickhouse/native.h"

#include <cstring>

#include "base/bytes.h"
#include "clickhouse/schema.h"

namespace argus {

namespace {

static_assert(std::endian::native == std::endian::little, "columns are written as they are in memory");

void append_count(std::uint64_t value, ByteWriter& out) {
  for (; value >= 0x80; value >>= 7) out.le(static_cast<std::uint8_t>(value | 0x80));
  out.le(static_cast<std::uint8_t>(value));
}

void append_text(std::string_view text, ByteWriter& out) {
  append_count(text.size(), out);
  out.text(text);
}

void append_head(std::string_view name, std::string_view type, ByteWriter& out) {
  append_text(name, out);
  append_text(type, out);
}

// 1 for each row without a value.
void append_absence(const Column& column, std::size_t rows, ByteWriter& out) {
  std::vector<std::uint8_t> absent(rows, column.absent() ? 1 : 0);
  if (const Column::Mask& mask = column.mask(); !mask.empty())
    for (std::size_t i = 0; i < rows; i++) absent[i] = mask[i] ^ 1;
  out.bytes(absent.data(), absent.size());
}

template <class T>
void append_values(const Column& column, std::size_t rows, ByteWriter& out) {
  const auto values = flat<T>(column, rows);
  if constexpr (std::is_same_v<T, std::string>) {
    for (std::size_t i = 0; i < rows; i++) append_text(values.values[i], out);
  } else {
    out.bytes(values.values.data(), rows * sizeof(T));
  }
}

}  // namespace

FieldSet fields_of(std::span<const OriginRows> pieces) {
  FieldSet out;
  for (const OriginRows& piece : pieces)
    for (const Field field : present_fields(piece.batch).list())
      if (is_stored(field)) out.add(field);
  return out;
}

std::string native_columns(const FieldSet& fields) {
  std::string out = fmt::format("({}, {}, {}", kStreamColumn, kSeqColumn, kFrameColumn);
  for (const Field field : fields.list()) out += fmt::format(", `{}`", info(field).name);
  return out + ')';
}

std::vector<std::byte> encode_native(std::span<const OriginRows> pieces, const FieldSet& fields,
                                     const Dialect& dialect) {
  std::size_t rows = 0;
  for (const OriginRows& piece : pieces) rows += piece.seq.size();
  const std::vector<Field> list = fields.list();
  ByteWriter out;
  out.buffer().reserve(rows * (24 + 9 * list.size()));
  append_count(3 + list.size(), out);
  append_count(rows, out);
  const auto origin = [&](std::string_view name, std::uint64_t OriginRows::*member) {
    append_head(name, "UInt64", out);
    for (const OriginRows& piece : pieces) {
      const std::vector<std::uint64_t> same(piece.seq.size(), piece.*member);
      out.bytes(same.data(), same.size() * sizeof(std::uint64_t));
    }
  };
  origin(kStreamColumn, &OriginRows::stream);
  append_head(kSeqColumn, "UInt64", out);
  for (const OriginRows& piece : pieces) out.bytes(piece.seq.data(), piece.seq.size() * sizeof(std::uint64_t));
  origin(kFrameColumn, &OriginRows::frame);
  for (const Field field : list) {
    append_head(info(field).name, native_type(field, dialect), out);
    for (const OriginRows& piece : pieces) append_absence(piece.batch[field], piece.seq.size(), out);
    for (const OriginRows& piece : pieces)
      with_type(info(field).type, [&]<class T>() { append_values<T>(piece.batch[field], piece.seq.size(), out); });
  }
  return std::move(out.buffer());
}

}  // namespace argus
