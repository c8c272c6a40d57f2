#include "sink/file_pattern.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "base/text.h"

namespace argus {

namespace {

constexpr std::string_view kConversions = "YyCmdejHIMSpaAbBhuwUVWGgszZFRT";
constexpr std::string_view kDefaultTime = ".%Y%m%d-%H%M%S";
constexpr std::size_t kLevelsMost = 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
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

std::tm local_time(Nanos time) {
  const auto seconds = static_cast<std::time_t>(time / kSecond - (time % kSecond < 0 ? 1 : 0));
  std::tm out{};
  ::localtime_r(&seconds, &out);
  return out;
}

std::string converted(char conversion, const std::tm& local) {
  const std::array<char, 3> format = {'%', conversion, 0};
  std::array<char, 64> text;
  const std::size_t n = std::strftime(text.data(), text.size(), format.data(), &local);
  return {text.data(), n};
}

}  // namespace

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
    else if (next != '\0' && kConversions.find(next) != std::string_view::npos) out.push_back({next, {}});
    else
      return fail(Errc::usage,
                  "'{}': no such conversion in a name; %Y %m %d %H %M %S are year to second, %% is a percent sign",
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
  if (path.find('\0') != std::string_view::npos) return bad("a name without NUL bytes is needed");
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
    if (level == "." || level == "..") return bad("'.' and '..' cannot stand behind a conversion");
    ARGUS_TRY_LET(Pieces pieces, pieces_of(level));
    out.levels_.push_back(std::move(pieces));
  }
  if (out.levels_.size() > kLevelsMost) return bad("too many folders");
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

namespace {

constexpr std::int64_t kDaySeconds = 86'400;

std::int64_t second_of_day(const std::tm& t) { return t.tm_hour * 3600 + t.tm_min * 60 + std::min(t.tm_sec, 59); }

// Local midnight, so many days after this date.
Nanos midnight(const std::tm& date, std::int64_t days) {
  std::tm t{};
  t.tm_year = date.tm_year, t.tm_mon = date.tm_mon, t.tm_mday = date.tm_mday + static_cast<int>(days);
  t.tm_isdst = -1;
  return static_cast<Nanos>(::mktime(&t)) * kSecond;
}

// The first whole second after `from` and up to `to` at which the zone has another offset; INT64_MAX when none has.
Nanos clock_set(Nanos from, Nanos to) {
  const auto before = local_time(from).tm_gmtoff;
  if (local_time(to).tm_gmtoff == before) return INT64_MAX;
  std::int64_t low = from / kSecond, high = to / kSecond;
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    (local_time(middle * kSecond).tm_gmtoff == before ? low : high) = middle;
  }
  return high * kSecond;
}

// Days of the calendar since 1970-01-05, a Monday.
std::int64_t days_since_monday(const std::tm& date) {
  std::tm utc{};
  utc.tm_year = date.tm_year, utc.tm_mon = date.tm_mon, utc.tm_mday = date.tm_mday;
  return ::timegm(&utc) / kDaySeconds - 4;
}

ClockSpan span_of_days(Nanos now, const std::tm& local, std::int64_t days) {
  const std::int64_t past = ((days_since_monday(local) % days) + days) % days;
  ClockSpan out{midnight(local, -past), midnight(local, days - past)};
  out.begin = std::min(out.begin, now);
  if (out.end <= now) out.end = now + days * kDay;
  return out;
}

}  // namespace

Result<> check_span(Nanos every) {
  const bool good =
      every >= kSecond && every % kSecond == 0 && every <= 366 * kDay && (every < kDay || every % kDay == 0);
  if (good) return {};
  return fail(Errc::usage,
              "files begin each so many seconds up to a day, or each so many whole days up to a year: "
              "30s, 5m, 1h, 1d, 1w");
}

ClockSpan span_at(Nanos now, Nanos every) {
  const std::tm local = local_time(now);
  if (every >= kDay) return span_of_days(now, local, every / kDay);
  const std::int64_t step = every / kSecond, second = second_of_day(local), past = second % step;
  const Nanos whole = now - (now % kSecond + kSecond) % kSecond;
  ClockSpan out{whole - past * kSecond, whole + (std::min(second - past + step, kDaySeconds) - second) * kSecond};
  // Where the clock is set before the next border, or was after the last one, the border is another one.
  if (const Nanos set = clock_set(now, out.end); set != INT64_MAX) {
    const std::int64_t then = second_of_day(local_time(set)), behind = then % step;
    out.end = behind == 0 ? set : set + std::min(step - behind, kDaySeconds - then) * kSecond;
  }
  if (const Nanos set = clock_set(out.begin, now); set != INT64_MAX) out.begin = span_at(set - kSecond, every).begin;
  return out;
}

}  // namespace argus
