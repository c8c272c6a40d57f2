// The thread of `top` that reads: whoever looks at the screen, or does not, never makes a sensor wait.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/ledger.h"
#include "flow/notice.h"
#include "flow/progress.h"
#include "flow/source.h"

namespace argus {

// What happened, in order.
struct TopUpdate {
  Batch rows;
  std::vector<LedgerEntry> ledger;
  std::vector<Error> problems;
  std::vector<Notice> notices;
  std::uint64_t missed = 0;  // records that went because nobody took them
  bool instead = false;      // from here on it is the other source
  bool end = false;          // nothing comes any more
};

// Notices of a source that is read on a thread, from whichever thread: into the next update.
class TopNotices;

// Opens a source on the reader's thread, which may outlive whoever made it: it owns all that it needs. Gives up when
// `stop` is set.
using TopOpener = std::function<Result<SourcePtr>(std::atomic<bool>& stop)>;

struct TopReaderOptions {
  std::uint64_t memory_max = 256u << 20;  // of live records that wait for the reader's side
  double speed = 0;                       // files as they happened, so many times as fast; 0: at once
  bool waits = false;                     // what is live can wait too: a file that grows
  // What is read where no source is given: live input that takes its time to answer.
  TopOpener open = {};
  // What to read where the source turns out not to have what was asked for (Errc::unsupported), or when it is asked for
  // later; may be empty.
  TopOpener instead = {};
};

class TopReader {
 public:
  // Reads `source`, or what options.open gives, until its end, or this object's. Live input never waits: what is not
  // taken is kept up to memory_max, then the oldest of it goes, counted. Files wait.
  TopReader(SourcePtr source, Needs needs, std::shared_ptr<TopNotices> notices, const TopReaderOptions& options);
  ~TopReader();
  TopReader(const TopReader&) = delete;
  TopReader& operator=(const TopReader&) = delete;
  // The next update, nothing when none came for `wait`.
  [[nodiscard]] std::optional<TopUpdate> take(Nanos wait);
  // Until the source is open, at most so long; the error that kept it from being opened. What it gives are updates.
  [[nodiscard]] Result<> await_open(Nanos most) const;
  // Nobody has answered yet.
  [[nodiscard]] bool opening() const;
  // Ends reading. How far it came; nothing where the source does not say, or does not come back from a read in time.
  [[nodiscard]] std::optional<Progress> stop();
  // From now on the other source is read, once; the first goes on where it cannot be opened, which a update says.
  void read_instead();

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;  // outlives a thread that does not come back from a read
  std::thread thread_;
};

[[nodiscard]] std::shared_ptr<TopNotices> make_notices();
void notify(TopNotices& notices, const Notice& notice);

}  // namespace argus
