// The formulas of derived fields that need more than an expression (fields.def calls them).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/address.h"
#include "base/int128.h"

namespace argus {

template <class T>
using Maybe = std::optional<T>;

[[nodiscard]] std::uint64_t saturating_add(std::uint64_t a, std::uint64_t b);
// Of both directions: one that is not there counts as nothing, as a side that never sent has no count.
inline constexpr auto sum_of_halves = [](Maybe<std::uint64_t> a, Maybe<std::uint64_t> b) -> Maybe<std::uint64_t> {
  if (!a && !b) return std::nullopt;
  return saturating_add(a.value_or(0), b.value_or(0));
};
// last - first, up to the limits of the type; times of hostile records may be anything.
[[nodiscard]] inline std::int64_t elapsed(std::int64_t first, std::int64_t last) {
  std::int64_t out;
  if (!__builtin_sub_overflow(last, first, &out)) return out;
  return last < first ? INT64_MIN : INT64_MAX;
}
// The same for sums of durations: none is negative.
[[nodiscard]] inline std::uint64_t length_of(std::int64_t first, std::int64_t last) {
  return last <= first ? 0 : static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first);
}
// Absent where the duration is not positive.
[[nodiscard]] std::optional<double> per_second(double amount, std::int64_t nanos);
// scale * part / whole; absent for nothing.
[[nodiscard]] std::optional<double> share(double scale, std::uint64_t part, std::uint64_t whole);
[[nodiscard]] std::optional<std::int64_t> mean_of(std::uint64_t sum, std::uint64_t count);  // rounded
[[nodiscard]] std::int64_t clamped(std::uint64_t nanos);
// Standard deviation of `count` values from their sum and the sum of their squares; 0 for one value.
[[nodiscard]] std::optional<std::int64_t> deviation(std::uint64_t sum, u128 squares, std::uint64_t count);
// Of two sets of values together: their means and deviations; a set that is not there is empty.
struct Spread {
  Maybe<std::uint64_t> sum;
  Maybe<u128> squares;
  Maybe<std::uint64_t> count;
};
[[nodiscard]] std::optional<std::int64_t> mean_of_both(Maybe<std::uint64_t> a_sum, Maybe<std::uint64_t> a_count,
                                                       Maybe<std::uint64_t> b_sum, Maybe<std::uint64_t> b_count);
[[nodiscard]] std::optional<std::int64_t> deviation_of_both(const Spread& a, const Spread& b);
[[nodiscard]] std::optional<double> balance(std::uint64_t a, std::uint64_t b);  // (a - b) / (a + b)
[[nodiscard]] std::uint8_t hops(std::uint8_t ttl);

// Codes of flow/state.h.
[[nodiscard]] Maybe<std::uint16_t> state_of(Maybe<std::uint16_t> proto, std::uint64_t spkts, std::uint64_t dpkts,
                                            Maybe<std::uint32_t> sevents, Maybe<std::uint32_t> devents,
                                            Maybe<std::uint8_t> cause, Maybe<std::uint8_t> itype,
                                            Maybe<std::uint8_t> icode);
// One end of a flow, as far as zstate asks about it.
struct ZeekEnd {
  std::uint64_t packets = 0;
  Maybe<std::uint64_t> app_bytes;
  Maybe<std::uint32_t> events;  // absent in records of meters that only kept the flags
  Maybe<std::uint8_t> flags;
};
// Absent where the protocol is none of IP.
[[nodiscard]] Maybe<std::uint8_t> zstate_of(std::uint16_t proto, const ZeekEnd& source, const ZeekEnd& destination);
// The letters of flow/history.h, those of the source large. Absent for several flows, and without any letter.
[[nodiscard]] Maybe<std::string> history_of(std::uint64_t flows, Maybe<std::uint64_t> source,
                                            Maybe<std::uint64_t> destination);
// Bytes of IP packets in frames with this encapsulation; absent where it does not tell the length of a frame's headers.
[[nodiscard]] Maybe<std::uint64_t> ip_bytes_of(std::uint64_t bytes, std::uint64_t packets, Maybe<std::uint32_t> encaps);
[[nodiscard]] std::uint8_t direction_of(Maybe<std::uint16_t> proto, std::uint64_t spkts, std::uint64_t dpkts,
                                        Maybe<std::uint32_t> sevents, Maybe<std::uint32_t> devents);
[[nodiscard]] std::uint32_t letters_of(Maybe<std::uint32_t> senc, Maybe<std::uint32_t> denc,
                                       Maybe<std::uint8_t> icmpmap, Maybe<std::uint32_t> sevents,
                                       Maybe<std::uint32_t> devents, Maybe<std::uint64_t> sfrags,
                                       Maybe<std::uint64_t> dfrags, Maybe<std::uint16_t> sipopt,
                                       Maybe<std::uint16_t> dipopt);

// Absent where an address is that of a network.
[[nodiscard]] Maybe<std::string> community_id_of(std::uint16_t proto, const Address& saddr, const Address& daddr,
                                                 Maybe<std::uint16_t> sport, Maybe<std::uint16_t> dport,
                                                 Maybe<std::uint8_t> itype, Maybe<std::uint8_t> icode,
                                                 Maybe<std::uint8_t> smask, Maybe<std::uint8_t> dmask);

}  // namespace argus
