// Records that were binned by the query floor, gathered into a chart.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock_span.h"
#include "base/result.h"
#include "draw/chart.h"
#include "draw/metric.h"
#include "flow/format.h"
#include "flow/sink.h"
#include "flow/source.h"

namespace argus {

inline constexpr std::size_t kBinsMost = 100'000, kSeriesMost = 64;

struct SeriesOptions {
  Drawn drawn;
  AxisWishes wishes;
  TextStyle style;      // of keys
  std::size_t top = 8;  // series beside "other", 1 to kSeriesMost
  TimeSpan span;        // of -t: where both ends are known, the picture reaches from one to the other
  bool rmon = false;    // every record came from both ends: the object's own traffic
  std::uint64_t memory_max = 2ull << 30;
};

class SeriesSink : public RowSink {
 public:
  // What is needed once the input is read to its end: the step of its bins, and whether counters were turned towards
  // local networks.
  struct Known {
    ClockStep step;
    bool turned = false;
  };
  // Shape, title and look are the caller's. Errc::usage for more than kBinsMost bins, with what to ask for instead. No
  // records: no series, and Chart::nothing says what range there is data of, when the ledger knows one.
  [[nodiscard]] virtual Result<Chart> chart(const Known& known) = 0;
};
// `step` is called for the rows; it must be known when the first comes.
[[nodiscard]] std::unique_ptr<SeriesSink> series_sink(SeriesOptions options, std::function<ClockStep()> step);

// "bytes by destination port".
[[nodiscard]] std::string title_of(const Drawn& drawn);

}  // namespace argus
