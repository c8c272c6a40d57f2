// Names of hosts that text for people shows in the place of addresses: what name servers answered, made safe.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/pool.h"

namespace argus {

inline constexpr std::size_t kHostNameBytesMax = 253;  // RFC 1035, 2.3.4, as text

class HostNames {
 public:
  // `width`: columns that a name may take; of a longer one the middle is left out.
  explicit HostNames(std::size_t width = kHostNameBytesMax) : width_(width) {}

  // What an address is called, by strangers: bytes that are not of a host name become \xNN. One that is too long, or
  // that is itself written like an address, is none. Empty: it has no name. The first answer stays.
  void add(const Address& address, std::string_view name);
  // Whether it was added, with a name or without.
  [[nodiscard]] bool has(const Address& address) const;
  // Empty: none is known. The view stays good as long as these names do.
  [[nodiscard]] std::string_view name_of(const Address& address) const;

 private:
  std::size_t width_;
  mutable Guarded<std::map<Address, std::string>> names_;  // entries never change
};

}  // namespace argus
