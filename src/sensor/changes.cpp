#include "sensor/changes.h"

#include <algorithm>
#include <utility>

namespace argus {

namespace {

bool differs(const SourceSettings& from, const SourceSetting& now) {
  return std::find(from.begin(), from.end(), now) == from.end();
}

}  // namespace

SensorChanges changes_between(const SensorOptions& begun, const SensorOptions& was, const SensorOptions& now,
                              const ReloadableSource* source) {
  SensorChanges out;
  for (const SourceSetting& setting : now.source) {
    const bool may_change = source != nullptr && source->may_change(setting);
    if (may_change && differs(was.source, setting)) out.source.push_back(setting.name);
    if (!may_change && differs(begun.source, setting)) out.later.push_back(setting.name);
  }
#define SETTING(name, kind, built_in, service, sample, doc, classic, option, group, check, part, value) \
  {                                                                                                     \
    const auto in = [](const SensorOptions& o) { return value; };                                       \
    const SensorOptions& holds = &out.part == &out.later ? begun : was;                                 \
    if (in(holds) != in(now)) out.part.push_back(name);                                                 \
  }
#include "sensor/settings.def"
  // How many files there are is said by what was begun.
  if (was.outputs.size() != now.outputs.size()) {
    out.file.clear();
    out.later.push_back("write");
  }
  return out;
}

}  // namespace argus
