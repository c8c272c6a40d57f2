// A filter for people.
#pragma once

#include "filter/filter.h"
#include "filter/node.h"

namespace argus {

[[nodiscard]] FilterListing listed(const Node& root);

}  // namespace argus
