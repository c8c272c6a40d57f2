// A filter as a tree whose leaves test one field each.
#pragma once

#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/int128.h"
#include "base/result.h"
#include "filter/address_set.h"
#include "filter/filter.h"
#include "filter/pattern.h"
#include "filter/span.h"
#include "flow/field.h"
#include "flow/type.h"

namespace argus {

inline constexpr double kInfinite = std::numeric_limits<double>::infinity();
struct RealSpan {
  double least = 0, most = 0;
  friend bool operator==(const RealSpan&, const RealSpan&) = default;
};

// One test of one field. False where the field is absent, whatever it asks.
struct Test {
  enum class Kind : std::uint8_t {
    spans,  // whole numbers, times, addresses: in one of `spans`
    bits,   // whole numbers: any of `bits` set
    reals,  // f64: in one of `reals`
    words,  // text: one of `words`, or with `others` none of them
    set,    // addresses: in `set`, or with `others` not
    match,  // any field: its text matches `pattern`, or with `others` does not
  };
  Kind kind = Kind::spans;
  Field field = Field::stime;
  std::vector<Span> spans;  // sorted, apart from each other, none adjacent
  std::uint64_t bits = 0;
  std::vector<RealSpan> reals;     // sorted, apart
  std::vector<std::string> words;  // sorted, each once
  bool others = false;
  std::shared_ptr<const AddressSet> set;
  std::shared_ptr<const TextPattern> pattern;
  friend bool operator==(const Test&, const Test&) = default;
};

struct Node {
  enum class Kind : std::uint8_t { everything, nothing, test, all_of, any_of, negation };
  Kind kind = Kind::everything;
  Test test;                // test
  std::vector<Node> parts;  // all_of, any_of: two or more; negation: one
  friend bool operator==(const Node&, const Node&) = default;
};

[[nodiscard]] Node test_node(Test test);  // nothing for a test that no value passes
[[nodiscard]] Node joined(Node::Kind kind, Node a, Node b);
[[nodiscard]] Node negated(Node node);

// The largest image of a type; the smallest is 0.
[[nodiscard]] u128 most_image(Type type);
[[nodiscard]] std::vector<Span> normal(std::vector<Span> spans);  // sorted, joined
[[nodiscard]] std::vector<Span> complement(const std::vector<Span>& normal_spans, u128 most);
[[nodiscard]] std::vector<Span> common(const std::vector<Span>& a, const std::vector<Span>& b);
[[nodiscard]] std::vector<RealSpan> normal(std::vector<RealSpan> spans);
[[nodiscard]] std::vector<RealSpan> common(const std::vector<RealSpan>& a, const std::vector<RealSpan>& b);

// The same predicate with nested and/or made flat, tests of one field under one and/or made one, constants gone.
[[nodiscard]] Node simplified(Node node);
[[nodiscard]] std::size_t depth_of(const Node& node);
[[nodiscard]] FieldSet fields_of(const Node& node);
// What is left when nothing is known of files and of cid, which another process may compute otherwise: true of every
// row of which the node is true, or, with `wider` false, of no other row.
[[nodiscard]] Node portable(Node node, bool wider);

// The tree of a filter's text, simplified; everything for an empty one. The error is that of compile_filter().
[[nodiscard]] Result<Node> parse_filter(std::string_view text, SetFiles files);

// Fully parenthesised text over fields that compiles to an equal tree.
[[nodiscard]] std::string explained(const Node& node);
[[nodiscard]] std::string explained(const Test& test);

}  // namespace argus
