// IP fragments: which flow the later ones belong to. Only the first fragment of a datagram has the ports (or the ICMP
// type); the others are recognised by addresses, protocol and identification (RFC 791 2.3, RFC 8200 4.5), before or
// after it.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "base/address.h"
#include "base/hash.h"
#include "base/time.h"
#include "packet/packet.h"

namespace argus {

class Fragments {
 public:
  static constexpr std::size_t kDatagramsMax = 65'536;  // known at a time
  static constexpr std::size_t kWaitingMax = 65'536;    // later fragments held until their first comes

  Fragments(const HashKey& secret, Nanos patience);

  // For a fragment. Completes a later one with what the first told and returns true; keeps it and returns false when
  // the first is not known yet. A first fragment returns true, and moves to `found` those that waited for it,
  // completed.
  [[nodiscard]] bool resolve(Packet& packet, std::vector<Packet>& found);
  // Later fragments whose first did not come in time (all of them with `all`).
  void expire(Nanos now, bool all, std::vector<Packet>& orphans);

 private:
  struct Datagram {
    Address src, dst;
    std::uint64_t rest;  // proto, identification
    friend bool operator==(const Datagram&, const Datagram&) = default;
  };
  struct Hash {
    HashKey secret;
    std::size_t operator()(const Datagram& d) const;
  };
  struct Known {
    Packet first;  // its ports or ICMP type, when `has_first`
    bool has_first = false;
    std::vector<Packet> waiting;
    std::uint64_t serial = 0;
  };
  struct Age {
    Nanos time;
    Datagram datagram;
    std::uint64_t serial;
  };
  static void complete(Packet& packet, const Packet& first);
  void drop(const Datagram& datagram, std::uint64_t serial, std::vector<Packet>& orphans);

  std::unordered_map<Datagram, Known, Hash> known_;
  std::deque<Age> ages_;
  std::vector<Packet> overflow_;  // orphans made by the limits, until the next expire()
  std::size_t waiting_ = 0;
  std::uint64_t serials_ = 0;
  Nanos patience_;
};

}  // namespace argus
