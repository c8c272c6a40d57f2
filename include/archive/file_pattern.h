// Names of files that follow each other in time: strftime conversions in a path, and spans of the local clock.
#pragma once

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace argus {

inline constexpr std::size_t kFoldersMost = 64;  // below the base of a pattern of names

// A path like "/var/lib/argus/%Y/%m/%d/argus.%H%M.flows": a base folder, which the user vouches for, and below it names
// that are made of times. A path without a conversion gets one before its extension: "day.flows" is
// "day.%Y%m%d-%H%M%S.flows". Where a name is taken, a number goes before the extension: "day.20261124-120000-1.flows".
class FilePattern {
 public:
  // Usage errors: a conversion that is not one of %Y %y %C %m %d %e %j %H %I %M %S %p %a %A %b %B %h %u %w %U %V %W %G
  // %g %s %z %Z %F %R %T %%, "." and ".." below the base, no file name, a NUL byte.
  [[nodiscard]] static Result<FilePattern> parse(std::string_view path);
  // A conversion stands in it ("%%" is none).
  [[nodiscard]] static bool has_time(std::string_view path);

  [[nodiscard]] const std::string& base() const { return base_; }      // "." for a name alone
  [[nodiscard]] std::size_t levels() const { return levels_.size(); }  // names below the base, the file's included
  // One name a level for this time in the local zone. again: 0, or the number of a name that is not the first.
  [[nodiscard]] std::vector<std::string> names(Nanos time, unsigned again) const;
  // Whether a name found at this level (0: in the base folder) has the shape of the names made here.
  [[nodiscard]] bool matches(std::size_t level, std::string_view name) const;

 private:
  struct Piece {
    char conversion = 0;  // of strftime; 0: the text; '#': the number of a taken name
    std::string text;
  };
  using Pieces = std::vector<Piece>;
  static Result<Pieces> pieces_of(std::string_view text);
  static void number_before_extension(Pieces& pieces, bool with_time);
  static std::vector<bool> behind(const Piece& piece, std::string_view name, const std::vector<bool>& from);

  std::string base_;
  std::vector<Pieces> levels_;
};

// One of the conversions above but "%%", and what strftime makes of it.
[[nodiscard]] bool is_time_conversion(char c);
[[nodiscard]] std::string converted(char conversion, const std::tm& local);

// "/a" + "b" is "/a/b", "." + "b" is "b".
[[nodiscard]] std::string path_below(std::string_view folder, std::string_view name);

// The base and these names below it.
[[nodiscard]] std::string path_of(const FilePattern& pattern, const std::vector<std::string>& names);

// Usage error unless from 1 s to a day, or whole days up to a year.
[[nodiscard]] Result<> check_span(Nanos every);

}  // namespace argus
