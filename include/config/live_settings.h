// Settings of what is read, as a source compares them.
#pragma once

#include "flow/live_source.h"
#include "source/live.h"

namespace argus {

// What a restart or ReloadableSource::change() would make of the options, by the names of the settings.
[[nodiscard]] SourceSettings live_settings(const LiveOptions& options);

}  // namespace argus
