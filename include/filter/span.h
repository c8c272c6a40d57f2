// Values that follow each other.
#pragma once

#include "base/int128.h"

namespace argus {

// Values as their ordered images (flow/where.h), both ends included. Every comparison of whole numbers, times and
// addresses is membership in a list of these.
struct Span {
  u128 least = 0, most = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

}  // namespace argus
