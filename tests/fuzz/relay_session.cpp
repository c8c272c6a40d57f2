// A reader that was let in says anything, whole or in pieces: what it is told is a stream that reads well, or nothing.
// With an odd first byte the rest is the payload of a request whose head holds.
#include <cstdlib>

#include "base/bytes.h"
#include "base/time.h"
#include "codec/frame.h"
#include "codec/request.h"
#include "codec/stream.h"
#include "flow/batch.h"
#include "net/server.h"
#include "relay/frame_ring.h"
#include "relay/serve_session.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

std::vector<std::byte> request_frame(Bytes payload) {
  FrameHead head;
  head.type = static_cast<std::uint8_t>(FrameType::request);
  head.stored = head.directory = static_cast<std::uint32_t>(payload.size());
  head.directory_check = seeded_check(0, payload);
  std::vector<std::byte> out;
  append_head(head, out);
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

void push_rows(Served& served) {
  const Batch batch =
      batch_of({tcp_row("192.0.2.1", 1024, "192.0.2.2", 80, 3, 4), tcp_row("192.0.2.3", 1025, "2001:db8::1", 443)});
  const CodedBatch coded = StreamWriter(served.stream).coded(batch);
  RingFrame frame;
  append_head(coded.head, frame.bytes);
  frame.bytes.insert(frame.bytes.end(), coded.block.begin(), coded.block.end());
  frame.records = batch.rows();
  served.ticks.push(frame);
  served.records.push(std::move(frame));
}

// Frames one after the other, numbered from 0; the rows of those of flows.
std::size_t rows_of(Bytes stream) {
  std::size_t rows = 0;
  for (std::uint64_t number = 0; !stream.empty(); number++) {
    FrameHead head;
    if (parse_head(stream, head) != HeadFault::none || head.number != number) std::abort();
    const Bytes directory = stream.subspan(kFrameHeadSize, head.directory);
    if (seeded_check(head.stream, directory) != head.directory_check) std::abort();
    rows += head.rows;
    stream = stream.subspan(kFrameHeadSize + head.stored);
  }
  return rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 2 * kRequestMax) return 0;
  Served served(1 << 20, 7);
  served.header = {"probe", {}, true};
  served.has_ticks = (data[0] & 2) != 0;
  ServeSession session(served, {"unix socket", "", "ip"});
  const Bytes rest = std::as_bytes(std::span(data + 1, size - 1));
  const std::vector<std::byte> framed =
      (data[0] & 1) != 0 ? request_frame(rest) : std::vector(rest.begin(), rest.end());
  const std::size_t piece = 1 + data[0] / 2;
  for (std::size_t at = 0; at < framed.size(); at += piece)
    if (!session.receive(Bytes(framed).subspan(at, std::min(piece, framed.size() - at)))) return 0;
  push_rows(served);
  served.records.close();
  served.ticks.close();
  std::vector<std::byte> out;
  for (unsigned round = 0; round < 10; round++)
    if (session.pull(round * kSecond, out) == Session::Pulled::last) break;
  if (session.has_asked() != !out.empty() || rows_of(out) > 2) std::abort();
  return 0;
}
