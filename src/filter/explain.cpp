// A filter as text over fields.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/int128.h"
#include "base/text.h"
#include "filter/net.h"
#include "filter/node.h"
#include "filter/pattern.h"
#include "filter/primitives.h"
#include "filter/span.h"
#include "filter/value.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/type.h"

namespace argus {

namespace {

std::string number_text(u128 value) {
  std::string out;
  do out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(value % 10))), value /= 10;
  while (value != 0);
  return out;
}

// Exact seconds with nine digits, negative ones too.
std::string seconds_text(std::int64_t nanos) {
  const bool negative = nanos < 0;
  const std::uint64_t size = negative ? 0 - static_cast<std::uint64_t>(nanos) : static_cast<std::uint64_t>(nanos);
  std::string out = fmt::format("{}{}.{:09}", negative ? "-" : "", size / 1'000'000'000, size % 1'000'000'000);
  while (out.back() == '0') out.pop_back();
  if (out.back() == '.') out.pop_back();
  return out;
}

// A code by its word, when the word means this code alone.
std::string word_text(Field field, u128 image) {
  std::string word;
  if (field == Field::state) {
    word = state_text(static_cast<std::uint16_t>(image));
  } else {
    Batch one(1);
    with_type(info(field).type, [&]<class T>() {
      if constexpr (std::is_integral_v<T>) one.set(field, Column::constant(static_cast<T>(image)));
    });
    FieldPrinter printer(field, {});
    printer.start(one);
    printer.append(0, word);
  }
  if (word.empty() || word.find_first_not_of("0123456789") == std::string::npos) return number_text(image);
  const auto back = read_operand(field, Takes::value, word, 0);
  const auto* operand = std::get_if<Operand>(&back);
  return operand != nullptr && operand->spans == std::vector<Span>{{image, image}} ? word : number_text(image);
}

std::string in_seconds(Type type, u128 image) {
  const auto bits = static_cast<std::uint64_t>(image);
  if (type == Type::i64) return seconds_text(static_cast<std::int64_t>(bits ^ (std::uint64_t{1} << 63)));
  return bits <= INT64_MAX ? seconds_text(static_cast<std::int64_t>(bits)) : number_text(bits / 1'000'000'000);
}

std::string value_text(Field field, u128 image) {
  using Told = FormatInfo::Told;
  switch (info(info(field).format).told) {
    case Told::seconds: return in_seconds(info(field).type, image);
    case Told::word:
    case Told::named:
    case Told::itself: return word_text(field, image);
    case Told::digits:
    case Told::code: break;
  }
  return number_text(image);
}

std::string bound_text(Field field, u128 image) {
  return info(field).type == Type::addr ? address_text({image, image}) : value_text(field, image);
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\', out += c;
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
    else out += c;
  }
  return out + "\"";
}

// A file as the language names it.
std::string file_text(std::string_view path) {
  const bool plain = std::all_of(path.begin(), path.end(), [](char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '/' || c == '_' ||
           c == '-';
  });
  return "@" + (plain ? std::string(path) : quoted(path));
}

std::string pattern_text(const TextPattern& pattern) {
  std::string out = "/";
  for (const char c : pattern.text()) {
    if (c == '/') out += '\\', out += c;
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
    else out += c;
  }
  return out + (pattern.any_case() ? "/i" : "/");
}

std::string listed(const std::vector<std::string>& values) { return "{" + joined(values, ", ") + "}"; }

// Pieces that say `= v`, `<= v`, `>= v` or `in {...}` of one field, joined by "or" when there are several.
std::string either(std::string_view name, const std::vector<std::string>& pieces) {
  std::vector<std::string> out;
  for (const std::string& piece : pieces) out.push_back(fmt::format("({} {})", name, piece));
  return out.size() == 1 ? out[0] : "(" + joined(out, " or ") + ")";
}

