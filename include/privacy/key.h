// The key of a disguise: who has it can tell which address became which, and records that are disguised with the same
// one fit together.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace argus {

inline constexpr std::size_t kDisguiseKeyBytes = 32;

struct DisguiseKey {
  std::array<std::uint8_t, kDisguiseKeyBytes> bytes{};
};

// From the system's randomness.
[[nodiscard]] Result<DisguiseKey> make_disguise_key();
// 64 hexadecimal digits, or 32 characters as other programs that do CryptoPAn take them. Usage error for anything else.
[[nodiscard]] Result<DisguiseKey> parse_disguise_key(std::string_view text);
// The first line of a file. Errc::io when there is none, or when others than its owner and group can read it.
[[nodiscard]] Result<DisguiseKey> read_disguise_key(const std::string& path);
// A new one, and the file that holds it from now on (mode 0600). Errc::io when there is such a file.
[[nodiscard]] Result<DisguiseKey> make_disguise_key_file(const std::string& path);

}  // namespace argus
