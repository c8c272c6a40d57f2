#include "codec/directory.h"

#include <bitset>

#include "base/time_range.h"
#include "codec/membership.h"
#include "codec/values.h"

namespace argus {

bool is_possible(std::uint16_t wire, u128 least, u128 most) {
  const auto field = field_of_wire(wire);
  if (!field || info(*field).format != Format::time) return true;
  return ordered_image(kTimeLeast) <= least && most <= ordered_image(kTimeMost);
}
Error impossible(std::uint16_t wire) {
  return fail(Errc::corrupt, "{} is not between the years 1823 and 2116", info(*field_of_wire(wire)).name);
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

}  // namespace argus
