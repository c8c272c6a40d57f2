// A small filter that knows which addresses a frame may hold (Bloom, 1970): no false no, now and then a false yes.
#pragma once

#include <span>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"

namespace argus {

// About a byte an address, 16 bytes at least, 4096 at most; empty when there are no addresses.
[[nodiscard]] std::vector<std::byte> make_membership(std::span<const Address> distinct);
[[nodiscard]] bool may_contain(Bytes filter, const Address& address);

}  // namespace argus
