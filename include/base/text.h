// Small text work that every floor needs: splitting, numbers, spelling suggestions, and the one escaper.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace argus {

inline constexpr std::string_view kHexDigits = "0123456789abcdef";

// Of ASCII, in every locale.
[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
// The text between the blanks around it; a view of it.
[[nodiscard]] constexpr std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Text from outside made safe for a terminal, a log or a table: control bytes, broken UTF-8, bidirectional controls
// and invisible characters become \xNN (each byte); everything else is kept.
void append_escaped(std::string_view text, std::string& out);
[[nodiscard]] std::string escaped(std::string_view text);

// A JSON string with its quotes (RFC 8259); broken UTF-8 bytes become \u00NN.
void append_json_string(std::string_view text, std::string& out);

// Columns that UTF-8 text takes on a screen, control bytes apart: what is wide in this locale counts two.
[[nodiscard]] std::size_t screen_width(std::string_view text);
// Bytes of the character that begins with this byte, 1 where none does.
[[nodiscard]] std::size_t utf8_size(char first);

// Decimal or 0x hex, nothing else around it; empty when not a number or too large.
[[nodiscard]] std::optional<std::uint64_t> parse_unsigned(std::string_view text);

// "3", "2.5", "1e3" and nothing else around it; empty when not a finite number.
[[nodiscard]] std::optional<double> parse_real(std::string_view text);

void append_number(std::uint64_t value, std::string& out);
void append_number(std::int64_t value, std::string& out);

// Pieces between any of `separators`, empty ones left out. The views live as long as `text`.
[[nodiscard]] std::vector<std::string_view> split_words(std::string_view text, std::string_view separators);

[[nodiscard]] std::string joined(const std::vector<std::string>& words, std::string_view between);

// The known words nearest to `word` by edit distance, at most three of equal distance, none if nothing is close.
[[nodiscard]] std::vector<std::string> similar_words(std::string_view word, const std::vector<std::string>& known);
// "; did you mean 'bytes' or 'sbytes'?", or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace argus
