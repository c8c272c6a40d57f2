// The local time zone: what it is called, and whether it is one.
#pragma once

#include <optional>
#include <string>

namespace argus {

// "UTC", "Europe/Berlin", or, where only a rule is known, "CET/CEST".
[[nodiscard]] std::string zone_name();
// What TZ says when there is no such zone, which the C library takes for UTC without a word.
[[nodiscard]] std::optional<std::string> unknown_zone();

}  // namespace argus
