// What HUP finds changed in the options of a sensor.
#pragma once

#include <string_view>
#include <vector>

#include "sensor/sensor.h"

namespace argus {

// Names of settings, by what has to be done to take them over.
struct SensorChanges {
  using Names = std::vector<std::string_view>;
  Names live;    // kernel-filter, status, flows
  Names filter;  // filter
  Names file;    // write, rotate, keep, keep-size, min-free
  Names serve;   // listen, keys
  Names later;   // hold from the next start
};

// `begun`: what the sensor started with; `was`: what holds; `now`: what is wanted.
[[nodiscard]] SensorChanges changes_between(const SensorOptions& begun, const SensorOptions& was,
                                            const SensorOptions& now);

}  // namespace argus
