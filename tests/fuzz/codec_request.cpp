// A request from a stranger: what is understood stays within its bounds, and is understood the same when it is said
// again.
#include <cstdlib>

#include "base/bytes.h"
#include "codec/frame.h"
#include "codec/request.h"

using namespace argus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto request = decode_request(std::as_bytes(std::span(data, size)));
  if (!request) return 0;
  if (request->filter.size() > kRequestFilterMax) std::abort();
  const auto frame = encode_request(*request);
  const auto again = decode_request(Bytes(frame).subspan(kFrameHeadSize));
  if (!again || again->filter != request->filter || !(again->fields == request->fields) ||
      again->wants != request->wants)
    std::abort();
  return 0;
}
