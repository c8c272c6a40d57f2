// Puts rows into the tables of shards, each row once. What is there already is asked of the servers before rows are
// sent, and again whenever it is not known what became of them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "clickhouse/dialect.h"
#include "clickhouse/http.h"
#include "clickhouse/native.h"
#include "clickhouse/place.h"
#include "clickhouse/shard.h"
#include "clickhouse/sink.h"
#include "flow/ledger.h"

namespace argus {

// Rows of one day for one shard: they go into the table all together, or not at all.
struct RowGroup {
  std::vector<OriginRows> pieces;  // each of one frame
  std::size_t rows = 0;
};

// An entry of the ledger, and which one of its stream it is.
struct LossRow {
  std::uint64_t stream = 0, number = 0;
  LedgerEntry entry;
};

class RowsWriter {
 public:
  [[nodiscard]] static Result<std::unique_ptr<RowsWriter>> connect(const ClickHousePlace& place,
                                                                   const ClickHouseSinkOptions& options);
  [[nodiscard]] std::size_t shards() const { return shards_.size(); }
  // The tables have what is needed; with ClickHouseSinkOptions::create, after this.
  [[nodiscard]] Result<> prepare();
  // Those of its rows that are not there yet. Once it returns they are on their way; settle() makes sure of them.
  [[nodiscard]] Result<> write(std::size_t shard, RowGroup group);
  [[nodiscard]] Result<> write(const std::vector<LossRow>& loss);
  // All rows are in the tables.
  [[nodiscard]] Result<> settle();

 private:
  struct Shard {
    std::unique_ptr<ClickHouseShard> server;
    const Dialect* types = nullptr;  // of the columns of its table
    // On the way:
    RowGroup group;
    std::vector<std::byte> body;
    std::unique_ptr<HttpExchange> exchange;
    std::vector<std::uint64_t> streams_seen;  // of which no other writer's rows were on the way
  };
  RowsWriter(const ClickHousePlace& place, const ClickHouseSinkOptions& options) : place_(place), options_(options) {}
  template <class Try>
  [[nodiscard]] Result<> persist(const Try& attempt);
  [[nodiscard]] Result<> pause(Nanos length) const;
  [[nodiscard]] Result<> prepare(Shard& shard);
  [[nodiscard]] Result<> await_others(Shard& shard, const RowGroup& group, bool again);
  [[nodiscard]] Result<> drop_present(RowGroup& group);
  [[nodiscard]] Result<> drop_present(RowGroup& group, ClickHouseShard& server);
  [[nodiscard]] Result<> drop_rows(OriginRows& piece, ClickHouseShard& server, const std::string& condition);
  [[nodiscard]] Result<> send(Shard& shard);
  [[nodiscard]] Result<> settle(Shard& shard);
  void note_sent(const RowGroup& group) const;

  const ClickHousePlace& place_;
  const ClickHouseSinkOptions& options_;
  std::vector<Shard> shards_;
};

}  // namespace argus
