// What a ClickHouse server answers where it cannot do what was asked, in plain English.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace argus {

// The number in "Code: 60, e.displayText() = ..." or "Code: 60. DB::Exception: ..."; 0: there is none.
[[nodiscard]] unsigned server_error_code(std::string_view text);
// A sentence about it, with a hint where something can be done; what is not known by its number is the server's own
// text, made safe and cut to one line. Errc::denied for users and rights, Errc::turned_away for what may be better
// later, Errc::io for a shard that is down.
[[nodiscard]] Error server_error(std::string_view text);

}  // namespace argus
