#include "meter/fragments.h"

#include "base/names.h"

namespace argus {

Fragments::Fragments(const HashKey& secret, Nanos patience) : known_(16, Hash{secret}), patience_(patience) {}

std::size_t Fragments::Hash::operator()(const Datagram& d) const {
  const std::uint64_t a = mix(d.src.high() ^ secret.k0, d.src.low() ^ secret.k1);
  const std::uint64_t b = mix(d.dst.high() ^ secret.k2, d.dst.low() ^ secret.k3);
  return mix(a ^ d.rest ^ secret.k2, b + secret.k0);
}

void Fragments::complete(Packet& packet, const Packet& first) {
  constexpr std::uint32_t kTold = kHasPorts | kHasIcmp | kHasIcmpId;
  packet.has |= first.has & kTold;
  packet.proto = first.proto;
  packet.sport = first.sport;
  packet.dport = first.dport;
  packet.icmp_type = first.icmp_type;
  packet.icmp_code = first.icmp_code;
  packet.icmp_id = first.icmp_id;
}

bool Fragments::resolve(Packet& packet, std::vector<Packet>& found) {
  // IPv6 identifies a datagram without its protocol, and its later fragments may name another header (RFC 8200 4.5).
  const Proto proto = packet.src.is_v4() ? packet.proto : Proto{0};
  const Datagram datagram{packet.src, packet.dst, std::uint64_t{proto} << 32 | packet.fragment_id};
  auto at = known_.find(datagram);
  // Identifications come round again: what is older than a datagram can live is another one.
  if (at != known_.end() && at->second.has_first && packet.time - at->second.first.time > patience_) {
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
    ages_.push_back({packet.time, datagram, at->second.serial});
  }
  Known& known = at->second;
  if ((packet.has & kIsLaterFragment) == 0) {
    known.first = packet;
    known.has_first = true;
    for (Packet& waiting : known.waiting) {
      complete(waiting, packet);
      found.push_back(waiting);
    }
    waiting_ -= known.waiting.size();
    known.waiting = {};
    return true;
  }
  if (known.has_first) {
    complete(packet, known.first);
    return true;
  }
  if (waiting_ >= kWaitingMax) return true;  // metered without ports at once
  known.waiting.push_back(packet);
  waiting_++;
  return false;
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
