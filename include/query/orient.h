// Counters turned towards one's own networks.
#pragma once

#include <memory>
#include <vector>

#include "base/address.h"
#include "flow/field.h"
#include "flow/source.h"

namespace argus {

// Networks that nobody has on the Internet: RFC 1918, RFC 4193, and link-local ones.
[[nodiscard]] std::vector<Prefix> private_networks();

// Output: the same records; where the source is in one of `local` and the destination is not, the counters and times
// of the two directions among `fields` (and what cutting needs of them) change places, so that those of the source are
// what came towards the networks. Addresses, ports and everything else stay. `decided` becomes true when a record had
// just one end in them.
[[nodiscard]] SourcePtr oriented(SourcePtr input, const std::vector<Prefix>& local, FieldSet fields,
                                 std::shared_ptr<bool> decided);

}  // namespace argus
