#include "draw/metric.h"

#include <algorithm>

#include "base/text.h"
#include "flow/type.h"

namespace argus {

namespace {

// Every input merges into an amount.
bool merges_to_amount(Field field) {
  const auto inputs = stored_inputs({field}).list();
  return std::all_of(inputs.begin(), inputs.end(), [](Field input) {
    const Merge rule = info(input).merge;
    const bool of_time = info(input).format == Format::time;
    return of_time || rule == Merge::sum || rule == Merge::min || rule == Merge::max;
  });
}

// Any number that merges into one, codes that are kept as the least or the most among them (sttl).
bool is_amount(const FieldInfo& field) {
  return info(field.format).is_number() && field.type != Type::u128 && merges_to_amount(field.field);
}

bool is_sum(const FieldInfo& field) {
  if (field.format == Format::rate) return true;
  return field.type == Type::u64 && (is_stored(field.field) ? field.merge == Merge::sum : true);
}

std::optional<Field> half(Field field, const char* side) {
  const auto found = find_field(side + std::string(info(field).name));
  if (!found || !axis_of(*found, {})) return std::nullopt;
  return found;
}

bool are_halves(Field a, Field b) { return a != b && info(a).reverse == b; }

// A sum of both directions as its halves.
Metric metric_of(Field field, bool one_sided) {
  Metric out{field, std::nullopt, false, std::string(info(field).name)};
  if (one_sided || !is_sum(info(field)) || info(field).reverse != field) return out;
  const auto source = half(field, "s"), target = half(field, "d");
  if (source && target && are_halves(*source, *target)) out.up = *source, out.down = *target, out.towards_local = true;
  return out;
}

void take_metric(Field field, bool one_sided, std::vector<Metric>& metrics) {
  if (!one_sided && !metrics.empty() && !metrics.back().down && are_halves(metrics.back().up, field)) {
    Metric& pair = metrics.back();
    pair.name += " " + std::string(info(field).name);
    pair.down = field;
    if (index_of(pair.up) > index_of(field)) std::swap(pair.up, *pair.down);  // the source is above
    return;
  }
  metrics.push_back(metric_of(field, one_sided));
}

Error no_metric(const std::string& word) {
  std::vector<std::string> known;
  for (const FieldInfo& field : all_fields())
    if (is_amount(field)) known.emplace_back(field.name);
  const auto field = find_field(word);
  if (field)
    return fail(Errc::usage,
                "{} is not an amount; the first word is one, such as bytes, pkts, trans or tcprtt: graph bytes {}",
                info(*field).name, info(*field).name);
  return hinted(fail(Errc::usage, "'{}' is not an amount to draw{}", escaped(word), did_you_mean(word, known)),
                "  argus help fields");
}

}  // namespace

std::optional<Axis> axis_of(Field field, const AxisWishes& wishes) {
  const FieldInfo& about = info(field);
  if (!is_amount(about)) return std::nullopt;
  Axis out;
  out.sum = is_sum(about);
  out.whole = out.sum && about.type == Type::u64;
  out.rated = about.format == Format::rate;
  const bool bits = about.unit == "bit/s";
  const bool bytes = about.format == Format::bytes || bits;
  out.what = bytes && out.sum ? "bytes" : about.format == Format::percent ? "percent" : std::string(about.unit);
  if (out.rated) out.what = bits ? "bytes" : "packets";
  if (about.format == Format::duration) out.factor = 1e-9, out.what = "seconds";
  if (!out.sum) {
    out.per_second = false;
    out.unit = about.format == Format::duration ? "s" : std::string(about.unit);
    return out;
  }
  out.total_unit = bytes && !wishes.bytes && !wishes.per_bin ? "bytes" : out.what;
  if (bits) out.total_factor = 1.0 / 8;
  out.total_factor *= out.factor;
  out.per_second = !wishes.per_bin;
  const double bit_factor = wishes.bytes || wishes.per_bin ? (bits ? 1.0 / 8 : 1) : (bits ? 1 : 8);
  if (bytes) out.factor *= bit_factor;
  out.unit = bytes ? (wishes.bytes || wishes.per_bin ? "bytes" : "bit") : out.what;
  if (out.per_second) out.unit += "/s";
  else out.unit += " a bin";
  return out;
}

Field drawn_field(Field field) { return field == Field::dur ? Field::mean : field; }

bool is_of_whole_records(Field field) {
  const FieldInfo& about = info(field);
  return about.format == Format::duration && !stored_inputs({field}).has(Field::synacksum) &&
         !stored_inputs({field}).has(Field::ackdatsum);
}

Result<Drawn> parse_drawn(const std::vector<std::string>& words, const std::vector<std::string>& key_words,
                          const AxisWishes& wishes, bool one_sided) {
  Drawn out;
  std::vector<std::string> keys;
  for (const std::string& word : words) {
    const auto field = keys.empty() ? find_field(word) : std::nullopt;
    const auto axis = field ? axis_of(drawn_field(*field), wishes) : std::nullopt;
    if (out.metrics.empty()) {
      if (!axis) return no_metric(word);
      out.axis = *axis;
    } else if (!axis || (axis->what != out.axis.what && !axis->sum)) {
      keys.push_back(word);
      continue;
    } else if (axis->what != out.axis.what || axis->sum != out.axis.sum) {
      return fail(Errc::usage, "{} ({}) and {} ({}) have no common axis; draw one at a time", out.metrics[0].name,
                  out.axis.unit, info(*field).name, axis->unit);
    }
    take_metric(drawn_field(*field), one_sided, out.metrics);
    if (drawn_field(*field) != *field) out.metrics.back().name = info(*field).name;
  }
  if (out.metrics.empty())
    return fail(Errc::usage, "what is to be drawn? For example: graph bytes dport -M 1m -r FILE -w ports.png");
  keys.insert(keys.end(), key_words.begin(), key_words.end());
  ARGUS_TRY_LET(out.keys, parse_keys(keys));
  const bool halves =
      std::any_of(out.metrics.begin(), out.metrics.end(), [](const Metric& m) { return m.down.has_value(); });
  if (halves && out.metrics.size() > 1)  // several: side by side, each as one
    for (Metric& metric : out.metrics)
      if (metric.towards_local) metric = metric_of(*find_field(metric.name), true);
  return out;
}

}  // namespace argus
