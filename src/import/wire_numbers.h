// Numbers on the wire that the formats of other programs take for known.
#pragma once

#include <cstdint>

namespace argus {

inline constexpr std::uint16_t kEtypeIp = 0x0800, kEtypeIp6 = 0x86dd;
inline constexpr std::uint8_t kFlagFin = 0x01, kFlagSyn = 0x02, kFlagReset = 0x04, kFlagAck = 0x10;

}  // namespace argus
