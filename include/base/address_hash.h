// Of addresses that strangers choose, for tables in memory.
#pragma once

#include <cstddef>

#include "base/address.h"
#include "base/hash.h"

namespace argus {

struct AddressHash {
  HashKey key = random_hash_key();
  std::size_t operator()(const Address& a) const {
    return mix(mix(a.high() ^ key.k0, a.low() ^ key.k1) ^ key.k2, key.k3);
  }
};

}  // namespace argus
