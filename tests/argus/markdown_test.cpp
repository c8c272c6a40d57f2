#include "argus/markdown.h"

#include <catch2/catch.hpp>

#include "argus/help_topics.h"

using namespace argus;

TEST_CASE("Markdown becomes plain text") {
  CHECK(plain_text("# A *title*\n\nSome `code **` and a\n[link](x.md).\n\n```\n$ run `it`\n```\n", "") ==
        "A title\n\nSome code ** and a link.\n\n    $ run `it`\n");
  CHECK(plain_text("- one\n  more\n- two\n\n    code *here*\n", "") == "- one more\n- two\n\n    code *here*\n");
  CHECK(plain_text("1. one\n   more\n2. two\n", "") == "1. one more\n2. two\n");
  CHECK(plain_text("| a | bb |\n|---|---|\n| `x\\|y` | z |\n", "") == "  a    bb\n  x|y  z\n");
  CHECK(plain_text("a **b** *c* 2 * 3\n<!-- no one reads it -->\n", "") == "a b c 2 * 3\n");
  const std::string words(200, 'w');
  CHECK(plain_text("aa " + words + " bb\n", "") == "aa\n" + words + "\nbb\n");
}

TEST_CASE("code and links may go on in the next line") {
  CHECK(plain_text("The `first\nsecond` and [a\nlink](x.md).\n", "") == "The first second and a link.\n");
}

TEST_CASE("of a page one section can be taken, with what is below it") {
  constexpr std::string_view kPage = "# T\n\nintro\n\n## One\n\nfirst\n\n### More\n\nof it\n\n## Two\n\nsecond\n";
  CHECK(plain_text(kPage, "One") == "One\n\nfirst\n\nMore\n\nof it\n");
  CHECK(plain_text(kPage, "Two") == "Two\n\nsecond\n");
  CHECK(plain_text(kPage, "Three").empty());
  CHECK(section_of("## One\n```\n# no heading\n```\n# Next\n", "One") == "```\n# no heading\n```\n");
}

TEST_CASE("a link to what help explains says so") {
  CHECK(plain_text("[remote](../remote.md) and [Settings](s.md), [show](show.md)\n", "") ==
        "argus help remote and argus help settings, argus help show\n");
  CHECK(link_text("a page") == "a page");
}

TEST_CASE("Markdown cut anywhere is text") {
  const std::string whole = "# A\n\n- `b` [c](d) **e**\n\n| f | g |\n|---|---|\n\n```\nh\n```\n";
  for (std::size_t size = 0; size < whole.size(); size++) {
    CAPTURE(size);
    const std::string text = plain_text(std::string_view(whole).substr(0, size), "");
    CHECK((size == 0 || text.find('A') != std::string::npos || size < 3));
  }
}
