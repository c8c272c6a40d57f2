#include "filter/leaves.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"
#include "flow/format.h"

namespace argus {

namespace {

constexpr u128 kMost = ~u128{0};

struct OpWord {
  std::string_view word;
  Op op;
};
constexpr auto kOps = std::to_array<OpWord>({
    {"=", Op::equal},           {"==", Op::equal},         {"eq", Op::equal},        {"equal", Op::equal},
    {"!=", Op::unequal},        {"ne", Op::unequal},       {"<", Op::less},          {"lt", Op::less},
    {"less", Op::less},         {"<=", Op::less_equal},    {"lte", Op::less_equal},  {"le", Op::less_equal},
    {">", Op::greater},         {"gt", Op::greater},       {"greater", Op::greater}, {">=", Op::greater_equal},
    {"gte", Op::greater_equal}, {"ge", Op::greater_equal}, {"&", Op::bits},
});
constexpr std::array<std::string_view, 7> kSpelling = {"=", "!=", "<", "<=", ">", ">=", "&"};

NodePtr leaf(Node::Kind kind, Field field) {
  auto node = std::make_unique<Node>();
  node->kind = kind;
  node->field = field;
  return node;
}

Interval interval_of(const Prefix& net) {
  const Address low = masked(net.address, net.length);
  Address high = low;
  const unsigned kept = 128 - bits_of(low.family()) + net.length;
  for (unsigned i = 0; i < 16; i++) {
    const unsigned bits = kept > 8 * i ? std::min(kept - 8 * i, 8u) : 0;
    high.bytes[i] = static_cast<std::uint8_t>(high.bytes[i] | (0xffu >> bits));
  }
  return {ordered_image(low), ordered_image(high)};
}

// What "= VALUE" covers: one value, a net, or a range of numbers.
Result<Interval> interval_of(Field field, std::string_view value) {
  const FieldInfo& about = info(field);
  if (about.type == Type::addr) {
    if (value.find('/') != std::string_view::npos) {
      const auto net = parse_prefix(value);
      if (!net) return fail(Errc::usage, "'{}' is no net; write 192.0.2.0/24 or 2001:db8::/32", escaped(value));
      if (masked(net->address, net->length) != net->address)
        return fail(Errc::usage, "{} has bits set outside its mask; did you mean '{}/{}' or '{}'?", escaped(value),
                    to_text(masked(net->address, net->length)), net->length, to_text(net->address));
      return interval_of(*net);
    }
    if (!parse_address(value)) return fail(Errc::usage, "'{}' is no address; names are not looked up", escaped(value));
  }
  const auto dash = about.format == Format::port || about.format == Format::number ? value.find_first_of("-:")
                                                                                   : std::string_view::npos;
  if (dash != std::string_view::npos && dash != 0 && parse_unsigned(value.substr(0, dash))) {
    ARGUS_TRY_LET(const u128 least, parse_value(field, value.substr(0, dash)));
    ARGUS_TRY_LET(const u128 most, parse_value(field, value.substr(dash + 1)));
    if (least > most) return fail(Errc::usage, "'{}' is an empty range", escaped(value));
    return Interval{least, most};
  }
  ARGUS_TRY_LET(const u128 one, parse_value(field, value));
  return Interval{one, one};
}

Result<NodePtr> compared_real(Field field, Op op, std::string_view value) {
  ARGUS_TRY_LET(const double x, parse_real_value(field, value));
  auto node = leaf(Node::Kind::reals, field);
  node->least = -std::numeric_limits<double>::infinity();
  node->most = std::numeric_limits<double>::infinity();
  switch (op) {
    case Op::equal:
    case Op::unequal: node->least = node->most = x; break;
    case Op::less: node->most = x, node->open_most = true; break;
    case Op::less_equal: node->most = x; break;
    case Op::greater: node->least = x, node->open_least = true; break;
    case Op::greater_equal: node->least = x; break;
    case Op::bits: return fail(Errc::usage, "'&' needs a field of bits or whole numbers");
  }
  node->outside = op == Op::unequal;
  return node;
}

Result<NodePtr> compared_text(Field field, Op op, std::string_view value) {
  if (op != Op::equal && op != Op::unequal)
    return fail(Errc::usage, "{} compares with = and != only", info(field).name);
  auto node = leaf(Node::Kind::text, field);
  node->words.emplace_back(value);
  node->outside = op == Op::unequal;
  return node;
}

Result<NodePtr> compared_interval(Field field, Op op, std::string_view value) {
  ARGUS_TRY_LET(const Interval at, interval_of(field, value));
  auto node = leaf(Node::Kind::intervals, field);
  switch (op) {
    case Op::equal: node->intervals = {at}; break;
    case Op::unequal: node->intervals = {at}, node->outside = true; break;
    case Op::less:
      if (at.least != 0) node->intervals = {{0, at.least - 1}};
      break;
    case Op::less_equal: node->intervals = {{0, at.most}}; break;
    case Op::greater:
      if (at.most != kMost) node->intervals = {{at.most + 1, kMost}};
      break;
    case Op::greater_equal: node->intervals = {{at.least, kMost}}; break;
    case Op::bits: break;
  }
  return node;
}

Result<NodePtr> compared_bits(Field field, std::string_view value) {
  ARGUS_TRY_LET(const u128 mask, parse_value(field, value));
  auto node = leaf(Node::Kind::bits, field);
  node->mask = static_cast<std::uint64_t>(mask);
  return node;
}

std::string quoted(Field field, std::string_view value) {
  if (info(field).format == Format::text) return "\"" + std::string(value) + "\"";
  return std::string(value);
}

bool has_bits(const FieldInfo& about) {
  return about.type == Type::u8 || about.type == Type::u16 || about.type == Type::u32 || about.type == Type::u64;
}

}  // namespace

std::optional<Op> find_op(std::string_view word) {
  for (const auto& known : kOps)
    if (known.word == word) return known.op;
  return std::nullopt;
}

Result<NodePtr> compared(Field field, Op op, std::string_view value) {
  const FieldInfo& about = info(field);
  const auto make = [&]() -> Result<NodePtr> {
    if (about.type == Type::f64) return compared_real(field, op, value);
    if (about.type == Type::bytes) return compared_text(field, op, value);
    if (op != Op::bits) return compared_interval(field, op, value);
    if (!has_bits(about)) return fail(Errc::usage, "'&' needs a field of bits or whole numbers");
    return compared_bits(field, value);
  };
  ARGUS_TRY_LET(NodePtr node, make());
  node->spelling = fmt::format("{} {} {}", about.name, kSpelling[static_cast<std::size_t>(op)], quoted(field, value));
  return node;
}

Result<NodePtr> one_of(Field field, const std::vector<std::string>& values) {
  const FieldInfo& about = info(field);
  if (about.type == Type::f64) return fail(Errc::usage, "{} takes no list; compare it with < or >", about.name);
  auto node = leaf(about.type == Type::bytes ? Node::Kind::text : Node::Kind::intervals, field);
  std::string list;
  for (const std::string& value : values) {
    if (!list.empty()) list += ",";
    list += quoted(field, value);
    if (about.type == Type::bytes) {
      node->words.push_back(value);
      continue;
    }
    ARGUS_TRY_LET(const Interval at, interval_of(field, value));
    node->intervals.push_back(at);
  }
  // Sorted and joined, so that each stands for itself.
  auto& all = node->intervals;
  std::sort(all.begin(), all.end(), [](const Interval& a, const Interval& b) { return a.least < b.least; });
  std::size_t n = 0;
  for (const Interval& interval : all) {
    if (n != 0 && interval.least <= all[n - 1].most) all[n - 1].most = std::max(all[n - 1].most, interval.most);
    else all[n++] = interval;
  }
  all.resize(n);
  node->spelling = fmt::format("{} in {{{}}}", about.name, list);
  return node;
}

NodePtr has_field(Field field) {
  auto node = leaf(Node::Kind::has, field);
  node->spelling = fmt::format("has {}", info(field).name);
  return node;
}

NodePtr in_net(Field field, const Prefix& net) {
  auto node = leaf(Node::Kind::intervals, field);
  node->intervals = {interval_of(net)};
  node->spelling = fmt::format("{} = {}/{}", info(field).name, to_text(masked(net.address, net.length)), net.length);
  return node;
}

NodePtr joined(Node::Kind kind, NodePtr a, NodePtr b) {
  if (a->kind == kind) {
    a->children.push_back(std::move(b));
    return a;
  }
  auto node = std::make_unique<Node>();
  node->kind = kind;
  node->children.push_back(std::move(a));
  node->children.push_back(std::move(b));
  return node;
}

NodePtr negated(NodePtr a) {
  auto node = std::make_unique<Node>();
  node->kind = Node::Kind::negation;
  node->children.push_back(std::move(a));
  return node;
}

}  // namespace argus
