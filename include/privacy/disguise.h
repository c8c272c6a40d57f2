// What stands in the place of an address, a port or a time, by a key: one to one, so that what was the same is the same
// and what differed differs.
#pragma once

#include <cstdint>
#include <memory>

#include "base/address.h"
#include "base/time.h"
#include "privacy/key.h"

namespace argus {

// Not for several threads at once; each makes its own with the same key.
class Disguise {
 public:
  explicit Disguise(const DisguiseKey& key, bool keeps_vendors = false);
  Disguise(Disguise&&) noexcept;
  Disguise& operator=(Disguise&&) noexcept;
  ~Disguise();

  // Prefix-preserving (CryptoPAn: Xu, Fan, Ammar, Moon, "Prefix-Preserving IP Address Anonymization", 2002), in both
  // families: two addresses have as many leading bits in common as before. MAC addresses as mac() has them.
  [[nodiscard]] Address address(const Address& address);
  // Of a network of `length` bits (of the family): bits behind it stay 0.
  [[nodiscard]] Address network(const Address& address, unsigned length);
  // The low 48 bits, in the same manner. Broadcast stays what it is, and so do the two bits that tell groups from
  // stations and local from registered addresses; with keeps_vendors the first three bytes, too.
  [[nodiscard]] std::uint64_t mac(std::uint64_t mac);
  // Below 1024 it stays; all others change places.
  [[nodiscard]] std::uint16_t port(std::uint16_t port) const;
  // By how much times are shifted if nobody says it: whole seconds, up to five years either way.
  [[nodiscard]] Nanos shift() const;

 private:
  struct Tables;
  std::unique_ptr<Tables> tables_;
};

}  // namespace argus
