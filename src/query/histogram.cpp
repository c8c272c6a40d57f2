#include "query/histogram.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/text.h"
#include "base/time.h"
#include "flow/format.h"

namespace argus {

namespace {

Error bad_spec(std::string_view text) {
  return fail(
      Errc::usage,
      "invalid histogram '{}': write a number of classes (20, 20L) or their size (1k, 0.5), then maybe a range: "
      "20L:1-1000",
      escaped(text));
}

Result<long double> parse_amount(Field field, std::string_view text) {
  if (info(field).format == Format::duration) {
    if (parse_unsigned(text) == 0u) return 0.0L;  // no duration, but where a range may begin
    ARGUS_TRY_LET(const Nanos nanos, parse_duration(text));
    return static_cast<long double>(nanos);
  }
  ARGUS_TRY_LET(const double number, parse_real_value(field, text));
  return static_cast<long double>(number);
}

Result<HistogramSpec::Range> parse_range(Field field, std::string_view text) {
  const auto mark = text.find('-', 1);
  if (mark == std::string_view::npos) return bad_spec(text);
  HistogramSpec::Range out;
  ARGUS_TRY_LET(out.low, parse_amount(field, text.substr(0, mark)));
  ARGUS_TRY_LET(out.high, parse_amount(field, text.substr(mark + 1)));
  if (out.low >= out.high) return fail(Errc::usage, "'{}': the range is empty", escaped(text));
  return out;
}

Result<> check_classes(long double classes) {
  if (classes <= static_cast<long double>(kClassesMost)) return {};
  return fail(Errc::usage, "{:.0f} classes are more than {}; give a larger size, or a range",
              static_cast<double>(classes), kClassesMost);
}

Result<std::vector<long double>> borders_of_size(long double size, HistogramSpec::Range range, bool ends_inside) {
  std::vector<long double> out;
  const long double classes = std::ceil((range.high - range.low) / size) + (ends_inside ? 1 : 0);
  ARGUS_TRY(check_classes(classes));
  for (std::size_t i = 0; i <= static_cast<std::size_t>(classes); i++)
    out.push_back(range.low + size * static_cast<long double>(i));
  if (!ends_inside) out.back() = range.high;  // the last class is shorter
  while (ends_inside && out.size() > 2 && out[out.size() - 2] > range.high) out.pop_back();
  return out;
}

std::vector<long double> even_borders(std::uint64_t classes, HistogramSpec::Range range, bool log) {
  std::vector<long double> out;
  for (std::uint64_t i = 0; i <= classes; i++) {
    const long double part = static_cast<long double>(i) / static_cast<long double>(classes);
    out.push_back(log ? range.low * std::pow(range.high / range.low, part)
                      : range.low + (range.high - range.low) * part);
  }
  out.front() = range.low, out.back() = range.high;
  return out;
}

}  // namespace

Result<HistogramSpec> parse_histogram(Field field, std::string_view text) {
  HistogramSpec out;
  const auto colon = text.find(':');
  std::string_view classes = text.substr(0, colon);
  out.log = classes.ends_with('L');
  if (out.log) classes.remove_suffix(1);
  if (const auto n = parse_unsigned(classes)) {
    if (*n == 0) return bad_spec(text);
    ARGUS_TRY(check_classes(static_cast<long double>(*n)));
    out.classes = *n;
  } else {
    if (out.log || classes.empty()) return bad_spec(text);
    out.classes = 0;
    auto size = parse_amount(field, classes);
    if (!size || *size <= 0) return bad_spec(text);
    out.size = *size;
  }
  if (colon == std::string_view::npos) return out;
  ARGUS_TRY_LET(out.range, parse_range(field, text.substr(colon + 1)));
  if (out.log && out.range->low <= 0)
    return fail(Errc::usage, "'{}': logarithmic classes begin above 0", escaped(text));
  return out;
}

Result<std::vector<long double>> histogram_borders(const HistogramSpec& spec, Type type,
                                                   std::span<const Distribution::Count> counts) {
  using Borders = std::vector<long double>;
  if (spec.range) {
    if (spec.classes == 0) return borders_of_size(spec.size, *spec.range, false);
    return even_borders(spec.classes, *spec.range, spec.log);
  }
  if (counts.empty()) return Borders();
  const auto number = [&](const Distribution::Count& count) { return number_of_image(type, count.image); };
  const long double least = number(counts.front()), most = number(counts.back());
  if (spec.classes == 0) {
    const long double from = std::floor(least / spec.size) * spec.size;
    return borders_of_size(spec.size, {from, most}, true);
  }
  if (least == most) return Borders{least, most};
  if (!spec.log) return even_borders(spec.classes, {least, most}, false);
  const auto positive =
      std::find_if(counts.begin(), counts.end(), [&](const Distribution::Count& count) { return number(count) > 0; });
  if (positive == counts.end()) return Borders{least, most};
  const long double low = number(*positive);
  Borders out = low < most ? even_borders(spec.classes, {low, most}, true) : Borders{low, most};
  if (least < low) out.insert(out.begin(), least);
  return out;
}

Histogram histogram_of(std::span<const long double> borders, Type type, std::span<const Distribution::Count> counts) {
  Histogram out;
  if (borders.empty()) return out;
  out.classes.resize(borders.size() - 1);
  std::size_t first = 0, last = 0;  // of those inside
  for (std::size_t i = 0; i < counts.size(); i++) {
    const long double value = number_of_image(type, counts[i].image);
    if (value < borders.front()) {
      out.below += counts[i].times;
      first = last = i + 1;
    } else if (value > borders.back()) {
      out.above += counts[i].times;
    } else {
      const auto behind = std::upper_bound(borders.begin(), borders.end(), value);
      const auto at = std::min(static_cast<std::size_t>(behind - borders.begin()), out.classes.size()) - 1;
      out.classes[at] += counts[i].times;
      last = i + 1;
    }
  }
  out.inside = counts.subspan(first, last - first);
  return out;
}

}  // namespace argus
