// Records that other programs wrote, read from their bytes. Each format has a header here that recognises and opens it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"

namespace argus {

// What was met so far, beside the records.
struct ImportFacts {
  std::string form;                           // "a file of the classic Argus 3"; known from the start
  std::uint64_t records = 0;                  // that became rows, wanted or not
  std::uint64_t lost = 0;                     // records lost to damage, as far as they can be counted
  std::uint64_t skipped = 0;                  // bytes passed over because of damage
  std::uint64_t places = 0, first_place = 0;  // where something was damaged, and the offset of the first
  std::vector<Error> problems;                // of damage, Errc::corrupt
  // What records say that no field holds ("user data"), and how many of them do.
  std::map<std::string_view, std::uint64_t> unheld;
};

class RecordReader {
 public:
  virtual ~RecordReader() = default;
  // Before the first next(): the stored fields that are wanted. Others may stay absent. By default all are.
  virtual void want(const FieldSet& fields) = 0;
  // The next records, at most kBatchRowsMax; false at the end of the input, with none. Damage that can be passed over
  // is told by facts(). After an error it is not called again.
  [[nodiscard]] virtual Result<bool> next(Batch& out) = 0;
  [[nodiscard]] virtual const ImportFacts& facts() const = 0;
  // What the input says of packets that were received or lost, since the last call.
  virtual void drain(Journal&) {}
};
using RecordReaderPtr = std::unique_ptr<RecordReader>;

}  // namespace argus
