// A capture file, plain or compressed, all its frames decoded. Decompressed bytes are bounded here, so that a bomb
// costs the fuzzer no time.
#include <cstdint>
#include <cstdlib>

#include "base/stream.h"
#include "capture/open_capture.h"
#include "packet/decode.h"
#include "packet/packet.h"
#include "support/capture_writer.h"

using namespace argus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t kFramesMax = 100'000, kBytesMax = 64u << 20;
  auto input = InputStream::open(file_of(std::as_bytes(std::span(data, size))));
  if (!input) return 0;
  auto capture = open_capture_file(*std::move(input));
  if (!capture) return 0;
  Frame frame;
  Packet packet;
  std::uint64_t bytes = 0;
  std::uint64_t frames = 0;
  while (frames < kFramesMax && bytes < kBytesMax) {
    const auto more = (*capture)->next(frame);
    if (!more || !*more) break;
    frames++;
    bytes += frame.bytes.size() + 1;
    if (frame.wire_length < frame.bytes.size() || frame.time < 0) std::abort();
    (void)decode(frame, packet);
  }
  if ((*capture)->frames() != frames) std::abort();
  return 0;
}
