#include "codec/block.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <limits>
#include <utility>

#include "base/compression.h"
#include "base/time.h"
#include "base/time_range.h"
#include "codec/bases.h"
#include "codec/codings.h"
#include "codec/membership.h"
#include "flow/each_value.h"
#include "flow/field.h"

namespace argus {

namespace {

enum EntryFlag : std::uint8_t { kHasAbsent = 1, kConstant = 2, kHasRange = 4, kHasFilter = 8 };
enum Layout : std::uint8_t { kSeparate = 0, kShared = 1 };
constexpr std::size_t kSharedCheckAt = 12;  // behind count, layout, a spare byte, stored and raw

template <class T>
void append_value(const T& value, ByteWriter& out) {
  if constexpr (std::is_same_v<T, std::string>) {
    const auto size = static_cast<std::uint8_t>(std::min<std::size_t>(value.size(), 255));
    out.le(size);
    out.bytes(value.data(), size);
  } else if constexpr (std::is_same_v<T, Address>) {
    out.bytes(value.bytes.data(), value.bytes.size());
  } else if constexpr (std::is_same_v<T, u128>) {
    out.le(static_cast<std::uint64_t>(value));
    out.le(static_cast<std::uint64_t>(value >> 64));
  } else if constexpr (std::is_integral_v<T>) {
    out.le(value);
  }
}

template <class T>
T value_at(Bytes bytes) {
  ByteReader in(bytes);
  if constexpr (std::is_same_v<T, std::string>) {
    const Bytes text = in.take(in.u8());
    return {reinterpret_cast<const char*>(text.data()), text.size()};
  } else if constexpr (std::is_same_v<T, Address>) {
    Address out;
    in.copy(out.bytes.data(), out.bytes.size());
    return out;
  } else if constexpr (std::is_same_v<T, u128>) {
    const u128 low = in.le<std::uint64_t>();
    return static_cast<u128>(in.le<std::uint64_t>()) << 64 | low;
  } else if constexpr (std::is_integral_v<T>) {
    return in.le<T>();
  } else {
    return {};
  }
}

template <class T>
u128 image_of(const T& value) {
  if constexpr (std::is_same_v<T, std::int64_t> || std::is_same_v<T, Address>) return ordered_image(value);
  else if constexpr (std::is_integral_v<T> || std::is_same_v<T, u128>) return value;
  else return 0;
}

// Of the rows that have a value; zeros when none has.
template <class T>
std::pair<T, T> range_of(const Column& column, std::size_t rows) {
  if (column.shape() == Column::Shape::flat && column.mask().empty() && rows != 0) {
    const std::span<const T> values = column.values<T>();
    T least = values[0], most = values[0];
    for (const T& v : values) {
      least = v < least ? v : least;
      most = most < v ? v : most;
    }
    return {least, most};
  }
  // By choice instead of by branch, which the processor could not foresee.
  if constexpr (std::is_integral_v<T>) {
    if (column.shape() == Column::Shape::flat) {
      const std::span<const T> values = column.values<T>();
      const std::uint8_t* has = column.mask().data();
      constexpr T kLeast = std::numeric_limits<T>::min(), kMost = std::numeric_limits<T>::max();
      T least = kMost, most = kLeast;
      for (std::size_t i = 0; i < rows; i++) {
        const T low = has[i] != 0 ? values[i] : kMost, high = has[i] != 0 ? values[i] : kLeast;
        least = low < least ? low : least;
        most = most < high ? high : most;
      }
      return least <= most ? std::pair<T, T>(least, most) : std::pair<T, T>();
    }
  }
  bool any = false;
  T least{}, most{};
  each_value<T>(column, rows, [&](std::size_t, const T& v) {
    if (!any || v < least) least = v;
    if (!any || most < v) most = v;
    any = true;
  });
  return {least, most};
}

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

// Whether what a column says is possible: of times, that they are times (is_time).
bool is_possible(std::uint16_t wire, u128 least, u128 most) {
  const auto field = field_of_wire(wire);
  if (!field || info(*field).format != Format::time) return true;
  return ordered_image(kTimeLeast) <= least && most <= ordered_image(kTimeMost);
}
Error impossible(std::uint16_t wire) {
  return fail(Errc::corrupt, "{} is not between the years 1823 and 2116", info(*field_of_wire(wire)).name);
}

struct Prepared {
  Field field;
  Coded coded;
  std::uint16_t base = 0;
};

bool is_listed_constant(const Column& column) { return column.shape() == Column::Shape::constant; }

void append_entry(const Batch& batch, const Prepared& one, bool shared, Bytes stored, std::uint64_t stream,
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

std::vector<Prepared> prepare(const Batch& batch, std::size_t& raw) {
  std::vector<Prepared> out;
  FieldSet listed;
  // Bases come before what refers to them.
  for (const Field field : coding_order()) {
    const Column& column = batch[field];
    if (column.absent()) continue;
    Prepared one{field, {}, 0};
    if (!is_listed_constant(column)) {
      const auto base = base_of(field);
      const bool usable = base && listed.has(*base);
      one.coded = encode_column(column, batch.rows(), usable ? &batch[*base] : nullptr);
      if (one.coded.coding == Coding::difference) one.base = info(*base).wire;
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
  const std::vector<Prepared> columns = prepare(batch, raw);
  const bool shared = raw < kSharedBelow;
  std::vector<std::byte> body;
  ByteWriter directory;
  directory.le(static_cast<std::uint16_t>(columns.size()));
  directory.le(static_cast<std::uint8_t>(shared ? kShared : kSeparate));
  directory.le(std::uint8_t{0});
  if (shared) {
    std::vector<std::byte> together;
    for (const Prepared& one : columns) together.insert(together.end(), one.coded.bytes.begin(), one.coded.bytes.end());
    zstd_compress(together, kZstdLevel, body);
    directory.le(static_cast<std::uint32_t>(body.size()));
    directory.le(static_cast<std::uint32_t>(together.size()));
    directory.le(seeded_check(head.stream, body));
  }
  for (const Prepared& one : columns) {
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

Result<> BlockDirectory::parse_entry(ByteReader& in, const FrameHead& head) {
  ColumnEntry e;
  e.wire = in.le<std::uint16_t>();
  const std::uint8_t type = in.u8();
  e.coding = in.u8();
  e.base = in.le<std::uint16_t>();
  const std::uint8_t flags = in.u8();
  if (!in.ok() || type < static_cast<std::uint8_t>(Type::u8) || type > static_cast<std::uint8_t>(Type::bytes))
    return fail(Errc::corrupt, "a column of no known type");
  e.type = static_cast<Type>(type);
  e.has_absent = (flags & kHasAbsent) != 0;
  e.constant = (flags & kConstant) != 0;
  e.has_range = (flags & kHasRange) != 0;
  if (const auto field = field_of_wire(e.wire); field && info(*field).type != e.type)
    return fail(Errc::corrupt, "{} of another type", info(*field).name);
  if (e.constant) {
    const Bytes from = in.rest();
    if (e.type == Type::bytes) in.skip(in.u8());
    else in.skip(width_of(e.type));
    e.value = from.first(from.size() - in.left());
    if (in.ok()) e.least = e.most = with_type(e.type, [&]<class T>() { return image_of(value_at<T>(e.value)); });
  } else {
    e.raw = in.le<std::uint32_t>();
    if (!shared_) {
      e.stored = in.le<std::uint32_t>();
      e.check_at = head.directory - in.left();
      e.check = in.le<std::uint32_t>();
    }
    if (e.has_range && e.type != Type::bytes) {
      const std::size_t width = width_of(e.type);
      const Bytes least = in.take(width), most = in.take(width);
      with_type(e.type,
                [&]<class T>() { e.least = image_of(value_at<T>(least)), e.most = image_of(value_at<T>(most)); });
    }
    if ((flags & kHasFilter) != 0) e.filter = in.take(in.le<std::uint16_t>());
  }
  if (!in.ok()) return fail(Errc::corrupt, "a directory that ends early");
  if (e.raw > head.raw) return fail(Errc::corrupt, "a column larger than its frame");
  if ((e.constant || e.has_range) && !is_possible(e.wire, e.least, e.most)) return impossible(e.wire);
  entries_.push_back(e);
  return {};
}

Result<BlockDirectory> BlockDirectory::parse(Bytes directory, const FrameHead& head) {
  BlockDirectory out;
  ByteReader in(directory);
  const std::size_t count = in.le<std::uint16_t>();
  const std::uint8_t layout = in.u8();
  in.skip(1);
  if (layout > kShared) return fail(Errc::corrupt, "a layout that is not known");
  if (count > kColumnsMax) return fail(Errc::corrupt, "more columns than a frame may have");
  out.shared_ = layout == kShared;
  if (out.shared_) {
    out.shared_stored_ = in.le<std::uint32_t>();
    out.shared_raw_ = in.le<std::uint32_t>();
    out.shared_check_ = in.le<std::uint32_t>();
  }
  std::uint64_t raw = 0, stored = 0;
  std::bitset<UINT16_MAX + 1> listed;
  for (std::size_t i = 0; i < count; i++) {
    ARGUS_TRY(out.parse_entry(in, head));
    ColumnEntry& e = out.entries_.back();
    if (listed[e.wire]) return fail(Errc::corrupt, "a column that is listed twice");
    listed.set(e.wire);
    if (e.base != 0) {
      if (listed[e.base]) e.chain = static_cast<std::uint16_t>(out.chain_behind(e.base) + 1);
      if (e.chain > kChainMax) return fail(Errc::corrupt, "a column with too many bases");
    }
    e.offset = static_cast<std::size_t>(out.shared_ ? raw : stored);
    raw += e.raw;
    stored += e.stored;
  }
  if (out.shared_) stored = out.shared_stored_;
  const bool agrees = in.ok() && in.left() == 0 && raw == head.raw && stored == head.columns() &&
                      (!out.shared_ || out.shared_raw_ == raw);
  if (!agrees) return fail(Errc::corrupt, "a directory that contradicts its frame");
  return out;
}

std::uint16_t BlockDirectory::chain_behind(std::uint16_t wire) const {
  for (const ColumnEntry& e : entries_)
    if (e.wire == wire) return e.chain;
  return 0;
}

const ColumnEntry* BlockDirectory::entry(Field field) const {
  const std::uint16_t wire = info(field).wire;
  for (const ColumnEntry& e : entries_)
    if (e.wire == wire) return &e;
  return nullptr;
}

std::optional<FrameStats::Range> BlockDirectory::range(Field field) const {
  if (!is_stored(field)) return std::nullopt;
  const ColumnEntry* e = entry(field);
  if (e == nullptr) return Range{0, 0, false, true};
  if (e->type == Type::bytes) return std::nullopt;
  if (e->constant) return Range{e->least, e->most, true, false};
  if (!e->has_range) return std::nullopt;
  return Range{e->least, e->most, true, e->has_absent};
}

bool BlockDirectory::may_contain(Field field, const Address& address) const {
  const ColumnEntry* e = is_stored(field) ? entry(field) : nullptr;
  return e == nullptr || e->filter.empty() || argus::may_contain(e->filter, address);
}

bool BlockDirectory::same(Field field) const {
  if (!is_stored(field)) return false;
  const ColumnEntry* e = entry(field);
  return e == nullptr || e->constant || (e->has_range && !e->has_absent && e->least == e->most);
}

FieldSet BlockDirectory::fields() const {
  FieldSet out;
  for (const ColumnEntry& e : entries_)
    if (const auto field = field_of_wire(e.wire)) out.add(*field);
  return out;
}

template <class Take>
void BlockSeals::each(Take&& take) const {
  if (directory_.shared_) return take(columns_, directory_.shared_check_, kSharedCheckAt);
  for (const ColumnEntry& e : directory_.entries_)
    if (!e.constant) take(columns_.subspan(e.offset, e.stored), e.check, e.check_at);
}

Result<> BlockSeals::hold(std::uint64_t stream) const {
  return first_broken(stream).wrong == 0 ? Result<>() : fail(Errc::corrupt, "checksum differs");
}

BlockSeals::Broken BlockSeals::first_broken(std::uint64_t stream) const {
  Broken out;
  each([&](Bytes bytes, std::uint32_t check, std::size_t) {
    if (out.wrong == 0) out = {bytes, seeded_check(stream, bytes) ^ check};
  });
  return out;
}

void BlockSeals::renew(std::uint64_t stream, std::span<std::byte> directory) const {
  each([&](Bytes bytes, std::uint32_t, std::size_t at) {
    const std::uint32_t check = seeded_check(stream, bytes);
    for (std::size_t i = 0; i < sizeof check; i++) directory[at + i] = static_cast<std::byte>(check >> (8 * i));
  });
}

BlockReader::BlockReader(const BlockDirectory& directory, Bytes columns, const FrameHead& head)
    : directory_(directory), columns_(columns), head_(head), done_(directory.entries().size()) {}

Result<Bytes> BlockReader::raw_of(const ColumnEntry& e, std::vector<std::byte>& own) {
  if (directory_.shared_) {
    if (!shared_ready_) {
      if (seeded_check(head_.stream, columns_) != directory_.shared_check_)
        return fail(Errc::corrupt, "checksum differs");
      shared_.resize(directory_.shared_raw_);
      ARGUS_TRY(zstd_decompress(columns_, shared_));
      shared_ready_ = true;
    }
    return Bytes(shared_).subspan(e.offset, e.raw);
  }
  const Bytes stored = columns_.subspan(e.offset, e.stored);
  if (seeded_check(head_.stream, stored) != e.check) return fail(Errc::corrupt, "checksum differs");
  own.resize(e.raw);
  ARGUS_TRY(zstd_decompress(stored, own));
  return Bytes(own);
}

Result<const Column*> BlockReader::base_of(const ColumnEntry& e) {
  // Only earlier columns can be bases, so that no chain comes back to where it began.
  for (std::size_t i = 0; &directory_.entries()[i] != &e; i++) {
    const ColumnEntry& base = directory_.entries()[i];
    if (base.wire != e.base) continue;
    if (!done_[i]) {
      ARGUS_TRY_LET(done_[i], column(base));
    }
    return &*done_[i];
  }
  return fail(Errc::corrupt, "a column without its base");
}

Result<Column> BlockReader::column(const ColumnEntry& e) {
  if (e.constant) return with_type(e.type, [&]<class T>() { return Column::constant<T>(value_at<T>(e.value)); });
  const Column* base = nullptr;
  if (e.base != 0) {
    ARGUS_TRY_LET(base, base_of(e));
  }
  std::vector<std::byte> own;
  ARGUS_TRY_LET(const Bytes raw, raw_of(e, own));
  ARGUS_TRY_LET(Column out, decode_column(static_cast<Coding>(e.coding), e.type, e.has_absent, raw, head_.rows, base));
  if (const auto field = field_of_wire(e.wire); field && info(*field).format == Format::time) {
    const auto [least, most] = range_of<Nanos>(out, head_.rows);
    if (!is_possible(e.wire, ordered_image(least), ordered_image(most))) return impossible(e.wire);
  }
  return out;
}

Result<> BlockReader::read(const FieldSet& fields, Batch& batch) {
  const auto& entries = directory_.entries();
  for (std::size_t i = 0; i < entries.size(); i++) {
    const auto field = field_of_wire(entries[i].wire);
    if (!field || !fields.has(*field)) continue;
    if (!done_[i]) {
      ARGUS_TRY_LET(done_[i], column(entries[i]));
    }
    batch.set(*field, *done_[i]);
  }
  return {};
}

}  // namespace argus
