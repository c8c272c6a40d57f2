#include "argus/help.h"

#include <algorithm>
#include <span>
#include <vector>

#include "argus/help_topics.h"
#include "argus/markdown.h"
#include "base/text.h"
#include "flow/field.h"
#include "flow/type.h"
#include "shell/classic.h"
#include "sink/text.h"

namespace argus {

std::string signature(const Option& option) {
  std::string out = joined(option.names, ", ");
  if (!option.metavar.empty()) out += " " + option.metavar;
  return out;
}

Described describe(const CommandEntry& entry) {
  Described out;
  out.command = entry.make();
  out.command->declare(out.options);
  out.page = out.command->page();
  return out;
}

namespace {

std::string_view type_text(Type type) {
  switch (type) {
    case Type::u8: return "u8";
    case Type::u16: return "u16";
    case Type::u32: return "u32";
    case Type::u64: return "u64";
    case Type::i64: return "i64";
    case Type::u128: return "u128";
    case Type::addr: return "address";
    case Type::bytes: return "text";
    case Type::f64: break;
  }
  return "real";
}

std::string_view merge_text(const FieldInfo& field) {
  if (!is_stored(field.field)) return "derived";
  switch (field.merge) {
    case Merge::sum: return "sum";
    case Merge::min: return "min";
    case Merge::max: return "max";
    case Merge::or_: return "or";
    case Merge::same: return "same";
    case Merge::none: break;
  }
  return "none";
}

// The names that a system has for a field, with blanks between.
std::string names_in(std::string_view system, Field field) {
  std::string out;
  for (const ForeignName& one : foreign_names())
    if (one.field == field && one.system == system) out += (out.empty() ? "" : " ") + std::string(one.name);
  return out;
}

std::vector<std::string> foreign_systems() {
  std::vector<std::string> out;
  for (const ForeignName& one : foreign_names())
    if (std::find(out.begin(), out.end(), one.system) == out.end()) out.emplace_back(one.system);
  return out;
}

std::string foreign_markdown() {
  std::string out =
      "\n## Names of other programs\n\n"
      "These names are accepted wherever a field's name is; headings use the field's own name. Records of most other\n"
      "programs have one direction, so their counters are those of the source here. Their bytes often count IP\n"
      "packets; argus counts whole frames.\n\n| field |";
  std::string line = "|---|";
  for (const std::string& system : foreign_systems()) out += fmt::format(" {} |", system), line += "---|";
  out += "\n" + line + "\n";
  for (const FieldInfo& field : all_fields()) {
    std::string cells;
    bool any = false;
    for (const std::string& system : foreign_systems()) {
      const std::string names = names_in(system, field.field);
      any |= !names.empty();
      cells += names.empty() ? " |" : fmt::format(" {} |", names);
    }
    if (any) out += fmt::format("| `{}` |{}\n", field.name, cells);
  }
  return out;
}

}  // namespace

namespace {

constexpr std::string_view kHidden = "hidden", kFurther = "further";

// Those of the group that only the long overview has, or all others that are shown.
void append_commands(bool further, std::string& out) {
  std::string_view group;
  for (const CommandEntry& entry : all_commands()) {
    if (entry.group == kHidden || (entry.group == kFurther) != further) continue;
    out += fmt::format("  {:<16} {:<9} {}\n", entry.group == group ? "" : entry.group, entry.name, entry.summary);
    group = entry.group;
  }
}

}  // namespace

std::string overview() {
  std::string out =
      "usage: argus COMMAND [options] [- filter]\n"
      "       argus COMMAND -h    its options; argus help: further commands, and topics\n\n";
  append_commands(false, out);
  return out;
}

std::string long_overview() {
  std::string out = overview();
  append_commands(true, out);
  out += "\ntopics: argus help TOPIC\n";
  for (const HelpTopic& topic : help_topics()) out += fmt::format("  {:<16} {}\n", topic.name, topic.summary);
  out += "\nclassic names\n";
  for (const ClassicName& classic : classic_names())
    out += fmt::format("  {:<16} argus {}\n", classic.name, classic.command);
  return out;
}

namespace {

constexpr std::size_t kColumns = 80, kShownExamples = 2;

// What is in brackets stays in one line.
std::string usage_text(std::string_view called, const Page& page) {
  constexpr char kBlank = '\1';
  std::string usage(page.usage), out = fmt::format("usage: {} ", called);
  int depth = 0;
  for (char& c : usage) {
    depth += c == '[' ? 1 : c == ']' ? -1 : 0;
    if (c == ' ' && depth > 0) c = kBlank;
  }
  if (usage.empty()) out.pop_back();
  append_wrapped(usage, out.size(), out);
  std::replace(out.begin(), out.end(), kBlank, ' ');
  std::string summary(page.summary);
  std::replace(summary.begin(), summary.end(), '\n', ' ');
  append_wrapped(summary, 0, out);
  return out;
}

void append_examples(std::span<const Example> examples, std::string& out) {
  std::size_t command = 0, says = 0;
  for (const Example& example : examples) {
    command = std::max(command, example.command.size());
    says = std::max(says, example.says.size());
  }
  const bool beside = 2 + command + 3 + says <= kColumns;
  for (const Example& example : examples) {
    if (beside) out += fmt::format("  {:<{}}   {}\n", example.command, command, example.says);
    else out += fmt::format("  {}\n      {}\n", example.command, example.says);
  }
}

constexpr std::size_t kHelpColumn = 27;

// As many clauses of it as stand in one line, or all of it.
std::string_view first_line(std::string_view help) {
  constexpr std::size_t kWidth = kColumns - kHelpColumn;
  if (screen_width(help) <= kWidth) return help;
  std::string_view out = help;
  int depth = 0;
  for (std::size_t at = 0; at <= kWidth && at < help.size(); at++) {
    depth += help[at] == '(' ? 1 : help[at] == ')' ? -1 : 0;
    if (depth == 0 && (help[at] == ',' || help[at] == ';') && help.substr(at + 1).starts_with(' '))
      out = help.substr(0, at);
  }
  return out;
}

void append_option(const Option& option, std::string_view help, std::string& out) {
  const std::string name = "  " + signature(option);
  out += name;
  const bool beside = name.size() < kHelpColumn;
  if (!beside) out += '\n';
  out.append(beside ? kHelpColumn - name.size() : kHelpColumn, ' ');
  append_wrapped(help, kHelpColumn, out);
}

}  // namespace

std::string short_help(const CommandEntry& entry, std::string_view called) {
  const Described d = describe(entry);
  std::string out = usage_text(called, d.page);
  std::size_t shown = 0, all = 0;
  for (const std::string& group : d.options.groups())
    for (const Option& option : d.options.all()) {
      if (option.hidden || option.group != group) continue;
      all++;
      if (!option.common) continue;
      if (shown++ == 0) out += '\n';
      append_option(option, first_line(option.help), out);
    }
  if (!d.page.examples.empty()) out += '\n';
  append_examples({d.page.examples.begin(), std::min(d.page.examples.size(), kShownExamples)}, out);
  out += shown == all ? fmt::format("\nMore: {} --help\n", called)
                      : fmt::format("\nAll {} options: {} --help    topics: argus help\n", all, called);
  return out;
}

std::string long_help(const CommandEntry& entry, std::string_view called) {
  const Described d = describe(entry);
  std::string out = usage_text(called, d.page);
  if (!d.page.examples.empty()) out += '\n';
  append_examples(d.page.examples, out);
  for (const std::string& group : d.options.groups()) {
    out += fmt::format("\n{}\n", group.empty() ? "options" : group);
    for (const Option& option : d.options.all())
      if (!option.hidden && option.group == group) append_option(option, option.help, out);
  }
  if (!d.page.more.empty()) out += "\n" + plain_text(d.page.more, "");
  if (!d.page.listing.empty()) out += fmt::format("\n{}\n", d.page.listing_title);
  for (const std::string& line : d.page.listing) out += fmt::format("  {}\n", line);
  return out;
}

std::string page_markdown(const CommandEntry& entry) {
  const Described d = describe(entry);
  std::string out =
      fmt::format("# argus {}\n\n    argus {} {}\n\n{}\n", entry.name, entry.name, d.page.usage, d.page.summary);
  if (!d.page.examples.empty()) out += "\n## Examples\n\n";
  for (const Example& example : d.page.examples) out += fmt::format("    {}\n\n{}.\n\n", example.command, example.says);
  out += "## Options\n";
  for (const std::string& group : d.options.groups()) {
    out += group.empty() ? "\n" : fmt::format("\n### {}\n\n", group);
    for (const Option& option : d.options.all())
      if (!option.hidden && option.group == group) out += fmt::format("- `{}`: {}\n", signature(option), option.help);
  }
  if (!d.page.more.empty()) out += fmt::format("\n{}\n", d.page.more);
  if (!d.page.listing.empty()) out += fmt::format("\n## {}\n\n", d.page.listing_title);
  for (const std::string& line : d.page.listing) out += fmt::format("    {}\n", line);
  out += "\nExit status: see [the commands](README.md).\n";
  return out;
}

std::string fields_text() {
  std::string out = fmt::format("{:<11} {:<23} {:<12} {}\n", "field", "also", "classic", "meaning");
  for (const FieldInfo& field : all_fields())
    out += fmt::format("{:<11} {:<23} {:<12} {}\n", field.name, field.alias, classic_heading(field.field), field.doc);
  out += fmt::format("\nNames of {} are accepted, too:\n", joined(foreign_systems(), ", "));
  for (const FieldInfo& field : all_fields()) {
    std::string names;
    for (const ForeignName& one : foreign_names())
      if (one.field == field.field) names += fmt::format(" {}", one.name);
    if (!names.empty()) out += fmt::format("{:<11}{}\n", field.name, names);
  }
  return out;
}

std::string fields_markdown() {
  std::string out =
      "# Fields\n\n"
      "<!-- Made by `argus help fields --markdown` from the table `include/flow/fields.def`; a test compares. -->\n\n"
      "A field's name is its column, filter word, sort key, cluster key, CSV heading and JSON key. An absent value is "
      "not\n"
      "zero: text shows nothing, CSV an empty cell, JSON leaves the key out. *Merging* says how values combine when\n"
      "records are clustered: `sum`, `min`, `max`, `or` pass over absent values; `same` keeps a value only where all\n"
      "records agree; `derived` fields are computed from others whenever they are asked for. A sum of both directions\n"
      "is absent only where both are: a side that sent nothing counts as nothing. Order is largest first for amounts\n"
      "and smallest first for names, codes, addresses, ports and instants.\n"
      "\n"
      "The meter observes those from `shist` to `dintpktidlmax` only where they are asked for: by `capture "
      "--details`,\n"
      "or by a command that reads a capture and names one of them, or one that is derived from them (`-s sjit`,\n"
      "`- 'sintpktmax > 5s'`) or writes flow files. They cost nothing otherwise. So are `sname` and\n"
      "`dname`, by `--dns-names`: [names seen on the wire](labels.md#names-seen-on-the-wire).\n\n"
      "| field | also | classic heading | type | unit | merging | order | reversed | meaning |\n"
      "|---|---|---|---|---|---|---|---|---|\n";
  for (const FieldInfo& field : all_fields())
    out += fmt::format("| `{}` | {} | {} | {} | {} | {} | {} | {} | {} |\n", field.name, field.alias,
                       classic_heading(field.field), type_text(field.type), field.unit, merge_text(field),
                       info(field.format).falling ? "largest first" : "smallest first",
                       field.reverse == field.field ? "" : info(field.reverse).name, field.doc);
  return out + foreign_markdown();
}

}  // namespace argus
