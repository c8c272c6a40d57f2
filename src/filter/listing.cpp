// A filter for people: a line a test, and by what of a frame the test can rule it out before it is read (judged()).
#include "filter/listing.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"
#include "filter/program.h"
#include "filter/span.h"
#include "flow/field.h"
#include "flow/type.h"

namespace argus {

namespace {

struct Skips {
  bool can = false;
  std::string text;
};

bool is_single(const Test& test) {
  return std::any_of(test.spans.begin(), test.spans.end(), [](const Span& span) { return span.least == span.most; });
}

// By the test; `negated`: by its contrary, so that every row has to pass it.
Skips skips_of(const Test& test, bool negated) {
  if (!is_stored(test.field)) {
    std::vector<std::string> inputs;
    for (const Field input : stored_inputs({test.field}).list()) inputs.emplace_back(info(input).name);
    return {false, "no frame: computed from " + joined(inputs, ", ")};
  }
  const Type type = info(test.field).type;
  if (test.kind == Test::Kind::match)
    return negated ? Skips{false, "no frame: any text may match"} : Skips{true, "frames in which no row has one"};
  const bool any_value = test.kind == Test::Kind::spans && test.spans == std::vector{Span{0, most_image(type)}};
  if (type == Type::bytes)
    return negated ? Skips{false, "no frame: text has no minimum"} : Skips{true, "frames in which no row has one"};
  if (any_value) return {true, negated ? "frames in which every row has one" : "frames in which no row has one"};
  if (test.kind == Test::Kind::bits) return {true, "frames in which all rows have the same value"};
  const bool in_file = test.kind == Test::Kind::set && !test.others;
  const bool asks = !negated && (in_file || (asks_membership(test) && is_single(test)));
  return {true, asks ? "frames by minimum and maximum, by membership" : "frames by minimum and maximum"};
}

class Lister {
 public:
  explicit Lister(FilterListing& out) : out_(out) {}

  // Whether the part can rule out a frame.
  bool add(const Node& node, bool negated, const std::string& lead, std::size_t depth) {
    switch (node.kind) {
      case Node::Kind::everything: return line(lead + "all", "", depth), negated;
      case Node::Kind::nothing: return line(lead + "none", "every frame: no record can pass", depth), !negated;
      case Node::Kind::test: return add(node.test, negated, lead, depth);
      case Node::Kind::negation: return add(node.parts[0], !negated, lead + "not ", depth);
      case Node::Kind::all_of:
      case Node::Kind::any_of: break;
    }
    line(lead + "(", "", depth);
    const bool can = add_parts(node, negated, depth + 1);
    line(")", "", depth);
    return can;
  }
  bool add_parts(const Node& node, bool negated, std::size_t depth) {
    const bool all = node.kind == Node::Kind::all_of;
    std::size_t able = 0;
    for (std::size_t i = 0; i < node.parts.size(); i++)
      if (add(node.parts[i], negated, i == 0 ? "" : all ? "and " : "or ", depth)) able++;
    return all != negated ? able != 0 : able == node.parts.size();
  }

 private:
  bool add(const Test& test, bool negated, const std::string& lead, std::size_t depth) {
    std::string text = explained(test);
    if (text.size() > 2 && text[1] != '(') text = text.substr(1, text.size() - 2);  // one test, not several
    Skips skips = skips_of(test, negated);
    line(lead + text, std::move(skips.text), depth);
    return skips.can;
  }
  void line(const std::string& text, std::string skips, std::size_t depth) {
    out_.lines.push_back({std::string(2 * depth, ' ') + text, std::move(skips)});
  }

  FilterListing& out_;
};

}  // namespace

FilterListing listed(const Node& root) {
  FilterListing out;
  Lister lister(out);
  const bool group = root.kind == Node::Kind::all_of || root.kind == Node::Kind::any_of;
  out.can_skip = group ? lister.add_parts(root, false, 0) : lister.add(root, false, "", 0);
  return out;
}

}  // namespace argus
