#include "draw/scale.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace argus {

namespace {

constexpr double kHalfLeast = 0.12;  // of the axis, for either half
constexpr double kDecadesMost = 6;   // of a logarithmic axis: what is smaller is drawn on its foot
constexpr std::array<std::string_view, 13> kPrefixes = {"a", "f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E"};
constexpr int kNoPrefix = 6;

// Power of 1000 that leaves `value` from 1 to below 1000.
int thousands(double value) {
  if (!(std::abs(value) > 0) || !std::isfinite(value)) return 0;
  return std::clamp(static_cast<int>(std::floor(std::log10(std::abs(value)) / 3 + 1e-9)), -kNoPrefix, kNoPrefix);
}

// Milliseconds are usual, millipackets and kiloseconds are not.
int power_for(double value, std::string_view unit) {
  const int power = thousands(value);
  return says_unit(unit) ? std::min(power, 0) : std::max(power, 0);
}

// "k" of 2k; "ms" and "s" of times.
std::string prefix(int power, std::string_view unit) {
  return std::string(kPrefixes[static_cast<std::size_t>(power + kNoPrefix)]) + (says_unit(unit) ? "s" : "");
}

// 1, 2 or 5 times a power of ten, not below `least`.
double round_step(double least) {
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double digit : {1.0, 2.0, 5.0})
    if (digit * power >= least * (1 - 1e-9)) return digit * power;
  return 10 * power;
}

struct Extent {
  double most = 0, least_positive = INFINITY, least = 0;
};

// How far one half reaches: to the top of the stack, or to the largest line.
Extent extent_of(const Chart& chart, bool down) {
  Extent out;
  const auto values = drawn_values(chart, down);
  for (std::size_t bin = 0; bin < chart.bins.size(); bin++) {
    double sum = 0;
    for (const auto& trace : values) {
      if (trace.empty() || std::isnan(trace[bin])) continue;
      sum += trace[bin];
      if (!chart.stacked) out.most = std::max(out.most, trace[bin]);
      out.least = std::min(out.least, trace[bin]);
      if (trace[bin] > 0) out.least_positive = std::min(out.least_positive, trace[bin]);
    }
    if (chart.stacked) out.most = std::max(out.most, sum);
  }
  return out;
}

}  // namespace

std::vector<std::vector<double>> drawn_values(const Chart& chart, bool down) {
  std::vector<std::vector<double>> out;
  for (const Series& series : chart.series) out.push_back(down ? series.down.values : series.up.values);
  if (chart.logarithmic)
    for (auto& trace : out)
      for (double& value : trace)
        if (!(value > 0)) value = kNothing;  // it has no place on such an axis
  if (!chart.percent) return out;
  for (std::size_t bin = 0; bin < chart.bins.size(); bin++) {
    double sum = 0;
    for (const auto& trace : out)
      if (!trace.empty() && trace[bin] > 0) sum += trace[bin];
    for (auto& trace : out)
      if (!trace.empty()) trace[bin] = sum > 0 ? 100 * trace[bin] / sum : kNothing;
  }
  return out;
}

ValueScale::ValueScale(const Chart& chart) : unit_(chart.unit) {
  const Extent up = extent_of(chart, false), down = extent_of(chart, true);
  const double below = std::max(down.most, -std::min(up.least, down.least));  // levels may be below 0 by themselves
  if (chart.logarithmic)
    take_logarithmic(up.most, chart.mirrored ? down.most : 0, std::min(up.least_positive, down.least_positive));
  else take_linear(chart, up.most, below);
}

void ValueScale::take_linear(const Chart& chart, double up, double down) {
  if (chart.percent) up = up > 0 ? 100 : 0, down = down > 0 ? 100 : 0;
  top_ = chart.rigid && chart.upper ? *chart.upper : std::max(up, chart.upper.value_or(0));
  bottom_ = chart.rigid && chart.lower ? *chart.lower : std::max(down, chart.lower.value_or(0));
  if (!(top_ + bottom_ > 0)) top_ = 1, bottom_ = chart.mirrored ? 1 : 0;
  if (chart.mirrored && !chart.rigid) {  // a half in which there is nothing is seen to be one
    const double least = kHalfLeast * (top_ + bottom_);
    top_ = std::max(top_, least), bottom_ = std::max(bottom_, least);
  }
  double step = round_step((top_ + bottom_) / static_cast<double>(kTicksMost));
  if (!chart.rigid &&
      !chart.percent) {  // a little room above the largest value, up to the next mark where that is near
    for (double* reach : {&top_, &bottom_}) {
      const double next = std::ceil(*reach / step - 1e-9) * step;
      *reach = next - *reach < 0.35 * step ? next : *reach * 1.04;
    }
  }
  const auto marks = [&] { return std::floor(top_ / step + 1e-9) + std::floor(bottom_ / step + 1e-9) + 1; };
  while (marks() > static_cast<double>(kTicksMost)) step = round_step(step * 1.5);
  for (auto at = -static_cast<std::int64_t>(std::floor(bottom_ / step + 1e-9));
       static_cast<double>(at) * step <= top_ * (1 + 1e-9); at++) {
    const double value = static_cast<double>(at) * step;
    ticks_.push_back({value, tick_text(std::abs(value), unit_)});
  }
}

