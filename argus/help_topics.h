// What can be asked of `argus help` beside the commands.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace argus {

struct HelpTopic {
  std::string_view name, summary;
  std::string_view page = {}, section = {};  // of docs
  std::string_view manual = {};              // "argus-time.7"; empty: it has no manual page of its own
  std::string (*text)() = nullptr;
  std::string (*markdown)() = nullptr;
};
[[nodiscard]] std::span<const HelpTopic> help_topics();
[[nodiscard]] const HelpTopic* find_topic(std::string_view name);
[[nodiscard]] std::vector<std::string> topic_names();
[[nodiscard]] std::string topic_text(const HelpTopic& topic, bool markdown);
[[nodiscard]] std::string topic_scdoc(const HelpTopic& topic);  // of one with a manual page, as scdoc(5) reads it

// A page of docs as it was when the program was built; made by CMakeLists.txt.
struct DocsPage {
  std::string_view path, markdown;
};
[[nodiscard]] std::span<const DocsPage> docs_pages();

// A page that is built in; empty when there is none.
[[nodiscard]] std::string_view docs_page(std::string_view path);
// What to say for a link: its text, or `argus help NAME` where that is the name of a topic or a command.
[[nodiscard]] std::string link_text(std::string_view text);

}  // namespace argus
