// Manual pages in the language of scdoc(5).
#include "argus/command.h"
#include "argus/help.h"
#include "argus/help_topics.h"
#include "argus/markdown.h"
#include "base/text.h"
#include "filter/primitives.h"
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

// A line of Markdown: code becomes bold.
std::string inline_text(std::string_view line) {
  std::string out;
  for (const Inline& piece : inlines_of(line)) {
    const std::string text = protected_text(piece.text);
    switch (piece.kind) {
      case Inline::Kind::text: out += text; break;
      case Inline::Kind::code:
      case Inline::Kind::strong: out += "*" + text + "*"; break;
      case Inline::Kind::emphasis: out += "_" + text + "_"; break;
    }
  }
  return out;
}

std::string literal_text(std::string_view code) {
  std::string out = "```\n";
  for (const char c : code) out += c == '\\' ? "\\\\" : std::string(1, c);
  return out + "```\n";
}

std::string upper(std::string_view text) {
  std::string out;
  for (const char c : text) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

// A paragraph a row: the first cell, and below it the others, with their headings where there are several.
std::string table_text(const std::vector<std::vector<std::string>>& rows) {
  std::string out;
  for (std::size_t i = 1; i < rows.size(); i++) {
    std::string text;
    for (std::size_t column = 1; column < rows[i].size(); column++) {
      if (rows[i][column].empty()) continue;
      if (!text.empty()) text += "; ";
      if (rows[i].size() > 2) text += inline_text(rows[0][column]) + ": ";
      text += inline_text(rows[i][column]);
    }
    out += fmt::format("\n*{}*\n\t{}\n", protected_text(plain_text(rows[i][0], "")), text);
  }
  return out;
}

// Headings of level `top` begin sections, those below it subsections; none above it is shown.
std::string block_text(std::string_view markdown, std::size_t top) {
  std::string out;
  for (const Block& block : blocks_of(markdown)) {
    if (block.kind != Block::Kind::item || block.spaced) out += '\n';
    switch (block.kind) {
      case Block::Kind::heading:
        if (block.level == top) out += "# " + upper(protected_text(block.text)) + "\n";
        else if (block.level > top) out += "## " + protected_text(block.text) + "\n";
        break;
      case Block::Kind::paragraph: out += inline_text(block.text) + "\n"; break;
      case Block::Kind::item: out += (block.mark == "-" ? "- " : ". ") + inline_text(block.text) + "\n"; break;
      case Block::Kind::table: out += table_text(block.rows); break;
      case Block::Kind::code: out += literal_text(block.text); break;
    }
  }
  return out;
}

// "*argus-time*(7)"
std::string page_name(std::string_view manual) {
  const auto dot = manual.rfind('.');
  return fmt::format("*{}*({})", protected_text(manual.substr(0, dot)), manual.substr(dot + 1));
}

// All pages but this one.
std::string see_also(std::string_view own) {
  std::string out = "\n# SEE ALSO\n\n*argus*(1)";
  for (const HelpTopic& topic : help_topics())
    if (!topic.manual.empty() && topic.manual != own) out += ", " + page_name(topic.manual);
  return out + "\n";
}

}  // namespace

std::string page_scdoc(const CommandEntry& entry) {
  const Described d = describe(entry);
  std::string out = fmt::format("argus-{}(1) \"argus {}\" \"argus\"\n\n# NAME\n\nargus-{} - {}\n", entry.name,
                                ARGUS_VERSION, entry.name, protected_text(entry.summary));
  out += fmt::format("\n# SYNOPSIS\n\n*argus {}* {}\n", entry.name, protected_text(d.page.usage));
  out += "\n# DESCRIPTION\n\n" + inline_text(d.page.summary) + "\n";
  if (!d.options.all().empty()) out += "\n# OPTIONS\n";
  for (const std::string& group : d.options.groups()) {
    if (!group.empty()) out += fmt::format("\n## {}\n", protected_text(group));
    for (const Option& option : d.options.all())
      if (!option.hidden && option.group == group)
        out += fmt::format("\n*{}*\n\t{}\n", protected_text(signature(option)), protected_text(option.help));
  }
  if (!d.page.more.empty()) out += "\n# NOTES\n" + block_text(d.page.more, 1);
  if (!d.page.listing.empty()) {
    out += fmt::format("\n# {}\n\n", upper(d.page.listing_title));
    out += literal_text(joined(d.page.listing, "\n") + "\n");
  }
  if (!d.page.examples.empty()) out += "\n# EXAMPLES\n";
  for (const Example& example : d.page.examples)
    out += fmt::format("\n*{}*\n\t{}\n", protected_text(example.command), protected_text(example.says));
  out +=
      "\n# EXIT STATUS\n\n"
      "0 done; 1 failed; 2 wrong request, nothing was read; 3 done, but the input was damaged; 4 nothing matched,\n"
      "with *--fail-empty*.\n";
  return out + see_also("");
}

std::string filter_words_markdown() {
  std::string out = "# Words\n\n| word | means |\n|---|---|\n";
  for (const Primitive& row : primitives())
    out += fmt::format("| `{}`{}{} | {} |\n", row.name, row.aliases.empty() ? "" : ", ", row.aliases, row.help);
  return out;
}

std::string topic_scdoc(const HelpTopic& topic) {
  const auto dot = topic.manual.rfind('.');
  const std::string_view name = topic.manual.substr(0, dot), section = topic.manual.substr(dot + 1);
  std::string out = fmt::format("{}({}) \"argus {}\" \"argus\"\n\n# NAME\n\n{} - {}\n", name, section, ARGUS_VERSION,
                                name, protected_text(topic.summary));
  const std::string_view about = section_of(docs_page(topic.page), topic.section);
  if (!about.empty()) out += "\n# DESCRIPTION\n" + block_text(about, 2);
  if (topic.markdown != nullptr) out += block_text(topic.markdown(), 1);
  return out + see_also(topic.manual);
}

}  // namespace argus