void ValueScale::take_logarithmic(double up, double down, double least) {
  const double most = std::max({up, down});
  if (!(most > 0)) {
    floor_ = 0.1, top_ = 1, bottom_ = 0;
    ticks_ = {{0, "0.1"}, {1, "1"}};
    return;
  }
  double low = std::floor(std::log10(least) - 0.04), high = std::ceil(std::log10(most) - 1e-9);
  if (high <= low) low = high - 1;
  low = std::max(low, high - kDecadesMost);
  floor_ = std::pow(10.0, low);
  const auto reach = [&](double value) { return value > floor_ ? value * 1.1 : 0; };
  top_ = up > 0 ? std::max(reach(up), floor_ * 2) : 0;
  bottom_ = down > 0 ? std::max(reach(down), floor_ * 2) : 0;
  const double decades = (top_ > 0 ? high - low : 0) + (bottom_ > 0 ? high - low : 0);
  const double every = std::max(1.0, std::ceil(decades / static_cast<double>(kTicksMost + 2)));
  ticks_.push_back({0, (least < floor_ ? "<" : "") + tick_text(floor_, unit_)});
  for (double power = low + every; power <= high; power += every) {
    const double value = std::pow(10.0, power);
    if (value <= top_) ticks_.push_back({value, tick_text(value, unit_)});
    if (value <= bottom_) ticks_.push_back({-value, tick_text(value, unit_)});
  }
  std::sort(ticks_.begin(), ticks_.end(), [](const Tick& a, const Tick& b) { return a.value < b.value; });
}

// How far from the axis a value of either half is, on the axis's own measure.
double ValueScale::image(double value) const {
  if (floor_ == 0) return value;
  return value > floor_ ? std::log10(value / floor_) : 0;
}

double ValueScale::place(double value, bool down) const {
  const double below = image(bottom_), range = image(top_) + below;
  const double from_axis = floor_ != 0 ? (value < 0 ? -image(-value) : image(value)) : value;
  return std::clamp((below + (down ? -from_axis : from_axis)) / range, 0.0, 1.0);
}

std::string tick_text(double value, std::string_view unit) {
  if (value == 0) return "0";
  const int power = power_for(value, unit);
  const double size = std::pow(1000.0, power);
  int digits = 0;
  for (double part = value / size; digits < 9 && std::abs(part - std::round(part)) > 1e-6 * part; part *= 10) digits++;
  return fmt::format("{:.{}f}{}", value / size, digits, prefix(power, unit));
}

bool says_unit(std::string_view unit) { return unit == "s"; }

AmountText amount_parts(double value, std::string_view unit) {
  AmountText out;
  if (std::isnan(value)) return out;
  if (value == 0) {
    out.whole = "0";
    return out;
  }
  int power = power_for(value, unit);
  double shown = std::abs(value) / std::pow(1000.0, power);
  const int power_most = says_unit(unit) ? 0 : kNoPrefix;
  if (shown >= 999.5 && power < power_most) shown /= 1000, power++;
  const bool exact = power == 0 && shown == std::round(shown);
  const int digits = exact || shown >= 99.95 ? 0 : shown >= 9.995 ? 1 : shown >= 0.0995 || shown == 0 ? 2 : 3;
  const std::string number = fmt::format("{}{:.{}f}", value < 0 ? "-" : "", shown, digits);
  const auto point = std::min(number.find('.'), number.size());
  out.whole = number.substr(0, point), out.rest = number.substr(point) + prefix(power, unit);
  return out;
}

std::string amount_text(double value, std::string_view unit) {
  const AmountText parts = amount_parts(value, unit);
  return parts.whole + parts.rest;
}

bool has_lone_peak(const Chart& chart) {
  constexpr double kFar = 8, kFewOf = 50;  // nearly all else is below an eighth
  constexpr std::size_t kLowLeast = 12;
  if (chart.percent || chart.logarithmic || chart.rigid) return false;
  std::vector<double> tops;
  for (const bool down : {false, true})
    for (std::size_t bin = 0; bin < chart.bins.size(); bin++) {
      double top = 0;
      for (const Series& series : chart.series) {
        const auto& values = down ? series.down.values : series.up.values;
        if (bin >= values.size() || !(values[bin] > 0)) continue;
        top = chart.stacked ? top + values[bin] : std::max(top, values[bin]);
      }
      if (top > 0) tops.push_back(top);
    }
  if (tops.empty()) return false;
  const double most = *std::max_element(tops.begin(), tops.end());
  const auto high =
      static_cast<std::size_t>(std::count_if(tops.begin(), tops.end(), [&](double top) { return top > most / kFar; }));
  return tops.size() >= high + kLowLeast && static_cast<double>(high) <= 1 + static_cast<double>(tops.size()) / kFewOf;
}

}  // namespace argus
