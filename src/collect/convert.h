// Bytes of an element as a value (enum class How).
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>

#include "base/address.h"
#include "base/bytes.h"
#include "base/time.h"
#include "base/time_range.h"
#include "collect/elements.h"
#include "flow/events.h"

namespace argus {

// When the record was made, for times that are told from there.
struct TimeBase {
  Nanos exported = 0;
  std::optional<std::uint32_t> uptime;  // of the exporter then, in milliseconds
  std::optional<Nanos> boot;            // when it started, where it says so
};

[[nodiscard]] constexpr bool is_time_of_day(How how) {
  return how == How::seconds || how == How::millis || how == How::ntp_us || how == How::ntp_ns || how == How::uptime ||
         how == How::delta_us;
}

// Unsigned, of any length; what needs more than 64 bits is the largest.
[[nodiscard]] inline std::uint64_t number_of(Bytes bytes) {
  ByteReader in(bytes);
  switch (bytes.size()) {
    case 1: return in.u8();
    case 2: return in.be<std::uint16_t>();
    case 4: return in.be<std::uint32_t>();
    case 8: return in.be<std::uint64_t>();
    default: break;
  }
  std::uint64_t out = 0;
  while (in.left() != 0) {
    if ((out >> 56) != 0) return UINT64_MAX;
    out = (out << 8) | in.u8();
  }
  return out;
}

// Nothing where the length is of no such address.
[[nodiscard]] std::optional<Address> address_of(Bytes bytes);
[[nodiscard]] std::string text_of(Bytes bytes);
// RFC 5102 5.11.3.
[[nodiscard]] inline std::optional<std::uint64_t> cause_of(std::uint64_t reason) {
  constexpr Cause kCauses[] = {Cause::timeout, Cause::status, Cause::closed, Cause::shutdown, Cause::evicted};
  if (reason == 0 || reason > std::size(kCauses)) return std::nullopt;
  return static_cast<std::uint64_t>(kCauses[reason - 1]);
}
[[nodiscard]] inline Nanos within_range(Nanos time) { return std::clamp(time, kTimeLeast, kTimeMost); }
// The clock of 32 bits turns over every 50 days: what matters is how far it is from the export.
[[nodiscard]] inline Nanos uptime_time(std::uint32_t at, const TimeBase& base) {
  if (!base.uptime && base.boot) return within_range(*base.boot + Nanos{at} * kMillisecond);
  const auto before = static_cast<std::int32_t>(base.uptime.value_or(at) - at);
  return within_range(base.exported - Nanos{before} * kMillisecond);
}
// Of a code or a count; nothing where there is none. Times of day are those of time_of().
[[nodiscard]] std::optional<std::uint64_t> code_of(How how, Bytes bytes);
// Within what times can be (base/time_range.h). A time of day as the number that it is told as, or as its bytes.
[[nodiscard]] std::optional<Nanos> time_of(How how, std::uint64_t number, const TimeBase& base);
[[nodiscard]] std::optional<Nanos> time_of(How how, Bytes bytes, const TimeBase& base);

}  // namespace argus
