// The classic racluster.conf: settings, comments, and one rule a line, made of items in any order (docs/rules.md).
#include "query/rules.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "filter/filter.h"

namespace argus {

namespace {

constexpr std::string_view kBlanks = " \t\r";
const std::vector<std::string> kItems = {"filter", "model", "status", "idle", "label", "grep", "cont"};

struct Setting {
  std::string_view name;
  bool yes_or_no;
};
constexpr std::array kSettings = {
    Setting{"RACLUSTER_MODEL_NAME", false},        Setting{"RACLUSTER_PRESERVE_FIELDS", true},
    Setting{"RACLUSTER_REPORT_AGGREGATION", true}, Setting{"RACLUSTER_AUTO_CORRECTION", true},
    Setting{"RACLUSTER_HISTOGRAM", false},         Setting{"RACLUSTER_AGG_METRIC", false},
};

// What a value says, and where each byte of it stands in its line.
struct Value {
  std::string text;
  std::vector<std::size_t> places;  // text.size() + 1; the last is where it ends
  [[nodiscard]] std::size_t place(std::size_t at) const { return places[std::min(at, places.size() - 1)]; }
};

// One line, read from left to right.
class LineReader {
 public:
  LineReader(std::string_view line, std::string_view name, std::size_t number)
      : line_(line), name_(name), number_(number) {}

  [[nodiscard]] Error fault(std::size_t at, Error error) const {
    error.code = Errc::usage;
    return while_doing(fmt::format("{}:{}:{}", name_, number_, at + 1), std::move(error));
  }
  template <class... Args>
  [[nodiscard]] Error fault(std::size_t at, fmt::format_string<Args...> format, Args&&... args) const {
    return fault(at, fail(Errc::usage, format, std::forward<Args>(args)...));
  }

  // Passes blanks and commas; true when nothing but a comment is left.
  bool done() {
    at_ = std::min(line_.find_first_not_of(" \t\r,", at_), line_.size());
    return at_ == line_.size() || line_[at_] == '#';
  }
  [[nodiscard]] std::size_t at() const { return at_; }

  // The name of an item or setting: up to a blank, comma or "=".
  std::string_view word() {
    const std::size_t begin = at_;
    at_ = std::min(line_.find_first_of(" \t\r,=", at_), line_.size());
    return line_.substr(begin, at_ - begin);
  }
  // Takes a "=" with blanks around it, if one is next.
  bool equals() {
    const std::size_t next = line_.find_first_not_of(kBlanks, at_);
    if (next == std::string_view::npos || line_[next] != '=') return false;
    at_ = std::min(line_.find_first_not_of(kBlanks, next + 1), line_.size());
    return true;
  }
  // A value in quotes (\" and \\ stand for themselves), or up to the next blank; a comma before that blank is no part
  // of it.
  Result<Value> value() {
    Value out;
    const char quote = at_ < line_.size() && (line_[at_] == '"' || line_[at_] == '\'') ? line_[at_] : '\0';
    const std::size_t opened = at_;
    if (quote != '\0') at_++;
    for (; at_ < line_.size(); at_++) {
      char c = line_[at_];
      if (quote != '\0' ? c == quote : ends_bare_value()) break;
      out.places.push_back(at_);
      if (quote != '\0' && c == '\\' && at_ + 1 < line_.size() && (line_[at_ + 1] == quote || line_[at_ + 1] == '\\'))
        c = line_[++at_];
      out.text += c;
    }
    out.places.push_back(at_);
    if (quote == '\0') return out;
    if (at_ == line_.size()) return fault(opened, "the quote that opens here is never closed");
    at_++;
    return out;
  }

 private:
  [[nodiscard]] bool ends_bare_value() const {
    const auto is_blank = [&](std::size_t at) {
      return at >= line_.size() || kBlanks.find(line_[at]) != std::string_view::npos;
    };
    return is_blank(at_) || (line_[at_] == ',' && is_blank(at_ + 1));
  }

