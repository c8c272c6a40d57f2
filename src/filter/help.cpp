// The page of `argus help filter`.
#include <fmt/format.h>

#include <algorithm>

#include "filter/primitives.h"

namespace argus {

namespace {

constexpr std::string_view kHead =
    "A filter says which records are wanted: tests joined by 'and', 'or', 'not' and parentheses, after a lone '-'.\n"
    "\n"
    "  argus show -r day.flows - tcp and port 443\n"
    "  argus show -r day.flows - 'src net 10.0.0.0/8 and not dst port {53,123}'\n"
    "  argus show -r day.flows - 'bytes > 1M or dur > 30s'\n"
    "\n"
    "Any field is a word: FIELD OP VALUE with = != < <= > >= & (or eq ne lt lte gt gte), FIELD in A,B, has FIELD.\n"
    "Values are numbers (1.5k 5MB 64KiB), ranges (80-90, 1k..1M), durations (200ms 2m), times, names and addresses.\n"
    "FIELD =~ /REGEX/ and !~ look for text: srcid =~ /^north/. src in @FILE takes the addresses and nets of a file.\n"
    "src and dst choose a side: src bytes > 1k is sbytes > 1k, src port 80 is sport = 80; without one port is either.\n"
    "Any protocol name is a word: tcp, udp, icmp6, arp; it may stand before others: udp dst port domain.\n"
    "An absent value fails every comparison; 'not' reverses that: sport != 80 and not sport = 80 differ.\n"
    "\n";

}  // namespace

std::string filter_help() {
  std::string out(kHead);
  std::size_t width = 0;
  const auto title = [](const Primitive& row) {
    return std::string(row.name) + (row.aliases.empty() ? "" : " " + std::string(row.aliases));
  };
  for (const Primitive& row : primitives()) width = std::max(width, title(row).size());
  for (const Primitive& row : primitives()) out += fmt::format("  {:<{}}  {}\n", title(row), width, row.help);
  return out;
}

}  // namespace argus
