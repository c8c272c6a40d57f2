// What the information elements of templates are to us (elements.def).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "flow/field.h"

namespace argus {

inline constexpr std::uint32_t kReverseEnterprise = 29305;  // RFC 5103
inline constexpr std::uint16_t kVariableLength = 65535;     // RFC 7011, 7

// From the bytes of an element to a value.
enum class How : std::uint8_t {
  number,      // unsigned, of any length; what is too large for the field is its largest value
  address,     // 4 or 16 bytes
  mac,         // 6 bytes
  text,        // up to the first NUL, without blanks at the end
  low_byte,    // of two: flags of TCP
  dscp,        // into the upper six bits
  precedence,  // into the upper three bits
  mpls,        // the label of a stack entry of 3 bytes
  segment,     // the lower 24 bits
  end_reason,  // RFC 5102 5.11.3, as Cause
  seconds,     // since 1970
  millis,      // since 1970
  ntp_us,      // RFC 7011 6.1.9
  ntp_ns,      // RFC 7011 6.1.10
  uptime,      // milliseconds since the exporter started
  delta_us,    // microseconds before the export
  length_ms,   // a duration
  length_us,   // a duration
  one_of,      // a probability as a floating-point number: one of how many
};

// What makes fields together with others.
enum class Extra : std::uint8_t {
  post_bytes,  // counters behind the exporter, or, of NetFlow 9, of the other direction
  post_pkts,
  icmp,        // type * 256 + code
  priority,    // of the VLAN tag
  app_id,      // engine and number
  boot,        // when the exporter started
  duration,    // from start to end
  event,       // the time of a record that has no start
  interval,    // one packet of so many is looked at
  sampler,     // which sampler of the exporter looked
  algorithm,   // of a sampler; it says nothing about the rate
  taken,       // packets that are looked at one after the other
  left_out,    // and not looked at, before the next ones
  population,  // packets of which `taken` are looked at
  count,       // how many there are
};
inline constexpr std::size_t kExtras = static_cast<std::size_t>(Extra::count);

struct Element {
  std::uint32_t enterprise;
  std::uint16_t id;
  std::string_view name;
  How how;
  bool is_extra;
  Field field;  // where it is one
  Extra extra;  // where it is not
  std::uint8_t rank;
};

// All lines of an element, which may be several, or none.
[[nodiscard]] std::span<const Element> elements_of(std::uint32_t enterprise, std::uint16_t id);

}  // namespace argus
