#include "argus/help_topics.h"

#include <catch2/catch.hpp>

#include "argus/command.h"

using namespace argus;

TEST_CASE("every topic has text, no line of prose beyond 80 columns, and no mark-up") {
  for (const HelpTopic& topic : help_topics()) {
    CAPTURE(topic.name);
    const std::string text = topic_text(topic, false);
    CHECK(text.size() > 200);
    CHECK(find_command(topic.name) == nullptr);  // a name is one thing
    if (topic.text != nullptr) continue;
    CHECK_FALSE(topic_text(topic, true).empty());
    CHECK(text.find("](") == std::string::npos);
    CHECK(text.find("```") == std::string::npos);
    CHECK(text.find("\n|") == std::string::npos);
  }
}

TEST_CASE("Markdown becomes plain text") {
  CHECK(plain_text("# A *title*\n\nSome `code **` and a\n[link](x.md).\n\n```\n$ run `it`\n```\n", "") ==
        "A title\n\nSome code ** and a link.\n\n    $ run `it`\n");
  CHECK(plain_text("- one\n  more\n- two\n\n    code *here*\n", "") == "- one more\n- two\n\n    code *here*\n");
  CHECK(plain_text("| a | bb |\n|---|---|\n| `x\\|y` | z |\n", "") == "  a    bb\n  x|y  z\n");
  const std::string words(200, 'w');
  CHECK(plain_text("aa " + words + " bb\n", "") == "aa\n" + words + "\nbb\n");
}

TEST_CASE("of a page one section can be taken") {
  constexpr std::string_view kPage = "# T\n\nintro\n\n## One\n\nfirst\n\n## Two\n\nsecond\n";
  CHECK(plain_text(kPage, "One") == "One\n\nfirst\n");
  CHECK(plain_text(kPage, "Two") == "Two\n\nsecond\n");
  CHECK(plain_text(kPage, "Three").empty());
}
