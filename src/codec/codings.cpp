#include "codec/codings.h"

#include <array>
#include <bit>
#include <cstring>

namespace argus {

namespace {

enum class Base : std::uint8_t { alone, on_base };
constexpr auto kCodings = std::to_array<CodingInfo>({
#define CODING(name, number, base) {Coding::name, #name, Base::base == Base::on_base, &encode_##name, &decode_##name},
#include "codec/codings.def"
});

void append_mask(const Column& column, std::size_t rows, std::vector<std::byte>& out) {
  if (column.mask().empty()) return;
  const std::size_t start = out.size();
  out.resize(start + (rows + 7) / 8);
  std::byte* bits = out.data() + start;
  const std::uint8_t* has = column.mask().data();
  for (std::size_t i = 0; i + 8 <= rows; i += 8) {
    unsigned eight = 0;
    for (unsigned b = 0; b < 8; b++) eight |= (has[i + b] != 0 ? 1u : 0u) << b;
    bits[i / 8] = static_cast<std::byte>(eight);
  }
  for (std::size_t i = rows & ~std::size_t{7}; i < rows; i++)
    bits[i / 8] |= static_cast<std::byte>((has[i] != 0 ? 1u : 0u) << (i % 8));
}

Column::Mask mask_of(Bytes bits, std::size_t rows) {
  constexpr std::uint64_t kEach = 0x0101010101010101, kBitOfEach = 0x8040201008040201, kCarry = 0x7F7F7F7F7F7F7F7F;
  Column::Mask out(bits.size() * 8);
  for (std::size_t i = 0; i < bits.size(); i++) {
    std::uint64_t eight = static_cast<std::uint64_t>(bits.data()[i]) * kEach & kBitOfEach;
    eight = (eight + kCarry) >> 7 & kEach;
    if constexpr (std::endian::native == std::endian::big) eight = byte_swapped(eight);
    std::memcpy(out.data() + 8 * i, &eight, sizeof eight);
  }
  out.resize(rows);
  return out;
}

bool is_tried(const CodingInfo& coding, const Column* base) { return base != nullptr || !coding.has_base; }

CodedColumn begun(const Column& column, std::size_t rows) {
  CodedColumn out;
  append_mask(column, rows, out.bytes);
  return out;
}

}  // namespace

std::span<const CodingInfo> all_codings() { return kCodings; }

const CodingInfo* find_coding(Coding coding) {
  for (const CodingInfo& known : kCodings)
    if (known.coding == coding) return &known;
  return nullptr;
}

std::optional<CodedColumn> encode_column(const CodingInfo& by, const Column& column, std::size_t rows,
                                         const Column* base) {
  ColumnToCode from(column, rows, base);
  CodedColumn out = begun(column, rows);
  out.coding = by.coding;
  if (!is_tried(by, base) || !by.encode(from, out)) return std::nullopt;
  return out;
}

CodedColumn encode_column(const Column& column, std::size_t rows, const Column* base) {
  ColumnToCode from(column, rows, base);
  CodedColumn out = begun(column, rows);
  for (const CodingInfo& coding : kCodings)
    if (out.coding = coding.coding; is_tried(coding, base) && coding.encode(from, out)) break;
  return out;
}

Result<Column> decode_column(Coding coding, Type type, bool has_absent, Bytes bytes, std::size_t rows,
                             const Column* base) {
  const CodingInfo* known = find_coding(coding);
  if (known == nullptr) return bad_column("has an unknown coding");
  ByteReader in(bytes);
  StoredColumn from{in, type, {{}, rows, rows}, base};
  if (has_absent) {
    const Bytes bits = in.take((rows + 7) / 8);
    if (!in.ok()) return bad_column("ends early");
    from.which.mask = mask_of(bits, rows);
    from.which.count = from.which.among(0, rows);
  }
  Result<Column> out = known->decode(from);
  if (out && in.left() != 0) return bad_column("is longer than its rows");
  return out;
}

}  // namespace argus
