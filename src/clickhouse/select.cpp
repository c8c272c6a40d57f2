#include "clickhouse/select.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "clickhouse/dialect.h"
#include "clickhouse/schema.h"
#include "flow/batch.h"
#include "flow/type.h"

namespace argus {

namespace {

constexpr double kUint64Most = 1.8e19, kSquaresMost = 9.9e37;
// The length of a record, absent where one of its times is.
constexpr std::string_view kLength = "toUInt64((ltime - stime) * (ltime > stime))";

// What a field counts as in a record that does not have it; empty: nothing.
std::string seed_of(Field field, const Dialect& types) {
  if (merge_inputs(field).empty()) return {};
  if (info(field).type != Type::u128) return std::string(kLength);
  return fmt::format("{0}{1}{2} * {0}{1}{2}", types.wide_from, kLength, types.wide_end);
}

std::string seeded(Field field, const TableColumns& columns) {
  const std::string own = expression_of(field, columns);
  const std::string seed = seed_of(field, *columns.types);
  if (seed.empty()) return own;
  return own.empty() ? seed : fmt::format("ifNull({}, {})", own, seed);
}

struct Rule {
  Merge merge;
  std::string_view text;  // {0} is a column
};
constexpr auto kRules = std::to_array<Rule>({
    {Merge::sum, "sum(%)"},
    {Merge::min, "min(%)"},
    {Merge::max, "max(%)"},
    {Merge::or_, "groupBitOr(%)"},
    {Merge::same, "if(count(%) = count() AND min(%) = max(%), min(%), NULL)"},
});

std::string with(std::string_view text, std::string_view column) {
  std::string out;
  for (const char c : text) {
    if (c == '%') out += column;
    else out += c;
  }
  return out;
}

std::string where_text(const Condition& condition) { return condition.text.empty() ? "" : " WHERE " + condition.text; }

// A text is sent as plain text, whatever dictionary the server has of it.
std::string selected(Field field, const std::string& expression) {
  return info(field).type == Type::bytes ? fmt::format("CAST({} AS Nullable(String))", expression) : expression;
}

}  // namespace

std::string rows_query(const std::string& table, const TableColumns& columns, const FieldSet& fields,
                       const Condition& condition, bool ordered) {
  std::string out = ordered ? fmt::format("SELECT {}, {}", kStreamColumn, kSeqColumn) : std::string("SELECT 1");
  for (const Field field : fields.list())
    if (columns.fields.has(field)) {
      const std::string column = expression_of(field, columns);
      out += ", " + selected(field, column);
      if (info(field).type == Type::bytes) out += fmt::format(" AS {}{}", kMergedPrefix, info(field).name);
    }
  out += fmt::format(" FROM {}{}", table, where_text(condition));
  if (ordered) out += fmt::format(" ORDER BY {}, {}", kStreamColumn, kSeqColumn);
  return out + " FORMAT Native";
}

std::string groups_query(const std::string& table, const TableColumns& columns, const FieldSet& fields,
                         const FieldSet& by, const Condition& condition) {
  std::string out, keys;
  const auto add = [&](Field field, const std::string& expression) {
    out += fmt::format("{}{} AS {}{}", out.empty() ? "SELECT " : ", ", selected(field, expression), kMergedPrefix,
                       info(field).name);
  };
  for (const Field field : (fields | by).list()) {
    const std::string column = expression_of(field, columns);
    if (by.has(field)) {
      if (column.empty()) continue;
      add(field, column);
      keys += (keys.empty() ? " GROUP BY " : ", ") + column;
      continue;
    }
    const auto* rule =
        std::find_if(kRules.begin(), kRules.end(), [&](const Rule& one) { return one.merge == info(field).merge; });
    if (const std::string value = seeded(field, columns); rule != kRules.end() && !value.empty())
      add(field, with(rule->text, value));
  }
  if (out.empty()) out = "SELECT count()";
  if (keys.empty()) keys = " HAVING count() > 0";  // all of none is no record
  return fmt::format("{} FROM {}{}{} FORMAT Native", out, table, where_text(condition), keys);
}

std::string largest_query(const std::string& table, const TableColumns& columns, const FieldSet& fields,
                          const Condition& condition) {
  std::string summed, squared = "0";
  for (const Field field : fields.list()) {
    if (info(field).merge != Merge::sum) continue;
    if (info(field).type == Type::u128) {
      squared = fmt::format("max(ifNull({}, toUInt64(0)))", kLength);
      if (columns.fields.has(field))
        squared =
            fmt::format("greatest(toFloat64({}), sqrt(ifNull(toFloat64(max(`{}`)), 0.0)))", squared, info(field).name);
      continue;
    }
    const std::string value = seeded(field, columns);
    if (value.empty()) continue;
    const std::string one = fmt::format("ifNull({}, toUInt64(0))", value);
    summed = summed.empty() ? one : fmt::format("greatest({}, {})", summed, one);
  }
  if (summed.empty()) return {};
  return fmt::format("SELECT count(), max({}), {} FROM {}{} FORMAT TabSeparated", summed, squared, table,
                     where_text(condition));
}

bool sums_fit(double records, double largest, double longest) {
  return records * largest < kUint64Most && records * longest * longest < kSquaresMost;
}

bool may_group_by(const FieldSet& by) {
  const std::vector<Field> list = by.list();
  return std::all_of(list.begin(), list.end(),
                     [](Field field) { return is_stored(field) && info(field).merge == Merge::same; });
}

}  // namespace argus
