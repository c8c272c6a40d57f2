// Which rows are wanted: the interface between whoever decides (a filter, a time range) and whoever reads (sources).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/address.h"
#include "base/clock_span.h"
#include "base/int128.h"
#include "flow/batch.h"
#include "flow/field.h"

namespace argus {

enum class Verdict : std::uint8_t { none, some, all };

// What is known of a frame before its columns are read. The base class knows nothing.
class FrameStats {
 public:
  struct Range {
    u128 least = 0, most = 0;          // of the rows that have a value; i64 as offset binary, addr as big-endian number
    bool any = false, absent = false;  // some row has a value; some row has none
  };
  virtual ~FrameStats() = default;
  [[nodiscard]] virtual std::optional<Range> range(Field) const { return std::nullopt; }
  [[nodiscard]] virtual bool may_contain(Field, const Address&) const { return true; }
  // Certainly every row has the same value of this stored field, or none has one.
  [[nodiscard]] virtual bool same(Field) const { return false; }
};

// Certainly every row has `first`, and no time from that to `last` is in another span than the others.
[[nodiscard]] bool within_span(const FrameStats& stats, Field first, Field last, ClockStep step);

class Where {
 public:
  virtual ~Where() = default;
  // The stored and derived fields that select() reads.
  [[nodiscard]] virtual FieldSet fields() const = 0;
  // For a whole frame; `none` only when certainly no row matches, `all` only when certainly every row does.
  [[nodiscard]] virtual Verdict judge(const FrameStats&) const { return Verdict::some; }
  // keep[i] is 1 on entry for rows still wanted; sets it to 0 for rows that do not match. keep.size() == batch.rows().
  virtual void select(const Batch& batch, std::span<std::uint8_t> keep) const = 0;
};
using WherePtr = std::shared_ptr<const Where>;  // null: every row

[[nodiscard]] WherePtr both(WherePtr a, WherePtr b);  // rows that satisfy both; either may be null

// The batch with only the matching rows; the batch itself when all match or `where` is null.
[[nodiscard]] Batch filtered(const Batch& batch, const Where* where);

// u128 images of values that sort like the values, for FrameStats::Range.
[[nodiscard]] u128 ordered_image(std::int64_t value);
[[nodiscard]] u128 ordered_image(const Address& value);
[[nodiscard]] inline u128 ordered_image(std::uint64_t value) { return value; }
// Back from the image of an i64.
[[nodiscard]] std::int64_t value_of_image(u128 image);

}  // namespace argus
