#include "clickhouse/dialect.h"

#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "flow/type.h"

namespace argus {

namespace {

constexpr auto kDialects = std::to_array<Dialect>({
    {"18", "ClickHouse 18.16 and later", 0, "Decimal(38, 0)", "FixedString(16)", "toDecimal128(", ", 0)",
     "toFixedString(unhex('", "'), 16)", "Nullable(String)", false, "", ""},
    {"current", "ClickHouse 22.8 and later", 22, "UInt128", "IPv6", "toUInt128(", ")",
     "toIPv6(IPv6NumToString(toFixedString(unhex('", "'), 16)))", "LowCardinality(Nullable(String))", true,
     "&async_insert=0", "&low_cardinality_allow_in_native_format=0"},
});

std::string_view plain_type(Type type, const Dialect& dialect) {
  switch (type) {
    case Type::u8: return "UInt8";
    case Type::u16: return "UInt16";
    case Type::u32: return "UInt32";
    case Type::u64: return "UInt64";
    case Type::i64: return "Int64";
    case Type::u128: return dialect.wide;
    case Type::addr: return dialect.address;
    case Type::bytes: return "String";
    case Type::f64: break;
  }
  return "Float64";
}

}  // namespace

std::span<const Dialect> dialects() { return kDialects; }

const Dialect* find_dialect(std::string_view name) {
  for (const Dialect& dialect : kDialects)
    if (dialect.name == name) return &dialect;
  return nullptr;
}

const Dialect& dialect_of_version(std::string_view text) {
  const auto major = parse_unsigned(text.substr(0, text.find('.')));
  const Dialect* out = &kDialects.front();
  for (const Dialect& dialect : kDialects)
    if (major && *major >= dialect.since) out = &dialect;
  return *out;
}

std::string native_type(Field stored, const Dialect& dialect) {
  return fmt::format("Nullable({})", plain_type(info(stored).type, dialect));
}

std::string column_type(Field stored, const Dialect& dialect) {
  return info(stored).type == Type::bytes ? std::string(dialect.text) : native_type(stored, dialect);
}

}  // namespace argus
