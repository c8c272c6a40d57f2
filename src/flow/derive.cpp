// Derived fields and merge seeds: the formulas of fields.def as kernels over columns. A formula is written over
// values; its parameter types say how each input is read, std::optional ones get absent inputs too.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "flow/batch.h"
#include "flow/column.h"
#include "flow/derive_rules.h"
#include "flow/field.h"

namespace argus {

namespace {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i64 = std::int64_t;
using f64 = double;
using bytes = std::string;

template <class T>
struct Unwrapped {
  using type = T;
  static constexpr bool optional = false;
};
template <class T>
struct Unwrapped<std::optional<T>> {
  using type = T;
  static constexpr bool optional = true;
};

template <class Parameter>
struct Input {
  using Plain = typename Unwrapped<Parameter>::type;
  Flat<Plain> flat;
  Input(const Column& column, std::size_t rows) : flat(argus::flat<Plain>(column, rows)) {}
  [[nodiscard]] bool usable(std::size_t row) const { return Unwrapped<Parameter>::optional || flat.has(row); }
  [[nodiscard]] Parameter value(std::size_t row) const {
    if constexpr (Unwrapped<Parameter>::optional) {
      if (!flat.has(row)) return std::nullopt;
      return flat.values[row];
    } else {
      return flat.values[row];
    }
  }
};

template <class Out, class Return, class... Parameters, class Formula, std::size_t... at>
Column apply(const Batch& batch, const std::array<Field, sizeof...(Parameters)>& inputs, Formula formula,
             std::index_sequence<at...>) {
  const std::array<Column, sizeof...(Parameters)> columns = {column_of(batch, inputs[at])...};
  const bool hopeless = ((!Unwrapped<Parameters>::optional && columns[at].absent()) || ...);
  if (hopeless) return {};
  const bool all_constant = ((columns[at].shape() == Column::Shape::constant || columns[at].absent()) && ...);
  const std::size_t rows = all_constant ? (batch.rows() != 0 ? 1 : 0) : batch.rows();
  const std::tuple<Input<Parameters>...> in{Input<Parameters>(columns[at], rows)...};
  ColumnBuilder<Out> out;
  out.reserve(rows);
  for (std::size_t row = 0; row < rows; row++) {
    if (!(std::get<at>(in).usable(row) && ...)) {
      out.add_absent();
      continue;
    }
    const Return result = formula(std::get<at>(in).value(row)...);
    if constexpr (Unwrapped<Return>::optional) {
      if (result) out.add(static_cast<Out>(*result));
      else out.add_absent();
    } else {
      out.add(static_cast<Out>(result));
    }
  }
  return out.finish();
}

template <class Out, class Formula, class Return, class... Parameters>
Column evaluate(const Batch& batch, const std::array<Field, sizeof...(Parameters)>& inputs, Formula formula,
                Return (Formula::*)(Parameters...) const) {
  return apply<Out, Return, Parameters...>(batch, inputs, formula, std::index_sequence_for<Parameters...>());
}

template <class Out, class Formula, std::size_t n>
Column evaluate(const Batch& batch, const std::array<Field, n>& inputs, Formula formula) {
  return evaluate<Out>(batch, inputs, formula, &Formula::operator());
}

// "(a, b)" of the table as fields.
#define ARGUS_F1(a)                                      Field::a
#define ARGUS_F2(a, ...)                                 Field::a, ARGUS_F1(__VA_ARGS__)
#define ARGUS_F3(a, ...)                                 Field::a, ARGUS_F2(__VA_ARGS__)
#define ARGUS_F4(a, ...)                                 Field::a, ARGUS_F3(__VA_ARGS__)
#define ARGUS_F5(a, ...)                                 Field::a, ARGUS_F4(__VA_ARGS__)
#define ARGUS_F6(a, ...)                                 Field::a, ARGUS_F5(__VA_ARGS__)
#define ARGUS_F7(a, ...)                                 Field::a, ARGUS_F6(__VA_ARGS__)
#define ARGUS_F8(a, ...)                                 Field::a, ARGUS_F7(__VA_ARGS__)
#define ARGUS_F9(a, ...)                                 Field::a, ARGUS_F8(__VA_ARGS__)
#define ARGUS_PICK(a, b, c, d, e, f, g, h, i, name, ...) name
#define ARGUS_INPUTS(...)                                                                                             \
  std::array {                                                                                                        \
    ARGUS_PICK(__VA_ARGS__, ARGUS_F9, ARGUS_F8, ARGUS_F7, ARGUS_F6, ARGUS_F5, ARGUS_F4, ARGUS_F3, ARGUS_F2, ARGUS_F1, \
               none)                                                                                                  \
    (__VA_ARGS__)                                                                                                     \
  }

struct Kernel {
  Column (*run)(const Batch&) = nullptr;
  FieldSet inputs;
};

template <std::size_t n>
FieldSet set_of(const std::array<Field, n>& fields) {
  FieldSet out;
  for (const Field f : fields) out.add(f);
  return out;
}

const std::array<Kernel, kFields>& kernels() {
  static const auto made = [] {
    std::array<Kernel, kFields> out;
#define DERIVED(name, type, format, reverse, width, alias, unit, doc, inputs, ...)                \
  out[index_of(Field::name)] = {                                                                  \
      [](const Batch& batch) { return evaluate<type>(batch, ARGUS_INPUTS inputs, __VA_ARGS__); }, \
      set_of(ARGUS_INPUTS inputs)};
#include "flow/fields.def"
    return out;
  }();
  return made;
}

const std::array<Kernel, kStoredFields>& seeds() {
  static const auto made = [] {
    std::array<Kernel, kStoredFields> out;
#define SEED(name, inputs, ...)                                                                           \
  out[index_of(Field::name)] = {[](const Batch& batch) {                                                  \
                                  constexpr auto formula = __VA_ARGS__;                                   \
                                  return evaluate<decltype(seed_result(&decltype(formula)::operator()))>( \
                                      batch, ARGUS_INPUTS inputs, formula);                               \
                                },                                                                        \
                                set_of(ARGUS_INPUTS inputs)};
    const auto seed_result = []<class F, class R, class... P>(R (F::*)(P...) const) -> R { return {}; };
    (void)seed_result;
#include "flow/fields.def"
    return out;
  }();
  return made;
}

template <class T>
Column with_defaults(const Column& column, const Column& defaults, std::size_t rows) {
  const Flat<T> own = flat<T>(column, rows);
  const Flat<T> other = flat<T>(defaults, rows);
  ColumnBuilder<T> out;
  out.reserve(rows);
  for (std::size_t row = 0; row < rows; row++) {
    if (own.has(row)) out.add(own.values[row]);
    else if (other.has(row)) out.add(other.values[row]);
    else out.add_absent();
  }
  return out.finish();
}

}  // namespace

Column column_of(const Batch& batch, Field field) {
  if (is_stored(field) || !batch[field].absent()) return batch[field];
  return kernels()[index_of(field)].run(batch);
}

Column merge_column(const Batch& batch, Field stored) {
  const Kernel& seed = seeds()[index_of(stored)];
  const Column& own = batch[stored];
  if (seed.run == nullptr || own.shape() == Column::Shape::constant) return own;
  if (!own.absent() && own.mask().empty()) return own;
  const Column defaults = seed.run(batch);
  if (own.absent()) return defaults;
  return with_type(info(stored).type, [&]<class T>() { return with_defaults<T>(own, defaults, batch.rows()); });
}

FieldSet merge_inputs(Field stored) { return seeds()[index_of(stored)].inputs; }

FieldSet stored_inputs(const FieldSet& fields) {
  FieldSet out;
  for (const Field f : fields.list()) {
    if (is_stored(f)) out.add(f);
    else out |= stored_inputs(kernels()[index_of(f)].inputs);
  }
  return out;
}

}  // namespace argus
