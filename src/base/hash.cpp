#include "base/hash.h"

#include <sys/random.h>

#include <cstdlib>

namespace argus {

HashKey random_hash_key() {
  HashKey key;
  std::size_t done = 0;
  while (done < sizeof key) {
    const ssize_t got = ::getrandom(reinterpret_cast<char*>(&key) + done, sizeof key - done, 0);
    if (got > 0) done += static_cast<std::size_t>(got);
    // Without randomness the tables would be open to chosen collisions; getrandom fails only on kernels that lack it.
    if (got < 0 && done == 0) std::abort();
  }
  // Odd multipliers never lose a factor of two of the other operand.
  key.k0 |= 1, key.k1 |= 1, key.k2 |= 1, key.k3 |= 1;
  return key;
}

}  // namespace argus
