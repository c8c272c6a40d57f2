// What HUP finds changed in the options of a sensor.
#pragma once

#include <string_view>
#include <vector>

#include "flow/live_source.h"
#include "sensor/sensor.h"

namespace argus {

// Names of settings, by the part that takes them over, in the order of their table.
struct SensorChanges {
  using Names = std::vector<std::string_view>;
  Names source;  // those that it may change
  Names filter;  // of records
  Names file;
  Names serve;
  Names later;  // hold from the next start
};

// `begun`: what the sensor started with; `was`: what holds; `now`: what is wanted. `source`: null where nothing of it
// may change while it runs.
[[nodiscard]] SensorChanges changes_between(const SensorOptions& begun, const SensorOptions& was,
                                            const SensorOptions& now, const ReloadableSource* source);

}  // namespace argus