  std::string_view line_, name_;
  std::size_t number_;
  std::size_t at_ = 0;
};

// "0" and "0s" are never.
Result<Nanos> parse_limit(const LineReader& line, const Value& value, std::string_view item) {
  const std::size_t digits = value.text.find_first_not_of('0');
  if (!value.text.empty() && value.text[0] == '0' &&
      (digits == std::string::npos || (digits + 1 == value.text.size() &&
                                       std::string_view("smhd").find(value.text[digits]) != std::string_view::npos)))
    return Nanos{0};
  auto length = parse_duration(value.text);
  if (!length) return line.fault(value.place(0), "{}={}: {}", item, escaped(value.text), length.error().text);
  return *length;
}

Result<WherePtr> parse_filter(const LineReader& line, const Value& value) {
  FilterFault fault;
  auto filter = compile_filter(value.text, &fault, SetFiles::read);
  if (filter) return *filter;
  if (fault.text.empty()) return line.fault(value.place(0), std::move(filter.error()));
  return line.fault(value.place(fault.at), "{}{}{}", fault.text, fault.hint.empty() ? "" : "; ", fault.hint);
}

Result<KeyWords> parse_model(const LineReader& line, const Value& value) {
  for (const std::string_view word : split_words(value.text, ", \t")) {
    auto alone = parse_keys({std::string(word)});
    const auto at = static_cast<std::size_t>(word.data() - value.text.data());
    if (!alone) return line.fault(value.place(at), std::move(alone.error()));
  }
  auto keys = parse_keys({value.text});
  if (!keys) return line.fault(value.place(0), std::move(keys.error()));
  return keys;
}

Result<> set_item(const LineReader& line, std::string_view item, const Value& value, Rule& rule) {
  if (item == "filter") {
    ARGUS_TRY_LET(rule.filter, parse_filter(line, value));
  } else if (item == "model") {
    ARGUS_TRY_LET(rule.key, parse_model(line, value));
  } else if (item == "status") {
    ARGUS_TRY_LET(rule.status, parse_limit(line, value, item));
  } else if (item == "idle") {
    ARGUS_TRY_LET(rule.idle, parse_limit(line, value, item));
  } else if (item == "label") {
    rule.label = value.text;
  } else {
    rule.grep = value.text;
  }
  return {};
}

Result<Rule> parse_rule(LineReader& line, std::size_t number) {
  Rule rule;
  rule.line = number;
  std::vector<std::string_view> seen;
  while (!line.done()) {
    const std::size_t at = line.at();
    const std::string_view item = line.word();
    if (item.empty()) return line.fault(at, "a name is missing before '='");
    if (std::find(kItems.begin(), kItems.end(), item) == kItems.end()) {
      std::string hint = did_you_mean(item, kItems);
      if (hint.empty()) hint = "; a rule is made of " + joined(kItems, ", ") + ", values with blanks in quotes";
      return line.fault(at, "no item '{}'{}", escaped(item), hint);
    }
    if (std::find(seen.begin(), seen.end(), item) != seen.end()) return line.fault(at, "{} is given twice", item);
    seen.push_back(item);
    if (item == "cont") {
      rule.cont = true;
      continue;
    }
    if (!line.equals()) return line.fault(line.at(), "{} needs a value: {}=\"...\"", item, item);
    ARGUS_TRY_LET(const Value value, line.value());
    if (value.text.empty()) return line.fault(value.place(0), "{} needs a value: {}=\"...\"", item, item);
    ARGUS_TRY(set_item(line, item, value, rule));
  }
  return rule;
}

bool is_setting(std::string_view line) {
  const std::string_view name = line.substr(0, line.find_first_of(" \t\r="));
  if (name.empty() || name[0] < 'A' || name[0] > 'Z') return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_'; });
}

Result<> parse_setting(LineReader& line) {
  const std::size_t at = line.at();
  const std::string_view name = line.word();
  const auto* const known =
      std::find_if(kSettings.begin(), kSettings.end(), [&](const Setting& s) { return s.name == name; });
  if (known == kSettings.end()) {
    std::vector<std::string> names;
    for (const Setting& s : kSettings) names.emplace_back(s.name);
    return line.fault(at, "no setting '{}'{}", escaped(name), did_you_mean(name, names));
  }
  if (!line.equals()) return line.fault(line.at(), "{} needs a value", name);
  ARGUS_TRY_LET(const Value value, line.value());
  if (known->yes_or_no && value.text != "yes" && value.text != "no")
    return line.fault(value.place(0), "{} is yes or no, not '{}'", name, escaped(value.text));
  if (!line.done()) return line.fault(line.at(), "nothing can follow the value of {}", name);
  return {};
}

}  // namespace

Result<RuleSet> parse_rules(std::string_view text, std::string_view name) {
  if (text.size() > kRulesBytesMax)
    return fail(Errc::usage, "{}: {} bytes are too many for rules (at most {})", name, text.size(), kRulesBytesMax);
  RuleSet out;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view content = text.substr(at, end - at);
    LineReader line(content, name, ++number);
    at = end + 1;
    if (line.done()) continue;
    if (is_setting(content.substr(line.at()))) {
      ARGUS_TRY(parse_setting(line));
      continue;
    }
    ARGUS_TRY_LET(Rule rule, parse_rule(line, number));
    if (out.rules.size() == kRulesMax) return line.fault(0, "more than {} rules", kRulesMax);
    out.rules.push_back(std::move(rule));
  }
  return out;
}

}  // namespace argus
