// Any sink behind a queue and a thread of its own, so that who feeds it never waits for it: neither for a disk or a
// network that is slow, nor for one that refuses for a while.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/time.h"
#include "flow/sink.h"

namespace argus {

struct BehindOptions {
  std::string name = "the output";                    // of the sink, for messages and its thread
  std::uint64_t queue_bytes = 32u << 20;              // rows that wait; then the oldest are lost
  Nanos try_every = kSecond;                          // a sink that refused
  Nanos finish_most = 3 * kSecond;                    // for writing what waits at the end
  Nanos answer_most = 4 * kSecond;                    // for a sink that does not come back from a call, at the end
  std::function<void(const std::string&)> warn = {};  // a sentence for the log, already limited in rate; any thread
};

// `sink` gets what the result gets, later and on another thread, in batches of other sizes: begin() with the first of
// it, then rows and ledger entries in their order, and a tick() when nothing waits any more.
//
// A call that fails is made again with the same rows or entries, until it succeeds: a sink must not have taken them
// when it says that it failed. What does not fit into the queue meanwhile is taken from its oldest end. One ledger
// entry, records_unwritten, tells the sink of the loss before the rows that follow it, so that who reads what it wrote
// counts each record once: as a row, or as lost. Errc::closed is no failure: nobody reads any more, and the next
// write() says so.
//
// Errors of finish(): that of the sink's own finish(); Errc::io with how many records are lost, when the sink refused
// to the end or does not come back. Its thread goes on in the second case and owns all that it needs.
[[nodiscard]] SinkPtr behind(SinkPtr sink, const BehindOptions& options);

}  // namespace argus
