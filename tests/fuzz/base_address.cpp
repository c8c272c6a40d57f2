// Any text as an address, a network, a MAC address, a duration: what is accepted is printed in one form, and that form
// means the same.
#include <cstdlib>
#include <string>

#include "base/address.h"
#include "base/names.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"

using namespace argus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto address = parse_address(text)) {
    const auto again = parse_address(to_text(*address));
    if (!again || *again != *address) std::abort();
  }
  if (const auto net = parse_prefix(text)) {
    if (net->length > bits_of(net->address.family())) std::abort();
    const Address first = masked(net->address, net->length);
    if (masked(first, net->length) != first || !contains(*net, first)) std::abort();
    if (first.family() != net->address.family() && net->address.family() != Family::ipv6) std::abort();
  }
  if (const auto mac = parse_mac(text)) {
    std::string printed;
    append_mac(*mac, printed);
    if (parse_mac(printed) != mac) std::abort();
  }
  const auto duration = parse_duration(text);
  if (duration ? *duration <= 0 : duration.error().code != Errc::usage) std::abort();
  if (const auto number = parse_unsigned(text)) {
    std::string printed;
    append_number(*number, printed);
    if (parse_unsigned(printed) != number) std::abort();
  }
  if (const auto proto = find_proto(text); proto && proto_name(*proto).empty()) std::abort();
  return 0;
}
