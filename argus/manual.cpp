// Manual pages in the language of scdoc(5).
#include "argus/command.h"
#include "argus/help.h"
#include "shell/options.h"

namespace argus {

namespace {

std::string protected_text(std::string_view text) {
  std::string out;
  if (text.size() > 1 && text[0] == '-') out = '\\';  // a list begins so
  for (const char c : text) {
    if (c == '\\' || c == '*' || c == '_' || c == '#' || c == '[' || c == '|' || c == '~' || c == '<') out += '\\';
    out += c;
  }
  return out;
}

// A line of Markdown: code becomes bold, of a link its text remains.
std::string inline_text(std::string_view line) {
  std::string out;
  while (!line.empty()) {
    const char c = line[0];
    if (const auto end = line.find('`', 1); c == '`' && end != std::string_view::npos) {
      out += "*" + protected_text(line.substr(1, end - 1)) + "*";
      line.remove_prefix(end + 1);
      continue;
    }
    const auto middle = line.find("](");
    const auto end = middle == std::string_view::npos ? middle : line.find(')', middle);
    if (c == '[' && end != std::string_view::npos) {
      out += inline_text(line.substr(1, middle - 1));
      line.remove_prefix(end + 1);
      continue;
    }
    out += protected_text(line.substr(0, 1));
    line.remove_prefix(1);
  }
  return out;
}

// Paragraphs, headings, lists and indented code of a page's longer text.
std::string block_text(std::string_view markdown) {
  std::string out;
  bool in_code = false;
  while (!markdown.empty()) {
    const std::string_view line = markdown.substr(0, markdown.find('\n'));
    markdown.remove_prefix(std::min(line.size() + 1, markdown.size()));
    const bool code = line.starts_with("    ");
    if (code != in_code) out += "```\n";
    in_code = code;
    if (code) out += std::string(line.substr(4)) + "\n";
    else if (line.starts_with("#")) out += "## " + protected_text(line.substr(line.find_first_not_of("# "))) + "\n";
    else if (line.starts_with("- ")) out += "- " + inline_text(line.substr(2)) + "\n";
    else out += inline_text(line) + "\n";
  }
  if (in_code) out += "```\n";
  return out;
}

std::string upper(std::string_view text) {
  std::string out;
  for (const char c : text) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

}  // namespace

std::string page_scdoc(const CommandEntry& entry) {
  const Described d = describe(entry);
  std::string out = fmt::format("argus-{}(1) \"argus {}\" \"argus\"\n\n# NAME\n\nargus-{} - {}\n", entry.name,
                                ARGUS_VERSION, entry.name, protected_text(entry.summary));
  out += fmt::format("\n# SYNOPSIS\n\n*argus {}* {}\n", entry.name, protected_text(d.page.usage));
  out += "\n# DESCRIPTION\n\n" + inline_text(d.page.summary) + "\n";
  if (!d.options.all().empty()) out += "\n# OPTIONS\n";
  for (const std::string& group : groups_of(d.options)) {
    if (!group.empty()) out += fmt::format("\n## {}\n", protected_text(group));
    for (const Option& option : d.options.all())
      if (!option.hidden && option.group == group)
        out += fmt::format("\n*{}*\n\t{}\n", protected_text(signature(option)), protected_text(option.help));
  }
  if (!d.page.more.empty()) out += "\n# NOTES\n\n" + block_text(d.page.more);
  if (!d.page.listing.empty()) {
    out += fmt::format("\n# {}\n\n```\n", upper(d.page.listing_title));
    for (const std::string& line : d.page.listing) out += line + "\n";
    out += "```\n";
  }
  if (!d.page.examples.empty()) out += "\n# EXAMPLES\n";
  for (const Example& example : d.page.examples)
    out += fmt::format("\n*{}*\n\t{}\n", protected_text(example.command), protected_text(example.says));
  out +=
      "\n# EXIT STATUS\n\n"
      "0 done; 1 failed; 2 wrong request, nothing was read; 3 done, but the input was damaged; 4 nothing matched,\n"
      "with *--fail-empty*.\n\n# SEE ALSO\n\n*argus*(1)\n";
  return out;
}

}  // namespace argus
