// What shells offer for the values of options: each is an Offer (shell/options.h).
#pragma once

#include <string>
#include <vector>

#include "shell/options.h"

namespace argus {

using Words = std::vector<std::string>;

[[nodiscard]] Candidates offered_files(const Words& before);
[[nodiscard]] Candidates offered_folders(const Words& before);
[[nodiscard]] Candidates offered_fields(const Words& before);
[[nodiscard]] Candidates offered_columns(const Words& before);  // of -s: fields and "all"
[[nodiscard]] Candidates offered_counters(const Words& before);
[[nodiscard]] Candidates offered_measures(const Words& before);  // histo: fields that are amounts
[[nodiscard]] Candidates offered_keys(const Words& before);
[[nodiscard]] Candidates offered_times(const Words& before);  // examples of ranges
[[nodiscard]] Candidates offered_steps(const Words& before);  // of the clock
[[nodiscard]] Candidates offered_interfaces(const Words& before);
[[nodiscard]] Candidates offered_sensors(const Words& before);            // that settings or keys name
[[nodiscard]] Candidates offered_collect_addresses(const Words& before);  // usual ports of exporters
[[nodiscard]] Candidates offered_top_columns(const Words& before);
[[nodiscard]] Candidates offered_top_orders(const Words& before);
[[nodiscard]] Candidates offered_drawn(const Words& before);   // graph: amounts, then also keys
[[nodiscard]] Candidates offered_topics(const Words& before);  // help: commands and topics
[[nodiscard]] Candidates offered_filter(const Words& before);  // a word of a filter

// These words, and none that is there already.
[[nodiscard]] Offer offered_words(Words words);

}  // namespace argus
