#include "filter/value.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/int128.h"
#include "base/result.h"
#include "base/text.h"
#include "filter/net.h"
#include "filter/units.h"
#include "flow/format.h"
#include "flow/state.h"
#include "flow/type.h"
#include "flow/when.h"
#include "flow/where.h"

namespace argus {

namespace {

struct OpWord {
  std::string_view word;
  Op op;
};
constexpr auto kOps = std::to_array<OpWord>({
    {"=", Op::equal},           {"==", Op::equal},         {"eq", Op::equal},        {"equal", Op::equal},
    {"!=", Op::unequal},        {"ne", Op::unequal},       {"<", Op::less},          {"lt", Op::less},
    {"less", Op::less},         {"<=", Op::less_equal},    {"lte", Op::less_equal},  {"le", Op::less_equal},
    {">", Op::greater},         {"gt", Op::greater},       {"greater", Op::greater}, {">=", Op::greater_equal},
    {"gte", Op::greater_equal}, {"ge", Op::greater_equal}, {"&", Op::bits},          {"=~", Op::like},
    {"!~", Op::unlike},
});

// Whole numbers are values of it, whatever names it has besides.
bool is_plain_number(const FieldInfo& about) {
  using Told = FormatInfo::Told;
  const Told told = info(about.format).told;
  return told != Told::seconds && told != Told::itself && about.type != Type::f64;
}

ValueFault from(Error error) { return {std::move(error.text), {}}; }

// Messages of ICMP and ICMPv6 share names (ECO, URP): every code that is printed as this name.
std::vector<Span> states_named(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  std::vector<Span> out;
  const auto try_code = [&](unsigned code) {
    if (state_text(static_cast<std::uint16_t>(code)) == upper) out.push_back({code, code});
  };
  for (unsigned code = kStateRequest; code <= kStateResponse; code++) try_code(code);
  for (const unsigned family : {kStateIcmp4, kStateIcmp4Unreach, kStateIcmp6, kStateIcmp6Unreach})
    for (unsigned low = 0; low < 256; low++) try_code(family | low);
  return normal(std::move(out));
}

// DiffServ code points by name: RFC 2474, RFC 2597, RFC 3246.
std::optional<unsigned> dscp_of(std::string_view text) {
  if (text == "ef") return 46;
  if (text == "be") return 0;
  if (text.size() == 3 && text.starts_with("cs") && text[2] >= '0' && text[2] <= '7')
    return 8u * static_cast<unsigned>(text[2] - '0');
  const bool assured = text.size() == 4 && text.starts_with("af") && text[2] >= '1' && text[2] <= '4' &&
                       text[3] >= '1' && text[3] <= '3';
  if (assured) return 8u * static_cast<unsigned>(text[2] - '0') + 2u * static_cast<unsigned>(text[3] - '0');
  const auto number = parse_unsigned(text);
  return number && *number < 64 ? std::optional(static_cast<unsigned>(*number)) : std::nullopt;
}

// Times: epoch seconds are an instant, dates cover what they name. Durations and times before 0 have a '-'.
Read<Span> read_time(Field field, std::string_view text) {
  if (text.starts_with('-') && text.size() > 1 && is_digit(text[1])) {
    auto positive = parse_value(field, text.substr(1));
    if (!positive) return from(positive.error());
    const u128 zero = ordered_image(std::int64_t{0});
    return Span{2 * zero - *positive, 2 * zero - *positive};
  }
  if (info(field).format == Format::time) {
    if (const auto span = parse_instant(text)) return Span{ordered_image(span->begin), ordered_image(span->end - 1)};
  }
  auto value = parse_value(field, text);
  if (value) return Span{*value, *value};
  if (info(field).format == Format::time)
    return ValueFault{fmt::format("'{}' is not a time", escaped(text)),
                      "write 2026-11-23T14:00Z, 2026/11/23.14:00 or seconds since 1970"};
  return from(value.error());
}

// A whole number that any field of whole numbers takes.
std::optional<Read<Span>> read_plain(Field field, std::string_view text) {
  const auto number = parse_unsigned(text);
  if (!number) return std::nullopt;
  const u128 most = most_image(info(field).type);
  if (*number > most)
    return ValueFault{fmt::format("{} is out of range: {} goes up to {}", escaped(text), info(field).name,
                                  static_cast<std::uint64_t>(most)),
                      {}};
  return Span{*number, *number};
}

// Encapsulations under their classic names.
constexpr std::pair<std::string_view, std::string_view> kClassicEncaps[] = {{"802q", "vlan"}, {"ipnip", "ipip"}};

Read<Span> read_one(Field field, std::string_view written, Proto proto) {
  const FieldInfo& about = info(field);
  if (written.empty()) return ValueFault{"an empty value", {}};
  const std::string number = without_unit(field, written);
  const std::string_view text = number;
  if (about.format == Format::time || (about.format == Format::duration && about.type == Type::i64))
    return read_time(field, text);
  const bool coded_mac = about.format == Format::mac && text.starts_with("0x");  // bits of it
  if (is_plain_number(about) || coded_mac)
    if (auto plain = read_plain(field, text)) return *plain;
  if (about.format == Format::port && proto != 0)
    if (const auto service = find_service(text, proto)) return Span{*service, *service};
  if (about.type == Type::addr) return read_address(text);
  if (about.format == Format::encaps)
    for (const auto& [classic, word] : kClassicEncaps)
      if (text == classic) return read_one(field, word, proto);
  auto value = parse_value(field, text);
  if (!value) return from(value.error());
  return Span{*value, *value};
}

// "80-90", "80:90" (ports), "1s..5s" (any field).
std::optional<Read<Span>> read_range(Field field, std::string_view text, Proto proto) {
  // "ipv6-icmp", "ftp-data", 00-00-5e-00-53-01: a dash may be part of one value.
  if (std::holds_alternative<Span>(read_one(field, text, proto))) return std::nullopt;
  auto at = text.find("..");
  std::size_t length = 2;
  if (at == std::string_view::npos || at == 0) {
    const FieldInfo& about = info(field);
    const bool dashed = is_plain_number(about) || about.format == Format::duration || about.type == Type::addr;
    if (!dashed) return std::nullopt;
    at = text.find('-', 1);
    if (at == std::string_view::npos && about.format == Format::port) at = text.find(':');
    length = 1;
  }
  if (at == std::string_view::npos || at == 0 || at + length >= text.size()) return std::nullopt;
  auto first = read_one(field, text.substr(0, at), proto);
  auto last = read_one(field, text.substr(at + length), proto);
  if (std::holds_alternative<ValueFault>(first) || std::holds_alternative<ValueFault>(last)) {
    // "no-name" is a wrong name; "80-70000" is a range with a wrong end.
    if (!is_digit(text[0]) || !is_digit(text[at + length])) return std::nullopt;
    return std::holds_alternative<ValueFault>(first) ? first : last;
  }
  const Span span{std::get<Span>(first).least, std::get<Span>(last).most};
  if (span.least > span.most) return ValueFault{fmt::format("'{}' ends before it begins", escaped(text)), {}};
  return span;
}

Read<Operand> read_real(Field field, std::string_view text) {
  Operand out;
  if (const auto dots = text.find(".."); dots != std::string_view::npos) {
    auto first = parse_real_value(field, without_unit(field, text.substr(0, dots)));
    auto last = parse_real_value(field, without_unit(field, text.substr(dots + 2)));
    if (!first) return from(first.error());
    if (!last) return from(last.error());
    if (*first > *last) return ValueFault{fmt::format("'{}' ends before it begins", escaped(text)), {}};
    out.reals.push_back({*first, *last});
    return out;
  }
  auto value = parse_real_value(field, without_unit(field, text));
  if (!value) return from(value.error());
  if (!std::isfinite(*value)) return ValueFault{fmt::format("'{}' is too large", escaped(text)), {}};
  out.reals.push_back({*value, *value});
  return out;
}

}  // namespace

std::optional<Op> find_op(std::string_view word) {
  for (const OpWord& known : kOps)
    if (known.word == word) return known.op;
  return std::nullopt;
}

std::string_view to_text(Op op) {
  for (const OpWord& known : kOps)
    if (known.op == op) return known.word;
  return "";
}

bool is_regular(Op op) { return op == Op::like || op == Op::unlike; }
bool is_contrary(Op op) { return op == Op::unequal || op == Op::unlike; }

namespace {

constexpr unsigned kVlanMax = 4095;  // IEEE 802.1Q-2018, 9.6: twelve bits

Read<Operand> read_any(Field field, Takes takes, std::string_view text, Proto proto) {
  const FieldInfo& about = info(field);
  Operand out;
  if (about.type == Type::bytes) {
    out.words.emplace_back(text);
    return out;
  }
  if (about.type == Type::f64) return read_real(field, text);
  if (takes == Takes::dscp) {
    const auto code = dscp_of(text);
    if (!code)
      return ValueFault{fmt::format("'{}' is not a DiffServ code point", escaped(text)),
                        "write 0 to 63, cs0-cs7, af11-af43 or ef"};
    out.spans.push_back({4 * *code, 4 * *code + 3});
    return out;
  }
  if (about.type == Type::addr) {
    if (auto fault = address_form_fault(text, takes == Takes::net, takes == Takes::host)) return *fault;
    if (takes == Takes::net || text.find('/') != std::string_view::npos) {
      auto net = read_net(text);
      if (auto* fault = std::get_if<ValueFault>(&net)) return *fault;
      out.spans = std::get<std::vector<Span>>(std::move(net));
      return out;
    }
  }
  if (about.format == Format::state && !text.empty() && !is_digit(text[0]))
    if (out.spans = states_named(text); !out.spans.empty()) return out;
  if (auto range = read_range(field, text, proto)) {
    if (auto* fault = std::get_if<ValueFault>(&*range)) return *fault;
    out.spans.push_back(std::get<Span>(*range));
    return out;
  }
  auto one = read_one(field, text, proto);
  if (auto* fault = std::get_if<ValueFault>(&one)) return *fault;
  out.spans.push_back(std::get<Span>(one));
  return out;
}

}  // namespace

Read<Operand> read_operand(Field field, Takes takes, std::string_view text, Proto proto) {
  Read<Operand> out = read_any(field, takes, text, proto);
  const auto* const read = std::get_if<Operand>(&out);
  if (takes != Takes::vlan || read == nullptr || read->spans.back().most <= kVlanMax) return out;
  return ValueFault{fmt::format("{} is out of range: a VLAN id goes up to {}", escaped(text), kVlanMax), {}};
}

namespace {

Read<Node> real_test(Test test, Op op, const Operand& operand) {
  test.kind = Test::Kind::reals;
  const double least = operand.reals.front().least, most = operand.reals.back().most;
  switch (op) {
    case Op::equal: test.reals = operand.reals; break;
    case Op::less: test.reals = {{-kInfinite, std::nextafter(least, -kInfinite)}}; break;
    case Op::less_equal: test.reals = {{-kInfinite, most}}; break;
    case Op::greater: test.reals = {{std::nextafter(most, kInfinite), kInfinite}}; break;
    case Op::greater_equal: test.reals = {{least, kInfinite}}; break;
    case Op::unequal: {
      double next = -kInfinite;
      for (const RealSpan& span : operand.reals) {
        if (span.least > next) test.reals.push_back({next, std::nextafter(span.least, -kInfinite)});
        next = std::nextafter(span.most, kInfinite);
      }
      test.reals.push_back({next, kInfinite});
      break;
    }
    case Op::bits: return ValueFault{fmt::format("{} has no bits to look at with '&'", info(test.field).name), {}};
    case Op::like:
    case Op::unlike: break;  // match_test()
  }
  return test_node(std::move(test));
}

Read<Node> bits_test(Test test, const Operand& operand) {
  const FieldInfo& about = info(test.field);
  const bool has_bits = about.format == Format::mac || (is_plain_number(about) && about.type != Type::u128);
  const bool single = operand.spans.size() == 1 && operand.spans[0].least == operand.spans[0].most;
  if (!has_bits) return ValueFault{fmt::format("{} has no bits to look at with '&'", about.name), {}};
  if (!single) return ValueFault{"'&' takes one number", {}};
  test.kind = Test::Kind::bits;
  test.bits = static_cast<std::uint64_t>(operand.spans[0].least);
  return test_node(std::move(test));
}

}  // namespace

namespace {

// Addresses of files, and what was written beside them.
Read<Node> set_test(Field field, Op op, const Operand& operand) {
  if (op != Op::equal && op != Op::unequal) return ValueFault{fmt::format("'{}' takes one value", to_text(op)), {}};
  const bool others = op == Op::unequal;
  std::vector<Node> parts;
  if (!operand.spans.empty()) {
    Read<Node> written = make_test(field, op, Operand{operand.spans, {}, {}, {}, {}});
    if (std::holds_alternative<ValueFault>(written)) return written;
    parts.push_back(std::get<Node>(std::move(written)));
  }
  for (const auto& set : operand.sets) {
    Test test;
    test.kind = Test::Kind::set;
    test.field = field;
    test.set = set;
    test.others = others;
    parts.push_back(test_node(std::move(test)));
  }
  if (parts.size() == 1) return std::move(parts[0]);
  return Node{others ? Node::Kind::all_of : Node::Kind::any_of, {}, std::move(parts)};
}

// Fields that are shown as words, names or letters.
bool has_text(const FieldInfo& about) {
  using Told = FormatInfo::Told;
  const Told told = info(about.format).told;
  return told == Told::word || told == Told::named || told == Told::itself || about.format == Format::port ||
         about.format == Format::encaps || about.format == Format::icmpmap || about.format == Format::dir ||
         about.format == Format::flgs;
}

Read<Node> match_test(Field field, Op op, const Operand& operand) {
  if (!has_text(info(field)))
    return ValueFault{fmt::format("{} is a number and not text", info(field).name), "compare it: = != < <= > >= in"};
  Test test;
  test.kind = Test::Kind::match;
  test.field = field;
  test.pattern = operand.pattern;
  test.others = op == Op::unlike;
  return test_node(std::move(test));
}

}  // namespace

Read<Node> make_test(Field field, Op op, const Operand& given) {
  if (is_regular(op)) return match_test(field, op, given);
  if (!given.sets.empty()) return set_test(field, op, given);
  Test test;
  test.field = field;
  Operand operand = given;
  if (info(field).type == Type::bytes) {
    if (op != Op::equal && op != Op::unequal)
      return ValueFault{fmt::format("{} is text and compares with = and != only", info(field).name), {}};
    test.kind = Test::Kind::words;
    test.words = std::move(operand.words);
    test.others = op == Op::unequal;
    return test_node(std::move(test));
  }
  if (info(field).type == Type::f64) {
    operand.reals = normal(std::move(operand.reals));
    return real_test(std::move(test), op, operand);
  }
  operand.spans = normal(std::move(operand.spans));
  if (op == Op::bits) return bits_test(std::move(test), operand);
  if (operand.spans.empty()) return Node{Node::Kind::nothing, {}, {}};
  const u128 last = most_image(info(field).type), least = operand.spans.front().least, most = operand.spans.back().most;
  switch (op) {
    case Op::unequal: test.spans = complement(operand.spans, last); break;
    case Op::less:
      if (least > 0) test.spans = {{0, least - 1}};
      break;
    case Op::less_equal: test.spans = {{0, most}}; break;
    case Op::greater:
      if (most < last) test.spans = {{most + 1, last}};
      break;
    case Op::greater_equal: test.spans = {{least, last}}; break;
    default: test.spans = std::move(operand.spans); break;
  }
  return test_node(std::move(test));
}

Test has_value(Field field) {
  Test test;
  test.field = field;
  switch (info(field).type) {
    case Type::bytes: test.kind = Test::Kind::words, test.others = true; break;
    case Type::f64: test.kind = Test::Kind::reals, test.reals = {{-kInfinite, kInfinite}}; break;
    default: test.spans = {{0, most_image(info(field).type)}}; break;
  }
  return test;
}

}  // namespace argus
