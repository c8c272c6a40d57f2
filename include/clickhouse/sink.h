// Flow records into ClickHouse: each is there once, whatever was cut on the way.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "base/result.h"
#include "base/time.h"
#include "clickhouse/place.h"
#include "flow/notice.h"
#include "flow/sink.h"
#include "flow/where.h"

namespace argus {

// What became of the rows.
struct Exported {
  std::uint64_t rows = 0;   // put into the tables
  std::uint64_t there = 0;  // that were in them already
  std::uint64_t bytes = 0;  // of FORMAT Native, before compression
};

struct ClickHouseSinkOptions {
  bool create = false;                      // make the tables, and the columns that they lack
  WherePtr where;                           // only rows that satisfy it; null: all
  const std::atomic<bool>* stop = nullptr;  // set: Errc::interrupted while it waits for a server; may be null
  Nanos patience = 600 * kSecond;           // a server that is away for longer is an error
  NoticeTaker say;                          // servers lost and regained; may be empty
  std::shared_ptr<Exported> exported;       // told as it goes on; may be null
};

// Connects, and checks the tables. Wants frames as they are coded, with all their columns
// (Source::accept_raw_frames): their stream and the number of their first record say which record a row is. Rows that
// come without, as those that are metered from a capture, get as their stream a hash of the first of them, so that
// the same capture has the same stream again.
[[nodiscard]] Result<SinkPtr> clickhouse_sink(ClickHousePlace place, ClickHouseSinkOptions options);

}  // namespace argus
