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

TEST_CASE("a manual page has a name, text and no mark-up of the page that it is made of") {
  std::size_t manuals = 0;
  for (const HelpTopic& topic : help_topics()) {
    if (topic.manual.empty()) continue;
    CAPTURE(topic.name);
    manuals++;
    const std::string text = topic_scdoc(topic);
    CHECK(text.find("# NAME\n\n" + std::string(topic.manual.substr(0, topic.manual.rfind('.'))) + " - ") !=
          std::string::npos);
    CHECK(text.find("](") == std::string::npos);
    CHECK(text.find("<!--") == std::string::npos);
    CHECK(text.find("\n|") == std::string::npos);
    CHECK(text.size() > 3000);
  }
  CHECK(manuals == 5);
}
