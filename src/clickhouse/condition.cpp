#include "clickhouse/condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "base/int128.h"
#include "base/text.h"
#include "base/time.h"
#include "clickhouse/dialect.h"
#include "filter/span.h"
#include "flow/type.h"
#include "flow/where.h"

namespace argus {

namespace {

constexpr std::size_t kTextMax = 100'000;  // of a condition, as servers take 256 KiB of SQL

// Derived fields that SQL computes to the same value: % is a column.
struct Formula {
  Field field;
  std::vector<Field> inputs;
  std::string_view text;  // {0}, {1}: the columns of the inputs
};
// A sum of both directions, saturating, of which one half may be absent.
constexpr std::string_view kHalves =
    "if(isNull({0}) AND isNull({1}), NULL, if(bitNot(ifNull({0}, toUInt64(0))) < ifNull({1}, toUInt64(0)), "
    "18446744073709551615, ifNull({0}, toUInt64(0)) + ifNull({1}, toUInt64(0))))";

const std::vector<Formula>& formulas() {
  static const std::vector<Formula> kAll = {
      {Field::pkts, {Field::spkts, Field::dpkts}, kHalves},
      {Field::bytes, {Field::sbytes, Field::dbytes}, kHalves},
      {Field::appbytes, {Field::sappbytes, Field::dappbytes}, kHalves},
      {Field::loss, {Field::sloss, Field::dloss}, kHalves},
      {Field::frags, {Field::sfrags, Field::dfrags}, kHalves},
      {Field::dur, {Field::stime, Field::ltime}, "({1} - {0})"},
      {Field::sdur, {Field::sstime, Field::sltime}, "({1} - {0})"},
      {Field::ddur, {Field::dstime, Field::dltime}, "({1} - {0})"},
      {Field::svid, {Field::svlan}, "bitAnd({0}, 4095)"},
      {Field::dvid, {Field::dvlan}, "bitAnd({0}, 4095)"},
      {Field::svpri, {Field::svlan}, "bitShiftRight({0}, 13)"},
      {Field::dvpri, {Field::dvlan}, "bitShiftRight({0}, 13)"},
  };
  return kAll;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
  return text;
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += {kHexDigits[byte >> 4], kHexDigits[byte & 15]};
  }
  return out;
}

std::string hex(u128 value) {
  std::string out;
  for (int shift = 124; shift >= 0; shift -= 4) out += kHexDigits[static_cast<std::size_t>(value >> shift) & 15];
  return out;
}

// A value by its image; empty where it cannot be written.
std::string literal(Type type, u128 image, const Dialect& types) {
  if (type == Type::addr) return fmt::format("{}{}{}", types.address_from, hex(image), types.address_end);
  if (type == Type::i64) return fmt::format("toInt64('{}')", value_of_image(image));
  if (type == Type::u128) return {};
  return fmt::format("{}", static_cast<std::uint64_t>(image));
}

class ConditionWriter {
 public:
  explicit ConditionWriter(const TableColumns& columns) : columns_(columns) {}

  // `wider`: what cannot be said counts as true of all records, else as true of none. `top`: where NULL is as good as
  // false.
  std::string of(const Node& node, bool wider, bool top) {
    switch (node.kind) {
      case Node::Kind::everything: return "1";
      case Node::Kind::nothing: return "0";
      case Node::Kind::test: return of_test(node.test, wider, top);
      case Node::Kind::negation: return "NOT " + of(node.parts[0], !wider, false);
      case Node::Kind::all_of:
      case Node::Kind::any_of: break;
    }
    const bool all = node.kind == Node::Kind::all_of;
    std::string out;
    for (const Node& part : node.parts)
      out += (out.empty() ? "(" : all ? " AND " : " OR ") + of(part, wider, top && all);
    return out + ')';
  }
  [[nodiscard]] bool exact() const { return exact_; }

