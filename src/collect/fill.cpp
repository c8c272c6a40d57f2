#include "collect/fill.h"

#include <algorithm>
#include <limits>
#include <string>
#include <type_traits>

#include "base/address.h"
#include "base/bytes.h"
#include "collect/convert.h"
#include "collect/elements.h"
#include "collect/even_records.h"
#include "flow/field.h"

namespace argus {

namespace {

TimeBase base_of(const MessageFacts& message, const Domain& domain) {
  return {message.exported, message.uptime, domain.boot};
}

// The value of an element in the type of its column.
template <class T>
std::optional<T> value_of(How how, Bytes bytes, const TimeBase& base) {
  if constexpr (std::is_same_v<T, Address>) {
    return address_of(bytes);
  } else if constexpr (std::is_same_v<T, std::string>) {
    std::string text = text_of(bytes);
    return text.empty() ? std::nullopt : std::optional(std::move(text));
  } else if constexpr (std::is_same_v<T, Nanos>) {
    return time_of(how, bytes, base);
  } else if constexpr (std::is_unsigned_v<T>) {
    const auto code = code_of(how, bytes);
    if (!code) return std::nullopt;
    return static_cast<T>(std::min<std::uint64_t>(*code, std::numeric_limits<T>::max()));
  } else {
    return std::nullopt;
  }
}

template <class T>
void fill_field(const RecordSet& records, const FillStep& step, std::size_t first, const TimeBase& base,
                const Extras& extras, Slot<T>& slot) {
  slot.reach(first + records.count());
  const auto put = [&](std::size_t row, std::optional<T> value) {
    if (!value || (step.is_second && is_nothing(*value) && slot.has(row))) return;
    slot.put(row, *std::move(value));
  };
  if constexpr (std::is_unsigned_v<T>) {
    if (step.how == How::number) {  // by far the most
      for (std::size_t i = 0; i < records.count(); i++) {
        const Bytes bytes = records.value(i, step);
        if (bytes.empty()) continue;
        const std::uint64_t number = number_of(bytes);
        put(first + i, static_cast<T>(std::min<std::uint64_t>(number, std::numeric_limits<T>::max())));
      }
      return;
    }
  }
  if (step.how == How::uptime && extras.any(Extra::boot)) {
    for (std::size_t i = 0; i < records.count(); i++) {
      TimeBase own = base;
      if (extras.has(Extra::boot, i)) own.uptime.reset(), own.boot = static_cast<Nanos>(extras.at(Extra::boot, i));
      put(first + i, value_of<T>(step.how, records.value(i, step), own));
    }
    return;
  }
  for (std::size_t i = 0; i < records.count(); i++) put(first + i, value_of<T>(step.how, records.value(i, step), base));
}

std::optional<std::uint64_t> extra_of(How how, Bytes bytes, const TimeBase& base) {
  if (!is_time_of_day(how)) return code_of(how, bytes);
  const auto time = time_of(how, bytes, base);
  return time ? std::optional(static_cast<std::uint64_t>(*time)) : std::nullopt;
}

void fill_extra(const RecordSet& records, const FillStep& step, const TimeBase& base, Extras& extras) {
  if (records.is_even() && !step.is_second && step.how == How::number) {
    const EvenElement element = records.even(step);
    if (element.as_number([&]<class W>() {
          element.copy<W>(extras.put_all(step.extra), [](W number) { return std::uint64_t{number}; });
        }))
      return;
  }
  for (std::size_t i = 0; i < records.count(); i++) {
    const auto value = extra_of(step.how, records.value(i, step), base);
    if (!value || (step.is_second && *value == 0 && extras.has(step.extra, i))) continue;
    extras.put(step.extra, i, *value);
  }
}

std::uint32_t as_rate(std::uint64_t rate) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(rate, std::numeric_limits<std::uint32_t>::max()));
}

// One of so many; nothing where it is not told.
using Told = std::optional<std::uint64_t>;
std::optional<std::uint32_t> rate_told(Told interval, Told taken, Told left_out, Told population) {
  if (interval && *interval != 0) return as_rate(*interval);
  if (!taken || *taken == 0) return std::nullopt;
  if (left_out) return as_rate((*taken + std::min<std::uint64_t>(*left_out, UINT32_MAX) + *taken / 2) / *taken);
  if (population) return as_rate(std::max<std::uint64_t>(1, (*population + *taken / 2) / *taken));
  return std::nullopt;
}

}  // namespace

void add_rows(const RecordSet& records, const Template& shape, const MessageFacts& message, const Domain& domain,
              Extras& extras, RowTable& rows) {
  const std::size_t count = records.count();
  const std::size_t first = rows.append(count);
  const TimeBase base = base_of(message, domain);
  extras.begin(count);
  for (const FillStep& step : shape.steps()) {
    if (step.is_extra) fill_extra(records, step, base, extras);
    else if (step.fill_evenly != nullptr && !(step.how == How::uptime && extras.any(Extra::boot)))
      step.fill_evenly(records.even(step), base, first, rows.slot(step.field));
    else
      with_type(info(step.field).type,
                [&]<class T>() { fill_field<T>(records, step, first, base, extras, rows.of<T>(step.field)); });
  }
  finish_rows(first, count, message, domain, extras, rows);
}

bool learn_options(const RecordSet& records, std::size_t record, const Template& shape, const MessageFacts& message,
                   Domain& domain) {
  std::array<Told, kExtras> told{};
  const auto of = [&](Extra extra) -> Told& { return told[static_cast<std::size_t>(extra)]; };
  std::string app;
  const TimeBase base = base_of(message, domain);
  for (const FillStep& step : shape.steps()) {
    const Bytes bytes = records.value(record, step);
    if (step.is_extra) {
      if (const auto value = extra_of(step.how, bytes, base); value && (*value != 0 || !of(step.extra)))
        of(step.extra) = *value;
    } else if (step.field == Field::app) {
      app = text_of(bytes);
    }
  }
  bool learned = false;
  const auto rate = rate_told(of(Extra::interval), of(Extra::taken), of(Extra::left_out), of(Extra::population));
  if (rate) domain.set_rate(of(Extra::sampler), *rate), learned = true;
  if (of(Extra::app_id) && !app.empty()) domain.set_app(*of(Extra::app_id), std::move(app)), learned = true;
  if (const Told boot = of(Extra::boot); boot && *boot != 0) domain.boot = static_cast<Nanos>(*boot), learned = true;
  return learned;
}

}  // namespace argus
