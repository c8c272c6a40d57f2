#include "meter/fragments.h"

#include <utility>

namespace argus {

Fragments::Fragments(const HashKey& secret, Nanos patience) : known_(16, Hash{secret}), patience_(patience) {}

std::size_t Fragments::Hash::operator()(const Datagram& d) const {
  const std::uint64_t a = mix(d.src.high() ^ secret.k0, d.src.low() ^ secret.k1);
  const std::uint64_t b = mix(d.dst.high() ^ secret.k2, d.dst.low() ^ secret.k3);
  return mix(a ^ d.rest ^ secret.k2, (b + secret.k0) ^ d.tunnel);
}

// IPv6 identifies a datagram without its protocol, and its later fragments may name another header (RFC 8200 4.5).
Fragments::Datagram Fragments::datagram(const Address& src, const Address& dst, Proto proto, std::uint32_t id,
                                        std::uint64_t tunnel) {
  return {src, dst, std::uint64_t{src.is_v4() ? proto : Proto{0}} << 32 | id, tunnel};
}

Fragments::Known& Fragments::know(const Datagram& datagram, Nanos now) {
  auto at = known_.find(datagram);
  // Identifications come round again: what is older than a datagram can live is another one.
  if (at != known_.end() && at->second.has_first && now - at->second.first.time > patience_) {
    known_.erase(at);
    at = known_.end();
  }
  if (at == known_.end()) {
    if (known_.size() >= kDatagramsMax && !ages_.empty()) {
      const Age oldest = ages_.front();
      ages_.pop_front();
      drop(oldest.datagram, oldest.serial, overflow_);
    }
    at = known_.emplace(datagram, Known{}).first;
    at->second.serial = ++serials_;
    ages_.push_back({now, datagram, at->second.serial});
  }
  return at->second;
}

// The later fragment as a packet of the flow that it belongs to; of a train that may be a fragment again, but of no
// second train.
void Fragments::complete(const Packet& later, const Known& by, std::vector<Packet>& known) {
  if (by.is_train && (later.has & kIsInTrain) != 0) {
    known.push_back(later);
    return;
  }
  Packet out = by.is_train ? by.first : later;
  if (!by.is_train) {
    constexpr std::uint32_t kTold = kHasPorts | kHasIcmp | kHasIcmpId;
    out.has |= by.first.has & kTold;
    out.proto = by.first.proto;
    out.sport = by.first.sport;
    out.dport = by.first.dport;
    out.icmp_type = by.first.icmp_type;
    out.icmp_code = by.first.icmp_code;
    out.icmp_id = by.first.icmp_id;
    known.push_back(out);
    return;
  }
  out.time = later.time;
  out.wire_length = later.wire_length;
  out.payload_length = 0;  // the first has it all
  out.has &= ~std::uint32_t{kHasTcp | kHasQuoted};
  if ((out.has & kIsLaterFragment) != 0) resolve_own(out, known);
  else known.push_back(out);
}

void Fragments::begin(const Datagram& datagram, const Packet& first, bool is_train, std::vector<Packet>& known) {
  Known& now = know(datagram, first.time);
  now.first = first;
  now.has_first = true;
  now.is_train = is_train;
  if (now.waiting.empty()) return;
  const std::vector<Packet> waiting = std::exchange(now.waiting, {});
  waiting_ -= waiting.size();
  Known by;
  by.first = first;
  by.is_train = is_train;
  for (const Packet& late : waiting) complete(late, by, known);
}

void Fragments::resolve_own(const Packet& packet, std::vector<Packet>& known) {
  const Datagram own = datagram(packet.src, packet.dst, packet.proto, packet.fragment_id,
                                (packet.has & kHasTunnel) != 0 ? packet.outer.key : 0);
  if ((packet.has & kIsLaterFragment) == 0) {
    known.push_back(packet);
    return begin(own, packet, false, known);
  }
  Known& of = know(own, packet.time);
  if (of.has_first) return complete(packet, of, known);
  if (waiting_ >= kWaitingMax) {  // metered without ports at once
    known.push_back(packet);
    return;
  }
  of.waiting.push_back(packet);
  waiting_++;
}

void Fragments::resolve(const Packet& packet, std::vector<Packet>& known) {
  if ((packet.has & kIsFragment) != 0) resolve_own(packet, known);
  else known.push_back(packet);
  if ((packet.has & kIsInTrain) == 0) return;
  const Train& train = packet.train;
  begin(datagram(train.src, train.dst, train.proto, train.id, train.tunnel), packet, true, known);
}

void Fragments::drop(const Datagram& datagram, std::uint64_t serial, std::vector<Packet>& orphans) {
  const auto at = known_.find(datagram);
  if (at == known_.end() || at->second.serial != serial) return;
  waiting_ -= at->second.waiting.size();
  orphans.insert(orphans.end(), at->second.waiting.begin(), at->second.waiting.end());
  known_.erase(at);
}

void Fragments::expire(Nanos now, bool all, std::vector<Packet>& orphans) {
  orphans.insert(orphans.end(), overflow_.begin(), overflow_.end());
  overflow_.clear();
  while (!ages_.empty() && (all || now - ages_.front().time > patience_)) {
    const Age oldest = ages_.front();
    ages_.pop_front();
    drop(oldest.datagram, oldest.serial, orphans);
  }
}

}  // namespace argus
