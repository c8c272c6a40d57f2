// A sensor at work: packets of interfaces to a file, to readers elsewhere or to standard output, until it is told to
// stop.
#pragma once

#include "archive/live_file.h"
#include "base/result.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "flow/where.h"
#include "relay/serve.h"
#include "sensor/rights.h"
#include "source/live.h"

namespace argus {

// Where rows go when neither a file nor readers take them.
struct Console {
  std::function<Result<SinkPtr>(const StreamHeader&)> open;
  bool is_terminal = false;                   // rows on it leave no place for a line of status
  std::uint64_t first = 0, end = UINT64_MAX;  // rows of all that are let through
};

struct SensorOptions {
  LiveOptions live;
  LiveFileOptions file;  // without a path: none
  ServeOptions serve;    // without addresses: nobody
  RightsOptions rights;
  Console console;
  bool quiet = false;  // no line of status, no notes
  WherePtr where;      // of the records that are kept and offered
  std::string where_text;
  std::string pid_file;
  bool limits_calls = true;  // to those that a sensor makes
  // What HUP means: the options as they would be by now. An error leaves everything as it is.
  std::function<Result<SensorOptions>()> reload;
};

class Sensor {
 public:
  // Opens everything and gives up rights. From here on INT and TERM set `stop`, which outlives the sensor; HUP reopens
  // the file, reads keys and takes over what may change while it runs, and names the rest; USR1 prints the status.
  [[nodiscard]] static Result<std::unique_ptr<Sensor>> open(SensorOptions options, std::atomic<bool>* stop);
  virtual ~Sensor() = default;

  // To be pumped into one another until `stop`: every live flow is written then.
  [[nodiscard]] virtual Source& source() = 0;
  [[nodiscard]] virtual Sink& sink() = 0;
};

}  // namespace argus
