#include "argus/help_topics.h"

#include <algorithm>
#include <array>

#include "argus/help.h"
#include "config/config.h"
#include "filter/primitives.h"

namespace argus {

namespace {

constexpr auto kTopics = std::to_array<HelpTopic>({
    {"fields", "every field of a record", {}, {}, &fields_text, &fields_markdown},
    {"filter", "the words of filters", {}, {}, &filter_help, nullptr},
    {"settings", "a sample argus.toml with every setting", {}, {}, &sample_toml, &settings_markdown},
#define TOPIC(name, page, section, summary) {#name, summary, page, section, nullptr, nullptr},
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
  if (markdown && topic.markdown != nullptr) return topic.markdown();
  if (topic.text != nullptr) return topic.text();
  for (const DocsPage& page : docs_pages())
    if (page.path == topic.page)
      return markdown ? std::string(page.markdown) : plain_text(page.markdown, topic.section);
  return {};
}

}  // namespace argus
