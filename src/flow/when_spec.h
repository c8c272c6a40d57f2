// One time of a range as it is written: which calendar parts it names.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace argus {

enum class Unit : std::uint8_t { year, month, day, hour, minute, second };
inline constexpr std::size_t kUnits = 6;

struct Spec {
  enum class Part : std::uint8_t { missing, any, given };
  std::array<Part, kUnits> parts{};
  std::array<int, kUnits> values{};
  Unit last = Unit::second;  // what the time covers one of
  Nanos fraction = 0;        // of the second
  bool utc = false;
  Nanos offset = 0;            // of the zone it is written in, ahead of UTC: with utc
  std::optional<Nanos> exact;  // epoch seconds and relative times: an instant
  Nanos exact_length = 0;      // what an instant covers

  [[nodiscard]] bool wild() const;      // some part stands for any value
  [[nodiscard]] bool ends_day() const;  // its hour is 24, which only the end of a range can be
};

// HH[:MM[:SS[.f]]], dd.HH.., mm/dd[.HH..], yyyy[/mm[/dd[.HH..]]], yyyy-mm-dd[T| ]HH:MM[:SS[.f]][Z|+HH:MM|-HH:MM], epoch
// seconds, 2023y11M14d12h, with * for any.
[[nodiscard]] std::optional<Spec> parse_spec(std::string_view text);

[[nodiscard]] int days_in(int year, int month);  // month 1 to 12

// A civil time as local time or UTC; values out of range carry over (month 13 is January).
[[nodiscard]] Nanos instant_of(const std::array<int, kUnits>& civil, bool utc);
[[nodiscard]] std::array<int, kUnits> civil_of(Nanos time, bool utc);

}  // namespace argus
