#include "shell/elsewhere.h"

#include <array>
#include <utility>

namespace argus {

namespace {

constexpr auto kElsewhere = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"merge", "'argus sort -m stime -r FILE...' merges files in the order of time"},
    {"concat", "'argus show -r FILE... -w FILE' puts files into one"},
    {"filter", "'argus show -r FILE - FILTER' filters records"},
    {"group", "'argus cluster -m FIELD...' groups records"},
    {"aggregate", "'argus cluster -m FIELD...' groups records"},
    {"stats", "'argus count' prints totals"},
    {"-m", "'argus cluster -m' groups records, and 'argus sort -m' orders them"},
    {"-A", "'argus count' adds up, and '--ledger' prints what was received and lost"},
    {"-O", "filters need no options here"},
    {"--sort", "'argus sort -m FIELD' orders records"},
    {"--order-by", "'argus sort -m FIELD' orders records"},
    {"--group-by", "'argus cluster -m FIELD...' groups records"},
    {"--top", "'argus count -m FIELD --top N' shows the largest groups"},
    {"--limit", "'-N COUNT' limits the rows"},
    {"--head", "'-N COUNT' limits the rows"},
    {"--filter", "a filter follows a lone '-':  - tcp port 80"},
});

}  // namespace

std::string_view found_elsewhere(std::string_view word) {
  for (const auto& [name, here] : kElsewhere)
    if (name == word) return here;
  return {};
}

}  // namespace argus
