// Records of nfdump's version 3 as rows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "import/rows.h"

namespace argus {

inline constexpr std::size_t kNfdumpElements = 64;  // kinds of them that are counted apart

// How many records had an element of a kind that no field holds.
using NfdumpUnheld = std::array<std::uint64_t, kNfdumpElements>;
// What elements of a kind hold that no field does; empty: nothing, or nobody knows.
[[nodiscard]] std::string_view nfdump_unheld(std::size_t element);

// Puts the record behind its head of type and length into the row at(), which counts if it is sound: true. Else
// nothing was put.
[[nodiscard]] bool put_nfdump(Bytes record, Rows& rows, NfdumpUnheld& unheld);

}  // namespace argus
