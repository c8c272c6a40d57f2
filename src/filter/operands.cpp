// The values of a test: one, a list in parentheses, a set in braces, a file, a regular expression.
#include <algorithm>

#include "base/address.h"
#include "base/int128.h"
#include "base/text.h"
#include "filter/lexer.h"
#include "filter/node.h"
#include "filter/parser.h"
#include "filter/pattern.h"
#include "filter/primitives.h"
#include "filter/span.h"
#include "filter/value.h"
#include "flow/field.h"
#include "flow/type.h"

namespace argus {

namespace {

// Of a field that is a set of bits: any bit of the value is set, or, with !=, the set is known and none is. 0 is the
// empty set, and as such compared whole.
Read<Node> bits_compared(Field field, Op op, const Operand& operand) {
  u128 bits = 0;
  for (const Span& span : operand.spans) {
    if (span.least != span.most)
      return ValueFault{fmt::format("{} is a set of bits and has no ranges", info(field).name), {}};
    bits |= span.least;
  }
  if (bits == 0) return make_test(field, op, operand);
  Read<Node> any = make_test(field, Op::bits, Operand{{{bits, bits}}, {}, {}, {}, {}});
  if (op == Op::equal || std::holds_alternative<ValueFault>(any)) return any;
  return joined(Node::Kind::all_of, test_node(has_value(field)), negated(std::get<Node>(std::move(any))));
}

}  // namespace

FilterParser::Parsed FilterParser::operands(Qualifier& qualifier) {
  if (peek().is("(")) return operand_group(qualifier);
  Op op = qualifier.unequal ? Op::unequal : Op::equal;
  if (!peek().is_value())
    if (const auto written = find_op(peek().text)) {
      op = *written;
      (void)take();
      if (peek().is("(")) {  // = (80 or 443)
        qualifier.unequal = op == Op::unequal;
        if (op != Op::equal && op != Op::unequal)
          return wrong(peek(), fmt::format("'{}' takes one value", to_text(op)));
        return operand_group(qualifier);
      }
    }
  if (is_regular(op)) {
    qualifier.unequal = false;
    return pattern(qualifier, op);
  }
  if (peek().is("not") && peek(1).is("in")) {
    (void)take();
    op = Op::unequal;
  }
  if (peek().is("in")) {
    (void)take();
    if (!peek().is("{") && !peek().is("(") && !is_value(peek())) return missing("a set such as {80,443}");
    if (peek().is("(")) {
      qualifier.unequal = op == Op::unequal;
      return operand_group(qualifier);
    }
  }
  qualifier.unequal = op == Op::unequal;
  return peek().is("{") ? set(qualifier, op) : value(qualifier, op);
}

// (80 or 443), (gt 10 and lt 20), (A, B): each with the qualifiers before.
FilterParser::Parsed FilterParser::operand_group(Qualifier& qualifier) {
  const Token open = take();
  if (depth_ >= kParenthesesMax) return wrong(open, "too many parentheses inside each other");
  depth_++;
  const bool unequal = qualifier.unequal;
  // 'and' binds tighter than 'or', as everywhere; != of a list is != of each.
  Parsed any, all;
  for (;;) {
    const bool flipped = !peek().is("in") && (peek().is("!") || (peek().is("not") && !peek(1).is("in")));
    if (flipped) (void)take();
    if (!begins_operand()) return missing("a value");
    qualifier.unequal = unequal;
    Parsed one = operands(qualifier);
    if (!one) return one;
    if (flipped) one = negated(*std::move(one));
    all = all ? joined(Node::Kind::all_of, *std::move(all), *std::move(one)) : std::move(one);
    const Token next = peek();
    if (next.is("and") || next.is("&&")) {
      (void)take();
      continue;
    }
    any = any ? joined(unequal ? Node::Kind::all_of : Node::Kind::any_of, *std::move(any), *std::move(all))
              : std::move(all);
    all.reset();
    if (!next.is("or") && !next.is("||") && !next.is(",")) break;
    (void)take();
  }
  depth_--;
  if (peek().kind == Token::Kind::end) return wrong(open, "'(' is never closed");
  if (!accept(")")) return wrong(peek(), fmt::format("'{}' follows without 'and' or 'or'", escaped(peek().text)));
  return any;
}

FilterParser::Parsed FilterParser::set(Qualifier& qualifier, Op op) {
  const Token open = take();
  if (op != Op::equal && op != Op::unequal) return wrong(open, fmt::format("'{}' takes one value", to_text(op)));
  Operand all;
  bool first = true;
  while (!peek().is("}")) {
    if (peek().kind == Token::Kind::end) return wrong(open, "'{' is never closed");
    if (!first && (peek().is(",") || peek().is("or"))) (void)take();
    first = false;
    if (!is_value(peek())) return missing("a value");
    const Token token = take();
    if (!read_value(qualifier, all, token)) return std::nullopt;
  }
  const Token close = take();
  if (all.is_empty()) return wrong(close, "an empty set");
  return compared(qualifier, op, all, open);
}

FilterParser::Parsed FilterParser::value(const Qualifier& qualifier, Op op) {
  if (!is_value(peek())) return missing(fmt::format("a value for '{}'", escaped(qualifier.word)));
  const Token token = take();
  Operand operand;
  if (!read_value(qualifier, operand, token)) return std::nullopt;
  while (peek().is(",") && (op == Op::equal || op == Op::unequal)) {  // port 80,443
    (void)take();
    if (!is_value(peek())) return missing("a value");
    const Token more = take();
    if (!read_value(qualifier, operand, more)) return std::nullopt;
  }
  return compared(qualifier, op, operand, token);
}

bool FilterParser::read_value(const Qualifier& qualifier, Operand& into, const Token& token) {
  const Field field = qualifier.side == Side::none && qualifier.whole ? *qualifier.whole
                      : qualifier.src                                 ? *qualifier.src
                                                                      : *qualifier.whole;
  if (token.kind == Token::Kind::file) return read_file(field, into, token);
  Read<Operand> read;
  Token place = token;
  if (info(field).type == Type::addr && qualifier.takes != Takes::host && accept("mask")) {
    const Token mask = take();
    place.length = mask.at + mask.length - token.at;
    read = read_masked_net(token.text, mask.text);
  } else {
    read = read_operand(field, qualifier.takes, token.text, qualifier.proto);
  }
  if (auto* fault = std::get_if<ValueFault>(&read)) {
    (void)wrong(place, std::move(*fault));
    return false;
  }
  const auto& one = std::get<Operand>(read);
  into.spans.insert(into.spans.end(), one.spans.begin(), one.spans.end());
  into.reals.insert(into.reals.end(), one.reals.begin(), one.reals.end());
  into.words.insert(into.words.end(), one.words.begin(), one.words.end());
  return true;
}

FilterParser::Parsed FilterParser::pattern(const Qualifier& qualifier, Op op) {
  const Token token = peek();
  const bool written = token.kind == Token::Kind::pattern;
  if (!written && !is_value(token)) return missing("a regular expression, /.../,");
  (void)take();
  if (++patterns_ > kPatternsMax) return wrong(token, fmt::format("more than {} regular expressions", kPatternsMax));
  auto made = TextPattern::make(token.text, token.any_case);
  if (auto* fault = std::get_if<PatternFault>(&made)) {
    Token place = token;
    if (written && fault->length != 0) {
      // Behind the first slash; each slash inside was written with a backslash.
      const auto before = std::string_view(token.text).substr(0, fault->at);
      place.at += 1 + before.size() + static_cast<std::size_t>(std::count(before.begin(), before.end(), '/'));
      place.length = fault->length;
    }
    return wrong(place, std::move(fault->text), "the syntax is that of RE2: argus help filter");
  }
  Operand operand;
  operand.pattern = std::get<0>(std::move(made));
  return compared(qualifier, op, operand, token);
}

bool FilterParser::read_file(Field field, Operand& into, const Token& token) {
  if (info(field).type != Type::addr) {
    (void)wrong(token, fmt::format("a file holds addresses, and {} is none", info(field).name),
                "write saddr in @FILE, host in @FILE");
    return false;
  }
  auto set = files_.get(token.text);
  if (!set) {
    (void)wrong(token, std::move(set.error().text));
    return false;
  }
  into.sets.push_back(*std::move(set));
  return true;
}

// The test for the sides that are asked for. Without a direction "port 80" is either port, and "port != 80" is neither:
// an end has a port, and no end that has one has this.
FilterParser::Parsed FilterParser::compared(const Qualifier& qualifier, Op op, const Operand& operand,
                                            const Token& place) {
  if (!count(place, 2)) return std::nullopt;
  const auto on = [&](Field field, std::optional<Op> instead = std::nullopt) -> Parsed {
    const Op asked = instead.value_or(op);
    const bool of_bits = qualifier.takes == Takes::bits && (asked == Op::equal || asked == Op::unequal);
    Read<Node> made = of_bits ? bits_compared(field, asked, operand) : make_test(field, asked, operand);
    if (auto* fault = std::get_if<ValueFault>(&made)) return wrong(place, std::move(*fault));
    return std::get<Node>(std::move(made));
  };
  if (qualifier.side == Side::none && qualifier.whole) return on(*qualifier.whole);
  if (qualifier.side == Side::src) return on(*qualifier.src);
  if (qualifier.side == Side::dst) return on(*qualifier.dst);
  Parsed src = on(*qualifier.src), dst = on(*qualifier.dst);
  if (!src || !dst) return std::nullopt;
  if (qualifier.side == Side::none && is_contrary(op)) {
    const Op same = op == Op::unequal ? Op::equal : Op::like;
    if (!count(place, 2)) return std::nullopt;
    Parsed src_equal = on(*qualifier.src, same), dst_equal = on(*qualifier.dst, same);
    if (!src_equal || !dst_equal) return std::nullopt;
    Node neither = negated(joined(Node::Kind::any_of, *std::move(src_equal), *std::move(dst_equal)));
    Node either = joined(Node::Kind::any_of, *std::move(src), *std::move(dst));
    return joined(Node::Kind::all_of, std::move(either), std::move(neither));
  }
  const bool both = qualifier.side == Side::both;
  return joined(both ? Node::Kind::all_of : Node::Kind::any_of, *std::move(src), *std::move(dst));
}

}  // namespace argus
