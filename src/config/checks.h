// What the kind of a setting does not tell, as the rows of settings name it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"

namespace argus {

#define SETTING(name, kind, built_in, service, sample, doc, classic, option, group, check, part, value) \
  [[nodiscard]] Result<> check(const Settings& settings, const std::vector<std::string>& words);
#define SOURCE_SETTING(name, kind, built_in, service, sample, doc, classic, option, group, check, value) \
  SETTING(name, kind, built_in, service, sample, doc, classic, option, group, check, source, value)
#include "sensor/settings.def"

}  // namespace argus
