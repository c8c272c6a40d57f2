// -s words to columns.
#include <algorithm>
#include <array>
#include <optional>

#include "base/result.h"
#include "base/text.h"
#include "flow/field.h"
#include "sink/text.h"
#include "sink/value_format.h"

namespace argus {

namespace {

struct Word {
  char sign = 0;                     // '+', '-' or none
  std::optional<std::size_t> place;  // of "+2f"; none: at the end
  ColumnSpec column{Field::stime};
};

constexpr int kWidthMax = 1000;
// What a flow is shown by.
struct Shown {
  Field field;
  std::size_t stays;  // ColumnSpec::stays
};
constexpr auto kFlow = std::to_array<Shown>({{Field::stime, 6},
                                             {Field::dur, 11},
                                             {Field::proto, 5},
                                             {Field::saddr, 1},
                                             {Field::sport, 10},
                                             {Field::dir, 9},
                                             {Field::daddr, 2},
                                             {Field::dport, 3},
                                             {Field::pkts, 7},
                                             {Field::bytes, 4},
                                             {Field::state, 8}});
constexpr std::string_view kAll = "all";  // every field, in the order of the table

Result<Word> parse_word(std::string_view text) {
  Word out;
  std::string_view rest = text;
  if (!rest.empty() && (rest[0] == '+' || rest[0] == '-')) {
    out.sign = rest[0];
    rest.remove_prefix(1);
    std::size_t n = 0;
    while (n < rest.size() && n < 4 && is_digit(rest[n]))
      out.place = out.place.value_or(0) * 10 + static_cast<std::size_t>(rest[n++] - '0');
    rest.remove_prefix(n);
  }
  const auto colon = rest.find(':');
  const std::string_view name = rest.substr(0, colon);
  const auto field = find_field(name);
  if (!field) return no_field(name, {std::string(kAll)});
  out.column.field = *field;
  if (colon == std::string_view::npos) return out;
  rest.remove_prefix(colon + 1);
  const auto second = rest.find(':');
  if (second != std::string_view::npos) {
    out.column.format = rest.substr(second + 1);
    if (auto good = check_value_format(*field, out.column.format); !good)
      return while_doing("'" + escaped(text) + "'", std::move(good.error()));
    rest = rest.substr(0, second);
    if (rest.empty()) return out;  // "dur::%.2f"
  }
  const auto width = parse_unsigned(rest);
  if (!width || *width > kWidthMax)
    return fail(Errc::usage, "'{}': a width is a number up to {}", escaped(text), kWidthMax);
  out.column.width = static_cast<int>(*width);
  return out;
}

}  // namespace

const std::vector<std::string>& default_columns() {
  static const auto columns = [] {
    std::vector<std::string> out;
    for (const Shown& column : kFlow) out.emplace_back(info(column.field).name);
    return out;
  }();
  return columns;
}

const std::vector<std::string>& classic_columns() {
  static const std::vector<std::string> columns = {"stime", "flgs",  "proto", "saddr", "sport", "dir",
                                                   "daddr", "dport", "pkts",  "bytes", "state"};
  return columns;
}

Result<std::vector<ColumnSpec>> parse_columns(const std::vector<std::string>& words,
                                              const std::vector<std::string>& defaults, std::size_t first_place) {
  std::vector<Word> parsed;
  bool fresh = false;  // a word without a sign: the list stands for itself
  for (const std::string& word : words)
    for (const std::string_view piece : split_words(word, ", ")) {
      if (piece == kAll) {
        for (const FieldInfo& field : all_fields()) parsed.push_back({0, {}, {field.field}});
        fresh = true;
        continue;
      }
      ARGUS_TRY_LET(const Word one, parse_word(piece));
      fresh |= one.sign == 0;
      parsed.push_back(one);
    }
  std::vector<ColumnSpec> out;
  if (!fresh && defaults == default_columns())
    for (const Shown& column : kFlow) out.push_back({column.field, 0, column.stays});
  else if (!fresh)
    for (const std::string& name : defaults)
      if (const auto field = find_field(name)) out.push_back({*field, 0, 1});
  for (const Word& word : parsed) {
    if (word.sign == '-') {
      std::erase_if(out, [&](const ColumnSpec& c) { return c.field == word.column.field; });
    } else if (word.sign == '+' && word.place) {
      const std::size_t at = std::min(*word.place - std::min(*word.place, first_place), out.size());
      out.insert(out.begin() + static_cast<std::ptrdiff_t>(at), word.column);
    } else {
      out.push_back(word.column);
    }
  }
  if (out.empty()) return fail(Errc::usage, "-s leaves no column");
  return out;
}

FieldSet fields_of(const std::vector<ColumnSpec>& columns) {
  FieldSet out;
  for (const ColumnSpec& column : columns) out.add(column.field);
  return out;
}

}  // namespace argus
