// The grammar of docs/filter.md.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "filter/address_file.h"
#include "filter/filter.h"
#include "filter/lexer.h"
#include "filter/node.h"
#include "filter/primitives.h"
#include "filter/value.h"
#include "flow/field.h"

namespace argus {

// Gives nothing, with the fault set, when the text is no filter.
class FilterParser {
 public:
  FilterParser(std::vector<Token> tokens, AddressFiles& files, FilterFault& fault)
      : tokens_(std::move(tokens)), files_(files), fault_(fault) {}
  [[nodiscard]] std::optional<Node> parse();

 private:
  using Parsed = std::optional<Node>;
  enum class Side : std::uint8_t { none, src, dst, either, both };

  // What a value is compared with; kept for "port 80 or 443".
  struct Qualifier {
    std::string word;            // as written, for messages
    std::optional<Field> whole;  // without a side: bytes
    std::optional<Field> src, dst;
    Side side = Side::none;
    Takes takes = Takes::value;
    Proto proto = 0;             // of "tcp port domain"
    std::optional<Node> before;  // the protocol test of "tcp port 80"
    bool unequal = false;        // the comparison before was !=
  };

  [[nodiscard]] Parsed expression();
  [[nodiscard]] Parsed conjunction();
  [[nodiscard]] Parsed unary();
  [[nodiscard]] Parsed group();
  [[nodiscard]] Parsed primary();
  [[nodiscard]] Parsed has();
  [[nodiscard]] Parsed protocol();
  [[nodiscard]] Parsed behind_protocol(Node test, Proto proto);
  [[nodiscard]] Parsed ethernet();
  [[nodiscard]] Parsed outer();
  [[nodiscard]] Parsed tunnel_id(const Primitive& row, Qualifier qualifier);  // operands follow
  [[nodiscard]] Parsed sided(Side side, std::string_view prefix);
  [[nodiscard]] Parsed primitive(const Primitive& row, Side side);
  [[nodiscard]] Parsed expanded(const Primitive& row, Side side);
  [[nodiscard]] Parsed qualified(Qualifier qualifier);  // operands follow
  [[nodiscard]] Parsed carried();

  // IDS = ID {(or|and|,) ID} in parentheses, a set in braces, or a value.
  [[nodiscard]] Parsed operands(Qualifier& qualifier);
  [[nodiscard]] Parsed operand_group(Qualifier& qualifier);
  [[nodiscard]] Parsed set(Qualifier& qualifier, Op op);
  [[nodiscard]] Parsed value(const Qualifier& qualifier, Op op);
  [[nodiscard]] bool read_value(const Qualifier& qualifier, Operand& into, const Token& token);
  [[nodiscard]] Parsed pattern(const Qualifier& qualifier, Op op);
  [[nodiscard]] bool read_file(Field field, Operand& into, const Token& token);
  [[nodiscard]] Parsed compared(const Qualifier& qualifier, Op op, const Operand& operand, const Token& place);

  [[nodiscard]] std::optional<Side> direction();
  [[nodiscard]] std::optional<Qualifier> target(const Token& word, std::string_view name, Takes takes, Side side) const;
  [[nodiscard]] bool begins_operand() const;
  [[nodiscard]] bool begins_test(const Token& token) const;
  [[nodiscard]] bool begins_qualified() const;
  [[nodiscard]] bool is_value(const Token& token) const;

  [[nodiscard]] const Token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  Token take();
  bool accept(std::string_view word);
  [[nodiscard]] bool count(const Token& where, std::size_t nodes);
  std::nullopt_t wrong(const Token& where, std::string text, std::string hint = "");
  std::nullopt_t wrong(const Token& where, ValueFault fault) {
    return wrong(where, std::move(fault.text), std::move(fault.hint));
  }
  std::nullopt_t unknown(const Token& word);
  std::nullopt_t missing(std::string_view what);  // at the token that stands where something else should

  std::vector<Token> tokens_;
  std::size_t at_ = 0, nodes_ = 0, patterns_ = 0;
  unsigned depth_ = 0;
  AddressFiles& files_;
  FilterFault& fault_;
  std::optional<Qualifier> last_;
};

// Every level of a tree is at most this many parentheses deep in its explanation.
inline constexpr unsigned kParenthesesMax = 3 * kFilterDepthMax;

}  // namespace argus
