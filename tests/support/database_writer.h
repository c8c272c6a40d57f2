// MaxMind databases as tests want them (MaxMind DB File Format 2.0).
#pragma once

#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/address.h"

namespace argus {

// What a database says of a network: a text or a number below a path of keys ("country/iso_code").
using DatabaseEntry = std::map<std::string, std::variant<std::string, std::uint32_t>>;

// The bytes of one for both families, with records of 24 bits. Networks that lie in others come behind these.
[[nodiscard]] std::string address_database(const std::vector<std::pair<Prefix, DatabaseEntry>>& networks);

}  // namespace argus
