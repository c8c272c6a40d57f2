// Words of a filter with their places.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "filter/filter.h"

namespace argus {

struct Token {
  enum class Kind : std::uint8_t {
    word,    // names, numbers, addresses, nets, ranges
    text,    // "quoted" or \escaped: never a keyword; without the quotes
    symbol,  // ( ) { } , ! && || & = == != < <= > >=
    end,
  };
  Kind kind = Kind::end;
  std::string text;
  std::size_t at = 0, length = 1;

  [[nodiscard]] bool is(std::string_view word) const {
    return (kind == Kind::word || kind == Kind::symbol) && text == word;
  }
};

// The tokens of the text, an end token last. Nothing and `fault` set when a character or a quote is wrong.
[[nodiscard]] std::vector<Token> filter_tokens(std::string_view text, FilterFault& fault);

}  // namespace argus
