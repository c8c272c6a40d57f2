#include "flow/derive_rules.h"

#include <bit>
#include <cmath>

#include "base/names.h"
#include "flow/community_id.h"
#include "flow/events.h"
#include "flow/state.h"

namespace argus {

std::uint64_t saturating_add(std::uint64_t a, std::uint64_t b) {
  std::uint64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

std::optional<double> per_second(double amount, std::int64_t nanos) {
  if (nanos <= 0) return std::nullopt;
  return amount * 1e9 / static_cast<double>(nanos);
}

std::optional<double> share(double scale, std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return scale * static_cast<double>(part) / static_cast<double>(whole);
}

std::int64_t clamped(std::uint64_t nanos) { return nanos > INT64_MAX ? INT64_MAX : static_cast<std::int64_t>(nanos); }

std::optional<std::int64_t> mean_of(std::uint64_t sum, std::uint64_t count) {
  if (count == 0) return std::nullopt;
  return clamped(sum / count + (sum % count >= count - sum % count ? 1 : 0));
}

std::optional<std::int64_t> deviation(std::uint64_t sum, u128 squares, std::uint64_t count) {
  if (count == 0) return std::nullopt;
  const long double n = static_cast<long double>(count);
  const long double mean = static_cast<long double>(sum) / n;
  const long double variance = static_cast<long double>(squares) / n - mean * mean;
  if (!(variance > 0)) return 0;
  const long double root = std::sqrt(variance);
  return root < static_cast<long double>(INT64_MAX) ? std::llroundl(root) : INT64_MAX;
}

std::optional<std::int64_t> mean_of_both(Maybe<std::uint64_t> a_sum, Maybe<std::uint64_t> a_count,
                                         Maybe<std::uint64_t> b_sum, Maybe<std::uint64_t> b_count) {
  return mean_of(saturating_add(a_sum.value_or(0), b_sum.value_or(0)),
                 saturating_add(a_count.value_or(0), b_count.value_or(0)));
}

std::optional<std::int64_t> deviation_of_both(const Spread& a, const Spread& b) {
  const u128 squares = a.squares.value_or(0), more = b.squares.value_or(0);
  return deviation(saturating_add(a.sum.value_or(0), b.sum.value_or(0)),
                   more > ~u128{0} - squares ? ~u128{0} : squares + more,
                   saturating_add(a.count.value_or(0), b.count.value_or(0)));
}

std::optional<double> balance(std::uint64_t a, std::uint64_t b) {
  if (a == 0 && b == 0) return std::nullopt;
  const double x = static_cast<double>(a), y = static_cast<double>(b);
  return (x - y) / (x + y);
}

std::uint8_t hops(std::uint8_t ttl) {
  for (const unsigned start : {32u, 64u, 128u})
    if (ttl <= start) return static_cast<std::uint8_t>(start - ttl);
  return static_cast<std::uint8_t>(255u - ttl);
}

namespace {

std::optional<std::uint16_t> icmp_state(bool v6, Maybe<std::uint8_t> type, Maybe<std::uint8_t> code) {
  if (!type) return std::nullopt;
  const bool unreachable = *type == (v6 ? 1 : 3);
  if (unreachable && code) return static_cast<std::uint16_t>((v6 ? kStateIcmp6Unreach : kStateIcmp4Unreach) | *code);
  return static_cast<std::uint16_t>((v6 ? kStateIcmp6 : kStateIcmp4) | *type);
}

std::uint16_t who_sent(std::uint64_t spkts, std::uint64_t dpkts) {
  if (spkts != 0 && dpkts != 0) return kStateConnected;
  return dpkts != 0 ? kStateResponse : kStateInitial;
}

std::uint16_t tcp_state(std::uint64_t spkts, std::uint64_t dpkts, std::uint32_t s, std::uint32_t d,
                        Maybe<std::uint8_t> cause) {
  const std::uint32_t all = s | d;
  if ((all & kTcpReset) != 0) return kStateReset;
  if ((all & (kTcpFin | kTcpFinAcked)) != 0) return kStateFin;
  if (cause && static_cast<Cause>(*cause) == Cause::timeout) return kStateTimeout;
  if ((all & kTcpEstablished) != 0) return kStateConnected;
  if ((all & kTcpSynAck) != 0) return kStateAccepted;
  if ((all & kTcpSyn) != 0) return kStateRequest;
  return spkts != 0 && dpkts != 0 ? kStateConnected : kStateInitial;
}

unsigned encaps_index(std::uint32_t bits) {
  constexpr std::uint32_t kPlain = kEncEthernet | kEncWlan | kEncPpp | kEncHdlc | kEncFrameRelay | kEncSlip;
  bits &= ~kPlain;  // links that are nothing special
  if (bits == 0) return 0;
  if (std::popcount(bits) > 1) return 9;
  switch (bits) {
    case kEncMpls: return 1;
    case kEncLlc: return 3;
    case kEncVlan: return 4;
    case kEncPppoe: return 5;
    case kEncGre: return 6;
    case kEncAh: return 7;
    case kEncIpInIp: return 8;
    case kEncSll: return 10;
    case kEncNull: return 11;
    case kEncRawIp: return 12;
    case kEncVxlan: return 13;
    case kEncGeneve: return 14;
    case kEncGtpu: return 15;
    case kEncTeredo: return 16;
    case kEncL2tp: return 17;
    case kEncEtherIp: return 18;
    case kEncWlan: return 19;
    case kEncHdlc: return 20;
    case kEncSlip: return 21;
    case kEncPpp: return 22;
    case kEncFrameRelay: return 23;
    default: return 9;
  }
}

unsigned loss_index(std::uint32_t s, std::uint32_t d) {
  const auto pick = [&](std::uint32_t bit, unsigned both, unsigned src, unsigned dst) {
    return (s & d & bit) != 0 ? both : (s & bit) != 0 ? src : (d & bit) != 0 ? dst : 0;
  };
  if (const unsigned lost = pick(kTcpRetransmit, 1, 2, 3)) return lost;
  if (((s | d) & kTcpGap) != 0) return 4;
  return pick(kTcpReorder, 5, 6, 7);
}

unsigned option_index(std::uint16_t bits) {
  if (bits == 0) return 0;
  if (std::popcount(bits) > 1) return 1;
  switch (bits) {
    case kIpOptStrictRoute: return 2;
    case kIpOptLooseRoute: return 3;
    case kIpOptTimestamp: return 4;
    case kIpOptSecurity: return 5;
    case kIpOptRecordRoute: return 6;
    case kIpOptRouterAlert: return 7;
    default: return 8;
  }
}

}  // namespace

Maybe<std::uint16_t> state_of(Maybe<std::uint16_t> proto, std::uint64_t spkts, std::uint64_t dpkts,
                              Maybe<std::uint32_t> sevents, Maybe<std::uint32_t> devents, Maybe<std::uint8_t> cause,
                              Maybe<std::uint8_t> itype, Maybe<std::uint8_t> icode) {
  if (!proto) return std::nullopt;
  if (*proto == kProtoTcp) return tcp_state(spkts, dpkts, sevents.value_or(0), devents.value_or(0), cause);
  if (*proto == kProtoIcmp || *proto == kProtoIcmp6) return icmp_state(*proto == kProtoIcmp6, itype, icode);
  return who_sent(spkts, dpkts);
}

std::uint8_t direction_of(Maybe<std::uint16_t> proto, std::uint64_t spkts, std::uint64_t dpkts,
                          Maybe<std::uint32_t> sevents, Maybe<std::uint32_t> devents) {
  if (proto == kProtoArp) return kDirWho;
  if (proto == kProtoRarp) return kDirTell;
  unsigned out = (dpkts != 0 ? unsigned{kDirLeft} : 0u) | (spkts != 0 ? unsigned{kDirRight} : 0u);
  if (proto == kProtoTcp) {
    const bool start_seen = ((sevents.value_or(0) | devents.value_or(0)) & (kTcpSyn | kTcpSynAck)) != 0;
    out = start_seen ? unsigned{kDirRight} : out | kDirUnknown;
  }
  return static_cast<std::uint8_t>(out);
}

std::uint32_t letters_of(Maybe<std::uint32_t> senc, Maybe<std::uint32_t> denc, Maybe<std::uint8_t> icmpmap,
                         Maybe<std::uint32_t> sevents, Maybe<std::uint32_t> devents, Maybe<std::uint64_t> sfrags,
                         Maybe<std::uint64_t> dfrags, Maybe<std::uint16_t> sipopt, Maybe<std::uint16_t> dipopt) {
  const std::uint32_t s = sevents.value_or(0), d = devents.value_or(0);
  const std::uint8_t map = icmpmap.value_or(0);
  const auto sides = [&](std::uint32_t bit) {
    return (s & d & bit) != 0 ? 1u : (s & bit) != 0 ? 2u : (d & bit) != 0 ? 3u : 0u;
  };
  std::uint32_t out = 0;
  const auto put = [&](FlagsPosition at, unsigned index) { out |= index << flags_shift(at); };
  put(kFlagsEncaps, encaps_index(senc.value_or(0) | denc.value_or(0)));
  put(kFlagsIcmp, (map & kIcmpMapUnreachable) != 0    ? 2
                  : (map & kIcmpMapRedirect) != 0     ? 3
                  : (map & kIcmpMapTimeExceeded) != 0 ? 4
                  : map != 0                          ? 1
                                                      : 0);
  put(kFlagsLoss, loss_index(s, d));
  put(kFlagsWindow, sides(kTcpZeroWindow));
  put(kFlagsEcn, sides(kTcpCongestion));
  put(kFlagsFragments, (sfrags.value_or(0) | dfrags.value_or(0)) != 0 ? 1 : 0);
  put(kFlagsOptions, option_index(static_cast<std::uint16_t>(sipopt.value_or(0) | dipopt.value_or(0))));
  return out;
}

Maybe<std::string> community_id_of(std::uint16_t proto, const Address& saddr, const Address& daddr,
                                   Maybe<std::uint16_t> sport, Maybe<std::uint16_t> dport, Maybe<std::uint8_t> itype,
                                   Maybe<std::uint8_t> icode, Maybe<std::uint8_t> smask, Maybe<std::uint8_t> dmask) {
  if (smask || dmask) return std::nullopt;
  return community_id({saddr, daddr, proto, sport, dport, itype, icode}, community_id_seed());
}

}  // namespace argus
