#include "codec/block.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <limits>
#include <utility>

#include "base/bytes.h"
#include "base/compression.h"
#include "codec/bases.h"
#include "codec/codings.h"
#include "codec/membership.h"
#include "codec/values.h"
#include "flow/column.h"
#include "flow/each_value.h"
#include "flow/field.h"
#include "flow/type.h"

namespace argus {

namespace {

// Least and most of a column that is not absent; strings have none.
void append_range(const Column& column, std::size_t rows, ByteWriter& out) {
  with_type(column.type(), [&]<class T>() {
    if constexpr (!std::is_same_v<T, std::string> && !std::is_same_v<T, double>) {
      const auto [least, most] = range_of<T>(column, rows);
      append_value(least, out);
      append_value(most, out);
    }
  });
}

struct PreparedColumn {
  Field field;
  CodedColumn coded;
  std::uint16_t base = 0;
};

bool is_listed_constant(const Column& column) { return column.shape() == Column::Shape::constant; }

void append_entry(const Batch& batch, const PreparedColumn& one, bool shared, Bytes stored, std::uint64_t stream,
                  ByteWriter& out) {
  const Column& column = batch[one.field];
  const FieldInfo& about = info(one.field);
  const bool constant = is_listed_constant(column);
  const bool ranged = !constant && column.type() != Type::bytes;
  const std::vector<std::byte> filter = make_membership(one.coded.distinct);
  out.le(about.wire);
  out.le(static_cast<std::uint8_t>(column.type()));
  out.le(static_cast<std::uint8_t>(constant ? 0 : static_cast<unsigned>(one.coded.coding)));
  out.le(one.base);
  out.le(static_cast<std::uint8_t>((column.mask().empty() ? 0u : unsigned{kHasAbsent}) |
                                   (constant ? unsigned{kConstant} : 0u) | (ranged ? unsigned{kHasRange} : 0u) |
                                   (filter.empty() ? 0u : unsigned{kHasFilter})));
  if (constant) return with_type(column.type(), [&]<class T>() { append_value(column.constant_value<T>(), out); });
  out.le(static_cast<std::uint32_t>(one.coded.bytes.size()));
  if (!shared) {
    out.le(static_cast<std::uint32_t>(stored.size()));
    out.le(seeded_check(stream, stored));
  }
  if (!one.coded.distinct.empty()) {
    append_value(one.coded.distinct.front(), out);
    append_value(one.coded.distinct.back(), out);
  } else if (ranged) {
    append_range(column, batch.rows(), out);
  }
  if (!filter.empty()) {
    out.le(static_cast<std::uint16_t>(filter.size()));
    out.bytes(filter);
  }
}

std::vector<PreparedColumn> prepare(const Batch& batch, std::size_t& raw) {
  std::vector<PreparedColumn> out;
  FieldSet listed;
  // Bases come before what refers to them.
  for (const Field field : coding_order()) {
    const Column& column = batch[field];
    if (column.absent()) continue;
    PreparedColumn one{field, {}, 0};
    if (!is_listed_constant(column)) {
      const auto base = base_of(field);
      const bool usable = base && listed.has(*base);
      one.coded = encode_column(column, batch.rows(), usable ? &batch[*base] : nullptr);
      if (find_coding(one.coded.coding)->has_base) one.base = info(*base).wire;
      raw += one.coded.bytes.size();
    }
    listed.add(field);
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

std::size_t raw_bound(const Batch& batch) {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < kStoredFields; i++) {
    const Column& column = batch[static_cast<Field>(i)];
    if (column.absent() || column.shape() == Column::Shape::constant) continue;
    // A value or a place among the words and its share of them, and a bit that says whether there is one.
    bytes += batch.rows() * ((column.type() == Type::bytes ? 0 : width_of(column.type())) + 4) + batch.rows() / 8 + 64;
    if (column.type() == Type::bytes)
      each_value<std::string>(column, batch.rows(), [&](std::size_t, const std::string& s) {
        bytes += std::min<std::size_t>(s.size(), 255) + 1;
      });
  }
  return bytes;
}

std::vector<std::byte> encode_block(const Batch& batch, FrameHead& head) {
  std::size_t raw = 0;
  const std::vector<PreparedColumn> columns = prepare(batch, raw);
  const bool shared = raw < kSharedBelow;
  std::vector<std::byte> body;
  ByteWriter directory;
  directory.le(static_cast<std::uint16_t>(columns.size()));
  directory.le(static_cast<std::uint8_t>(shared ? kShared : kSeparate));
  directory.le(std::uint8_t{0});
  if (shared) {
    std::vector<std::byte> together;
    for (const PreparedColumn& one : columns)
      together.insert(together.end(), one.coded.bytes.begin(), one.coded.bytes.end());
    zstd_compress(together, kZstdLevel, body);
    directory.le(static_cast<std::uint32_t>(body.size()));
    directory.le(static_cast<std::uint32_t>(together.size()));
    directory.le(seeded_check(head.stream, body));
  }
  for (const PreparedColumn& one : columns) {
    const std::size_t start = body.size();
    if (!shared && !is_listed_constant(batch[one.field])) zstd_compress(one.coded.bytes, kZstdLevel, body);
    append_entry(batch, one, shared, Bytes(body).subspan(shared ? body.size() : start), head.stream, directory);
  }
  head.rows = static_cast<std::uint32_t>(batch.rows());
  head.raw = static_cast<std::uint32_t>(raw);
  head.directory = static_cast<std::uint32_t>(directory.size());
  head.directory_check = seeded_check(head.stream, directory.view());
  head.stored = static_cast<std::uint32_t>(directory.size() + body.size());
  std::vector<std::byte> out = std::move(directory.buffer());
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

}  // namespace argus
