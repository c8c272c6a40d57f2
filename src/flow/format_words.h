// Words of coded values, for printing and parsing.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace argus {

struct CodeWord {
  std::uint32_t code;
  std::string_view word;
};

extern const std::span<const CodeWord> kCauseWords;      // Cause
extern const std::span<const CodeWord> kDirWhyWords;     // DirWhy
extern const std::span<const CodeWord> kStateWords;      // State
extern const std::span<const CodeWord> kZeekStateWords;  // ZeekState
extern const std::span<const CodeWord> kEncapsWords;     // Encaps bits
extern const std::span<const CodeWord> kTunnelWords;     // Tunnel
extern const std::span<const CodeWord> kDscpWords;       // code points of RFC 2474 and those after it

// The word of a code, or its number.
void append_word(std::span<const CodeWord> words, std::uint64_t code, std::string& out);
// The letters of the bits set, from the lowest: kTcpFlagLetters, kIcmpMapLetters.
void append_letters(std::string_view letters, std::uint64_t bits, std::string& out);
void append_oui(std::uint64_t oui, std::string& out);  // "00:00:5e"
// Words of the bits set, with commas between; bits without a word as one hexadecimal number.
void append_encaps(std::uint64_t bits, std::string& out);

// By code of Direction.
inline constexpr std::array<std::string_view, 10> kDirectionWords = {"-",  "<-", "->",  "<->", "?",
                                                                     "<?", "?>", "<?>", "who", "tel"};

inline constexpr std::string_view kIcmpMapLetters = "URTO";      // from the lowest bit
inline constexpr std::string_view kTcpFlagLetters = "FSRPAUEC";  // from the lowest bit

}  // namespace argus
