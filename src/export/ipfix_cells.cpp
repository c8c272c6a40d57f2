#include "export/ipfix_cells.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/int128.h"
#include "base/names.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/events.h"
#include "flow/field.h"

namespace argus {

namespace {

void append_big_endian(std::uint64_t value, std::size_t size, std::string& out) {
  for (std::size_t i = size; i-- > 0;) out += static_cast<char>(value >> (8 * i) & 0xff);
}

// `size` bytes of what formula(value) gives.
template <Field field, class Formula>
ExportCell bytes_of_field(std::size_t size, Formula formula) {
  return computed<field>(false, [size, formula](std::string& out, const auto& value) {
    if (!value) return false;
    append_big_endian(formula(*value), size, out);
    return true;
  });
}

template <Field field, std::size_t size>
ExportCell integer() {
  static_assert(std::numeric_limits<FieldValue<field>>::digits <= 8 * size);
  return bytes_of_field<field>(size, [](auto value) { return std::uint64_t{value}; });
}

ExportCell address(Field field, Family family, std::size_t from) {
  return {{field}, false, [field, family, from](const Batch& batch) -> CellPrinter {
            return [column = column_of(batch, field), family, from](std::size_t row, std::string& out) {
              if (!column.has(row) || column.at<Address>(row).family() != family) return false;
              const auto& bytes = column.at<Address>(row).bytes;
              out.append(bytes.begin() + static_cast<std::ptrdiff_t>(from), bytes.end());
              return true;
            };
          }};
}
ExportCell v4(Field field) { return address(field, Family::ipv4, 12); }
ExportCell v6(Field field) { return address(field, Family::ipv6, 0); }

ExportCell protocol() {
  return computed<Field::proto>(false, [](std::string& out, Maybe<std::uint16_t> proto) {
    if (!proto || *proto >= kProtoLlc) return false;
    append_big_endian(*proto, 1, out);
    return true;
  });
}

template <Field field>
ExportCell milliseconds() {
  return bytes_of_field<field>(
      8, [](Nanos time) { return static_cast<std::uint64_t>(std::max<Nanos>(time, 0) / kMillisecond); });
}

// RFC 7011 6.1.10: seconds since 1900 and 2^-32 of them, as NTP has times; rounded to what is read back as the same.
template <Field field>
ExportCell nanoseconds() {
  return bytes_of_field<field>(8, [](Nanos time) {
    constexpr std::uint64_t kTo1970 = 2'208'988'800;
    const auto since = static_cast<std::uint64_t>(std::max<Nanos>(time, 0));
    constexpr auto kNanos = static_cast<std::uint64_t>(kSecond);
    const auto fraction = static_cast<std::uint64_t>(((u128{since % kNanos} << 32) + kNanos - 1) / kNanos);
    return ((since / kNanos + kTo1970) << 32) + fraction;
  });
}

template <Field field>
ExportCell icmp(Proto wanted) {
  return computed<field, Field::proto>(
      false, [wanted](std::string& out, Maybe<std::uint8_t> value, Maybe<std::uint16_t> proto) {
        if (!value || proto != wanted) return false;
        append_big_endian(*value, 1, out);
        return true;
      });
}

template <Field end, Field mask>
ExportCell prefix(Family family) {
  return computed<end, mask>(false, [family](std::string& out, Maybe<Address> address, Maybe<std::uint8_t> length) {
    if (!address || !length || address->family() != family) return false;
    append_big_endian(*length, 1, out);
    return true;
  });
}

// The MAC address seen, or the end of a flow that has no other.
template <Field seen, Field end>
ExportCell mac() {
  return computed<seen, end>(false, [](std::string& out, Maybe<std::uint64_t> mac, Maybe<Address> address) {
    if (mac) append_big_endian(*mac, 6, out);
    else if (address && address->family() == Family::mac) out.append(address->bytes.begin() + 10, address->bytes.end());
    else return false;
    return true;
  });
}

// An entry of the label stack, RFC 3032: only its label is known.
template <Field field>
ExportCell label() {
  return bytes_of_field<field>(3, [](std::uint32_t label) { return std::uint64_t{label & 0xfffff} << 4; });
}

ExportCell end_reason() {
  return computed<Field::cause>(false, [](std::string& out, Maybe<std::uint8_t> cause) {
    if (!cause) return false;
    std::uint8_t reason = 0;
    switch (static_cast<Cause>(*cause)) {
      case Cause::timeout: reason = 1; break;  // idle timeout
      case Cause::status: reason = 2; break;   // active timeout
      case Cause::closed:
      case Cause::reset: reason = 3; break;  // end of flow detected
      case Cause::flush:
      case Cause::shutdown: reason = 4; break;  // forced end
      case Cause::evicted: reason = 5; break;   // lack of resources
    }
    if (reason == 0) return false;
    append_big_endian(reason, 1, out);
    return true;
  });
}

// RFC 5103 6.3: 1, the source started; 0, that is not known.
ExportCell biflow_direction() {
  return computed<Field::dirwhy>(false, [](std::string& out, Maybe<std::uint8_t> why) {
    append_big_endian(why.value_or(0) >= static_cast<std::uint8_t>(DirWhy::request) ? 1 : 0, 1, out);
    return true;
  });
}

ExportCell flows() {
  return bytes_of_field<Field::trans>(4, [](std::uint64_t n) { return std::min<std::uint64_t>(n, UINT32_MAX); });
}

template <Field field>
ExportCell text() {
  return computed<field>(false, [](std::string& out, const Maybe<std::string>& value) {
    constexpr std::size_t kShort = 254;  // bytes whose number takes one
    if (!value || value->empty()) return false;
    const std::string_view kept = std::string_view(*value).substr(0, kShort);
    append_big_endian(kept.size(), 1, out);
    out += kept;
    return true;
  });
}

}  // namespace

std::span<const IpfixElement> ipfix_elements() {
  enum { forward, reverse, core, more };
  static const std::vector<IpfixElement> elements = {
#define IPFIX(id, way, size, weight, ...) {id, (way) == reverse, size, (weight) == core, __VA_ARGS__},
#include "export/ipfix.def"
  };
  return elements;
}

}  // namespace argus
