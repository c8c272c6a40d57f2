// A batch as the payload of a flows frame: a directory of columns, then each column coded and compressed by itself.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "base/int128.h"
#include "base/result.h"
#include "codec/frame.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/type.h"
#include "flow/where.h"

namespace argus {

inline constexpr std::size_t kRowsAFrame = 16'384;        // what writers put in one
inline constexpr std::size_t kRawAFrame = 12u << 20;      // so that what does not compress fits with its directory
inline constexpr std::uint32_t kSharedBelow = 64 * 1024;  // raw bytes under which columns share one zstd frame
inline constexpr int kZstdLevel = 3;
inline constexpr std::size_t kColumnsMax = 1024;  // of a frame, each with its own wire number
inline constexpr std::uint16_t kChainMax = 4;     // bases behind a column, one behind the other

// Directory, then columns; head gets stored, raw, rows, directory and directory_check. Needs rows() <= kRowsAFrame and
// strings of at most 255 bytes.
[[nodiscard]] std::vector<std::byte> encode_block(const Batch& batch, FrameHead& head);

// One column as its directory entry describes it.
struct ColumnEntry {
  std::uint16_t wire = 0;
  Type type = Type::u8;
  std::uint8_t coding = 0;
  std::uint16_t base = 0;   // wire number of the base column, 0: none
  std::uint16_t chain = 0;  // bases behind it, its base's own included
  bool has_absent = false, constant = false, has_range = false;
  std::uint32_t raw = 0, stored = 0, check = 0;
  std::size_t check_at = 0;  // where the check stands in the directory; 0: it has none of its own
  std::size_t offset = 0;    // of its bytes: in the frame behind the directory, or in the shared raw bytes
  Bytes value;               // of a constant, in the directory
  u128 least = 0, most = 0;  // ordered images, of a constant or with has_range
  Bytes filter;              // membership of addresses, empty: none
};

// A frame's directory. Views into the bytes given, which must stay.
class BlockDirectory final : public FrameStats {
 public:
  // `directory` was checked against head.directory_check; here its sense is. Unknown columns stay in the list.
  static Result<BlockDirectory> parse(Bytes directory, const FrameHead& head);

  [[nodiscard]] const std::vector<ColumnEntry>& entries() const { return entries_; }
  [[nodiscard]] std::optional<Range> range(Field field) const override;
  [[nodiscard]] bool may_contain(Field field, const Address& address) const override;
  [[nodiscard]] bool same(Field field) const override;
  [[nodiscard]] FieldSet fields() const;  // known ones
  [[nodiscard]] bool shared() const { return shared_; }

 private:
  friend class BlockReader;
  friend class BlockSeals;
  [[nodiscard]] const ColumnEntry* entry(Field field) const;
  [[nodiscard]] Result<> parse_entry(ByteReader& in, const FrameHead& head);
  [[nodiscard]] std::uint16_t chain_behind(std::uint16_t wire) const;

  std::vector<ColumnEntry> entries_;
  bool shared_ = false;
  std::uint32_t shared_stored_ = 0, shared_raw_ = 0, shared_check_ = 0;
};

// Decodes columns of one frame, each checked before it is believed, each at most once.
class BlockReader {
 public:
  // `columns`: the bytes behind the directory. Both must outlive the reader.
  BlockReader(const BlockDirectory& directory, Bytes columns, const FrameHead& head);
  // Adds the known fields among `fields` to the batch (of head.rows rows); Errc::corrupt when a column does not hold.
  [[nodiscard]] Result<> read(const FieldSet& fields, Batch& batch);

 private:
  [[nodiscard]] Result<Column> column(const ColumnEntry& entry);
  [[nodiscard]] Result<Bytes> raw_of(const ColumnEntry& entry, std::vector<std::byte>& own);
  [[nodiscard]] Result<const Column*> base_of(const ColumnEntry& entry);

  const BlockDirectory& directory_;
  Bytes columns_;
  const FrameHead& head_;
  std::vector<std::byte> shared_;
  bool shared_ready_ = false;
  std::vector<std::optional<Column>> done_;
};

// The checks of a frame's columns, for a frame that is written on as it is.
class BlockSeals {
 public:
  // `columns`: the bytes behind the directory. Both must outlive this.
  BlockSeals(const BlockDirectory& directory, Bytes columns) : directory_(directory), columns_(columns) {}
  // Errc::corrupt where one does not hold. Nothing is decoded, so that unknown columns are checked as well.
  [[nodiscard]] Result<> hold(std::uint64_t stream) const;
  // The first one that does not hold: what it is of, and in which bits it differs; 0: all hold.
  struct Broken {
    Bytes bytes;
    std::uint32_t wrong = 0;
  };
  [[nodiscard]] Broken first_broken(std::uint64_t stream) const;
  // Writes those of another stream into a copy of the directory.
  void renew(std::uint64_t stream, std::span<std::byte> directory) const;

 private:
  // take(bytes, check, where the check stands)
  template <class Take>
  void each(Take&& take) const;

  const BlockDirectory& directory_;
  Bytes columns_;
};

// Bytes that a frame of this batch takes in a reader at most, before compression.
[[nodiscard]] std::size_t raw_bound(const Batch& batch);

}  // namespace argus
