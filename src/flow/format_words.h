// Words of coded values, for printing and parsing.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace argus {

struct CodeWord {
  std::uint32_t code;
  std::string_view word;
};

extern const std::span<const CodeWord> kCauseWords;    // Cause
extern const std::span<const CodeWord> kDirWhyWords;   // DirWhy
extern const std::span<const CodeWord> kStateWords;    // State
extern const std::span<const CodeWord> kIcmpMapWords;  // IcmpMap bits
extern const std::span<const CodeWord> kEncapsWords;   // Encaps bits

// The word of a code, or its number.
void append_word(std::span<const CodeWord> words, std::uint64_t code, std::string& out);
// TCP flags as letters in the order F S R P A U E C.
void append_tcp_flags(std::uint64_t flags, std::string& out);
// Words of the bits set, with commas between.
void append_encaps(std::uint64_t bits, std::string& out);
void append_icmp_map(std::uint64_t bits, std::string& out);

inline constexpr std::string_view kTcpFlagLetters = "FSRPAUEC";  // from the lowest bit

}  // namespace argus
