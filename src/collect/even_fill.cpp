#include "collect/even_fill.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>

#include "base/address.h"
#include "base/time.h"

namespace argus {

namespace {

template <class T>
Slot<T>& as(AnySlot& slot) {
  return static_cast<Slot<T>&>(slot);
}

template <class T, class W>
void fill_number(const EvenElement& element, const TimeBase&, std::size_t first, AnySlot& slot) {
  element.copy<W>(as<T>(slot).put_all(first, element.count()), [](W number) {
    if constexpr (sizeof(W) > sizeof(T)) return static_cast<T>(std::min<W>(number, std::numeric_limits<T>::max()));
    else return static_cast<T>(number);
  });
}

template <How kHow, class W>
void fill_time(const EvenElement& element, const TimeBase& base, std::size_t first, AnySlot& slot) {
  // Told from the exporter's start, any number is a time.
  if constexpr (kHow == How::uptime)
    element.copy<W>(as<Nanos>(slot).put_all(first, element.count()),
                    [&](W number) { return uptime_time(static_cast<std::uint32_t>(number), base); });
  else element.put_some<W>(first, as<Nanos>(slot), [&](W number) { return time_of(kHow, number, base); });
}

template <class W>
void fill_end_reason(const EvenElement& element, const TimeBase&, std::size_t first, AnySlot& slot) {
  element.put_some<W>(first, as<std::uint8_t>(slot), [](W number) -> std::optional<std::uint8_t> {
    const auto cause = cause_of(number);
    return cause ? std::optional(static_cast<std::uint8_t>(*cause)) : std::nullopt;
  });
}

template <std::size_t kLength>
void fill_address(const EvenElement& element, const TimeBase&, std::size_t first, AnySlot& slot) {
  element.copy_bytes(as<Address>(slot).put_all(first, element.count()),
                     [](const std::byte* at) { return kLength == 4 ? Address::from_v4(at) : Address::from_v6(at); });
}

template <class T, class W>
EvenFill fill_of(How how) {
  if constexpr (std::is_same_v<T, Nanos>) {
    switch (how) {
      case How::uptime: return &fill_time<How::uptime, W>;
      case How::seconds: return &fill_time<How::seconds, W>;
      case How::millis: return &fill_time<How::millis, W>;
      default: return nullptr;
    }
  } else if constexpr (std::is_unsigned_v<T>) {
    if (how == How::number) return &fill_number<T, W>;
    if constexpr (std::is_same_v<T, std::uint8_t>)
      if (how == How::end_reason) return &fill_end_reason<W>;
    return nullptr;
  } else {
    return nullptr;
  }
}

}  // namespace

EvenFill even_fill_of(Field field, How how, std::size_t length) {
  return with_type(info(field).type, [&]<class T>() -> EvenFill {
    if constexpr (std::is_same_v<T, Address>) {
      if (length == 4) return &fill_address<4>;
      return length == 16 ? &fill_address<16> : nullptr;
    } else {
      switch (length) {
        case 1: return fill_of<T, std::uint8_t>(how);
        case 2: return fill_of<T, std::uint16_t>(how);
        case 4: return fill_of<T, std::uint32_t>(how);
        case 8: return fill_of<T, std::uint64_t>(how);
        default: return nullptr;
      }
    }
  });
}

}  // namespace argus