std::string spans_explained(const Test& test) {
  const std::string_view name = info(test.field).name;
  const u128 last = most_image(info(test.field).type);
  const bool from_least = test.spans.front().least == 0, to_most = test.spans.back().most == last;
  if (from_least && to_most && test.spans.size() == 1) return fmt::format("(has {})", name);
  if (from_least && to_most) {
    const std::vector<Span> holes = complement(test.spans, last);
    std::vector<std::string> values;
    for (const Span& hole : holes) values.push_back(span_text(test.field, hole));
    return values.size() == 1 ? fmt::format("({} != {})", name, values[0])
                              : fmt::format("({} not in {})", name, listed(values));
  }
  std::vector<std::string> pieces, values;
  for (const Span& span : test.spans) {
    if (span.least == 0 && span.most != 0) pieces.push_back("<= " + bound_text(test.field, span.most));
    else if (span.most == last && span.least != last) pieces.push_back(">= " + bound_text(test.field, span.least));
    else values.push_back(span_text(test.field, span));
  }
  if (values.size() == 1) pieces.push_back("= " + values[0]);
  if (values.size() > 1) pieces.push_back("in " + listed(values));
  return either(name, pieces);
}

std::string real_bound(double value) { return fmt::format("{}", value); }

std::string reals_explained(const Test& test) {
  const std::string_view name = info(test.field).name;
  if (test.reals.front() == RealSpan{-kInfinite, kInfinite}) return fmt::format("(has {})", name);
  std::vector<std::string> pieces, values;
  for (const RealSpan& span : test.reals) {
    // The neighbour of a bound may be what was written: > 5 is kept as >= 5.000000000000001.
    const auto shorter = [](double bound, double beside) {
      return real_bound(beside).size() < real_bound(bound).size();
    };
    if (span.least == -kInfinite) {
      const double beside = std::nextafter(span.most, kInfinite);
      pieces.push_back(shorter(span.most, beside) ? "< " + real_bound(beside) : "<= " + real_bound(span.most));
    } else if (span.most == kInfinite) {
      const double beside = std::nextafter(span.least, -kInfinite);
      pieces.push_back(shorter(span.least, beside) ? "> " + real_bound(beside) : ">= " + real_bound(span.least));
    } else {
      values.push_back(real_text(span));
    }
  }
  if (values.size() == 1) pieces.push_back("= " + values[0]);
  if (values.size() > 1) pieces.push_back("in " + listed(values));
  return either(name, pieces);
}

std::string words_explained(const Test& test) {
  const std::string_view name = info(test.field).name;
  if (test.words.empty()) return fmt::format("(has {})", name);
  std::vector<std::string> values;
  for (const std::string& word : test.words) values.push_back(quoted(word));
  if (values.size() == 1) return fmt::format("({} {} {})", name, test.others ? "!=" : "=", values[0]);
  return fmt::format("({} {} {})", name, test.others ? "not in" : "in", listed(values));
}

}  // namespace

std::string explained(const Test& test) {
  switch (test.kind) {
    case Test::Kind::spans: return spans_explained(test);
    case Test::Kind::bits: return fmt::format("({} & {:#x})", info(test.field).name, test.bits);
    case Test::Kind::reals: return reals_explained(test);
    case Test::Kind::set:
      return fmt::format("({} {} {})", info(test.field).name, test.others ? "not in" : "in",
                         file_text(test.set->path()));
    case Test::Kind::match:
      return fmt::format("({} {} {})", info(test.field).name, test.others ? "!~" : "=~", pattern_text(*test.pattern));
    case Test::Kind::words: break;
  }
  return words_explained(test);
}

std::string span_text(Field field, const Span& span) {
  if (info(field).type == Type::addr) return address_text(span);
  if (span.least == span.most) return value_text(field, span.least);
  const FormatInfo::Told told = info(info(field).format).told;
  if (told == FormatInfo::Told::named) return number_text(span.least) + "-" + number_text(span.most);
  const std::string_view to = told == FormatInfo::Told::digits ? "-" : "..";
  return fmt::format("{}{}{}", value_text(field, span.least), to, value_text(field, span.most));
}

std::string real_text(const RealSpan& span) {
  return span.least == span.most ? real_bound(span.least) : real_bound(span.least) + ".." + real_bound(span.most);
}

std::string explained(const Node& node) {
  switch (node.kind) {
    case Node::Kind::everything: return "all";
    case Node::Kind::nothing: return "none";
    case Node::Kind::test: return explained(node.test);
    case Node::Kind::negation: return "(not " + explained(node.parts[0]) + ")";
    case Node::Kind::all_of:
    case Node::Kind::any_of: break;
  }
  std::vector<std::string> parts;
  for (const Node& part : node.parts) parts.push_back(explained(part));
  return "(" + joined(parts, node.kind == Node::Kind::all_of ? " and " : " or ") + ")";
}

}  // namespace argus
