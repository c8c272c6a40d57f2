// A flows frame back into columns, and the checks of its columns.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/directory.h"
#include "codec/frame.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"

namespace argus {

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
class ColumnChecksums {
 public:
  // `columns`: the bytes behind the directory. Both must outlive this.
  ColumnChecksums(const BlockDirectory& directory, Bytes columns) : directory_(directory), columns_(columns) {}
  // Errc::corrupt where one does not hold. Nothing is decoded, so that unknown columns are checked as well.
  [[nodiscard]] Result<> verify(std::uint64_t stream) const;
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

}  // namespace argus
