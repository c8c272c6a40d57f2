// The grammar of docs/filter.md.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "base/names.h"
#include "filter/leaves.h"
#include "filter/lexer.h"

namespace argus {

class FilterParser {
 public:
  FilterParser(std::vector<Token> tokens, FilterFault& fault, unsigned depth = 0)
      : tokens_(std::move(tokens)), fault_(fault), depth_(depth) {}
  // The whole text.
  [[nodiscard]] Result<NodePtr> parse();

 private:
  enum class Side : std::uint8_t { either, src, dst, both };
  using Again = std::function<Result<NodePtr>()>;  // reads one more value for the qualifiers before

  [[nodiscard]] Result<NodePtr> expression();
  [[nodiscard]] Result<NodePtr> conjunction();
  [[nodiscard]] Result<NodePtr> unary();
  [[nodiscard]] Result<NodePtr> primary();
  [[nodiscard]] Result<NodePtr> qualified(Side side);   // behind src, dst or nothing
  [[nodiscard]] Result<NodePtr> protocol(Proto proto);  // a protocol word, alone or before more
  [[nodiscard]] Result<NodePtr> ethernet();
  [[nodiscard]] Result<NodePtr> typed(std::string_view type, Side side);  // host net port proto
  [[nodiscard]] Result<NodePtr> field_test(Field field, const Token& word);
  [[nodiscard]] Result<NodePtr> side_field(std::string_view name, Side side, const Token& word);
  [[nodiscard]] Result<NodePtr> expanded(std::string_view text, const Token& word);
  [[nodiscard]] std::optional<Side> direction();

  // One value or "( a or b )", each made into a test.
  [[nodiscard]] Result<NodePtr> values(const std::function<Result<NodePtr>()>& one);
  [[nodiscard]] Result<NodePtr> on_sides(Side side, Field src, Field dst,
                                         const std::function<Result<NodePtr>(Field)>& make);
  [[nodiscard]] Result<NodePtr> host(Side side);
  [[nodiscard]] Result<NodePtr> net(Side side);
  [[nodiscard]] Result<NodePtr> port(Side side);
  [[nodiscard]] Result<std::vector<std::string>> set();   // {a, b}
  [[nodiscard]] Result<NodePtr> comparison(Field field);  // [OP] VALUE, or in {..}

  [[nodiscard]] const Token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  Token take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
  [[nodiscard]] bool accept(std::string_view word);
  [[nodiscard]] bool begins_value() const;
  [[nodiscard]] Error wrong(const Token& where, std::string text, std::string hint = "");
  [[nodiscard]] Error wrong_value(const Token& where, const Error& error);
  [[nodiscard]] Error unknown(const Token& word);

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  FilterFault& fault_;
  unsigned depth_;
  std::size_t nodes_ = 0;
  Again again_;
};

}  // namespace argus
