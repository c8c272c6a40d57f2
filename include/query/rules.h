// racluster.conf: several models, each with a filter (argus-cluster page, classic grammar).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "flow/source.h"
#include "flow/where.h"
#include "query/key.h"

namespace argus {

struct Rule {
  WherePtr filter;    // null: every record
  KeyWords key;       // empty: the default key
  Nanos status = 0;   // 0: never; a group that spans this long is written and starts afresh
  Nanos idle = 0;     // 0: never; a group that was silent this long is written
  std::string label;  // kept for the label field of a later format
  std::string grep;   // over labels, which no record has yet: a rule with it matches nothing
  bool cont = false;  // records go on to the next rules
  std::size_t line = 0;
};
struct RuleSet {
  std::vector<Rule> rules;
};

inline constexpr std::size_t kRulesMax = 1024;
inline constexpr std::size_t kRulesBytesMax = 4u << 20;

// The grammar is in docs/rules.md. Errors are usage errors with "name:line:column: "; the column points into a filter.
[[nodiscard]] Result<RuleSet> parse_rules(std::string_view text, std::string_view name);

// First rule whose filter matches wins; unmatched records are clustered by the default key. Output: the records of
// one rule after those of the other, each in key order; those of a model "none" pass straight through. Live input:
// groups that status or idle end are written when they end.
[[nodiscard]] SourcePtr clustered_by(SourcePtr input, RuleSet rules, bool rmon);

}  // namespace argus
