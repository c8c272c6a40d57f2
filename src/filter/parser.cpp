#include "filter/parser.h"

#include <algorithm>

#include "base/address.h"
#include "base/text.h"
#include "filter/net.h"
#include "filter/unheld.h"
#include "flow/type.h"

namespace argus {

namespace {

constexpr std::string_view kReserved[] = {"and", "or", "not", "src", "dst", "has", "in"};

bool is_reserved(const Token& token) {
  return token.kind == Token::Kind::word &&
         std::find(std::begin(kReserved), std::end(kReserved), token.text) != std::end(kReserved);
}

// Fields of the two sides: "ttl" is sttl and dttl. They are each other's reverse, so that "um" is no side of "sum".
// saddr and daddr of "addr"; of the outside of tunnels osaddr and odaddr of "oaddr".
std::pair<std::optional<Field>, std::optional<Field>> sides_of(std::string_view name) {
  const auto side = [&](char letter) {
    auto field = find_field(letter + std::string(name));
    if (!field && name.starts_with('o')) field = find_field(std::string("o") + letter + std::string(name.substr(1)));
    return field;
  };
  const auto src = side('s'), dst = side('d');
  if (!src || !dst || *src == *dst || info(*src).reverse != *dst) return {};
  return {src, dst};
}

bool is_and(const Token& token) { return token.is("and") || token.is("&&"); }
bool is_or(const Token& token) { return token.is("or") || token.is("||"); }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

bool is_known(std::string_view word) {
  const auto& words = filter_words();
  return std::find(words.begin(), words.end(), word) != words.end() || find_field(word) || find_proto(word);
}

// Typing errors rarely hit the first letter: near words that share it go before the others.
std::string suggestion(const std::string& word) {
  const std::string small = lower(word);
  if (small != word && is_known(small)) return fmt::format("filter words are in lower case: '{}'", small);
  std::vector<std::string> same;
  for (const std::string& known : filter_words())
    if (!word.empty() && known[0] == word[0]) same.push_back(known);
  for (const auto& words : {same, filter_words(), proto_names()})
    if (const std::string hint = did_you_mean(word, words); !hint.empty()) return hint.substr(2);
  return {};
}

}  // namespace

Token FilterParser::take() {
  Token out = peek();
  if (at_ + 1 < tokens_.size()) at_++;
  return out;
}

bool FilterParser::accept(std::string_view word) {
  if (!peek().is(word)) return false;
  (void)take();
  return true;
}

std::nullopt_t FilterParser::wrong(const Token& where, std::string text, std::string hint) {
  fault_ = {where.at, std::max<std::size_t>(where.length, 1), std::move(text), std::move(hint)};
  return std::nullopt;
}

std::nullopt_t FilterParser::unknown(const Token& word) {
  if (const UnheldWord* row = find_unheld(word.text))
    return wrong(word, fmt::format("'{}' {}", escaped(word.text), row->says), std::string(row->instead));
  std::string hint(why_unheld(word.text));
  if (word.text.size() > 1 && word.text[0] == '-')
    return wrong(word, fmt::format("unknown word '{}'", escaped(word.text)),
                 "options come before the lone '-' that begins the filter");
  if (hint.empty()) hint = suggestion(word.text);
  hint += hint.empty() ? "argus help filter" : "    argus help filter";
  return wrong(word, fmt::format("unknown word '{}'", escaped(word.text)), std::move(hint));
}

std::nullopt_t FilterParser::missing(std::string_view what) {
  const Token& here = peek();
  if (here.kind != Token::Kind::end)
    return wrong(here, fmt::format("{} is expected before '{}'", what, escaped(here.text)));
  if (at_ == 0) return wrong(here, fmt::format("{} is missing", what));
  const Token& before = tokens_[at_ - 1];
  return wrong(before, fmt::format("{} is missing after '{}'", what, escaped(before.text)));
}

bool FilterParser::count(const Token& where, std::size_t nodes) {
  nodes_ += nodes;
  if (nodes_ <= kFilterNodesMax) return true;
  (void)wrong(where, fmt::format("more than {} tests", kFilterNodesMax), "a set counts as one: port {80,443}");
  return false;
}

std::optional<Node> FilterParser::parse() {
  if (tokens_.empty()) return std::nullopt;  // the lexer has set the fault
  if (tokens_.size() == 1) return Node{};
  Parsed out = expression();
  if (!out) return out;
  const Token& next = peek();
  if (next.kind == Token::Kind::end) return out;
  if (next.is(")")) return wrong(next, "')' without '('");
  if (next.kind == Token::Kind::word && !begins_test(next) && !is_value(next)) return unknown(next);
  if (next.kind == Token::Kind::word && !begins_test(next) && !looks_like_address(next.text) &&
      !parse_unsigned(next.text.substr(0, 1)))
    return unknown(next);
  return wrong(next, fmt::format("'{}' follows without 'and' or 'or'", escaped(next.text)));
}

FilterParser::Parsed FilterParser::expression() {
  Parsed out = conjunction();
  while (out && is_or(peek())) {
    (void)take();
    Parsed more = conjunction();
    if (!more || !count(peek(), 1)) return std::nullopt;
    out = joined(Node::Kind::any_of, *std::move(out), *std::move(more));
  }
  return out;
}

FilterParser::Parsed FilterParser::conjunction() {
  Parsed out = unary();
  while (out && is_and(peek())) {
    (void)take();
    Parsed more = unary();
    if (!more || !count(peek(), 1)) return std::nullopt;
    out = joined(Node::Kind::all_of, *std::move(out), *std::move(more));
  }
  return out;
}

FilterParser::Parsed FilterParser::unary() {
  if (depth_ >= kParenthesesMax) return wrong(peek(), "too many parentheses inside each other");
  depth_++;
  Parsed out;
  if (peek().is("not") || peek().is("!")) {
    (void)take();
    out = unary();
    if (out) out = negated(*std::move(out));
  } else {
    out = peek().is("(") ? group() : primary();
  }
  depth_--;
  return out;
}

FilterParser::Parsed FilterParser::group() {
  const Token open = take();
  Parsed out = expression();
  if (!out) return out;
  if (peek().kind == Token::Kind::end) return wrong(open, "'(' is never closed");
  if (!accept(")")) return wrong(peek(), fmt::format("'{}' follows without 'and' or 'or'", escaped(peek().text)));
  last_.reset();
  return out;
}

bool FilterParser::begins_test(const Token& token) const {
  if (token.kind != Token::Kind::word) return false;
  for (const std::string_view word : {"src", "dst", "has", "ether", "link", "outer", "not"})
    if (token.text == word) return true;
  return find_primitive(token.text) != nullptr || find_field(token.text) || find_proto(token.text) ||
         sides_of(token.text).first;
}

// Behind a protocol: anything that asks about a flow of it, but not another protocol.
bool FilterParser::begins_qualified() const {
  const Token& next = peek();
  if (next.kind != Token::Kind::word) return false;
  if (next.is("src") || next.is("dst")) return true;
  if (next.is("ip") || next.is("ip4") || next.is("ipv4") || next.is("ip6") || next.is("ipv6")) return false;
  return find_primitive(next.text) != nullptr || find_field(next.text) || sides_of(next.text).first;
}

bool FilterParser::is_value(const Token& token) const {
  return token.is_value() || (token.kind == Token::Kind::word && !is_reserved(token));
}

bool FilterParser::begins_operand() const {
  const Token& next = peek();
  if (next.kind == Token::Kind::end) return false;
  if (next.is("(") || next.is("{") || next.is("in") || (next.is("not") && peek(1).is("in"))) return true;
  if (!next.is_value() && find_op(next.text)) return true;
  return is_value(next);
}

FilterParser::Parsed FilterParser::primary() {
  const Token word = peek();
  if (last_ && word.kind != Token::Kind::end && !begins_test(word)) {
    const bool goes_on = word.is("{") || word.is("in") || word.is_value() || find_op(word.text) ||
                         (is_value(word) && !looks_like_address(word.text));
    const bool same_kind = looks_like_address(word.text) && last_->src && info(*last_->src).type == Type::addr;
    if (goes_on || same_kind) return carried();
  }
  if (word.kind == Token::Kind::end || is_and(word) || is_or(word) || word.is(")")) return missing("a test");
  if (word.kind == Token::Kind::symbol) return wrong(word, fmt::format("unexpected '{}'", escaped(word.text)));
  if (word.is_value()) return wrong(word, "a value with nothing to compare it with");
  if (!count(word, 1)) return std::nullopt;
  if (const auto side = direction()) return sided(*side, "");
  if (word.is("has")) return has();
  if (word.is("ether") || word.is("link")) return ethernet();
  if (word.is("outer")) return outer();
  if (word.is("all") || word.is("none") || find_primitive(word.text) != nullptr || find_field(word.text) ||
      sides_of(word.text).first)
    return sided(Side::none, "");
  if (find_proto(word.text)) return protocol();
  return sided(Side::none, "");
}

FilterParser::Parsed FilterParser::has() {
  (void)take();
  const Token name = peek();
  if (!is_value(name)) return missing("a field");
  (void)take();
  last_.reset();
  if (const auto field = find_field(name.text)) return test_node(has_value(*field));
  const auto [src, dst] = sides_of(name.text);
  if (!src && find_unheld(name.text) != nullptr) return unknown(name);
  if (!src) return wrong(name, no_field(name.text).text, "argus help fields");
  return joined(Node::Kind::any_of, test_node(has_value(*src)), test_node(has_value(*dst)));
}

FilterParser::Parsed FilterParser::protocol() {
  const Proto proto = *find_proto(take().text);
  Test test;
  test.field = Field::proto;
  test.spans = {{proto, proto}};
  return behind_protocol(test_node(std::move(test)), proto);
}

// "tcp port 80": the protocol holds on with the rest of the qualifiers.
FilterParser::Parsed FilterParser::behind_protocol(Node test, Proto proto) {
  last_.reset();
  if (!begins_qualified()) return test;
  Qualifier before;
  before.before = test;
  before.proto = proto;
  last_ = std::move(before);
  const auto side = direction();
  Parsed rest = sided(side.value_or(Side::none), "");
  if (!rest) return rest;
  return joined(Node::Kind::all_of, std::move(test), *std::move(rest));
}

// ether [src|dst] [host] MAC, ether proto N, ether broadcast, ether multicast
FilterParser::Parsed FilterParser::ethernet() {
  (void)take();
  last_.reset();
  const Side side = direction().value_or(Side::none);
  const Token word = peek();
  if (word.kind == Token::Kind::word && find_primitive("ether " + word.text) != nullptr) return sided(side, "ether ");
  if (!is_value(word) && !word.is("(") && !word.is("{"))
    return missing("host, proto, broadcast, multicast or a MAC address");
  auto qualifier = target(word, "mac", Takes::value, side);
  return qualified(*std::move(qualifier));
}

// outer [src|dst] [host] ADDRESS, outer net NET, outer port PORT
FilterParser::Parsed FilterParser::outer() {
  (void)take();
  last_.reset();
  const Side side = direction().value_or(Side::none);
  const Token word = peek();
  if (word.kind == Token::Kind::word && find_primitive("outer " + word.text) != nullptr) return sided(side, "outer ");
  if (!is_value(word) && !word.is("(") && !word.is("{")) return missing("host, net, port or an address");
  auto qualifier = target(word, "oaddr", Takes::value, side);
  return qualified(*std::move(qualifier));
}

std::optional<FilterParser::Side> FilterParser::direction() {
  const bool src = peek().is("src");
  if (!src && !peek().is("dst")) return std::nullopt;
  (void)take();
  const std::string_view other = src ? "dst" : "src";
  if ((is_or(peek()) || is_and(peek())) && peek(1).is(other)) {
    const Side side = is_or(peek()) ? Side::either : Side::both;
    (void)take();
    (void)take();
    return side;
  }
  return src ? Side::src : Side::dst;
}

std::optional<FilterParser::Qualifier> FilterParser::target(const Token& word, std::string_view name, Takes takes,
                                                            Side side) const {
  Qualifier out;
  out.word = word.text;
  out.takes = takes;
  out.side = side;
  out.whole = find_field(name);
  // "src bytes" is sbytes, also by the long name.
  std::tie(out.src, out.dst) = sides_of(out.whole ? info(*out.whole).name : name);
  if (!out.whole && !out.src) return std::nullopt;
  return out;
}

// Behind src, dst or nothing: a word of the table, a field, or an address by itself.
FilterParser::Parsed FilterParser::sided(Side side, std::string_view prefix) {
  const Token word = peek();
  if (side == Side::none && word.kind == Token::Kind::end) return missing("a test");
  if (word.kind == Token::Kind::word) {
    const Primitive* row = find_primitive(std::string(prefix) + word.text);
    if (row != nullptr) return primitive(*row, side);
    if (auto qualifier = target(word, word.text, Takes::value, side)) {
      if (side != Side::none && !qualifier->src)
        return wrong(word, fmt::format("'{}' has no direction", escaped(word.text)));
      (void)take();
      return qualified(*std::move(qualifier));
    }
  }
  // src 192.0.2.1, dst 10.0.0.0/8, src (A or B); without a direction only what is certainly an address.
  const bool outside = word.is("not") && peek(1).is("in");
  const bool listed =
      side != Side::none && (word.kind == Token::Kind::file || word.is("(") || word.is("{") || word.is("in") ||
                             outside || (word.kind == Token::Kind::symbol && find_op(word.text)));
  if (listed || (word.kind == Token::Kind::word && looks_like_address(word.text))) {
    const bool mac = !word.is_value() && parse_mac(word.text).has_value();
    auto qualifier = target(word, mac ? "mac" : "addr", Takes::value, side);
    return qualified(*std::move(qualifier));
  }
  if (word.kind != Token::Kind::word || is_reserved(word)) return missing("an address, a port or a field");
  if (side != Side::none && word.text.find_first_of("0123456789") == 0) {
    auto fault = read_address(word.text);
    return wrong(word, std::get<ValueFault>(std::move(fault)));
  }
  if (word.text.find_first_not_of("0123456789.,-kMG") == std::string::npos)
    return wrong(word, fmt::format("'{}' is compared with nothing", escaped(word.text)),
                 fmt::format("did you mean 'port {}'?", escaped(word.text)));
  return unknown(word);
}

FilterParser::Parsed FilterParser::primitive(const Primitive& row, Side side) {
  const Token word = take();
  if (row.name == "all" || row.name == "none") {
    last_.reset();
    if (side != Side::none) return wrong(word, fmt::format("'{}' has no direction", escaped(word.text)));
    return Node{row.name == "all" ? Node::Kind::everything : Node::Kind::nothing, {}, {}};
  }
  const bool outside = peek().is("not") && peek(1).is("in");
  const bool compares =
      row.takes != Takes::nothing && begins_operand() && (row.alone.empty() || outside || !begins_test(peek()));
  if (compares || row.alone.empty()) {
    auto qualifier = target(word, row.field, row.takes, side);
    if (!qualifier) return unknown(word);
    if (side != Side::none && !qualifier->src)
      return wrong(word, fmt::format("'{}' has no direction", escaped(word.text)));
    if (row.takes == Takes::tunnel_id) return tunnel_id(row, *std::move(qualifier));
    return qualified(*std::move(qualifier));
  }
  if (side != Side::none && row.alone.find('%') == std::string_view::npos)
    return wrong(word, fmt::format("'{}' has no direction", escaped(word.text)));
  at_--;
  Parsed out = expanded(row, side);
  if (!out) return out;
  const bool family = row.name == "ip" || row.name == "ip4" || row.name == "ip6";
  return family ? behind_protocol(*std::move(out), 0) : std::move(out);
}

// "vni 5001": the id of either direction, in tunnels of the kinds that have one of this name.
FilterParser::Parsed FilterParser::tunnel_id(const Primitive& row, Qualifier qualifier) {
  auto before = std::move(last_);
  at_--;
  Parsed kind = expanded(row, Side::none);
  last_ = std::move(before);
  if (!kind) return kind;
  qualifier.whole.reset();
  qualifier.takes = Takes::value;
  Parsed id = qualified(std::move(qualifier));
  if (!id) return id;
  last_->before = kind;
  return joined(Node::Kind::all_of, *std::move(kind), *std::move(id));
}

// What the row stands for, for each side that is asked for.
FilterParser::Parsed FilterParser::expanded(const Primitive& row, Side side) {
  const Token word = take();
  last_.reset();
  const bool sideless = row.alone.find('%') == std::string_view::npos;
  Parsed out;
  for (const char letter : {'s', 'd'}) {
    if ((side == Side::src && letter == 'd') || (side == Side::dst && letter == 's') || (sideless && letter == 'd'))
      continue;
    std::string text;
    for (const char c : row.alone) {
      if (c == '%') text += letter;
      else if (c == '@') text += fmt::format("{:#x}", row.bits);
      else text += c;
    }
    FilterFault inner;
    FilterParser parser(filter_tokens(text, inner), files_, inner);
    Parsed one = parser.parse();
    if (!one) return wrong(word, fmt::format("'{}': {}", row.name, inner.text));
    if (!count(word, parser.nodes_)) return std::nullopt;
    out = out ? joined(side == Side::both ? Node::Kind::all_of : Node::Kind::any_of, *std::move(out), *std::move(one))
              : std::move(one);
  }
  return out;
}

FilterParser::Parsed FilterParser::qualified(Qualifier qualifier) {
  if (last_) qualifier.before = last_->before, qualifier.proto = last_->proto;
  if (!last_ || !last_->word.empty()) qualifier.before.reset(), qualifier.proto = 0;
  if (!begins_operand()) {
    const Token& word = tokens_[at_ == 0 ? 0 : at_ - 1];
    const bool counts = qualifier.takes == Takes::value;
    if (peek().kind != Token::Kind::end && !is_and(peek()) && !is_or(peek()) && !peek().is(")"))
      return wrong(peek(), fmt::format("a value for '{}' is expected before '{}'", escaped(qualifier.word),
                                       escaped(peek().text)));
    return wrong(
        word, fmt::format("'{}' needs a value", escaped(word.text)),
        counts ? fmt::format("write '{0} = ...', or 'has {0}' for flows that have one", escaped(word.text)) : "");
  }
  Parsed out = operands(qualifier);
  if (out) last_ = std::move(qualifier);
  return out;
}

// "port 80 or 443", "pkts gt 10 and lt 20": the qualifiers before hold on.
FilterParser::Parsed FilterParser::carried() {
  Qualifier qualifier = *last_;
  const Token word = peek();
  if (qualifier.word.empty()) return unknown(word);
  // Any word is a text, also a misspelt keyword: here a text stands in quotes, behind an operator or in a set.
  const bool any_text = qualifier.whole && info(*qualifier.whole).type == Type::bytes;
  if (any_text && word.kind == Token::Kind::word && !find_op(word.text) && !word.is("in")) {
    std::string hint = suggestion(word.text);
    hint += fmt::format("{}several values are a set: {} {{A,B}}", hint.empty() ? "" : "    ", escaped(qualifier.word));
    return wrong(word, fmt::format("unknown word '{}'", escaped(word.text)), std::move(hint));
  }
  const bool named = word.kind == Token::Kind::word && word.text.find_first_of("0123456789-*<>=") != 0 &&
                     !find_op(word.text) && !word.is("in");
  Parsed out = operands(qualifier);
  if (!out) {
    const bool here = fault_.at == word.at;  // a misspelt keyword rather than a value
    if (named && here && !looks_like_address(word.text)) return unknown(word);
    return out;
  }
  if (qualifier.before) out = joined(Node::Kind::all_of, *qualifier.before, *std::move(out));
  last_ = std::move(qualifier);
  return out;
}

}  // namespace argus
