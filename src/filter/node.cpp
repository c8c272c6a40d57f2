#include "filter/node.h"

#include <algorithm>

#include "flow/each_value.h"

namespace argus {

namespace {

using Mask = std::vector<std::uint8_t>;

template <class T>
u128 image(const T& value) {
  if constexpr (std::is_same_v<T, std::int64_t> || std::is_same_v<T, Address>) return ordered_image(value);
  else return value;
}

template <class T>
bool in_intervals(const std::vector<Interval>& intervals, const T& value) {
  const u128 x = image(value);
  for (const Interval& interval : intervals)
    if (x >= interval.least && x <= interval.most) return true;
  return false;
}

// Tests every value of a column; words of a dictionary are tested once.
template <class T, class Test>
Mask tested(const Column& column, std::size_t rows, Test&& test) {
  Mask out(rows, 0);
  if (column.shape() == Column::Shape::dictionary) {
    const auto& words = column.words<T>();
    Mask good(words.size());
    for (std::size_t i = 0; i < words.size(); i++) good[i] = test(words[i]) ? 1 : 0;
    const auto codes = column.codes();
    for (std::size_t i = 0; i < rows; i++) out[i] = column.has(i) ? good[codes[i]] : std::uint8_t{0};
    return out;
  }
  if (column.shape() == Column::Shape::constant) {
    std::fill(out.begin(), out.end(), test(column.constant_value<T>()) ? std::uint8_t{1} : std::uint8_t{0});
    return out;
  }
  each_value<T>(column, rows, [&](std::size_t row, const T& value) { out[row] = test(value) ? 1 : 0; });
  return out;
}

Mask interval_matches(const Node& node, const Column& column, std::size_t rows) {
  return with_type(column.type(), [&]<class T>() -> Mask {
    if constexpr (std::is_same_v<T, double> || std::is_same_v<T, std::string>) return Mask(rows, 0);
    else
      return tested<T>(column, rows,
                       [&](const T& value) { return in_intervals(node.intervals, value) != node.outside; });
  });
}

Mask bit_matches(const Node& node, const Column& column, std::size_t rows) {
  return with_type(column.type(), [&]<class T>() -> Mask {
    if constexpr (std::is_integral_v<T>)
      return tested<T>(column, rows,
                       [&](const T& value) { return (static_cast<std::uint64_t>(value) & node.mask) != 0; });
    else return Mask(rows, 0);
  });
}

Mask leaf_matches(const Node& node, const Batch& batch) {
  const std::size_t rows = batch.rows();
  const Column column = column_of(batch, node.field);
  if (column.absent()) return Mask(rows, 0);
  switch (node.kind) {
    case Node::Kind::intervals: return interval_matches(node, column, rows);
    case Node::Kind::bits: return bit_matches(node, column, rows);
    case Node::Kind::reals:
      return tested<double>(column, rows, [&](double v) {
        const bool inside =
            (node.open_least ? v > node.least : v >= node.least) && (node.open_most ? v < node.most : v <= node.most);
        return inside != node.outside;
      });
    case Node::Kind::text:
      return tested<std::string>(column, rows, [&](const std::string& v) {
        return (std::find(node.words.begin(), node.words.end(), v) != node.words.end()) != node.outside;
      });
    default: break;
  }
  Mask out(rows);
  for (std::size_t i = 0; i < rows; i++) out[i] = column.has(i) ? 1 : 0;
  return out;
}

Verdict judge_intervals(const Node& node, const FrameStats& stats) {
  const auto range = stats.range(node.field);
  if (!range) return Verdict::some;
  if (!range->any) return Verdict::none;
  bool touched = false, whole = false;
  for (const Interval& interval : node.intervals) {
    const bool meets = interval.least <= range->most && interval.most >= range->least;
    const bool holds = interval.least <= range->least && interval.most >= range->most;
    const bool single = interval.least == interval.most && info(node.field).type == Type::addr;
    if (meets && single && !node.outside) {
      Address address;
      for (std::size_t i = 0; i < 16; i++)
        address.bytes[i] = static_cast<std::uint8_t>(interval.least >> (120 - 8 * i));
      if (!stats.may_contain(node.field, address)) continue;
    }
    touched |= meets;
    whole |= holds;
  }
  if (node.outside) std::swap(touched, whole), touched = !touched, whole = !whole;
  if (!touched) return Verdict::none;
  return whole && !range->absent ? Verdict::all : Verdict::some;
}

}  // namespace

FieldSet fields_of(const Node& node) {
  FieldSet out;
  for (const NodePtr& child : node.children) out |= fields_of(*child);
  if (node.kind != Node::Kind::all && node.children.empty()) out.add(node.field);
  return out;
}

std::vector<std::uint8_t> matches(const Node& node, const Batch& batch) {
  switch (node.kind) {
    case Node::Kind::all: return Mask(batch.rows(), 1);
    case Node::Kind::negation: {
      Mask out = matches(*node.children[0], batch);
      for (auto& bit : out) bit ^= 1;
      return out;
    }
    case Node::Kind::both:
    case Node::Kind::either: {
      Mask out = matches(*node.children[0], batch);
      for (std::size_t c = 1; c < node.children.size(); c++) {
        const Mask more = matches(*node.children[c], batch);
        if (node.kind == Node::Kind::both)
          for (std::size_t i = 0; i < out.size(); i++) out[i] &= more[i];
        else
          for (std::size_t i = 0; i < out.size(); i++) out[i] |= more[i];
      }
      return out;
    }
    default: return leaf_matches(node, batch);
  }
}

Verdict judge(const Node& node, const FrameStats& stats) {
  switch (node.kind) {
    case Node::Kind::all: return Verdict::all;
    case Node::Kind::negation: {
      const Verdict inner = judge(*node.children[0], stats);
      return inner == Verdict::all ? Verdict::none : inner == Verdict::none ? Verdict::all : Verdict::some;
    }
    case Node::Kind::both:
    case Node::Kind::either: {
      Verdict out = judge(*node.children[0], stats);
      for (const NodePtr& child : node.children) {
        const Verdict more = judge(*child, stats);
        out = node.kind == Node::Kind::both ? std::min(out, more) : std::max(out, more);
      }
      return out;
    }
    case Node::Kind::intervals: return judge_intervals(node, stats);
    default: return Verdict::some;
  }
}

std::string spelt(const Node& node) {
  switch (node.kind) {
    case Node::Kind::all: return "";
    case Node::Kind::negation: return "not " + spelt(*node.children[0]);
    case Node::Kind::both:
    case Node::Kind::either: {
      std::string out = "(";
      for (const NodePtr& child : node.children) {
        if (out.size() > 1) out += node.kind == Node::Kind::both ? " and " : " or ";
        out += spelt(*child);
      }
      return out + ")";
    }
    default: return "(" + node.spelling + ")";
  }
}

}  // namespace argus
