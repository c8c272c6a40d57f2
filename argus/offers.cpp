#include "argus/offers.h"

#include <net/if.h>

#include <algorithm>
#include <array>
#include <optional>

#include "argus/command.h"
#include "argus/help_topics.h"
#include "base/names.h"
#include "base/text.h"
#include "config/config.h"
#include "draw/metric.h"
#include "filter/primitives.h"
#include "flow/field.h"
#include "flow/value_words.h"
#include "net/keys.h"
#include "query/distribution.h"
#include "query/key.h"
#include "top/look.h"

namespace argus {

namespace {

void add_fields(Candidates& out, bool (*wanted)(const FieldInfo&)) {
  for (const FieldInfo& field : all_fields())
    if (wanted(field)) out.words.push_back({std::string(field.name), std::string(field.doc)});
}

bool any_field(const FieldInfo&) { return true; }

bool is_drawable(const FieldInfo& field) { return axis_of(drawn_field(field.field), {}).has_value(); }

void add_words(Candidates& out, const Words& words, std::string_view says = {}) {
  for (const std::string& word : words) out.words.push_back({word, std::string(says)});
}

}  // namespace

Candidates offered_files(const Words&) { return {{}, Candidates::Places::files}; }

Candidates offered_folders(const Words&) { return {{}, Candidates::Places::folders}; }

Candidates offered_fields(const Words&) {
  Candidates out;
  add_fields(out, any_field);
  return out;
}

Candidates offered_columns(const Words& before) {
  Candidates out = offered_fields(before);
  out.words.push_back({"all", "every field"});
  return out;
}

Candidates offered_counters(const Words&) {
  Candidates out;
  add_fields(out, [](const FieldInfo& field) { return is_counter(field.field); });
  return out;
}

Candidates offered_measures(const Words& before) {
  Candidates out;
  if (before.empty()) add_fields(out, [](const FieldInfo& field) { return has_distribution(field.field); });
  return out;
}

Candidates offered_keys(const Words& before) {
  Candidates out = offered_fields(before);
  add_words(out, other_key_words());
  return out;
}

Candidates offered_times(const Words&) {
  return {{{"-5m", "the last five minutes"},
           {"-1h", "the last hour"},
           {"-1d", "the last 24 hours"},
           {"14:00-15:00", "an hour of today"},
           {"2026/11/23", "a day"}}};
}

Candidates offered_steps(const Words&) {
  return {{{"10s", {}}, {"1m", {}}, {"5m", {}}, {"1h", {}}, {"1d", {}}, {"1w", "from Monday on"}, {"1M", "a month"}}};
}

Candidates offered_interfaces(const Words&) {
  Candidates out;
  struct if_nameindex* const all = ::if_nameindex();
  for (const struct if_nameindex* one = all; one != nullptr && one->if_name != nullptr; one++)
    out.words.push_back({one->if_name, {}});
  if (all != nullptr) ::if_freenameindex(all);
  out.words.push_back({"any", "all interfaces"});
  return out;
}

Candidates offered_sensors(const Words&) {
  Candidates out;
  if (const auto settings = load_settings({}))
    for (const Remote& remote : settings->remotes()) out.words.push_back({remote.name, remote.address});
  if (const auto keys = read_sensor_keys(sensor_keys_path()))
    for (const SensorKey& key : *keys) out.words.push_back({key.sensor, "as " + key.key.name});
  out.words.push_back({"unix:", "a local socket"});
  out.words.push_back({"ssh:", "a host, through ssh"});
  return out;
}

Candidates offered_collect_addresses(const Words&) {
  return {{{"udp://:2055", "NetFlow"}, {"udp://:4739", "IPFIX"}, {"udp://:6343", "sFlow"}}};
}

Candidates offered_top_columns(const Words& before) {
  Candidates out = offered_fields(before);
  add_words(out, other_column_words());
  return out;
}

Candidates offered_top_orders(const Words& before) {
  Candidates out = offered_top_columns(before);
  std::erase_if(out.words, [](const Candidate& one) { return !parse_top_order(one.word); });
  return out;
}

Candidates offered_drawn(const Words& before) {
  if (!before.empty()) return offered_keys(before);
  Candidates out;
  add_fields(out, is_drawable);
  return out;
}

Candidates offered_topics(const Words&) {
  Candidates out;
  for (const CommandEntry& entry : all_commands())
    out.words.push_back({std::string(entry.name), std::string(entry.summary)});
  for (const HelpTopic& topic : help_topics())
    out.words.push_back({std::string(topic.name), std::string(topic.summary)});
  return out;
}

namespace {

// The word of a filter that the next one may be a value of: "state" of "state", "state =" and "state not in {".
std::string_view word_before_value(const Words& before) {
  std::vector<std::string_view> pieces;
  for (const std::string& words : before)
    for (const std::string_view piece : split_words(words, " (!={")) pieces.push_back(piece);
  const auto between = std::to_array<std::string_view>({"in", "not", "eq", "equal", "ne"});
  while (pieces.size() > 1 && std::find(between.begin(), between.end(), pieces.back()) != between.end())
    pieces.pop_back();
  return pieces.empty() ? std::string_view() : pieces.back();
}

// "encaps" has a field for each side.
std::optional<Field> field_of(std::string_view word, const Primitive* test) {
  if (const auto field = find_field(word)) return field;
  if (test == nullptr || test->field.empty()) return std::nullopt;
  return find_field("s" + std::string(test->field));
}

}  // namespace

Candidates offered_filter(const Words& before) {
  Candidates out;
  const std::string_view word = word_before_value(before);
  const Primitive* const test = find_primitive(word);
  const auto field = field_of(word, test);
  const auto values = field ? value_words(*field) : std::vector<std::string_view>();
  const auto is_of = [&](Format format) { return field && info(*field).format == format; };
  if (is_of(Format::port) || (test != nullptr && test->takes == Takes::port)) {
    add_words(out, service_names(), "a service");
  } else if (is_of(Format::proto)) {
    add_words(out, proto_names(), "a protocol");
  } else if (!values.empty()) {
    for (const std::string_view value : values) out.words.push_back({std::string(value), {}});
  } else if (word == "has") {
    add_fields(out, any_field);
  } else {
    for (const Primitive& test_word : primitives())
      if (test_word.name.find(' ') == std::string_view::npos)
        out.words.push_back({std::string(test_word.name), std::string(test_word.help)});
    add_fields(out, any_field);
    add_words(out, filter_words());
  }
  return out;
}

Offer offered_words(Words words) {
  return [words = std::move(words)](const Words& before) {
    Candidates out;
    for (const std::string& word : words)
      if (std::find(before.begin(), before.end(), word) == before.end()) out.words.push_back({word, {}});
    return out;
  };
}

}  // namespace argus
