// Values of fields as text, and text as values: every printer and every parser of a value goes through here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/int128.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/host_names.h"

namespace argus {

class HostNames;

// How much is said by name.
enum class Names : std::uint8_t {
  all,    // services and protocols
  proto,  // -n: ports as numbers
  none,   // -nn: protocols as numbers too
};

struct TextStyle {
  Names names = Names::all;
  TimeStyle time;      // times
  int digits = 6;      // fraction digits of durations, rates, percentages, 0 to 9
  bool human = false;  // 2.31M instead of exact integers
  // Names in the place of addresses; null: none. They must outlive what prints so.
  const HostNames* hosts = nullptr;
};

// Prints values of one field; made once a column, called once a row.
class FieldPrinter {
 public:
  FieldPrinter(Field field, const TextStyle& style);
  // What else it reads beside the field itself (a port's name depends on proto).
  [[nodiscard]] FieldSet also_reads() const;
  // Before the rows of a batch.
  void start(const Batch& batch);
  // Appends the text of a row; nothing when absent. Never puts control bytes out.
  void append(std::size_t row, std::string& out) const;
  [[nodiscard]] bool has(std::size_t row) const { return column_.has(row); }
  // The value of a row that has one as JSON: a number where is_json_number() and the style gives one, else a string.
  void append_json(std::size_t row, std::string& out) const;

 private:
  Field field_;
  TextStyle style_;
  std::optional<Field> beside_field_;
  Column column_, beside_;
};

// Right-aligned in tables (numbers), or left (words, addresses, ports).
[[nodiscard]] bool aligns_right(Field field);
// JSON needs no quotes around it.
[[nodiscard]] bool is_json_number(Field field);

// Reads a value of a field as filters and tests write it: numbers with k M G T suffixes (powers of 1000) and 0x, times
// in seconds since 1970, durations in seconds or with units, addresses, names of protocols, services, states,
// directions, flags. Gives the physical value widened to u128 (i64 as ordered_image; f64 through parse_real_value).
// Usage error that says what the field takes.
[[nodiscard]] Result<u128> parse_value(Field field, std::string_view text);
[[nodiscard]] Result<double> parse_real_value(Field field, std::string_view text);

// 2.31M: three significant digits and an SI prefix; exact below a thousand.
void append_human(double value, std::string& out);

[[nodiscard]] std::string state_text(std::uint16_t code);
[[nodiscard]] std::optional<std::uint16_t> find_state(std::string_view text);  // "CON", any case

}  // namespace argus
