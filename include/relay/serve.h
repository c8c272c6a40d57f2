// Flows offered to readers elsewhere: a sink whose frames go to whoever is connected, each with its own filter.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/sink.h"

namespace argus {

struct ServeOptions {
  std::vector<std::string> listen;               // "561" (loopback), "HOST:PORT", "[V6]:PORT", "unix:PATH"
  std::string keys_path;                         // of `argus key new`; needed for any address off loopback
  std::size_t ring_bytes = 64u << 20;            // frames kept for readers, however many there are; ticks among them
  std::function<void(const std::string&)> warn;  // a sentence for the log, limited in rate, peers' bytes escaped
  bool has_ticks = false;                        // take_ticks() will be called; who asks for them else is refused
  std::function<void(const std::string&)> detail = {};  // what the TLS library says to a warning; may be empty
};

struct ServeCounts {
  std::uint64_t readers = 0, accepted = 0, refused = 0, skipped = 0;  // skipped: records, by slow readers
};

// Its sockets are open when open() returns, so that rights can be dropped after it; it serves from begin() of its sink
// to finish().
class Server {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Server>> open(const ServeOptions& options);
  virtual ~Server() = default;
  [[nodiscard]] virtual SinkPtr sink() = 0;  // once; the server must outlive it
  // Ticks (meter/meter.h), on the thread that writes to the sink: whether a reader wants them, and those of a second.
  // Only who asked for them gets them, with its filter and its fields, and no records.
  [[nodiscard]] virtual bool wants_ticks() const = 0;
  [[nodiscard]] virtual Result<> take_ticks(const Batch& ticks) = 0;
  // What may change while it serves: listen, keys_path, and what that file says. Readers whose key or place is gone are
  // closed, the others notice nothing. After an error, as open() has them, nothing has changed.
  [[nodiscard]] virtual Result<> change(const ServeOptions& now) = 0;
  [[nodiscard]] virtual ServeCounts counts() const = 0;
};

}  // namespace argus
