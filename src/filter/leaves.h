// Leaves of filters from fields, operators and values.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "filter/node.h"

namespace argus {

enum class Op : std::uint8_t { equal, unequal, less, less_equal, greater, greater_equal, bits };

// "gt", ">", "=": empty when it is no operator.
[[nodiscard]] std::optional<Op> find_op(std::string_view word);

// FIELD OP VALUE. For addresses VALUE may be a net, for numbers a range 80-90 (with = and !=).
[[nodiscard]] Result<NodePtr> compared(Field field, Op op, std::string_view value);
// FIELD in {VALUE, ...}
[[nodiscard]] Result<NodePtr> one_of(Field field, const std::vector<std::string>& values);
[[nodiscard]] NodePtr has_field(Field field);
// FIELD within a net given as address and mask length.
[[nodiscard]] NodePtr in_net(Field field, const Prefix& net);

[[nodiscard]] NodePtr joined(Node::Kind kind, NodePtr a, NodePtr b);  // both, either
[[nodiscard]] NodePtr negated(NodePtr a);

}  // namespace argus
