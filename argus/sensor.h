// A sensor at work: packets of interfaces to a file, to readers elsewhere or to standard output, until it is told to
// stop.
#pragma once

#include "argus/command.h"
#include "argus/output_options.h"
#include "argus/rights.h"
#include "base/result.h"
#include "flow/where.h"
#include "sink/live_file.h"
#include "sink/serve.h"
#include "source/live.h"

namespace argus {

struct SensorOptions {
  LiveOptions live;
  LiveFileOptions file;  // without a path: none
  ServeOptions serve;    // without addresses: nobody
  RightsOptions rights;
  WherePtr where;  // of the records that are kept and offered
  std::string where_text;
  std::string pid_file;
  bool limits_calls = true;  // to those that a sensor makes
  // What HUP means: the options as they would be by now. An error leaves everything as it is.
  std::function<Result<SensorOptions>()> reload;
};

// Opens everything, gives up rights, then runs until INT or TERM: every live flow is written, 0. HUP reopens the file,
// reads keys and takes over what may change while it runs; the rest is named. USR1 prints the status. Without a file
// and addresses records or text go where `output` says.
[[nodiscard]] Result<Exit> run_sensor(Io& io, SensorOptions options, OutputOptions& output);

}  // namespace argus
