// The numbers of frames, codings and requests (docs/format.md), written out. They are never changed: a new thing gets a
// new number.
#include <catch2/catch.hpp>

#include "base/bytes.h"
#include "codec/codings.h"
#include "codec/frame.h"
#include "codec/request.h"
#include "flow/field.h"

using namespace argus;

TEST_CASE("frames and codings have the numbers that they have in files") {
  CHECK(kFrameMarker == std::array<std::uint8_t, 8>{0x89, 0x41, 0x52, 0x47, 0x46, 0x0d, 0x0a, 0x1a});
  CHECK(kFrameHeadSize == 64);
  CHECK(static_cast<int>(FrameType::header) == 1);
  CHECK(static_cast<int>(FrameType::flows) == 2);
  CHECK(static_cast<int>(FrameType::ledger) == 3);
  CHECK(static_cast<int>(FrameType::index) == 4);
  CHECK(static_cast<int>(FrameType::end) == 5);
  CHECK(static_cast<int>(FrameType::request) == 6);
  CHECK(static_cast<int>(Coding::planes) == 1);
  CHECK(static_cast<int>(Coding::delta) == 2);
  CHECK(static_cast<int>(Coding::difference) == 3);
  CHECK(static_cast<int>(Coding::words) == 4);
  CHECK(all_codings().size() == 4);
}

TEST_CASE("parts of a request have the numbers that they have on the wire") {
  Request request;
  request.filter = "tcp";
  request.fields = {Field::stime, Field::sbytes};
  request.wants = Wants::ticks;
  const std::vector<std::byte> frame = encode_request(request);
  std::vector<int> payload;
  for (const std::byte byte : Bytes(frame).subspan(kFrameHeadSize)) payload.push_back(static_cast<int>(byte));
  // filter, three bytes; fields, two numbers; wants, one byte
  CHECK(payload == std::vector<int>{1, 3, 0, 't', 'c', 'p', 2, 4, 0, 1, 0, 26, 0, 3, 1, 0, 1});
}
