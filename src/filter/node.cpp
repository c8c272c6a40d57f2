#include "filter/node.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "flow/format.h"

namespace argus {

namespace {

template <class S>
std::vector<S> common_spans(const std::vector<S>& a, const std::vector<S>& b) {
  std::vector<S> out;
  for (std::size_t i = 0, k = 0; i < a.size() && k < b.size();) {
    const auto least = std::max(a[i].least, b[k].least), most = std::min(a[i].most, b[k].most);
    if (least <= most) out.push_back({least, most});
    if (a[i].most < b[k].most) i++;
    else k++;
  }
  return out;
}

// Numbers and times that follow each other without a gap are one span; reals are joined where they overlap.
template <class S, class Touches>
std::vector<S> joined_spans(std::vector<S> spans, Touches&& touches) {
  std::sort(spans.begin(), spans.end(), [](const S& a, const S& b) { return a.least < b.least; });
  std::size_t n = 0;
  for (const S& span : spans) {
    if (n != 0 && touches(spans[n - 1], span)) spans[n - 1].most = std::max(spans[n - 1].most, span.most);
    else spans[n++] = span;
  }
  spans.resize(n);
  return spans;
}

bool passes_nothing(const Test& test) {
  switch (test.kind) {
    case Test::Kind::spans: return test.spans.empty();
    case Test::Kind::bits: return test.bits == 0;
    case Test::Kind::reals: return test.reals.empty();
    case Test::Kind::words: return test.words.empty() && !test.others;
    case Test::Kind::set:
    case Test::Kind::match: break;
  }
  return false;
}

// Makes `into` the union (any) or intersection (all) of both; false when one test cannot say it.
bool folded(Test& into, const Test& more, bool any) {
  if (into.field != more.field || into.kind != more.kind) return false;
  switch (into.kind) {
    case Test::Kind::spans:
      if (any) into.spans.insert(into.spans.end(), more.spans.begin(), more.spans.end());  // made normal at the end
      else into.spans = common(into.spans, more.spans);
      return true;
    case Test::Kind::reals:
      if (any) into.reals.insert(into.reals.end(), more.reals.begin(), more.reals.end());
      else into.reals = common(into.reals, more.reals);
      return true;
    case Test::Kind::bits:
      if (any) into.bits |= more.bits;
      return any || into.bits == more.bits;
    case Test::Kind::set:
    case Test::Kind::match: return into == more;
    case Test::Kind::words: break;
  }
  // Lists of wanted words grow under "or", lists of unwanted ones under "and".
  if (into.others != more.others || into.others == any) return into == more;
  into.words.insert(into.words.end(), more.words.begin(), more.words.end());
  return true;
}

void make_normal(Test& test) {
  test.spans = normal(std::move(test.spans));
  test.reals = normal(std::move(test.reals));
  std::sort(test.words.begin(), test.words.end());
  test.words.erase(std::unique(test.words.begin(), test.words.end()), test.words.end());
}

// Flat parts of an and/or, simplified; constants that decide nothing are left out. False: a part decides all.
bool flatten(Node::Kind kind, std::vector<Node> parts, std::vector<Node>& out) {
  const auto neutral = kind == Node::Kind::all_of ? Node::Kind::everything : Node::Kind::nothing;
  const auto deciding = kind == Node::Kind::all_of ? Node::Kind::nothing : Node::Kind::everything;
  for (Node& part : parts) {
    Node one = simplified(std::move(part));
    if (one.kind == deciding) return false;
    if (one.kind == neutral) continue;
    if (one.kind == kind) std::move(one.parts.begin(), one.parts.end(), std::back_inserter(out));
    else out.push_back(std::move(one));
  }
  return true;
}

Node simplified_list(Node node) {
  const bool any = node.kind == Node::Kind::any_of;
  std::vector<Node> flat;
  if (!flatten(node.kind, std::move(node.parts), flat))
    return {any ? Node::Kind::everything : Node::Kind::nothing, {}, {}};
  // Tests of one field go to the first of them that can take them in.
  std::vector<std::vector<std::size_t>> places(kFields);
  std::vector<Node> out;
  for (Node& part : flat) {
    if (part.kind == Node::Kind::test) {
      auto& same = places[index_of(part.test.field)];
      const bool taken =
          std::any_of(same.begin(), same.end(), [&](std::size_t i) { return folded(out[i].test, part.test, any); });
      if (taken) continue;
      same.push_back(out.size());
    }
    out.push_back(std::move(part));
  }
  std::vector<Node> kept;
  for (Node& part : out) {
    if (part.kind == Node::Kind::test) {
      make_normal(part.test);
      if (passes_nothing(part.test)) {
        if (!any) return {Node::Kind::nothing, {}, {}};
        continue;
      }
    }
    kept.push_back(std::move(part));
  }
  if (kept.empty()) return {any ? Node::Kind::nothing : Node::Kind::everything, {}, {}};
  if (kept.size() == 1) return std::move(kept[0]);
  node.parts = std::move(kept);
  return node;
}

}  // namespace

Node test_node(Test test) {
  make_normal(test);
  if (passes_nothing(test)) return {Node::Kind::nothing, {}, {}};
  return {Node::Kind::test, std::move(test), {}};
}

Node joined(Node::Kind kind, Node a, Node b) {
  if (a.kind == kind) {
    a.parts.push_back(std::move(b));
    return a;
  }
  Node out{kind, {}, {}};
  out.parts.push_back(std::move(a));
  out.parts.push_back(std::move(b));
  return out;
}

Node negated(Node node) {
  Node out{Node::Kind::negation, {}, {}};
  out.parts.push_back(std::move(node));
  return out;
}

u128 most_image(Type type) {
  switch (type) {
    case Type::u8: return UINT8_MAX;
    case Type::u16: return UINT16_MAX;
    case Type::u32: return UINT32_MAX;
    case Type::u64:
    case Type::i64: return UINT64_MAX;
    default: return ~u128{0};
  }
}

std::vector<Span> normal(std::vector<Span> spans) {
  return joined_spans(std::move(spans),
                      [](const Span& a, const Span& b) { return b.least <= a.most || b.least - a.most == 1; });
}

std::vector<RealSpan> normal(std::vector<RealSpan> spans) {
  return joined_spans(std::move(spans), [](const RealSpan& a, const RealSpan& b) {
    return b.least <= std::nextafter(a.most, std::numeric_limits<double>::infinity());
  });
}

std::vector<Span> complement(const std::vector<Span>& normal_spans, u128 most) {
  std::vector<Span> out;
  u128 next = 0;
  for (const Span& span : normal_spans) {
    if (span.least > next) out.push_back({next, span.least - 1});
    if (span.most >= most) return out;
    next = span.most + 1;
  }
  out.push_back({next, most});
  return out;
}

std::vector<Span> common(const std::vector<Span>& a, const std::vector<Span>& b) { return common_spans(a, b); }
std::vector<RealSpan> common(const std::vector<RealSpan>& a, const std::vector<RealSpan>& b) {
  return common_spans(a, b);
}

Node simplified(Node node) {
  switch (node.kind) {
    case Node::Kind::all_of:
    case Node::Kind::any_of: return simplified_list(std::move(node));
    case Node::Kind::negation: {
      Node inner = simplified(std::move(node.parts[0]));
      if (inner.kind == Node::Kind::negation) {
        Node twice = std::move(inner.parts[0]);
        return twice;
      }
      if (inner.kind == Node::Kind::everything) return {Node::Kind::nothing, {}, {}};
      if (inner.kind == Node::Kind::nothing) return {Node::Kind::everything, {}, {}};
      return negated(std::move(inner));
    }
    default: return node;
  }
}

std::size_t depth_of(const Node& node) {
  std::size_t deepest = 0;
  for (const Node& part : node.parts) deepest = std::max(deepest, depth_of(part));
  return deepest + 1;
}

FieldSet fields_of(const Node& node) {
  FieldSet out;
  if (node.kind == Node::Kind::test) {
    out.add(node.test.field);
    if (node.test.kind == Test::Kind::match) out |= FieldPrinter(node.test.field, {}).also_reads();
  }
  for (const Node& part : node.parts) out |= fields_of(part);
  return out;
}

Node portable(Node node, bool wider) {
  if (node.kind == Node::Kind::test && (node.test.kind == Test::Kind::set || node.test.field == Field::cid))
    return {wider ? Node::Kind::everything : Node::Kind::nothing, {}, {}};
  const bool inner = node.kind == Node::Kind::negation ? !wider : wider;
  for (Node& part : node.parts) part = portable(std::move(part), inner);
  return node;
}

}  // namespace argus
