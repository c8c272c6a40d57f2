// Records from sensors elsewhere (--remote).
#include "argus/input_options.h"

#include <algorithm>

#include "base/result.h"
#include "codec/request.h"
#include "config/config.h"
#include "filter/filter.h"
#include "flow/source.h"
#include "net/dial.h"
#include "shell/io.h"
#include "source/remote.h"

namespace argus {

Result<SourcePtr> InputOptions::open_sensors(const Io& io) const {
  std::vector<Endpoint> sensors;
  for (const std::string& word : words_of(Feed::sensors)) {
    const bool twice =
        std::any_of(sensors.begin(), sensors.end(), [&](const Endpoint& known) { return known.text == word; });
    if (twice) continue;  // its records would count twice
    std::optional<std::string> configured;
    if (word.find(':') == std::string::npos) {
      ARGUS_TRY_LET(configured, remote_address(word));
    }
    auto sensor = parse_endpoint(configured.value_or(word));
    if (!sensor) return while_doing("--remote", std::move(sensor.error()));
    sensor->text = word;
    sensors.push_back(*std::move(sensor));
  }
  // ssh is a program, and inherits what is forbidden to whoever starts it.
  if (std::none_of(sensors.begin(), sensors.end(), [](const Endpoint& e) { return e.transport == Transport::ssh; }))
    limit_calls();
  RemoteOptions options;
  ARGUS_TRY_LET(options.filter, portable_filter(filter_text(), kRequestFilterMax));
  options.wants = watching_ ? Wants::ticks : Wants::records;
  options.stop = io.stop;
  options.notify = say_;
  options.dial = [](const Endpoint& sensor, const std::atomic<bool>& stop) {
    DialOptions call;
    call.stop = &stop;
    return dial(sensor, call);
  };
  return open_remote(sensors, options);
}

}  // namespace argus
