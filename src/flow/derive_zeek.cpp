// zstate, as Zeek's own script decides it (base/protocols/conn/main.zeek) from what each end did, and the bytes of IP
// that its conn.log and IPFIX count.
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "base/names.h"
#include "flow/derive_rules.h"
#include "flow/events.h"
#include "flow/history.h"
#include "flow/state.h"

namespace argus {

namespace {

// What Zeek knows of one end of a TCP connection.
enum class End : std::uint8_t { inactive, partial, syn_sent, syn_ack_sent, established, closed, reset };

constexpr bool is_inactive(End end) { return end == End::inactive || end == End::partial; }

// The events of one end; from its flags where only these were kept: a SYN with an ACK among them is the SYN-ACK of the
// end that answers.
std::uint32_t events_of(const ZeekEnd& end, bool answers) {
  if (end.events || !end.flags) return end.events.value_or(0);
  constexpr std::uint8_t kFin = 0x01, kSyn = 0x02, kRst = 0x04;
  const auto has = [&](std::uint8_t bit) { return (*end.flags & bit) != 0; };
  return (has(kSyn) ? (answers ? unsigned{kTcpSynAck} : unsigned{kTcpSyn}) : 0u) |
         (has(kFin) ? unsigned{kTcpFin} : 0u) | (has(kRst) ? unsigned{kTcpReset} : 0u);
}

End end_of(const ZeekEnd& end, std::uint32_t own, std::uint32_t other) {
  constexpr std::uint32_t kBegun = kTcpSyn | kTcpSynAck;
  // Who resets a connection that both have closed changes nothing.
  const bool both_closed = (own & other & kTcpFin) != 0;
  if ((own & kTcpReset) != 0 && !both_closed) return End::reset;
  if ((own & kTcpFin) != 0) return End::closed;
  if (end.packets == 0) return End::inactive;
  const bool shaken = ((own & kTcpSyn) != 0 && (other & kTcpSynAck) != 0) ||
                      ((own & kTcpSynAck) != 0 && (other & kTcpSyn) != 0) ||
                      (((own | other) & kBegun) != 0 && (own & kTcpEstablished) != 0);
  if (shaken) return End::established;
  if ((own & kTcpSynAck) != 0) return End::syn_ack_sent;
  return (own & kTcpSyn) != 0 ? End::syn_sent : End::partial;
}

ZeekState tcp_state(const ZeekEnd& source, const ZeekEnd& destination) {
  const std::uint32_t s = events_of(source, false), d = events_of(destination, true);
  const End orig = end_of(source, s, d), resp = end_of(destination, d, s);
  const bool nothing_said = source.app_bytes.value_or(0) == 0 && destination.app_bytes.value_or(0) == 0;
  if (resp == End::reset) {
    if (orig == End::syn_sent || orig == End::syn_ack_sent || (orig == End::reset && nothing_said)) return kZeekRej;
    return is_inactive(orig) ? kZeekRstrh : kZeekRstr;
  }
  if (orig == End::reset) return is_inactive(resp) ? kZeekRstos0 : kZeekRsto;
  if (orig == End::closed && resp == End::closed) return kZeekSF;
  if (orig == End::closed) return is_inactive(resp) ? kZeekSh : kZeekS2;
  if (resp == End::closed) return is_inactive(orig) ? kZeekShr : kZeekS3;
  if (orig == End::syn_sent && resp == End::inactive) return kZeekS0;
  return orig == End::established && resp == End::established ? kZeekS1 : kZeekOth;
}

}  // namespace

Maybe<std::uint8_t> zstate_of(std::uint16_t proto, const ZeekEnd& source, const ZeekEnd& destination) {
  if (proto >= kProtoLlc) return std::nullopt;
  if (proto == kProtoTcp) return tcp_state(source, destination);
  if (proto != kProtoUdp) return kZeekOth;
  if (source.packets != 0) return destination.packets != 0 ? kZeekSF : kZeekS0;
  return destination.packets != 0 ? kZeekShr : kZeekOth;
}

Maybe<std::uint64_t> ip_bytes_of(std::uint64_t bytes, std::uint64_t packets, Maybe<std::uint32_t> encaps) {
  if (packets == 0 && bytes == 0) return 0;
  std::uint64_t header = 0;
  switch (encaps.value_or(0)) {
    case kEncEthernet: header = 14; break;
    case kEncEthernet | kEncVlan: header = 18; break;
    case kEncNull: header = 4; break;
    case kEncRawIp: break;
    default: return std::nullopt;
  }
  std::uint64_t headers = 0;
  if (__builtin_mul_overflow(header, packets, &headers) || headers > bytes) return std::nullopt;
  return bytes - headers;
}

Maybe<std::string> history_of(std::uint64_t flows, Maybe<std::uint64_t> source, Maybe<std::uint64_t> destination) {
  if (flows > 1) return std::nullopt;
  std::array<char, 32> letters{};  // by place; records of other makers may leave some out
  for (unsigned deed = 0; deed < kDeedLetters.size(); deed++) {
    const char letter = kDeedLetters[deed];
    letters[place_of(source.value_or(0), deed)] = letter;
    letters[place_of(destination.value_or(0), deed)] = static_cast<char>(letter + ('a' - 'A'));
  }
  std::string out;
  for (std::size_t place = 1; place < letters.size(); place++)
    if (letters[place] != 0) out += letters[place];
  return out.empty() ? std::nullopt : Maybe<std::string>(std::move(out));
}

}  // namespace argus
