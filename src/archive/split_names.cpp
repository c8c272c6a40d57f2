#include "archive/split_names.h"

#include <algorithm>

#include "archive/file_pattern.h"
#include "base/text.h"

namespace argus {

namespace {

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_'; }

// FNV-1a: names must be the same in each run, and a collision only puts two values into one file.
std::uint64_t checksum_of(std::string_view text) {
  std::uint64_t out = 14'695'981'039'346'656'037u;
  for (const char c : text) out = (out ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
  return out;
}

// At most `most` bytes, with a checksum of the whole where it was longer. No UTF-8 sequence is left cut in two.
std::string shortened(std::string text, std::string_view whole, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t keep = most - 17;
  while (keep > 0 && (static_cast<unsigned char>(text[keep]) & 0xc0) == 0x80) keep--;
  text.resize(keep);
  return fmt::format("{}~{:016x}", text, checksum_of(whole));
}

// The shortest time that a conversion tells apart.
ClockStep step_of(char conversion) {
  switch (conversion) {
    case 's':
    case 'S':
    case 'T': return {kSecond, 0};
    case 'M':
    case 'R': return {kMinute, 0};
    case 'Y':
    case 'y':
    case 'C': return {0, 12};
    case 'm':
    case 'b':
    case 'B':
    case 'h': return {0, 1};
    case 'd':
    case 'e':
    case 'j':
    case 'F':
    case 'a':
    case 'A':
    case 'u':
    case 'w':
    case 'U':
    case 'W':
    case 'V':
    case 'G':
    case 'g': return {kDay, 0};
    default: return {kHour, 0};
  }
}

}  // namespace

std::string name_part(std::string_view value) {
  if (value.empty()) return "none";
  std::string out;
  for (std::size_t at = 0; at < value.size(); at++) {
    const auto c = static_cast<unsigned char>(value[at]);
    if (c < 0x20 || c == 0x7f || c == '/' || c == '%' || (c == '.' && at == 0)) out += fmt::format("%{:02X}", c);
    else out += value[at];
  }
  return shortened(std::move(out), value, kNameValueMax);
}

std::string series_letters(std::uint64_t n, unsigned width) {
  std::string front;
  for (;; width++, front += 'z') {
    std::uint64_t most = 25;
    for (unsigned i = 1; i < width && most < UINT64_MAX / 26; i++) most *= 26;
    if (n < most) break;
    n -= most;
  }
  std::string out(width, 'a');
  for (std::size_t at = width; at-- > 0; n /= 26) out[at] = static_cast<char>('a' + n % 26);
  return front + out;
}

Result<SplitNames::Pieces> SplitNames::pieces_of(std::string_view text) {
  Pieces out;
  const auto add = [&out](char c) {
    if (out.empty() || out.back().conversion != 0 || out.back().field >= 0) out.emplace_back();
    out.back().text += c;
  };
  for (std::size_t at = 0; at < text.size(); at++) {
    const char c = text[at];
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (c != '%' && c != '$') {
      add(c);
    } else if (next == c) {
      add(c);
      at++;
    } else if (c == '%') {
      if (!is_time_conversion(next))
        return fail(Errc::usage,
                    "'{}' is not a conversion for names; %Y %m %d %H %M %S are year to second, %% is a percent sign",
                    escaped(text.substr(at, 2)));
      out.push_back({next, -1, {}});
      at++;
    } else {
      const bool braces = next == '{';
      const std::size_t from = at + (braces ? 2 : 1);
      std::size_t to = from;
      while (to < text.size() && is_word(text[to])) to++;
      const std::string word(text.substr(from, to - from));
      const auto field = find_field(word);
      if (!field || (braces && (to == text.size() || text[to] != '}')))
        return hinted(while_doing(fmt::format("'{}'", escaped(text.substr(at))), no_field(word)),
                      "  argus help fields; $$ is a dollar sign");
      auto known = std::find(fields_.begin(), fields_.end(), *field);
      if (known == fields_.end()) known = fields_.insert(known, *field);
      out.push_back({0, static_cast<int>(known - fields_.begin()), {}});
      at = braces ? to : to - 1;
    }
  }
  return out;
}

Result<SplitNames> SplitNames::parse(std::string_view path) {
  const auto bad = [&](std::string_view why) { return fail(Errc::usage, "'{}': {}", escaped(path), why); };
  if (path.find('\0') != std::string_view::npos) return bad("the name must not have NUL bytes");
  const auto last = path.rfind('/');
  if (path.empty() || last == path.size() - 1) return bad("the name of a file is missing");
  SplitNames out;
  // The base ends before the first level that is made of records, or before the file's name.
  std::size_t from = 0;
  for (;;) {
    const auto slash = path.find('/', from);
    if (slash == std::string_view::npos) break;
    ARGUS_TRY_LET(const Pieces pieces, out.pieces_of(path.substr(from, slash - from)));
    if (pieces.size() > 1 || (pieces.size() == 1 && pieces[0].text.empty())) break;
    if (!pieces.empty()) out.base_ += pieces[0].text;
    out.base_ += '/';
    from = slash + 1;
  }
  out.fields_.clear();
  while (out.base_.size() > 1 && out.base_.ends_with('/')) out.base_.pop_back();
  if (out.base_.empty()) out.base_ = ".";
  for (const std::string_view level : split_words(path.substr(from), "/")) {
    if (level == "." || level == "..") return bad("'.' and '..' cannot follow a conversion or a field");
    ARGUS_TRY_LET(Pieces pieces, out.pieces_of(level));
    out.levels_.push_back(std::move(pieces));
  }
  if (out.levels_.size() > kFoldersMost) return bad("too many folders");
  return out;
}

bool SplitNames::has_time() const { return step().has_value(); }

std::optional<ClockStep> SplitNames::step() const {
  std::optional<ClockStep> out;
  for (const Pieces& pieces : levels_)
    for (const Piece& piece : pieces)
      if (piece.conversion != 0)
        if (const ClockStep step = step_of(piece.conversion); !out || step.least() < out->least()) out = step;
  return out;
}

std::vector<std::string> SplitNames::names(const std::optional<Nanos>& time,
                                           const std::vector<std::string>& values) const {
  const std::tm local = time ? local_time(*time) : std::tm{};
  std::vector<std::string> out;
  for (const Pieces& pieces : levels_) {
    std::string name;
    for (const Piece& piece : pieces) {
      if (piece.field >= 0) name += name_part(values[static_cast<std::size_t>(piece.field)]);
      else if (piece.conversion == 0) name += piece.text;
      else if (time) name += converted(piece.conversion, local);
      else name += "none";
    }
    // What a record says must not look like an option to the program that gets the file.
    if (name.starts_with('-') && !pieces.empty() && pieces[0].field >= 0) name.replace(0, 1, "%2D");
    const std::string whole = name;
    out.push_back(shortened(std::move(name), whole, kNameMax));
  }
  return out;
}

}  // namespace argus
