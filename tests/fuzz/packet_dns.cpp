// Any bytes as a DNS message: names of addresses that are text, and not too many.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "packet/dns.h"

using namespace argus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<NamedAddress> named;
  read_named_addresses(std::as_bytes(std::span(data, size)), named);
  if (named.size() > kDnsAnswersMost) std::abort();
  for (const NamedAddress& one : named) {
    if (one.name.empty() || one.name.size() > kDnsNameMost) std::abort();
    for (const char c : one.name)
      if (c <= ' ' || c >= 0x7f) std::abort();
  }
  return 0;
}
