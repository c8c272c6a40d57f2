// What damage cost, as one sentence for people.
#pragma once

#include <cstdint>
#include <string_view>

#include "import/reader.h"

namespace argus {

// Adds a place where records or bytes were lost. `at`: its offset in the uncompressed input. `facts.problems` has one
// sentence about all of them.
void note_damage(std::string_view input, std::uint64_t at, std::uint64_t records, std::uint64_t bytes,
                 ImportFacts& facts);
// The input ended in the middle of a record.
void note_cut(std::string_view input, ImportFacts& facts);

}  // namespace argus
