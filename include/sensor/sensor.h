// A sensor at work: a live source to a file, to readers elsewhere, to other sinks or to standard output, until it is
// told to stop.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "archive/live_file.h"
#include "base/result.h"
#include "flow/live_source.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "flow/where.h"
#include "relay/serve.h"
#include "sensor/output.h"
#include "sensor/rights.h"

namespace argus {

// Where rows go when neither a file nor readers take them.
struct Console {
  std::function<Result<SinkPtr>(const StreamHeader&)> open;
  bool is_terminal = false;                   // rows on it leave no place for a line of status
  std::uint64_t first = 0, end = UINT64_MAX;  // rows of all that are let through
};

// What the sensor is between. The source is open; a made one is as good as one of interfaces: what it offers of
// flow/live_source.h is used, and what it does not is done without.
struct SensorEnds {
  SourcePtr source;
  std::string reads;                   // what it reads, in words: "eth0, Ethernet, ring 32 MiB, 256 bytes per packet"
  std::vector<std::string> made = {};  // folders that opening it made, for whom the process becomes
  std::vector<SinkPtr> sinks;          // beside file and readers; none of them may make its caller wait (sink/behind.h)
};

struct SensorOptions {
  SourceSettings source;              // of the source that is open, and at HUP as they would be by then
  std::vector<SensorOutput> outputs;  // none: no files
  Rotation rotation;                  // of each
  ServeOptions serve;                 // without addresses: nobody
  std::vector<std::string> collect;   // where exporters send to, as the source was opened with it
  std::string collect_state;          // and the folder that outlives it
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
  // Opens everything else. Signals are those of hear_sensor_signals(), which comes before the source is opened: HUP
  // reopens the file, reads keys and takes over what may change while it runs, and names the rest; USR1 prints the
  // status. `stop` outlives the sensor, which sets it when its terminal is gone.
  [[nodiscard]] static Result<std::unique_ptr<Sensor>> open(SensorEnds ends, SensorOptions options,
                                                            std::atomic<bool>* stop);
  virtual ~Sensor() = default;

  // For good: those that only opening needed, and system calls that a sensor does not make. Once, before the first row
  // is pumped.
  [[nodiscard]] virtual Result<> give_up_rights() = 0;

  // To be pumped into one another until `stop`: every live flow is written then.
  [[nodiscard]] virtual Source& source() = 0;
  [[nodiscard]] virtual Sink& sink() = 0;
};

}  // namespace argus
