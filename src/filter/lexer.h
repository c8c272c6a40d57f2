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
    string,  // "quoted", without the quotes
    symbol,  // ( ) { } , ! && || & = == != < <= > >=
    end,
  };
  Kind kind = Kind::end;
  std::string text;
  std::size_t at = 0, length = 0;

  [[nodiscard]] bool is(std::string_view word) const {
    return kind != Kind::string && kind != Kind::end && text == word;
  }
  [[nodiscard]] bool is_word() const { return kind == Kind::word; }
};

// The tokens of the text, an end token last; or what is wrong with it.
[[nodiscard]] Result<std::vector<Token>> filter_tokens(std::string_view text, FilterFault& fault);

}  // namespace argus
