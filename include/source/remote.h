// Sensors and relays elsewhere as a source of flows.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/request.h"
#include "flow/notice.h"
#include "flow/source.h"
#include "net/dial.h"

namespace argus {

// How a sensor is called up: connected, or the reason why not, which does not name it. Errc::denied: until somebody
// changes a key, it is called up seldom. `stop` is set when nobody waits any more.
using Dialer = std::function<Result<File>(const Endpoint&, const std::atomic<bool>& stop)>;

struct RemoteOptions {
  Dialer dial;                              // dial(), or what a test has instead; called on several threads
  std::string filter;                       // text that the sensors apply; what is wanted is checked here once more
  Wants wants = Wants::records;             // ticks: header().ticks, and a sensor that has none refuses
  const std::atomic<bool>* stop = nullptr;  // set: the first calls are given up, with Errc::interrupted; may be null
  NoticeTaker notify;                       // connections lost and regained, as they happen; may be empty
  Nanos silent_after = 10 * kSecond;        // without a byte, heartbeats included, a connection is lost
  Nanos retry_first = kSecond, retry_most = 30 * kSecond;  // waits between tries, each twice the one before
};

// The flows of all sensors in the order of arrival. Each is called up at once; one that cannot be reached is a problem,
// and is tried again for ever, as is one that was lost; when none can be reached, opening fails. One that takes the
// first call and says nothing, or refuses the request, is not tried again; one that refuses later may have its reasons.
// A time without a connection is a ledger entry (sensor_silent) once it is over. Ends when it is stopped, or when every
// sensor was one that has an end (not live) and reached it, or refused.
[[nodiscard]] Result<SourcePtr> open_remote(const std::vector<Endpoint>& sensors, const RemoteOptions& options);

}  // namespace argus
