// Input that comes when it comes: threads read it, and the reader's side gives what they have, or says that time went
// on.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/channel.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/ledger.h"
#include "flow/notice.h"
#include "flow/source.h"

namespace argus {

inline constexpr Nanos kStopSeen = 100 * kMillisecond;  // whoever waits looks at least this often whether to stop

using StopFlag = std::shared_ptr<std::atomic<bool>>;

// What a thread hands over, in the order in which it happened.
struct FeedItem {
  Batch rows;
  std::vector<LedgerEntry> ledger;
  std::vector<Error> problems;
  std::optional<Error> refusal;  // the thread's last word: it will never have anything
  std::optional<Notice> notice;  // for people

  [[nodiscard]] bool empty() const {
    return rows.rows() == 0 && ledger.empty() && problems.empty() && !refusal && !notice;
  }
};

// A thread's side of it.
class FeedWriter {
 public:
  explicit FeedWriter(StopFlag stop);
  // Waits for a reader that is slower. False when nobody reads any more.
  bool push(FeedItem item);
  // The thread is to end: soon, and well.
  [[nodiscard]] bool stopped() const { return *stop_; }
  [[nodiscard]] const std::atomic<bool>& stop() const { return *stop_; }

 private:
  friend class Feed;
  Channel<FeedItem> channel_;
  StopFlag stop_;
};

// Runs on a thread of its own until there is no more, or it was stopped.
using Feeder = std::function<void(const Needs&, FeedWriter&)>;

struct FeedOptions {
  StreamHeader header;
  StopFlag stop;                // of the feeders; may be known to others before
  std::vector<Error> problems;  // of opening
  NoticeTaker notify;           // on the reader's thread; may be empty
  std::function<void(const RawFrameRequest&)>
      accept_raw_frames;  // of what the feeders read, before they begin; may be empty
};
// What the feeders have, in the order of arrival; ends when all of them did. A feeder's refusal is a problem, that of
// all of them an error.
[[nodiscard]] SourcePtr feed_source(FeedOptions options, std::vector<Feeder> feeders);

// Whatever `input` gives, read on a thread. It must end soon after `stop` is set.
[[nodiscard]] SourcePtr in_background(SourcePtr input, StopFlag stop);

}  // namespace argus
