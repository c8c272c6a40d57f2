// -s words to columns.
#include <algorithm>
#include <array>

#include "base/result.h"
#include "base/text.h"
#include "flow/field.h"
#include "sink/text.h"

namespace argus {

namespace {

struct Word {
  char sign = 0;          // '+', '-' or none
  std::size_t place = 0;  // of "+2f", counted from 1; 0: at the end
  ColumnSpec column{Field::stime, 0, 0};
};

constexpr int kWidthMax = 1000;
// What a flow is shown by.
constexpr auto kFlow = std::to_array<ColumnSpec>({{Field::stime, 0, 6},
                                                  {Field::dur, 0, 11},
                                                  {Field::proto, 0, 5},
                                                  {Field::saddr, 0, 1},
                                                  {Field::sport, 0, 10},
                                                  {Field::dir, 0, 9},
                                                  {Field::daddr, 0, 2},
                                                  {Field::dport, 0, 3},
                                                  {Field::pkts, 0, 7},
                                                  {Field::bytes, 0, 4},
                                                  {Field::state, 0, 8}});
constexpr std::string_view kAll = "all";  // every field, in the order of the table

Result<Word> parse_word(std::string_view text) {
  Word out;
  std::string_view rest = text;
  if (!rest.empty() && (rest[0] == '+' || rest[0] == '-')) {
    out.sign = rest[0];
    rest.remove_prefix(1);
    std::size_t n = 0;
    while (n < rest.size() && n < 4 && rest[n] >= '0' && rest[n] <= '9')
      out.place = out.place * 10 + static_cast<std::size_t>(rest[n++] - '0');
    rest.remove_prefix(n);
  }
  const auto colon = rest.find(':');
  const std::string_view name = rest.substr(0, colon);
  const auto field = find_field(name);
  if (!field)
    return fail(Errc::usage, "no field '{}'{}    argus help fields", escaped(name),
                hint_for_field(name, {std::string(kAll)}));
  out.column.field = *field;
  if (colon != std::string_view::npos) {
    const auto width = parse_unsigned(rest.substr(colon + 1));
    if (!width || *width > kWidthMax)
      return fail(Errc::usage, "'{}': a width is a number up to {}", escaped(text), kWidthMax);
    out.column.width = static_cast<int>(*width);
  }
  return out;
}

}  // namespace

const std::vector<std::string>& default_columns() {
  static const auto columns = [] {
    std::vector<std::string> out;
    for (const ColumnSpec& column : kFlow) out.emplace_back(info(column.field).name);
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
                                              const std::vector<std::string>& defaults) {
  std::vector<Word> parsed;
  bool fresh = false;  // a word without a sign: the list stands for itself
  for (const std::string& word : words)
    for (const std::string_view piece : split_words(word, ", ")) {
      if (piece == kAll) {
        for (const FieldInfo& field : all_fields()) parsed.push_back({0, 0, {field.field, 0, 0}});
        fresh = true;
        continue;
      }
      ARGUS_TRY_LET(const Word one, parse_word(piece));
      fresh |= one.sign == 0;
      parsed.push_back(one);
    }
  std::vector<ColumnSpec> out;
  if (!fresh && defaults == default_columns()) out.assign(kFlow.begin(), kFlow.end());
  else if (!fresh)
    for (const std::string& name : defaults)
      if (const auto field = find_field(name)) out.push_back({*field, 0, 1});
  for (const Word& word : parsed) {
    if (word.sign == '-') {
      std::erase_if(out, [&](const ColumnSpec& c) { return c.field == word.column.field; });
    } else if (word.sign == '+' && word.place != 0) {
      const std::size_t at = std::min(word.place - 1, out.size());
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
