// The one thing that a reader says to a sensor (docs/format.md, request frame): what it wants to get.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "flow/field.h"

namespace argus {

inline constexpr std::size_t kRequestMax = 4096;  // bytes of the whole frame
inline constexpr std::size_t kRequestFilterMax = 2048;

enum class Wants : std::uint8_t {
  records = 0,  // flow records as they are finished
  ticks = 1,    // in place of them what went on in live flows, each second: never stored, for displays (meter/meter.h)
};

struct Request {
  std::string filter;  // text, compiled by the sensor under its limits; empty: everything
  FieldSet fields;     // stored ones; empty: all that the sensor has
  Wants wants = Wants::records;
};

// A whole frame of type request; unknown parts behind the known ones are passed over when read.
[[nodiscard]] std::vector<std::byte> encode_request(const Request& request);
// The payload of such a frame, its head already checked. Errc::corrupt when it does not hold.
[[nodiscard]] Result<Request> decode_request(Bytes payload);

}  // namespace argus
