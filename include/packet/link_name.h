// What link types are called, also those that nobody decodes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace argus {

// "USB_LINUX_MMAPPED" for 220: its LINKTYPE_ name without the beginning; empty where the number is not in the registry.
// Lives for ever.
[[nodiscard]] std::string_view link_name(std::uint16_t number);
// "USB_LINUX_MMAPPED (220)", or "60000".
[[nodiscard]] std::string link_text(std::uint16_t number);

}  // namespace argus
