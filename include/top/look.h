// How `top` shows its rows: columns, units, order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/count_text.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/host_names.h"
#include "query/key.h"
#include "sink/text.h"
#include "store/live_table.h"

namespace argus {

class HostNames;

struct TopColumn {
  enum class Kind : std::uint8_t { field, rate, peak, trend };
  Kind kind = Kind::field;
  Field field = Field::pkts;
  std::size_t window = 0;  // of kRateSeconds, for rates
  bool essential = false;  // a key, or what rows are sorted by
  bool asked = false;      // by name: it is dearer than what is there by itself
  bool spare = false;      // there where everything else has room
  friend bool operator==(const TopColumn&, const TopColumn&) = default;
};

// Words of -s: fields, "2s" "10s" "40s" for rates, "peak" for the most in one second of the last 40, "trend" for the
// bar or line; "+x" adds, "-x" drops, a plain word begins a list of its own. Usage error otherwise.
[[nodiscard]] Result<std::vector<TopColumn>> parse_top_columns(const std::vector<std::string>& words,
                                                               const std::vector<TopColumn>& defaults);
[[nodiscard]] std::vector<std::string> other_column_words();  // those that are no fields
// The keys and what usually matters: `rates` for live input, whose fields are those of ticks.
[[nodiscard]] std::vector<TopColumn> default_top_columns(const KeyWords& key, bool rates);
[[nodiscard]] std::string column_word(const TopColumn& column);

// "pkts", "-bytes" (ascending), "2s".
[[nodiscard]] Result<LiveOrder> parse_top_order(std::string_view word);
[[nodiscard]] std::string order_word(const LiveOrder& order);
// A sum that rows have parts of.
[[nodiscard]] bool is_counter(Field field);
[[nodiscard]] bool sorts_by(const LiveOrder& order, const TopColumn& column);
// Whether rows can be sorted by what it shows.
[[nodiscard]] bool is_sortable(const TopColumn& column);

enum class TopUnit : std::uint8_t { bits, bytes, packets };
inline constexpr std::size_t kAsSorted = kRateSeconds.size();  // a measure: that of the order, where it is an amount
inline constexpr std::size_t kMeasures = kAsSorted + 1;

struct TopLook {
  LiveOrder order;
  std::vector<TopColumn> columns;
  std::size_t measure = kAsSorted;  // or a window: what shares are of
  Ends ends = Ends::both;
  TopUnit unit = TopUnit::bits;
  bool iec = false;  // powers of 1024
  Names names = Names::all;
  bool lines = false;  // the last 40 s instead of bars
  bool graph = true;
  bool ascii = false;
  const HostNames* hosts = nullptr;  // names in the place of addresses in the list of rows; null: none
  TextOptions saved;                 // flags that rows saved as text are written with; nothing else of it
};

// "41.2M", "812": three digits and a prefix. "Ki", "Mi" with iec.
[[nodiscard]] std::string short_number(double value, bool iec);
// 12345678 as "12 345 678".
[[nodiscard]] inline std::string spaced(std::uint64_t value) { return grouped_digits(value, ' '); }
// "8 min 44 s", "1.5 s", "38.2 ms": two units at most.
[[nodiscard]] std::string time_words(Nanos length);
// What traffic is in the unit of the look.
[[nodiscard]] double amount_of(const Traffic& traffic, const TopLook& look, Ends ends);
[[nodiscard]] std::string_view unit_name(const TopLook& look);  // "bit/s"

}  // namespace argus
