// Counts as people read them: with their noun, and with their digits in groups.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace argus {

// "record" where there is one, else "records"; of nouns whose plural ends in s, or in es where they end in s.
[[nodiscard]] std::string noun_of(std::uint64_t count, std::string_view noun);
// "1 record", "12 records".
[[nodiscard]] std::string count_text(std::uint64_t count, std::string_view noun);
// "1 record is", "12 records are".
[[nodiscard]] std::string count_is(std::uint64_t count, std::string_view noun);
// 12345678 as "12,345,678", with `between` in the place of the comma.
[[nodiscard]] std::string grouped_digits(std::uint64_t value, char between);

}  // namespace argus
