// A compiled filter: a small tree whose leaves test one field each, a column at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "flow/where.h"

namespace argus {

struct Node;
using NodePtr = std::unique_ptr<Node>;

// Values as their ordered images (flow/where.h): any comparison of an integer, a time or an address is membership in
// intervals.
struct Interval {
  u128 least = 0, most = 0;
};

struct Node {
  enum class Kind : std::uint8_t { all, both, either, negation, intervals, reals, bits, text, has };
  Kind kind = Kind::all;
  std::vector<NodePtr> children;    // both, either: two or more; negation: one
  Field field = Field::stime;       // leaves
  std::vector<Interval> intervals;  // sorted, apart from each other
  bool outside = false;             // intervals, text: has a value, and none of these
  double least = 0, most = 0;       // reals
  bool open_least = false, open_most = false;
  std::uint64_t mask = 0;          // bits: any of them set
  std::vector<std::string> words;  // text
  std::string spelling;            // leaves: as the language writes them
};

[[nodiscard]] FieldSet fields_of(const Node& node);
// 1 where the row matches.
[[nodiscard]] std::vector<std::uint8_t> matches(const Node& node, const Batch& batch);
[[nodiscard]] Verdict judge(const Node& node, const FrameStats& stats);
[[nodiscard]] std::string spelt(const Node& node);

}  // namespace argus
