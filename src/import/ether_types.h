// Ether types that other programs leave unsaid.
#pragma once

#include <cstdint>

namespace argus {

inline constexpr std::uint16_t kEtypeIp = 0x0800, kEtypeIp6 = 0x86dd;

}  // namespace argus