 private:
  std::string unsaid(bool wider) {
    exact_ = false;
    return wider ? "1" : "0";
  }
  std::string of_test(const Test& test, bool wider, bool top) {
    const std::string value = expression_of(test.field, columns_);
    if (value.empty() && is_stored(test.field)) return "0";  // the table has no such column: it is absent
    std::string text = value.empty() ? std::string() : said(test, value);
    if (text.empty()) return unsaid(wider);
    return top ? text : fmt::format("ifNull({}, 0)", text);
  }
  [[nodiscard]] std::string said(const Test& test, const std::string& value) const {
    if (test.kind == Test::Kind::bits) return fmt::format("bitAnd({}, {}) != 0", value, test.bits);
    if (test.kind == Test::Kind::words) return words(test, value);
    if (test.kind == Test::Kind::spans) return spans(test, value);
    return {};
  }
  static std::string words(const Test& test, const std::string& value) {
    std::string list;
    for (const std::string& word : test.words)
      list += fmt::format("{}unhex('{}')", list.empty() ? "" : ", ", hex(word));
    if (list.empty()) return test.others ? fmt::format("isNotNull({})", value) : "0";
    return test.others ? fmt::format("(isNotNull({0}) AND {0} NOT IN ({1}))", value, list)
                       : fmt::format("{} IN ({})", value, list);
  }
  [[nodiscard]] std::string spans(const Test& test, const std::string& value) const {
    const Type type = info(test.field).type;
    const u128 most = most_image(type);
    std::string out;
    for (const Span& span : test.spans) {
      const std::string low = literal(type, span.least, *columns_.types),
                        high = literal(type, span.most, *columns_.types);
      if (low.empty()) return {};
      std::string one;
      if (span.least == 0 && span.most >= most) one = fmt::format("isNotNull({})", value);
      else if (span.least == span.most) one = fmt::format("{} = {}", value, low);
      else if (span.least == 0) one = fmt::format("{} <= {}", value, high);
      else if (span.most >= most) one = fmt::format("{} >= {}", value, low);
      else one = fmt::format("({0} >= {1} AND {0} <= {2})", value, low, high);
      out += (out.empty() ? "" : " OR ") + one;
    }
    return test.spans.size() > 1 ? '(' + out + ')' : out;
  }

  const TableColumns& columns_;
  bool exact_ = true;
};

}  // namespace

std::string expression_of(Field field, const TableColumns& columns) {
  if (is_stored(field)) return columns.fields.has(field) ? fmt::format("`{}`", info(field).name) : std::string();
  for (const Formula& one : formulas()) {
    if (one.field != field) continue;
    std::string out(one.text);
    for (std::size_t i = 0; i < one.inputs.size(); i++) {
      if (!columns.fields.has(one.inputs[i])) return {};
      out = replaced(std::move(out), fmt::format("{{{}}}", i), fmt::format("`{}`", info(one.inputs[i]).name));
    }
    return out;
  }
  return {};
}

Condition condition_of(const Node& filter, const TableColumns& columns) {
  if (filter.kind == Node::Kind::everything) return {};
  ConditionWriter writer(columns);
  Condition out{writer.of(filter, true, true), writer.exact()};
  if (out.text.size() > kTextMax) return {{}, false};
  return out;
}

Condition condition_of(const TimeSpan& span) {
  const auto seconds = [](Nanos time) { return std::clamp<std::int64_t>(time / kSecond, 0, UINT32_MAX); };
  Condition out;
  if (span.end != INT64_MAX)
    out.text = fmt::format("ts <= toDateTime({}) AND stime < toInt64('{}')", seconds(span.end), span.end);
  if (span.begin != INT64_MIN)
    out.text += fmt::format("{}ltime >= toInt64('{}')", out.text.empty() ? "" : " AND ", span.begin);
  // A record without times shares nothing with any span.
  if (!out.text.empty()) out.text += " AND isNotNull(stime) AND isNotNull(ltime)";
  return out;
}

Condition both(const Condition& a, const Condition& b) {
  if (a.text.empty() || b.text.empty()) return {a.text + b.text, a.exact && b.exact};
  return {fmt::format("{} AND {}", a.text, b.text), a.exact && b.exact};
}

}  // namespace argus
