// Values as filters write them, and tests made of them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/names.h"
#include "filter/address_set.h"
#include "filter/node.h"
#include "filter/pattern.h"
#include "filter/primitives.h"
#include "filter/span.h"
#include "flow/field.h"

namespace argus {

enum class Op : std::uint8_t { equal, unequal, less, less_equal, greater, greater_equal, bits, like, unlike };
[[nodiscard]] std::optional<Op> find_op(std::string_view word);  // "gt", ">", "="
[[nodiscard]] std::string_view to_text(Op op);

// What a value stands for: one value, a range, a net, all states of one name.
struct Operand {
  std::vector<Span> spans;
  std::vector<RealSpan> reals;
  std::vector<std::string> words;
  std::vector<std::shared_ptr<const AddressSet>> sets;
  std::shared_ptr<const TextPattern> pattern;
  [[nodiscard]] bool is_empty() const { return spans.empty() && reals.empty() && words.empty() && sets.empty(); }
};

struct ValueFault {
  std::string text, hint;
};
template <class T>
using Read = std::variant<T, ValueFault>;

// `proto` helps with service names, 0 when unknown.
[[nodiscard]] Read<Operand> read_operand(Field field, Takes takes, std::string_view text, Proto proto);
// A net written in two words: "net A mask M".
[[nodiscard]] Read<Operand> read_masked_net(std::string_view address, std::string_view mask);
// An address, a net or a MAC address.
[[nodiscard]] bool looks_like_address(std::string_view text);

[[nodiscard]] bool is_regular(Op op);  // takes a regular expression
// The contrary of "is this value", which without a side has to hold of both ends.
[[nodiscard]] bool is_contrary(Op op);

[[nodiscard]] Read<Node> make_test(Field field, Op op, const Operand& operand);
[[nodiscard]] Test has_value(Field field);

// Text that read_operand() takes back.
[[nodiscard]] std::string span_text(Field field, const Span& span);
[[nodiscard]] std::string real_text(const RealSpan& span);

}  // namespace argus
