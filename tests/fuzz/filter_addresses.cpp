// Any bytes as a file of addresses: a set or a usage error that names the line, the same however the text is cut. The
// first byte says into what pieces.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/int128.h"
#include "base/result.h"
#include "filter/address_file.h"
#include "filter/address_set.h"
#include "flow/where.h"

using namespace argus;

namespace {

Result<AddressSet> read(std::string_view text, std::size_t piece) {
  AddressLines lines("list", 10'000);
  while (!text.empty()) {
    const std::string_view some = text.substr(0, piece);
    if (auto done = lines.take(some); !done) return std::move(done.error());
    text.remove_prefix(some.size());
  }
  return lines.finish();
}

void check(const AddressSet& set, const AddressSet& same, const Address& address) {
  const bool in = set.contains(address);
  if (in != same.contains(address)) std::abort();
  const u128 image = ordered_image(address);
  if ((set.holds({image, image}) == AddressSet::Holds::all) != in) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto set = read(text, text.size() + 1);
  const auto again = read(text, size == 0 ? 1 : 1 + data[0] % 61u);
  if (static_cast<bool>(set) != static_cast<bool>(again)) std::abort();
  if (!set) {
    const std::string& why = set.error().text;
    if (set.error().code != Errc::usage || why != again.error().text || !why.starts_with("list:")) std::abort();
    if (std::any_of(why.begin(), why.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; })) std::abort();
    return 0;
  }
  if (set->ranges() != again->ranges()) std::abort();
  for (std::size_t at = 0; at + 16 <= size && at < 4096; at += 7) {
    check(*set, *again, Address::from_v6(data + at));
    check(*set, *again, Address::from_v4(data + at));
    check(*set, *again, Address::from_mac(data[at]));
  }
  return 0;
}
