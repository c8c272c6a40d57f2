// What can be asked of `argus help` beside the commands.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace argus {

struct HelpTopic {
  std::string_view name, summary;
  std::string_view page = {}, section = {};  // of docs; none: `text` makes it
  std::string (*text)() = nullptr;
  std::string (*markdown)() = nullptr;
};
[[nodiscard]] std::span<const HelpTopic> help_topics();
[[nodiscard]] const HelpTopic* find_topic(std::string_view name);
[[nodiscard]] std::vector<std::string> topic_names();
[[nodiscard]] std::string topic_text(const HelpTopic& topic, bool markdown);

// A page of docs as it was when the program was built; made by CMakeLists.txt.
struct DocsPage {
  std::string_view path, markdown;
};
[[nodiscard]] std::span<const DocsPage> docs_pages();

// Markdown for a terminal of 80 columns: headings, paragraphs, lists, tables and code. The section under that heading
// alone, or all for an empty one.
[[nodiscard]] std::string plain_text(std::string_view markdown, std::string_view section);

}  // namespace argus
