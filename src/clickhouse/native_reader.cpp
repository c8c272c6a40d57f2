#include <algorithm>
#include <array>
#include <cstring>

#include "base/result.h"
#include "base/text.h"
#include "clickhouse/native.h"
#include "clickhouse/server_error.h"
#include "flow/column.h"
#include "flow/type.h"

namespace argus {

namespace {

constexpr std::size_t kStep = 64 * 1024;      // bytes asked for at once
constexpr std::size_t kGrowth = 1024 * 1024;  // memory taken ahead of bytes that came
constexpr std::string_view kErrorBegins = "Code: ";
constexpr std::size_t kErrorMax = 16 * 1024;

struct NamedType {
  std::string_view name;
  Type type;
};
constexpr auto kTypes = std::to_array<NamedType>({
    {"UInt8", Type::u8},
    {"UInt16", Type::u16},
    {"UInt32", Type::u32},
    {"UInt64", Type::u64},
    {"Int64", Type::i64},
    {"UInt128", Type::u128},
    {"Decimal(38, 0)", Type::u128},
    {"FixedString(16)", Type::addr},
    {"IPv6", Type::addr},
    {"String", Type::bytes},
    {"Float64", Type::f64},
});

constexpr std::string_view kNullable = "Nullable(";

// Values of rows without one are zero, and of one value for all rows only that is kept.
template <class T>
Column shaped(std::vector<T> values, Column::Mask mask) {
  const bool some = mask.empty() || std::find(mask.begin(), mask.end(), 1) != mask.end();
  if (values.empty() || !some) return {};
  if (std::find(mask.begin(), mask.end(), 0) == mask.end()) mask.clear();
  for (std::size_t i = 0; i < mask.size(); i++)
    if (mask[i] == 0) values[i] = T{};
  const bool same =
      mask.empty() && std::all_of(values.begin(), values.end(), [&](const T& v) { return v == values[0]; });
  return same ? Column::constant(std::move(values[0])) : Column::flat(std::move(values), std::move(mask));
}

}  // namespace

// Whether so many bytes are held, after all that was read.
Result<bool> NativeReader::fill(std::size_t wanted) {
  while (held_.size() - at_ < wanted) {
    if (at_ != 0) held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(at_)), at_ = 0;
    const std::size_t had = held_.size();
    held_.resize(had + kStep);
    auto came = read_({held_.data() + had, kStep});
    held_.resize(had + (came ? std::min(*came, kStep) : 0));
    if (!came) return std::move(came.error());
    if (*came == 0) return false;
    bytes_ += *came;
  }
  return true;
}

Result<> NativeReader::take(void* to, std::size_t n) {
  ARGUS_TRY(spend(n));
  auto* at = static_cast<std::byte*>(to);
  while (n > 0) {
    if (at_ == held_.size()) {
      ARGUS_TRY_LET(const bool some, fill(1));
      if (!some) return fail(Errc::corrupt, "the answer is cut in the middle of a block");
    }
    const std::size_t part = std::min(n, held_.size() - at_);
    std::memcpy(at, held_.data() + at_, part);
    at += part, at_ += part, n -= part;
  }
  return {};
}

Result<> NativeReader::spend(std::uint64_t n) {
  if (n > kNativeBytesMax - block_bytes_)
    return fail(Errc::limit, "a block of the answer has more than {} bytes", kNativeBytesMax);
  block_bytes_ += n;
  return {};
}

Result<std::uint64_t> NativeReader::number() {
  std::uint64_t out = 0;
  for (unsigned shift = 0; shift < 63; shift += 7) {
    std::uint8_t byte = 0;
    ARGUS_TRY(take(&byte, 1));
    out |= std::uint64_t{byte & 0x7fu} << shift;
    if ((byte & 0x80u) == 0) return out;
  }
  return fail(Errc::corrupt, "the answer has a length of more than 63 bits");
}

Result<std::string> NativeReader::text(std::string_view what) {
  ARGUS_TRY_LET(const std::uint64_t size, number());
  if (size > kNativeTextMax) return fail(Errc::corrupt, "the answer has a {} of {} bytes", what, size);
  std::string out(size, '\0');
  ARGUS_TRY(take(out.data(), out.size()));
  return out;
}

// What the server says after it began to answer.
Error NativeReader::told_error() {
  (void)fill(kErrorMax);
  const std::string text(reinterpret_cast<const char*>(held_.data() + at_), std::min(held_.size() - at_, kErrorMax));
  return server_error(text);
}

Result<bool> NativeReader::next(NativeBlock& out) {
  out = {};
  block_bytes_ = 0;
  ARGUS_TRY_LET(const bool some, fill(1));
  if (!some) return false;
  ARGUS_TRY_LET(const bool begun, fill(kErrorBegins.size()));
  if (begun && std::memcmp(held_.data() + at_, kErrorBegins.data(), kErrorBegins.size()) == 0) return told_error();
  ARGUS_TRY_LET(const std::uint64_t columns, number());
  ARGUS_TRY_LET(const std::uint64_t rows, number());
  if (columns > kNativeColumnsMax) return fail(Errc::corrupt, "the answer has a block of {} columns", columns);
  if (rows > kNativeRowsMax) return fail(Errc::limit, "the answer has a block of {} rows", rows);
  out.rows = static_cast<std::size_t>(rows);
  for (std::uint64_t i = 0; i < columns; i++) {
    NativeColumn one;
    ARGUS_TRY_LET(one.name, text("name"));
    ARGUS_TRY_LET(const std::string type, text("type"));
    auto made = column(type, out.rows);
    if (!made) return while_doing(escaped(one.name), std::move(made.error()));
    one.column = *std::move(made);
    out.columns.push_back(std::move(one));
  }
  return true;
}

Result<Column> NativeReader::column(std::string_view type, std::size_t rows) {
  std::string_view inner = type;
  const bool nullable = type.starts_with(kNullable) && type.ends_with(')');
  if (nullable) inner = type.substr(kNullable.size(), type.size() - kNullable.size() - 1);
  const auto* known =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const NamedType& one) { return one.name == inner; });
  if (known == kTypes.end())
    return fail(Errc::foreign, "a column of type '{}', which argus does not read", escaped(type));
  Column::Mask mask;
  if (nullable) {
    ARGUS_TRY(take_values(mask, rows));
    for (std::uint8_t& one : mask) one = one == 0 ? 1 : 0;
  }
  return with_type(known->type, [&]<class T>() { return values<T>(rows, std::move(mask)); });
}

template <class T>
Result<Column> NativeReader::values(std::size_t rows, Column::Mask mask) {
  std::vector<T> out;
  if constexpr (std::is_same_v<T, std::string>) {
    for (std::size_t i = 0; i < rows; i++) {
      ARGUS_TRY(spend(sizeof(std::string)));
      ARGUS_TRY_LET(std::string one, text("value"));
      out.push_back(std::move(one));
    }
  } else {
    ARGUS_TRY(take_values(out, rows));
  }
  return shaped(std::move(out), std::move(mask));
}

template <class T>
Result<> NativeReader::take_values(std::vector<T>& to, std::size_t rows) {
  constexpr std::size_t kAhead = kGrowth / sizeof(T);
  for (std::size_t had = 0; had < rows; had = to.size()) {
    to.resize(std::min(rows, had + kAhead));
    ARGUS_TRY(take(to.data() + had, (to.size() - had) * sizeof(T)));
  }
  return {};
}

}  // namespace argus
