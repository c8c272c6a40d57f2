#include "draw/cells.h"

#include <catch2/catch.hpp>

namespace argus {

TEST_CASE("text is fitted into exactly so many columns") {
  CHECK(fitted("abc", 5, false, "~") == "abc  ");
  CHECK(fitted("abc", 5, true, "~") == "  abc");
  CHECK(fitted("abcdef", 4, false, "~") == "abc~");
  CHECK(fitted("abcdef", 4, false, "") == "abcd");
  CHECK(fitted("abc", 0, false, "~").empty());
  CHECK(fitted("", 2, true, "") == "  ");
}

TEST_CASE("characters are cut whole") {
  CHECK(fitted("a▼b▼", 2, false, "") == "a▼");
  CHECK(fitted("▼▼▼", 2, false, "…") == "▼…");
  CHECK(fitted("x\xc3", 1, false, "") == "x");
}

TEST_CASE("a line is cut and filled") {
  const Line line = {{"abc", Ink::strong}, {"def", Ink::dim}};
  CHECK(width_of(line) == 6);
  CHECK(text_of(cut_line(line, 4)) == "abcd");
  CHECK(cut_line(line, 4)[1].ink == Ink::dim);
  CHECK(text_of(cut_line(line, 9)) == "abcdef");
  CHECK(text_of(rest_of_line(line, 4)) == "ef");
  CHECK(rest_of_line(line, 4)[0].ink == Ink::dim);
  CHECK(rest_of_line(line, 6).empty());
  Line filled = line;
  pad_line(filled, 8);
  CHECK(width_of(filled) == 8);
  CHECK(text_of(filled) == "abcdef");
}

}  // namespace argus
