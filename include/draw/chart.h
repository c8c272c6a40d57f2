// What is drawn: series of values over bins of time that follow each other. Made by draw/series.h, drawn by
// draw/picture.h.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/clock_span.h"

namespace argus {

inline constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();  // no value: nothing was measured

// What the legend says of one trace, in the unit of the axis but for `total`; kNothing where it has no meaning.
struct Figures {
  double total = kNothing;    // of the whole range, in Chart::total_unit
  double average = kNothing;  // over the time that is known; of levels the weighted one
  double p95 = kNothing;      // of the bins, nearest rank; of fewer than 20 none
  double most = kNothing;     // the largest bin
};

// One half of a series.
struct Trace {
  std::vector<double> values;         // one a bin, in the unit of the axis, never below 0 unless a level is; kNothing
  std::vector<std::uint64_t> counts;  // the exact sums of the bins; empty where the metric is no sum of whole numbers
  Figures figures;
};

struct Series {
  std::string name;    // as the data has it: whoever draws escapes it
  std::string column;  // heading in CSV, of the upper half where there are two
  std::string column_down;
  bool other = false;  // what is not among the largest
  Trace up, down;      // down is empty in a picture of one half
};

// What is known of a bin, as bits.
enum BinState : std::uint8_t {
  kBinGap = 1u << 0,      // nobody listened, or nothing was received for long: blank and hatched, never 0
  kBinPartial = 1u << 1,  // the first or last, and only a part of it is known
  kBinLoss = 1u << 2,     // packets or records were lost in it
};

struct Chart {
  std::string title, subtitle;
  std::string unit;                    // of the axis: "bit/s", "s"; may be empty
  std::string total_unit;              // of totals: "bytes"; empty: levels have none
  std::string up_label, down_label;    // what is above and below the axis, of a mirrored picture
  std::string nothing;                 // no series, and why: what to ask for instead
  bool knows_data = false;             // `nothing` says where there is data
  std::vector<ClockSpan> bins;         // each begins where the one before ends
  std::vector<std::uint8_t> states;    // BinState of each bin
  std::vector<Series> series;          // from the axis outwards: the largest first, other last
  Figures all_up, all_down;            // of all series together, where they are stacked
  bool mirrored = false;               // two halves with one scale
  bool stacked = true;                 // areas upon each other; otherwise lines
  bool percent = false;                // of all series together, bin by bin
  bool logarithmic = false;            // of lines
  std::optional<double> upper, lower;  // the axis reaches at least so far up and down, in its unit; rigid: just so far
  bool rigid = false;
};

// The values as drawn, of one half: with percent shares of 100; kNothing for 0 on a logarithmic axis.
[[nodiscard]] std::vector<std::vector<double>> drawn_values(const Chart& chart, bool down);

}  // namespace argus
