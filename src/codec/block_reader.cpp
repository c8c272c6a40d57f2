#include "codec/block_reader.h"

#include "base/compression.h"
#include "base/time.h"
#include "codec/codings.h"
#include "codec/values.h"
#include "flow/where.h"

namespace argus {

namespace {

constexpr std::size_t kSharedCheckAt = 12;  // behind count, layout, a spare byte, stored and raw

}  // namespace

template <class Take>
void ColumnChecksums::each(Take&& take) const {
  if (directory_.shared()) return take(columns_, directory_.shared_check(), kSharedCheckAt);
  for (const ColumnEntry& e : directory_.entries())
    if (!e.constant) take(columns_.subspan(e.offset, e.stored), e.check, e.check_at);
}

Result<> ColumnChecksums::verify(std::uint64_t stream) const {
  return first_broken(stream).wrong == 0 ? Result<>() : fail(Errc::corrupt, "checksum differs");
}

ColumnChecksums::Broken ColumnChecksums::first_broken(std::uint64_t stream) const {
  Broken out;
  each([&](Bytes bytes, std::uint32_t check, std::size_t) {
    if (out.wrong == 0) out = {bytes, seeded_check(stream, bytes) ^ check};
  });
  return out;
}

void ColumnChecksums::renew(std::uint64_t stream, std::span<std::byte> directory) const {
  each([&](Bytes bytes, std::uint32_t, std::size_t at) {
    const std::uint32_t check = seeded_check(stream, bytes);
    for (std::size_t i = 0; i < sizeof check; i++) directory[at + i] = static_cast<std::byte>(check >> (8 * i));
  });
}

BlockReader::BlockReader(const BlockDirectory& directory, Bytes columns, const FrameHead& head)
    : directory_(directory), columns_(columns), head_(head), done_(directory.entries().size()) {}

Result<Bytes> BlockReader::raw_of(const ColumnEntry& e, std::vector<std::byte>& own) {
  if (directory_.shared()) {
    if (!shared_ready_) {
      if (seeded_check(head_.stream, columns_) != directory_.shared_check())
        return fail(Errc::corrupt, "checksum differs");
      shared_.resize(directory_.shared_raw());
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
