#include "export/thrift.h"

#include <utility>

namespace argus {

namespace {

constexpr std::uint8_t kTrue = 1, kFalse = 2, kList = 9;

std::uint64_t zigzag(std::int64_t value) {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}

}  // namespace

void ThriftWriter::varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
  out_ += static_cast<char>(value);
}

void ThriftWriter::head(int field, std::uint8_t kind) {
  const int step = field - std::exchange(last_.back(), field);  // 1 to 15 in all structures of Parquet
  out_ += static_cast<char>(step << 4 | kind);
}

void ThriftWriter::number(int field, std::int32_t value) {
  head(field, static_cast<std::uint8_t>(Kind::i32));
  varint(zigzag(value));
}

void ThriftWriter::number(int field, std::int64_t value) {
  head(field, static_cast<std::uint8_t>(Kind::i64));
  varint(zigzag(value));
}

void ThriftWriter::byte(int field, std::int8_t value) {
  head(field, static_cast<std::uint8_t>(Kind::byte));
  out_ += static_cast<char>(value);
}

void ThriftWriter::text(int field, std::string_view value) {
  head(field, static_cast<std::uint8_t>(Kind::binary));
  element(value);
}

void ThriftWriter::boolean(int field, bool value) { head(field, value ? kTrue : kFalse); }

void ThriftWriter::begin(int field) {
  head(field, static_cast<std::uint8_t>(Kind::structure));
  begin();
}

void ThriftWriter::list(int field, Kind of, std::size_t size) {
  constexpr std::size_t kShort = 15;
  head(field, kList);
  out_ += static_cast<char>((size < kShort ? size : kShort) << 4 | static_cast<std::uint8_t>(of));
  if (size >= kShort) varint(size);
}

void ThriftWriter::element(std::int32_t value) { varint(zigzag(value)); }

void ThriftWriter::element(std::string_view value) {
  varint(value.size());
  out_ += value;
}

void ThriftWriter::begin() { last_.push_back(0); }

void ThriftWriter::end() {
  out_ += '\0';
  last_.pop_back();
}

}  // namespace argus
