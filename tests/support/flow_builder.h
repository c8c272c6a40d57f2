// Flow records as rows, for tests only: the program itself has no row struct.
//
//   const Batch batch = batch_of({row().with(Field::saddr, "10.0.0.1").with(Field::sport, 80).with(Field::spkts, 3)});
//   SourcePtr flows = source_of({batch, batch});
//   CHECK(rows_of(*flows) == std::vector<Row>{...});
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <ostream>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/int128.h"
#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/source.h"

namespace argus {

// A value of any stored field; i64 by its two's complement, smaller integers widened.
using Cell = std::variant<std::uint64_t, u128, Address, std::string>;

class Row {
 public:
  template <std::integral T>
  Row& with(Field field, T value) {
    return put(field, static_cast<std::uint64_t>(value));
  }
  Row& with(Field field, u128 value);
  Row& with(Field field, const Address& value);
  // Text of the field's type: an address ("10.0.0.1", "2001:db8::1", "02:00:00:00:00:01") or a string.
  Row& with(Field field, const char* text);
  Row& with(Field field, const std::string& text) { return with(field, text.c_str()); }
  Row& without(Field field);

  [[nodiscard]] bool has(Field field) const { return cells_.count(field) != 0; }
  [[nodiscard]] const Cell& cell(Field field) const { return cells_.at(field); }
  [[nodiscard]] std::uint64_t number(Field field) const { return std::get<std::uint64_t>(cells_.at(field)); }
  [[nodiscard]] const std::map<Field, Cell>& cells() const { return cells_; }
  // Only these fields of it.
  [[nodiscard]] Row only(const FieldSet& fields) const;

  friend bool operator==(const Row&, const Row&) = default;
  friend bool operator<(const Row& a, const Row& b) { return a.cells_ < b.cells_; }
  friend std::ostream& operator<<(std::ostream& out, const Row& row);

 private:
  Row& put(Field field, std::uint64_t value);
  std::map<Field, Cell> cells_;
};

[[nodiscard]] inline Row row() { return {}; }
// A plausible TCP record: times, addresses, ports and counters set.
[[nodiscard]] Row tcp_row(const char* saddr, unsigned sport, const char* daddr, unsigned dport, std::uint64_t spkts = 1,
                          std::uint64_t dpkts = 1);

// Records that differ: source port `from` to `to` - 1, a packet more each.
[[nodiscard]] std::vector<Row> numbered(unsigned from, unsigned to);
// Over the rows that have the field.
[[nodiscard]] std::uint64_t total(const std::vector<Row>& rows, Field field);

[[nodiscard]] Batch batch_of(const std::vector<Row>& rows);
// Stored fields, absent cells left out.
[[nodiscard]] std::vector<Row> rows_of(const Batch& batch);
[[nodiscard]] Row row_of(const Batch& batch, std::size_t index);
// As text: "saddr=10.0.0.1 sport=80".
[[nodiscard]] std::string to_text(const Row& row);

// A record with any stored fields, each present three times out of four, values from a small range so that many agree
// (or from the whole range of the type with `wide`). Its times are both there or both absent, and in order.
[[nodiscard]] Row random_row(std::mt19937_64& random, bool wide = false);
// The same rows in other shapes: addresses and strings as dictionaries.
[[nodiscard]] Batch with_dictionaries(const Batch& batch);

// Delivers the batches, only the bound fields of them and only the wanted rows, as a well-behaved source.
[[nodiscard]] SourcePtr source_of(std::vector<Batch> batches, StreamHeader header = {});
// Binds with these needs (default: every stored field) and pulls everything; REQUIRE-like: an error throws
// std::runtime_error with its text, which fails the test.
[[nodiscard]] std::vector<Row> rows_of(Source& source, const Needs& needs = {FieldSet::all_stored(), nullptr, {}},
                                       const Resources& resources = {});
[[nodiscard]] Result<std::vector<Row>> try_rows_of(Source& source, const Needs& needs, const Resources& resources = {});

}  // namespace argus
