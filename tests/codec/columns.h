// Columns of every type and shape for tests, and whether two say the same.
#pragma once

#include <memory>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/int128.h"
#include "flow/column.h"
#include "flow/type.h"

namespace argus {

enum class Values : std::uint8_t { few, rising, any, extremes };
enum class Form : std::uint8_t { flat, masked, dictionary, masked_dictionary, one_present };

template <class T>
T value_for(Values kind, std::size_t i, std::mt19937_64& random) {
  const std::uint64_t n = kind == Values::few      ? random() % 3
                          : kind == Values::rising ? 1000 + 3 * i + random() % 3
                                                   : random();
  const bool low = random() % 2 == 0;
  if constexpr (std::is_same_v<T, std::string>) {
    if (kind == Values::extremes) return low ? std::string() : std::string(255, 'z');
    return "word" + std::to_string(n % 5000);
  } else if constexpr (std::is_same_v<T, Address>) {
    Address out;
    if (kind == Values::extremes) out.bytes.fill(low ? 0 : 255);
    else
      for (std::size_t b = 0; b < 8; b++) out.bytes[15 - b] = static_cast<std::uint8_t>(n >> (8 * b));
    return out;
  } else if constexpr (std::is_same_v<T, u128>) {
    if (kind == Values::extremes) return low ? u128{0} : ~u128{0};
    return kind == Values::any ? u128{n} << 64 | random() : u128{n};
  } else {
    if (kind == Values::extremes) return low ? std::numeric_limits<T>::min() : std::numeric_limits<T>::max();
    if constexpr (std::is_same_v<T, std::int64_t>) return static_cast<T>(n) / 2;  // in files these are times
    return static_cast<T>(n);
  }
}

template <class T>
Column column_for(Form form, Values kind, std::size_t rows, std::mt19937_64& random) {
  Column::Mask mask;
  if (form == Form::masked || form == Form::masked_dictionary) {
    for (std::size_t i = 0; i < rows; i++) mask.push_back(random() % 3 != 0);
    mask[0] = 1;
  }
  if (form == Form::one_present) mask.assign(rows, 0), mask[rows / 2] = 1;
  const auto present = [&](std::size_t i) { return mask.empty() || mask[i] != 0; };
  if (form == Form::dictionary || form == Form::masked_dictionary) {
    auto words = std::make_shared<std::vector<T>>();
    for (std::size_t i = 0; i < std::min<std::size_t>(rows, 200); i++) words->push_back(value_for<T>(kind, i, random));
    std::vector<std::uint32_t> codes(rows);
    for (std::size_t i = 0; i < rows; i++)
      codes[i] = present(i) ? static_cast<std::uint32_t>(random() % words->size()) : 0;
    return Column::dictionary<T>(std::move(codes), std::move(words), std::move(mask));
  }
  std::vector<T> values(rows);
  for (std::size_t i = 0; i < rows; i++)
    if (present(i)) values[i] = value_for<T>(kind, i, random);
  return Column::flat<T>(std::move(values), std::move(mask));
}

// Same rows absent, same values in the others.
template <class T>
bool same_values(const Column& a, const Column& b, std::size_t rows) {
  const Flat<T> one = flat<T>(a, rows), two = flat<T>(b, rows);
  for (std::size_t i = 0; i < rows; i++)
    if (one.has(i) != two.has(i) || (one.has(i) && !(one.values[i] == two.values[i]))) return false;
  return true;
}
inline bool same_column(const Column& a, const Column& b, std::size_t rows) {
  if (a.absent() || b.absent()) return a.absent() == b.absent();
  if (a.type() != b.type()) return false;
  return with_type(a.type(), [&]<class T>() { return same_values<T>(a, b, rows); });
}

inline constexpr Type kStoredTypes[] = {Type::u8,  Type::u16,  Type::u32,  Type::u64,
                                        Type::i64, Type::u128, Type::addr, Type::bytes};
inline constexpr Form kForms[] = {Form::flat, Form::masked, Form::dictionary, Form::masked_dictionary,
                                  Form::one_present};
inline constexpr Values kValues[] = {Values::few, Values::rising, Values::any, Values::extremes};

}  // namespace argus
