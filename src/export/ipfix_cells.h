// The information elements of ipfix.def and how each gets its bytes.
#pragma once

#include <cstdint>
#include <span>

#include "export/cell.h"

namespace argus {

struct IpfixElement {
  std::uint16_t id;
  bool is_reverse;
  std::uint16_t size;  // 0: of variable length, with its length before it
  bool is_core;
  ExportCell cell;
};
[[nodiscard]] std::span<const IpfixElement> ipfix_elements();

// A bit each in a set of those that a record has.
inline constexpr std::size_t kIpfixElements = 0
#define IPFIX(...) +1
#include "export/ipfix.def"
    ;
static_assert(kIpfixElements <= 64);

}  // namespace argus
