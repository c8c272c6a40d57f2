#include "filter/parser.h"

#include <algorithm>

#include "base/names.h"
#include "base/text.h"
#include "filter/primitives.h"

namespace argus {

namespace {

// Fields that have a source and a destination form: "src pkts" is spkts.
std::optional<Field> side_of(std::string_view name, char side) {
  if (name == "dur" || name == "host" || name == "net")
    return name == "dur" ? find_field(std::string(1, side) + "dur") : std::nullopt;
  auto field = find_field(std::string(1, side) + std::string(name));
  if (field && info(*field).reverse == *field) return std::nullopt;  // "sum" is not "um" of the source
  return field;
}

std::vector<std::string> known_words() {
  std::vector<std::string> out = {"and",       "or",    "not",   "src",  "dst",  "host", "net", "port",
                                  "portrange", "proto", "ether", "vlan", "mpls", "has",  "in"};
  for (const Primitive& primitive : primitives())
    for (const std::string_view name : split_words(primitive.names, " ")) out.emplace_back(name);
  for (const std::string& name : field_names()) out.push_back(name);
  for (const std::string& name : proto_names()) out.push_back(name);
  return out;
}

bool is_type(const Token& token) {
  return token.is("host") || token.is("net") || token.is("port") || token.is("portrange") || token.is("proto");
}

}  // namespace

Error FilterParser::wrong(const Token& where, std::string text, std::string hint) {
  fault_ = {where.at, std::max<std::size_t>(where.length, 1), std::move(text), std::move(hint)};
  return fail(Errc::usage, "{}", fault_.text);
}

Error FilterParser::wrong_value(const Token& where, const Error& error) { return wrong(where, error.text); }

Error FilterParser::unknown(const Token& word) {
  if (word.kind == Token::Kind::end) return wrong(word, "the filter ends where something is still expected");
  std::string hint = did_you_mean(word.text, known_words());
  if (!hint.empty()) hint.erase(0, 2);
  return wrong(word, fmt::format("unknown word '{}'", escaped(word.text)), std::move(hint));
}

bool FilterParser::accept(std::string_view word) {
  if (!peek().is(word)) return false;
  at_++;
  return true;
}

// A word that can only be a value: digits, addresses; names count when nothing else claims them.
bool FilterParser::begins_value() const {
  const Token& token = peek();
  if (!token.is_word()) return false;
  if (find_primitive(token.text) != nullptr || find_field(token.text) || find_proto(token.text) || is_type(token))
    return false;
  for (const std::string_view word : {"src", "dst", "ether", "vlan", "mpls", "has", "not", "and", "or"})
    if (token.is(word)) return false;
  return true;
}

Result<NodePtr> FilterParser::parse() {
  if (tokens_.size() == 1) return std::make_unique<Node>();
  ARGUS_TRY_LET(NodePtr out, expression());
  if (peek().kind != Token::Kind::end) {
    if (peek().is(")")) return wrong(peek(), "')' without '('");
    return wrong(peek(), fmt::format("unexpected '{}'", escaped(peek().text)), "join tests with 'and' or 'or'");
  }
  return out;
}

Result<NodePtr> FilterParser::expression() {
  ARGUS_TRY_LET(NodePtr out, conjunction());
  while (accept("or") || accept("||")) {
    ARGUS_TRY_LET(NodePtr more, conjunction());
    out = argus::joined(Node::Kind::either, std::move(out), std::move(more));
  }
  return out;
}

Result<NodePtr> FilterParser::conjunction() {
  ARGUS_TRY_LET(NodePtr out, unary());
  while (accept("and") || accept("&&")) {
    ARGUS_TRY_LET(NodePtr more, unary());
    out = argus::joined(Node::Kind::both, std::move(out), std::move(more));
  }
  return out;
}

Result<NodePtr> FilterParser::unary() {
  if (++nodes_ > kFilterNodesMax) return wrong(peek(), fmt::format("more than {} tests", kFilterNodesMax));
  if (depth_ >= kFilterDepthMax) return wrong(peek(), fmt::format("nested more than {} deep", kFilterDepthMax));
  depth_++;
  const auto inner = [&]() -> Result<NodePtr> {
    if (accept("not") || accept("!")) {
      ARGUS_TRY_LET(NodePtr operand, unary());
      return negated(std::move(operand));
    }
    if (peek().is("(")) {
      const Token open = take();
      ARGUS_TRY_LET(NodePtr group, expression());
      if (!accept(")")) return wrong(peek().kind == Token::Kind::end ? open : peek(), "'(' is never closed");
      return group;
    }
    // "port 80 or 443", "pkts gt 10 and lt 20": the qualifiers before hold on.
    const bool goes_on = again_ && (begins_value() || (peek().kind != Token::Kind::end && find_op(peek().text)));
    if (goes_on) return Again(again_)();
    return primary();
  };
  auto out = inner();
  depth_--;
  return out;
}

std::optional<FilterParser::Side> FilterParser::direction() {
  const bool src = peek().is("src");
  if (!src && !peek().is("dst")) return std::nullopt;
  const bool pair = (peek(1).is("or") || peek(1).is("and")) && peek(2).is(src ? "dst" : "src");
  if (pair) {
    const Side side = peek(1).is("or") ? Side::either : Side::both;
    at_ += 3;
    return side;
  }
  at_++;
  return src ? Side::src : Side::dst;
}

Result<NodePtr> FilterParser::primary() {
  const Token word = peek();
  if (word.kind == Token::Kind::end) return unknown(word);
  if (word.kind != Token::Kind::word) return wrong(word, fmt::format("unexpected '{}'", escaped(word.text)));
  if (const auto side = direction()) return qualified(*side);
  if (word.is("ether") || word.is("link")) return take(), ethernet();
  if (word.is("has")) {
    take();
    const Token name = take();
    const auto field = find_field(name.text);
    if (!name.is_word() || !field) return unknown(name);
    return has_field(*field);
  }
  if (word.is("vlan") || word.is("mpls")) {
    take();
    const bool numbered = begins_value() && parse_unsigned(peek().text);
    if (!numbered) return expanded(word.is("vlan") ? "tagged" : "labelled", word);
    const bool vlan = word.is("vlan");
    return on_sides(Side::either, vlan ? Field::svid : Field::smpls, vlan ? Field::dvid : Field::dmpls,
                    [&, value = take()](Field field) -> Result<NodePtr> {
                      auto made = compared(field, Op::equal, value.text);
                      if (!made) return wrong_value(value, made.error());
                      return made;
                    });
  }
  // "ip" and its kin, before a type or alone; "ip proto 17", "ip host ...", "ip multicast".
  if (const Primitive* primitive = find_primitive(word.text)) {
    const bool family = word.is("ip") || word.is("ip4") || word.is("ipv4") || word.is("ip6") || word.is("ipv6");
    if (!(find_field(word.text) && find_op(peek(1).text))) {
      take();
      ARGUS_TRY_LET(NodePtr test, expanded(primitive->either, word));
      if (!family) return test;
      const bool more =
          is_type(peek()) || peek().is("src") || peek().is("dst") || peek().is("multicast") || peek().is("broadcast");
      if (!more) return test;
      ARGUS_TRY_LET(NodePtr rest, primary());
      return argus::joined(Node::Kind::both, std::move(test), std::move(rest));
    }
  }
  if (const auto proto = find_proto(word.text); proto && !(find_field(word.text))) return take(), protocol(*proto);
  return qualified(Side::either);
}

Result<NodePtr> FilterParser::protocol(Proto proto) {
  ARGUS_TRY_LET(NodePtr test, compared(Field::proto, Op::equal, std::to_string(proto)));
  if (!is_type(peek()) && !peek().is("src") && !peek().is("dst")) return test;
  ARGUS_TRY_LET(NodePtr rest, primary());
  return argus::joined(Node::Kind::both, std::move(test), std::move(rest));
}

Result<NodePtr> FilterParser::ethernet() {
  if (peek().is("multicast")) return expanded("dmac & 0x010000000000", take());
  if (peek().is("broadcast")) return expanded("dmac = ff:ff:ff:ff:ff:ff", take());
  if (accept("proto")) {
    again_ = [this] { return comparison(Field::etype); };
    return values(again_);
  }
  const auto side = direction();
  (void)accept("host");
  const Side which = side.value_or(Side::either);
  again_ = [this, which]() -> Result<NodePtr> {
    const Token value = take();
    return on_sides(which, Field::smac, Field::dmac, [&](Field field) -> Result<NodePtr> {
      auto made = compared(field, Op::equal, value.text);
      if (!made) return wrong_value(value, made.error());
      return made;
    });
  };
  return values(again_);
}

Result<NodePtr> FilterParser::qualified(Side side) {
  const Token word = peek();
  if (is_type(word)) return take(), typed(word.text, side);
  if (const Primitive* primitive = find_primitive(word.text); primitive != nullptr && side != Side::either) {
    if (primitive->src.empty()) return wrong(word, fmt::format("'{}' has no direction", word.text));
    take();
    if (side == Side::src) return expanded(primitive->src, word);
    if (side == Side::dst) return expanded(primitive->dst, word);
    return expanded(fmt::format("({}) and ({})", primitive->src, primitive->dst), word);
  }
  const auto exact = find_field(word.text);
  if (exact && side == Side::either && word.is_word()) return take(), field_test(*exact, word);
  if (word.is_word() && side_of(word.text, 's')) return take(), side_field(word.text, side, word);
  // An address or a net by itself, or behind a direction.
  if (word.is_word() && (parse_address(word.text) || parse_prefix(word.text))) return typed("host", side);
  return unknown(word);
}

Result<NodePtr> FilterParser::typed(std::string_view type, Side side) {
  if (type == "host") again_ = [this, side] { return host(side); };
  else if (type == "net") again_ = [this, side] { return net(side); };
  else if (type == "proto") again_ = [this] { return comparison(Field::proto); };
  else again_ = [this, side] { return port(side); };
  return values(Again(again_));
}

Result<NodePtr> FilterParser::values(const std::function<Result<NodePtr>()>& one) {
  if (!peek().is("(")) return one();
  const Token open = take();
  ARGUS_TRY_LET(NodePtr out, one());
  for (;;) {
    const bool all = accept("and") || accept("&&");
    const bool any = !all && (accept("or") || accept("||") || accept(","));
    if (!all && !any) break;
    ARGUS_TRY_LET(NodePtr more, one());
    out = argus::joined(all ? Node::Kind::both : Node::Kind::either, std::move(out), std::move(more));
  }
  if (!accept(")")) return wrong(peek().kind == Token::Kind::end ? open : peek(), "'(' is never closed");
  return out;
}

Result<NodePtr> FilterParser::on_sides(Side side, Field src, Field dst,
                                       const std::function<Result<NodePtr>(Field)>& make) {
  if (side == Side::src) return make(src);
  if (side == Side::dst) return make(dst);
  ARGUS_TRY_LET(NodePtr a, make(src));
  ARGUS_TRY_LET(NodePtr b, make(dst));
  return argus::joined(side == Side::both ? Node::Kind::both : Node::Kind::either, std::move(a), std::move(b));
}

Result<NodePtr> FilterParser::host(Side side) {
  const Token value = take();
  if (!value.is_word()) return wrong(value, "an address is expected here");
  return on_sides(side, Field::saddr, Field::daddr, [&](Field field) -> Result<NodePtr> {
    auto made = compared(field, Op::equal, value.text);
    if (!made) return wrong_value(value, made.error());
    return made;
  });
}

Result<NodePtr> FilterParser::net(Side side) {
  const Token value = take();
  if (!value.is_word()) return wrong(value, "a net is expected here");
  std::optional<Prefix> masked_net;
  if (accept("mask")) {
    const Token mask = take();
    const auto address = parse_address(value.text);
    const auto bits = parse_address(mask.text);
    if (!address || !address->is_v4()) return wrong(value, fmt::format("'{}' is no IPv4 address", escaped(value.text)));
    unsigned length = 0;
    while (bits && length < 32 && (bits->bytes[12 + length / 8] >> (7 - length % 8) & 1) != 0) length++;
    if (!bits || !bits->is_v4() || argus::masked(*bits, length) != *bits)
      return wrong(mask, fmt::format("'{}' is no mask; write 255.255.255.0", escaped(mask.text)));
    masked_net = Prefix{*address, static_cast<std::uint8_t>(length)};
  } else if (value.text.find('/') == std::string::npos) {
    return wrong(value, fmt::format("'{}' is no net", escaped(value.text)), "write 192.0.2.0/24 or 2001:db8::/32");
  }
  return on_sides(side, Field::saddr, Field::daddr, [&](Field field) -> Result<NodePtr> {
    if (masked_net) return in_net(field, *masked_net);
    auto made = compared(field, Op::equal, value.text);
    if (!made) return wrong_value(value, made.error());
    return made;
  });
}

Result<NodePtr> FilterParser::port(Side side) {
  const std::size_t start = at_;
  return on_sides(side, Field::sport, Field::dport, [&](Field field) -> Result<NodePtr> {
    at_ = start;
    return comparison(field);
  });
}

Result<std::vector<std::string>> FilterParser::set() {
  const Token open = take();
  std::vector<std::string> out;
  while (!peek().is("}")) {
    const Token value = take();
    if (value.kind == Token::Kind::end) return wrong(open, "'{' is never closed");
    if (value.is(",")) continue;
    if (value.kind == Token::Kind::symbol) return wrong(value, fmt::format("unexpected '{}'", value.text));
    out.push_back(value.text);
    if (out.size() > kFilterNodesMax) return wrong(value, fmt::format("more than {} values", kFilterNodesMax));
  }
  take();
  if (out.empty()) return wrong(open, "an empty list matches nothing");
  return out;
}

Result<NodePtr> FilterParser::comparison(Field field) {
  if (peek().is("in") || peek().is("{")) {
    (void)accept("in");
    const Token open = peek();
    if (!open.is("{")) return wrong(open, "a list in braces is expected after 'in'", "write {80,443}");
    ARGUS_TRY_LET(const std::vector<std::string> list, set());
    auto made = one_of(field, list);
    if (!made) return wrong_value(open, made.error());
    return made;
  }
  Op op = Op::equal;
  if (peek().kind != Token::Kind::string && peek().kind != Token::Kind::end)
    if (const auto known = find_op(peek().text)) op = *known, take();
  const Token value = take();
  if (value.kind == Token::Kind::end || value.kind == Token::Kind::symbol)
    return wrong(value, fmt::format("a value of {} is expected here", info(field).name));
  auto made = compared(field, op, value.text);
  if (!made) return wrong_value(value, made.error());
  return made;
}

Result<NodePtr> FilterParser::field_test(Field field, const Token& word) {
  const Token& next = peek();
  const bool alone = next.kind == Token::Kind::end || next.is(")") || next.is("and") || next.is("or") ||
                     next.is("&&") || next.is("||");
  if (alone)
    return wrong(word, fmt::format("'{}' needs a comparison", escaped(word.text)),
                 fmt::format("write '{} > 0' or 'has {}'", word.text, word.text));
  again_ = [this, field] { return comparison(field); };
  return values(Again(again_));
}

Result<NodePtr> FilterParser::side_field(std::string_view name, Side side, const Token& word) {
  const auto src = side_of(name, 's'), dst = side_of(name, 'd');
  if (!src || !dst) return unknown(word);
  again_ = [this, side, src, dst]() -> Result<NodePtr> {
    const std::size_t start = at_;
    return on_sides(side, *src, *dst, [&](Field field) -> Result<NodePtr> {
      at_ = start;
      return comparison(field);
    });
  };
  return values(Again(again_));
}

Result<NodePtr> FilterParser::expanded(std::string_view text, const Token& word) {
  FilterFault inner;
  auto tokens = filter_tokens(text, inner);
  if (!tokens) return wrong(word, inner.text);
  FilterParser parser(*std::move(tokens), inner, depth_ + 1);
  auto out = parser.parse();
  if (!out) return wrong(word, inner.text);
  again_ = nullptr;  // a word takes no values
  return out;
}

}  // namespace argus
