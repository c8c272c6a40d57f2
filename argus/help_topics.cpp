#include "argus/help_topics.h"

#include <algorithm>
#include <array>

#include "argus/command.h"
#include "argus/help.h"
#include "argus/markdown.h"
#include "config/config.h"
#include "filter/primitives.h"

namespace argus {

namespace {

constexpr auto kTopics = std::to_array<HelpTopic>({
#define TOPIC(name, page, section, manual, summary) {#name, summary, page, section, manual, nullptr, nullptr},
#define MADE(name, page, section, manual, text, markdown, summary) \
  {#name, summary, page, section, manual, &text, &markdown},
#include "argus/help_topics.def"
});

}  // namespace

std::span<const HelpTopic> help_topics() { return kTopics; }

const HelpTopic* find_topic(std::string_view name) {
  if (name == "filters") name = "filter";
  const auto at = std::find_if(kTopics.begin(), kTopics.end(), [&](const HelpTopic& t) { return t.name == name; });
  return at == kTopics.end() ? nullptr : &*at;
}

std::vector<std::string> topic_names() {
  std::vector<std::string> out;
  for (const HelpTopic& topic : kTopics) out.emplace_back(topic.name);
  return out;
}

std::string topic_text(const HelpTopic& topic, bool markdown) {
  if (markdown) return topic.markdown != nullptr ? topic.markdown() : std::string(docs_page(topic.page));
  return topic.text != nullptr ? topic.text() : plain_text(docs_page(topic.page), topic.section);
}

std::string_view docs_page(std::string_view path) {
  for (const DocsPage& page : docs_pages())
    if (page.path == path) return page.markdown;
  return {};
}

std::string link_text(std::string_view text) {
  std::string name(text);
  if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z') name[0] = static_cast<char>(name[0] - 'A' + 'a');
  if (find_topic(name) != nullptr || find_command(name) != nullptr) return "argus help " + name;
  return std::string(text);
}

}  // namespace argus
