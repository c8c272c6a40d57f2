#include "archive/file_pattern.h"

#include <algorithm>
#include <array>

#include "base/clock_span.h"
#include "base/text.h"

namespace argus {

namespace {

constexpr std::string_view kConversions = "YyCmdejHIMSpaAbBhuwUVWGgszZFRT";
constexpr std::string_view kDefaultTime = ".%Y%m%d-%H%M%S";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The characters that a conversion writes: 9 a digit, ' ' a digit or a blank, a a letter, + a sign, others themselves.
// Conversions of several lengths have their own rule in lengths().
std::string_view shape_of(char conversion) {
  switch (conversion) {
    case 'Y':
    case 'G': return "9999";
    case 'j': return "999";
    case 'u':
    case 'w': return "9";
    case 'e': return " 9";
    case 'p': return "aa";
    case 'a':
    case 'b':
    case 'h': return "aaa";
    case 'z': return "+9999";
    case 'F': return "9999-99-99";
    case 'R': return "99:99";
    case 'T': return "99:99:99";
    default: return "99";
  }
}

bool fits(char c, char shape) {
  switch (shape) {
    case '9': return is_digit(c);
    case ' ': return is_digit(c) || c == ' ';
    case 'a': return is_letter(c);
    case '+': return c == '+' || c == '-';
    default: return c == shape;
  }
}

// Conversions whose length differs: the most characters, and which.
struct Free {
  std::size_t most = 0;
  bool letters = false, digits = false, signs = false;
};
Free free_shape(char conversion) {
  switch (conversion) {
    case 'A':
    case 'B': return {9, true, false, false};
    case 's': return {19, false, true, true};
    case 'Z': return {16, true, true, true};
    default: return {};
  }
}

}  // namespace

std::string converted(char conversion, const std::tm& local) {
  const std::array<char, 3> format = {'%', conversion, 0};
  std::array<char, 64> text;
  const std::size_t n = std::strftime(text.data(), text.size(), format.data(), &local);
  return {text.data(), n};
}

bool is_time_conversion(char c) { return c != '\0' && kConversions.find(c) != std::string_view::npos; }

std::string path_below(std::string_view folder, std::string_view name) {
  if (folder == ".") return std::string(name);
  return fmt::format("{}{}{}", folder, folder.ends_with('/') ? "" : "/", name);
}

std::string path_of(const FilePattern& pattern, const std::vector<std::string>& names) {
  std::string out = pattern.base();
  for (const std::string& name : names) out = path_below(out, name);
  return out;
}

bool FilePattern::has_time(std::string_view path) {
  for (std::size_t at = 0; at + 1 < path.size(); at++)
    if (path[at] == '%' && kConversions.find(path[++at]) != std::string_view::npos) return true;
  return false;
}

Result<FilePattern::Pieces> FilePattern::pieces_of(std::string_view text) {
  Pieces out;
  const auto add = [&out](char c) {
    if (out.empty() || out.back().conversion != 0) out.emplace_back();
    out.back().text += c;
  };
  for (std::size_t at = 0; at < text.size(); at++) {
    if (text[at] != '%') {
      add(text[at]);
      continue;
    }
    const std::size_t start = at;
    const char next = at + 1 < text.size() ? text[++at] : '\0';
    if (next == '%') add('%');
    else if (is_time_conversion(next)) out.push_back({next, {}});
    else
      return fail(Errc::usage,
                  "'{}' is not a conversion for names; %Y %m %d %H %M %S are year to second, %% is a percent sign",
                  escaped(text.substr(start, 2)));
  }
  return out;
}

// The extension is what follows the last dot of text at the end that is not the name's first character.
void FilePattern::number_before_extension(Pieces& pieces, bool with_time) {
  std::string extension;
  if (!pieces.empty() && pieces.back().conversion == 0) {
    std::string& text = pieces.back().text;
    const auto dot = text.rfind('.');
    if (dot != std::string::npos && (dot != 0 || pieces.size() > 1)) {
      extension = text.substr(dot);
      text.resize(dot);
    }
  }
  if (with_time) {
    auto time = pieces_of(kDefaultTime);
    pieces.insert(pieces.end(), time->begin(), time->end());
  }
  pieces.push_back({'#', {}});
  if (!extension.empty()) pieces.push_back({0, extension});
}

Result<FilePattern> FilePattern::parse(std::string_view path) {
  const auto bad = [&](std::string_view why) { return fail(Errc::usage, "'{}': {}", escaped(path), why); };
  if (path.find('\0') != std::string_view::npos) return bad("the name must not have NUL bytes");
  const auto last = path.rfind('/');
  if (path.empty() || last == path.size() - 1) return bad("the name of a file is missing");
  // The base ends before the first level with a conversion, or before the file's name.
  std::size_t from = last == std::string_view::npos ? 0 : last + 1;
  for (std::size_t at = 0; at < from; at = path.find('/', at) + 1)
    if (has_time(path.substr(at, path.find('/', at) - at))) {
      from = at;
      break;
    }
  FilePattern out;
  ARGUS_TRY_LET(const Pieces base, pieces_of(path.substr(0, from)));
  for (const Piece& piece : base) out.base_ += piece.text;
  while (out.base_.size() > 1 && out.base_.ends_with('/')) out.base_.pop_back();
  if (out.base_.empty()) out.base_ = ".";
  for (const std::string_view level : split_words(path.substr(from), "/")) {
    if (level == "." || level == "..") return bad("'.' and '..' cannot follow a conversion");
    ARGUS_TRY_LET(Pieces pieces, pieces_of(level));
    out.levels_.push_back(std::move(pieces));
  }
  if (out.levels_.size() > kFoldersMost) return bad("too many folders");
  number_before_extension(out.levels_.back(), !has_time(path));
  return out;
}

std::vector<std::string> FilePattern::names(Nanos time, unsigned again) const {
  const std::tm local = local_time(time);
  std::vector<std::string> out;
  for (const Pieces& pieces : levels_) {
    std::string& name = out.emplace_back();
    for (const Piece& piece : pieces) {
      if (piece.conversion == 0) name += piece.text;
      else if (piece.conversion != '#') name += converted(piece.conversion, local);
      else if (again != 0) name += fmt::format("-{}", again);
    }
  }
  return out;
}

// Where in the name a piece may end that begins at one of these places.
std::vector<bool> FilePattern::behind(const Piece& piece, std::string_view name, const std::vector<bool>& from) {
  std::vector<bool> out(name.size() + 1, false);
  const std::string_view shape = piece.conversion == 0 ? piece.text : shape_of(piece.conversion);
  const Free free = free_shape(piece.conversion);
  for (std::size_t at = 0; at <= name.size(); at++) {
    if (!from[at]) continue;
    const std::string_view rest = name.substr(at);
    if (piece.conversion == '#') {
      out[at] = true;
      for (std::size_t n = 1; n < rest.size() && n <= 9 && rest[0] == '-' && is_digit(rest[n]); n++)
        out[at + n + 1] = true;
    } else if (free.most != 0) {
      for (std::size_t n = 0; n < rest.size() && n < free.most; n++) {
        const char c = rest[n];
        const bool good =
            (free.letters && is_letter(c)) || (free.digits && is_digit(c)) || (free.signs && (c == '+' || c == '-'));
        if (!good) break;
        out[at + n + 1] = true;
      }
    } else if (rest.size() >= shape.size()) {
      bool good = true;
      for (std::size_t i = 0; i < shape.size() && good; i++)
        good = piece.conversion == 0 ? rest[i] == shape[i] : fits(rest[i], shape[i]);
      if (good) out[at + shape.size()] = true;
    }
  }
  return out;
}

bool FilePattern::matches(std::size_t level, std::string_view name) const {
  if (level >= levels_.size() || name.size() > 255) return false;
  std::vector<bool> at(name.size() + 1, false);
  at[0] = true;
  for (const Piece& piece : levels_[level]) at = behind(piece, name, at);
  return at.back();
}

Result<> check_span(Nanos every) {
  const bool good =
      every >= kSecond && every % kSecond == 0 && every <= 366 * kDay && (every < kDay || every % kDay == 0);
  if (good) return {};
  return fail(Errc::usage,
              "the time of a file is a number of whole seconds up to a day, or of whole days up to a year: "
              "30s, 5m, 1h, 1d, 1w");
}

}  // namespace argus
