#include "sensor/changes.h"

#include <utility>

namespace argus {

SensorChanges changes_between(const SensorOptions& begun, const SensorOptions& was, const SensorOptions& now) {
  SensorChanges out;
#define SETTING(name, kind, built_in, service, sample, doc, classic, option, group, check, part, value) \
  {                                                                                                     \
    const auto in = [](const SensorOptions& o) { return value; };                                       \
    const SensorOptions& holds = &out.part == &out.later ? begun : was;                                 \
    if (in(holds) != in(now)) out.part.push_back(name);                                                 \
  }
#include "sensor/settings.def"
#undef SETTING
  // The table has room for what it was made for.
  if (now.live.meter.flows_max > begun.live.meter.flows_max) {
    std::erase(out.live, "flows");
    out.later.push_back("flows");
  }
  // Whether there is a file at all is said by what was begun.
  if (was.file.path.empty() != now.file.path.empty()) {
    out.file.clear();
    out.later.push_back("write");
  }
  return out;
}

}  // namespace argus
