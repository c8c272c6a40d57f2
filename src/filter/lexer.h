// Words of a filter with their places.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "filter/filter.h"

namespace argus {

struct Token {
  enum class Kind : std::uint8_t {
    word,     // names, numbers, addresses, nets, ranges
    file,     // @name or @"name", without the @
    text,     // "quoted" or \escaped: never a keyword; without the quotes
    pattern,  // /.../ or /.../i behind =~ and !~, without the slashes
    symbol,   // ( ) { } , ! && || & = == != < <= > >= =~ !~
    end,
  };
  Kind kind = Kind::end;
  std::string text;
  std::size_t at = 0, length = 1;
  bool any_case = false;  // of a pattern

  // A value and nothing else, whatever it reads.
  [[nodiscard]] bool is_value() const { return kind == Kind::text || kind == Kind::file || kind == Kind::pattern; }
  [[nodiscard]] bool is(std::string_view word) const {
    return (kind == Kind::word || kind == Kind::symbol) && text == word;
  }
};

// The tokens of the text, an end token last. Nothing and `fault` set when a character or a quote is wrong.
[[nodiscard]] std::vector<Token> filter_tokens(std::string_view text, FilterFault& fault);

}  // namespace argus
