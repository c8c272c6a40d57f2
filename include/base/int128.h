// The 128-bit integer of the compiler under one name; ISO C++ has none.
#pragma once

namespace argus {
__extension__ typedef unsigned __int128 u128;
}  // namespace argus
