#include "base/text.h"

#include <wchar.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace argus {

namespace {

// Length of the well-formed UTF-8 sequence at the start of `text`, 0 if there is none (RFC 3629); its code point in
// `code`.
std::size_t utf8_length(std::string_view text, std::uint32_t& code) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  const std::size_t n = first < 0x80                    ? 1
                        : first >= 0xc2 && first < 0xe0 ? 2
                        : (first & 0xf0) == 0xe0        ? 3
                        : first >= 0xf0 && first < 0xf5 ? 4
                                                        : 0;
  if (n == 0 || n > text.size()) return 0;
  static constexpr std::array<std::uint8_t, 5> kFirstBits = {0, 0x7f, 0x1f, 0x0f, 0x07};
  code = first & kFirstBits[n];
  for (std::size_t i = 1; i < n; i++) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3f);
  }
  static constexpr std::array<std::uint32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kLeast[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return 0;
  return n;
}

// Characters that move the cursor, hide text or turn its direction.
bool is_unsafe(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x061c || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) || code == 0xfeff ||
         (code >= 0xfff9 && code <= 0xfffb);
}

// Printable ASCII at the start of `text`: the usual case, taken in one piece.
std::size_t plain_length(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && text[n] >= 0x20 && text[n] < 0x7f) n++;
  return n;
}

std::size_t distance(std::string_view a, std::string_view b) {
  // Edit distance where a swap of neighbours counts one.
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); i++) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); j++) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); i++)
    for (std::size_t j = 1; j <= b.size(); j++) {
      const std::size_t other = a[i - 1] == b[j - 1] ? 0 : 1;
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + other});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

}  // namespace

void append_escaped(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const std::size_t plain = plain_length(text);
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    std::uint32_t code = 0;
    const std::size_t n = utf8_length(text, code);
    if (n != 0 && !is_unsafe(code)) {
      out.append(text.substr(0, n));
      text.remove_prefix(n);
      continue;
    }
    for (std::size_t i = 0; i < std::max<std::size_t>(n, 1); i++) {
      const auto byte = static_cast<std::uint8_t>(text[i]);
      out += "\\x";
      out += kHexDigits[byte >> 4];
      out += kHexDigits[byte & 15];
    }
    text.remove_prefix(std::max<std::size_t>(n, 1));
  }
}

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(text, out);
  return out;
}

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    std::uint32_t code = 0;
    const std::size_t n = utf8_length(text, code);
    if (n == 0 || is_unsafe(code)) {
      const std::uint32_t value = n == 0 ? static_cast<std::uint8_t>(text[0]) : code;
      out += "\\u";
      for (int shift = 12; shift >= 0; shift -= 4) out += kHexDigits[value >> shift & 15];
    } else {
      if (code == '"' || code == '\\') out += '\\';
      out.append(text.substr(0, n));
    }
    text.remove_prefix(std::max<std::size_t>(n, 1));
  }
  out += '"';
}

std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) base = 16, text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::optional<double> parse_real(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

void append_number(std::uint64_t value, std::string& out) {
  std::array<char, 24> digits;
  const auto done = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), done.ptr);
}

void append_number(std::int64_t value, std::string& out) {
  std::array<char, 24> digits;
  const auto done = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), done.ptr);
}

std::vector<std::string_view> split_words(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(separators), text.size());
    if (end != 0) out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += between;
    out += word;
  }
  return out;
}

std::vector<std::string> similar_words(std::string_view word, const std::vector<std::string>& known) {
  constexpr std::size_t kWordMax = 64;  // longer words are no misspelling of anything
  constexpr std::size_t kMost = 3;
  std::vector<std::pair<std::size_t, std::string>> near;
  if (word.size() <= kWordMax) {
    const std::size_t most = word.size() <= 3 ? 1 : word.size() <= 8 ? 2 : 3;
    for (const std::string& other : known) {
      const std::size_t gap = other.size() > word.size() ? other.size() - word.size() : word.size() - other.size();
      if (gap > most) continue;
      if (const std::size_t d = distance(word, other); d <= most && d < word.size()) near.emplace_back(d, other);
    }
  }
  std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> out;
  for (const auto& [d, other] : near)
    if (d == near[0].first && out.size() < kMost && std::find(out.begin(), out.end(), other) == out.end())
      out.push_back(other);
  return out;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const auto near = similar_words(word, known);
  if (near.empty()) return {};
  std::string out = "; did you mean ";
  for (std::size_t i = 0; i < near.size(); i++) {
    if (i != 0) out += i + 1 == near.size() ? " or " : ", ";
    out += "'" + near[i] + "'";
  }
  return out + "?";
}

std::size_t utf8_size(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

std::size_t screen_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t n = utf8_size(text[i]);
    if (n == 1) {
      width++;
    } else {
      auto code = static_cast<wchar_t>(byte & (0xff >> (n + 1)));
      for (std::size_t k = 1; k < n && i + k < text.size(); k++)
        code =
            static_cast<wchar_t>(static_cast<unsigned>(code) << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3f));
      const int wide = ::wcwidth(code);
      width += wide > 0 ? static_cast<std::size_t>(wide) : 1;
    }
    i += n;
  }
  return width;
}

}  // namespace argus
