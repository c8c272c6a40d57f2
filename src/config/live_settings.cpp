#include "config/live_settings.h"

#include <cstdint>
#include <type_traits>

namespace argus {

namespace {

template <class T>
SourceSetting setting_of(std::string_view name, const T& value) {
  if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) return {name, static_cast<std::uint64_t>(value)};
  else return {name, value};
}

}  // namespace

SourceSettings live_settings(const LiveOptions& l) {
  return {
#define SOURCE_SETTING(name, kind, built_in, service, sample, doc, classic, option, group, checked_by, value) \
  setting_of(name, value),
#include "sensor/settings.def"
  };
}

}  // namespace argus
