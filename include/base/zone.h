// The local time zone: what it is called, and whether it is one.
#pragma once

#include <optional>
#include <string>

namespace argus {

// Once, before the first local time and before threads are made: where TZ names no zone, it is this machine's as it
// is at the start. Otherwise the C library asks the disk again for each time that it turns.
void keep_zone();

// As if TZ had said so from the start; "" is this machine's. Before threads are made.
void set_zone(const std::string& zone);

// "UTC", "Europe/Berlin", or, where only a rule is known, "CET/CEST".
[[nodiscard]] std::string zone_name();
// What TZ says when there is no such zone, which the C library takes for UTC without a word.
[[nodiscard]] std::optional<std::string> unknown_zone();

}  // namespace argus
