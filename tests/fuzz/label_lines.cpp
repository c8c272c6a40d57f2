// Any bytes as a file of labels: a usage error that names the line, or names and rules that answer.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/result.h"
#include "filter/filter.h"
#include "label/label_store.h"
#include "label/labels.h"

using namespace argus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  LabelStore store;
  LabelLines lines("list", store, SetFiles::refused);
  if (const auto done = lines.take(text); !done) {
    const std::string& why = done.error().text;
    if (done.error().code != Errc::usage || !why.starts_with("list:")) std::abort();
    return 0;
  }
  store.finish();
  for (std::size_t at = 0; at + 16 <= size && at < 4096; at += 7)
    for (const Address& address :
         {Address::from_v6(data + at), Address::from_v4(data + at), Address::from_mac(data[at])})
      if (store.networks.find(address).size() > kLabelTextMax || store.countries.find(address).size() > 2) std::abort();
  return 0;
}
