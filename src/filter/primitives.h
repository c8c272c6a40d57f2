// Words of the language that stand for something longer.
#pragma once

#include <span>
#include <string_view>

namespace argus {

struct Primitive {
  std::string_view names;     // the word and its other spellings, with blanks between
  std::string_view either;    // what it stands for alone
  std::string_view src, dst;  // behind 'src' and 'dst'; empty: takes no direction
  std::string_view help;
};
[[nodiscard]] std::span<const Primitive> primitives();
[[nodiscard]] const Primitive* find_primitive(std::string_view word);

}  // namespace argus
