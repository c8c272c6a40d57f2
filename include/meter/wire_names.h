// Names of addresses as the capture itself has them: what answers of DNS and mDNS over UDP said, before it is known who
// will use them. Of each address the newest names are kept with the time they were seen, also apart for each host that
// asked: two names of one address on a shared server are told apart by who asked for which.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/hash.h"
#include "base/names.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "packet/dns.h"
#include "packet/packet.h"

namespace argus {

class WireNames {
 public:
  static constexpr std::size_t kNamesMost = 65'536;  // pairs since the last sweep; those said again outlive it
  static constexpr std::size_t kNamesOfOneMost = 4;  // of an address and who asked
  static constexpr std::uint16_t kDnsPort = 53, kMulticastDnsPort = 5353;

  explicit WireNames(const HashKey& key) : hasher_{key}, fresh_(0, hasher_), former_(0, hasher_) {}

  // A decoded frame, in the order they came. What DNS said inside of tunnels over UDP is not looked at.
  void observe(const Frame& frame, const Packet& packet) {
    if (packet.proto == kProtoUdp && (packet.sport == kDnsPort || packet.sport == kMulticastDnsPort))
      observe_answer(frame, packet);
  }
  // sname and dname of records: the name that the other end got last, or else anybody, at or before ltime.
  void fill(Batch& records);

  [[nodiscard]] std::size_t size() const { return fresh_.size() + former_.size(); }  // pairs that are known

 private:
  using Pair = std::pair<Address, Address>;  // who asked, or Address() for anybody; what has the name
  struct Hasher {
    HashKey key;
    std::size_t operator()(const Pair& pair) const;
  };
  struct Seen {
    Nanos time;
    std::string name;
  };
  using Names = std::vector<Seen>;  // oldest first
  using Table = std::unordered_map<Pair, Names, Hasher>;

  void observe_answer(const Frame& frame, const Packet& packet);
  void note(const Pair& pair, Nanos time, const std::string& name);
  [[nodiscard]] const std::string* name_of(const Pair& pair, Nanos by);
  [[nodiscard]] Column names_of(const Batch& records, Field named, Field asker);

  Hasher hasher_;
  Table fresh_, former_;
  std::vector<NamedAddress> answers_;
};

}  // namespace argus
