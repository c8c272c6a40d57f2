// What can be drawn: fields that are amounts, with the unit of their axis.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/field.h"
#include "query/key.h"

namespace argus {

struct Metric {
  Field up;                    // what is drawn above the axis, or all of it
  std::optional<Field> down;   // its other direction, below
  bool towards_local = false;  // halves are received and sent, not source and destination
  std::string name;            // as it was asked for: "bytes", "sbytes dbytes"
};

// How the values of a metric become those of an axis.
struct Axis {
  bool sum = false;        // adds up over keys and bins; stacked. Otherwise a level: drawn as lines, averages weighted
  bool whole = false;      // the sums are whole numbers
  bool rated = false;      // the field is already a rate of the bin's length
  double factor = 1;       // of the value
  bool per_second = true;  // divided by the length of the bin
  std::string unit, total_unit;
  double total_factor = 1;
  std::string what;  // the amount in words, for "which have no common axis"
};

struct AxisWishes {
  bool per_bin = false;  // counts of a bin, not rates
  bool bytes = false;    // bytes, not bits
};

// Empty for fields that are no amounts: addresses, ports, times, flags.
[[nodiscard]] std::optional<Axis> axis_of(Field field, const AxisWishes& wishes);

struct Drawn {
  std::vector<Metric> metrics;
  KeyWords keys;
  Axis axis;  // of all metrics
};
// METRIC... [KEY...]: fields with one axis come first, then what they are told apart by. A field and its other
// direction side by side are the two halves of one metric, and so is, unless `one_sided`, a sum that has a field for
// each direction. Usage errors name the word and what is close to it.
[[nodiscard]] Result<Drawn> parse_drawn(const std::vector<std::string>& words,
                                        const std::vector<std::string>& key_words, const AxisWishes& wishes,
                                        bool one_sided);

// dur is the mean duration of the records of a bin: of a merged one it would be the length of the bin.
[[nodiscard]] Field drawn_field(Field field);
// Records must not be cut for it: it says something of whole records.
[[nodiscard]] bool is_of_whole_records(Field field);

}  // namespace argus
