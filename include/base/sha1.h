// SHA-1 (RFC 3174), for identifiers that other programs define by it. It guards nothing: what must not be forged uses
// another hash.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace argus {

[[nodiscard]] std::array<std::uint8_t, 20> sha1(Bytes message);
// The same on any processor; sha1() takes it where the processor has no instructions for it.
[[nodiscard]] std::array<std::uint8_t, 20> sha1_by_words(Bytes message);

}  // namespace argus
