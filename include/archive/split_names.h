// Names of the files that records are split into: text, conversions of strftime and $fields.
#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock_span.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/field.h"

namespace argus {

inline constexpr std::size_t kNameValueMax = 64;  // bytes that a value takes in a name
inline constexpr std::size_t kNameMax = 240;      // bytes of a name, without what counts files

// A value as a part of a name: never empty, never a folder, at most kNameValueMax bytes. Absent: "none". '/', '%',
// control bytes and a leading dot become %XX; of what is longer the beginning stays, with a checksum behind it.
[[nodiscard]] std::string name_part(std::string_view value);

// A path like "by-sensor/$srcid/%Y/%m/%d.flows": a base folder, which the user vouches for, and below it names made of
// the times and values of records. "%%" and "$$" are the signs; "${srcid}x" ends a field's name before a letter.
class SplitNames {
 public:
  // Usage errors: as FilePattern has them, and a '$' without a field behind it.
  [[nodiscard]] static Result<SplitNames> parse(std::string_view path);

  [[nodiscard]] const std::string& base() const { return base_; }
  [[nodiscard]] const std::vector<Field>& fields() const {
    return fields_;
  }  // each once, in order of their first place
  [[nodiscard]] bool has_time() const;
  // The longest step in which no two spans that have names of their own are one: "%H" an hour. Empty without a time.
  [[nodiscard]] std::optional<ClockStep> step() const;
  // One name a level below the base. time: absent for a record without times. values: texts of fields(), as name_part
  // takes them.
  [[nodiscard]] std::vector<std::string> names(const std::optional<Nanos>& time,
                                               const std::vector<std::string>& values) const;

 private:
  struct Piece {
    char conversion = 0;  // of strftime; 0: text or field
    int field = -1;       // into fields_
    std::string text;
  };
  using Pieces = std::vector<Piece>;
  [[nodiscard]] Result<Pieces> pieces_of(std::string_view text);

  std::string base_;
  std::vector<Pieces> levels_;
  std::vector<Field> fields_;
};

// The n-th name of a series, from 0: "aa", "ab" ... "yz", "zaaa", so that names sort as they were made. width: letters
// of the first ones, from 1 to 16.
[[nodiscard]] std::string series_letters(std::uint64_t n, unsigned width);

}  // namespace argus
