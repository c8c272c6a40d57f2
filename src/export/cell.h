// A value of a record as another format writes it: from one field, or computed from several.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/address.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/type.h"

namespace argus {

// Appends the value of a row; false, with nothing appended, where the record has none.
using CellPrinter = std::function<bool(std::size_t row, std::string& out)>;

struct ExportCell {
  FieldSet reads;
  bool quoted = false;                          // JSON has quotes around it; it holds nothing that they would not keep
  std::function<CellPrinter(const Batch&)> of;  // the batch must outlive nothing
};

[[nodiscard]] ExportCell number(Field field);                // as JSON has it: counters, ports, codes
[[nodiscard]] ExportCell word(Field field);                  // as `show --csv` writes it
[[nodiscard]] ExportCell json_text(Field field);             // of a field of text, with its quotes
[[nodiscard]] ExportCell utc_time(Field field, int digits);  // RFC 3339
[[nodiscard]] ExportCell epoch_time(Field field, int digits);
[[nodiscard]] ExportCell seconds(Field field, int digits);
[[nodiscard]] ExportCell constant(std::string text, bool quoted);

inline constexpr std::array<Type, kFields> kFieldTypes = {
#define FIELD(name, wire, type, ...) Type::type,
#define DERIVED(name, type, ...)     Type::type,
#include "flow/fields.def"
};
template <Field field>
using FieldValue = Value<kFieldTypes[index_of(field)]>;

// What a record may not have.
template <class T>
using Maybe = std::optional<T>;

// A field of a batch as optional values.
template <Field field>
class CellInput {
 public:
  explicit CellInput(const Batch& batch)
      : column_(column_of(batch, field)), values_(flat<FieldValue<field>>(column_, batch.rows())) {}
  [[nodiscard]] std::optional<FieldValue<field>> operator[](std::size_t row) const {
    if (!values_.has(row)) return std::nullopt;
    return values_.values[row];
  }

 private:
  Column column_;
  Flat<FieldValue<field>> values_;
};

// formula(out, std::optional of each field...) appends the value, or gives false.
template <Field... fields, class Formula>
[[nodiscard]] ExportCell computed(bool quoted, Formula formula) {
  return {{fields...}, quoted, [formula](const Batch& batch) -> CellPrinter {
            const auto inputs = std::make_shared<const std::tuple<CellInput<fields>...>>(CellInput<fields>(batch)...);
            return [inputs, formula](std::size_t row, std::string& out) {
              return std::apply([&](const auto&... input) { return formula(out, input[row]...); }, *inputs);
            };
          }};
}

// An address of IP: absent for frames without.
[[nodiscard]] ExportCell ip(Field field);
[[nodiscard]] inline bool is_ip(const std::optional<Address>& address) {
  return address && address->family() != Family::mac;
}

// Bits made of what identifies a flow (docs/design.md): equal in all of its records, on every machine.
using FlowIdentity = std::array<std::uint64_t, 2>;
[[nodiscard]] ExportCell identified(bool quoted, void (*print)(const FlowIdentity& identity, std::string& out));

}  // namespace argus
