// IP fragments: which flow the later ones belong to. Only the first fragment of a datagram has the ports (or the ICMP
// type), and the headers of what is in a tunnel; the others are recognised by addresses, protocol and identification
// (RFC 791 2.3, RFC 8200 4.5) and by the tunnel that they came in, before or after it.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "base/address.h"
#include "base/hash.h"
#include "base/names.h"
#include "base/time.h"
#include "packet/packet.h"

namespace argus {

class Fragments {
 public:
  static constexpr std::size_t kDatagramsMax = 65'536;  // known at a time
  static constexpr std::size_t kWaitingMax = 65'536;    // later fragments held until their first comes

  Fragments(const HashKey& secret, Nanos patience);

  // For a fragment, and a packet in a train. Appends to `known` what can be metered now: the packet itself, a later
  // fragment completed with what the first told, and those that waited for it. Else keeps it.
  void resolve(const Packet& packet, std::vector<Packet>& known);
  // Later fragments whose first did not come in time (all of them with `all`).
  void expire(Nanos now, bool all, std::vector<Packet>& orphans);

 private:
  struct Datagram {
    Address src, dst;
    std::uint64_t rest;    // proto, identification
    std::uint64_t tunnel;  // around it
    friend bool operator==(const Datagram&, const Datagram&) = default;
  };
  struct Hash {
    HashKey secret;
    std::size_t operator()(const Datagram& d) const;
  };
  struct Known {
    Packet first;  // its ports or ICMP type, when `has_first`; of a train, what is in the tunnel
    bool has_first = false, is_train = false;
    std::vector<Packet> waiting;
    std::uint64_t serial = 0;
  };
  struct Age {
    Nanos time;
    Datagram datagram;
    std::uint64_t serial;
  };
  [[nodiscard]] static Datagram datagram(const Address& src, const Address& dst, Proto proto, std::uint32_t id,
                                         std::uint64_t tunnel);
  [[nodiscard]] Known& know(const Datagram& datagram, Nanos now);
  void begin(const Datagram& datagram, const Packet& first, bool is_train, std::vector<Packet>& known);
  void resolve_own(const Packet& packet, std::vector<Packet>& known);
  void complete(const Packet& later, const Known& by, std::vector<Packet>& known);
  void drop(const Datagram& datagram, std::uint64_t serial, std::vector<Packet>& orphans);

  std::unordered_map<Datagram, Known, Hash> known_;
  std::deque<Age> ages_;
  std::vector<Packet> overflow_;  // orphans made by the limits, until the next expire()
  std::size_t waiting_ = 0;
  std::uint64_t serials_ = 0;
  Nanos patience_;
};

}  // namespace argus
