// The directory of a flows frame: which columns it has, how they are coded, and what their values lie between.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "base/int128.h"
#include "base/result.h"
#include "codec/frame.h"
#include "flow/field.h"
#include "flow/type.h"
#include "flow/where.h"

namespace argus {

inline constexpr std::size_t kColumnsMax = 1024;  // of a frame, each with its own wire number
inline constexpr std::uint16_t kChainMax = 4;     // bases behind a column, one behind the other

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
  // All columns are in one zstd frame: its raw bytes, and the check of what is stored of it.
  [[nodiscard]] bool shared() const { return shared_; }
  [[nodiscard]] std::uint32_t shared_raw() const { return shared_raw_; }
  [[nodiscard]] std::uint32_t shared_check() const { return shared_check_; }

 private:
  [[nodiscard]] const ColumnEntry* entry(Field field) const;
  [[nodiscard]] Result<> parse_entry(ByteReader& in, const FrameHead& head);
  [[nodiscard]] std::uint16_t chain_behind(std::uint16_t wire) const;

  std::vector<ColumnEntry> entries_;
  bool shared_ = false;
  std::uint32_t shared_stored_ = 0, shared_raw_ = 0, shared_check_ = 0;
};

}  // namespace argus
