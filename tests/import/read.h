// Bytes read to their end, as any reader of records gives them.
#pragma once

#include <catch2/catch.hpp>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/stream.h"
#include "flow/batch.h"
#include "flow/ledger.h"
#include "import/reader.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"

namespace argus {

struct ReadRecords {
  std::vector<Row> rows;
  ImportFacts facts;
  Journal ledger;
  std::optional<Error> error;
};

inline ReadRecords read_all(RecordReader& reader) {
  ReadRecords out;
  Batch batch;
  for (;;) {
    auto more = reader.next(batch);
    if (!more) out.error = std::move(more.error());
    if (!more || !*more) break;
    for (Row& row : rows_of(batch)) out.rows.push_back(std::move(row));
  }
  reader.drain(out.ledger);
  out.facts = reader.facts();
  return out;
}

inline InputStream stream_of(Bytes bytes) {
  auto input = InputStream::open(file_of(bytes));
  REQUIRE(input);
  return *std::move(input);
}

}  // namespace argus
