#include "codec/request.h"

#include <catch2/catch.hpp>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/frame.h"
#include "flow/field.h"

using namespace argus;

namespace {

Bytes payload_of(Bytes frame) { return frame.subspan(kFrameHeadSize); }

}  // namespace

TEST_CASE("a request is read as it was written") {
  for (const Request& request :
       {Request{}, Request{"tcp and port 443", {Field::saddr, Field::stime}, Wants::ticks},
        Request{std::string(kRequestFilterMax, 'x'), FieldSet::all_stored(), Wants::records}}) {
    const auto frame = encode_request(request);
    CHECK(frame.size() <= kRequestMax);
    FrameHead head;
    REQUIRE(parse_head(frame, head) == HeadFault::none);
    CHECK(head.type == static_cast<std::uint8_t>(FrameType::request));
    CHECK(head.stored == frame.size() - kFrameHeadSize);
    CHECK(head.directory_check == seeded_check(head.stream, payload_of(frame)));
    const auto back = decode_request(payload_of(frame));
    REQUIRE(back);
    CHECK(back->filter == request.filter);
    CHECK(back->fields == request.fields);
    CHECK(back->wants == request.wants);
  }
}

TEST_CASE("a request cut anywhere is corrupt or says less, never a crash") {
  const auto frame = encode_request({"tcp", {Field::saddr, Field::stime}, Wants::ticks});
  const Bytes whole = payload_of(frame);
  std::size_t good = 0;
  for (std::size_t size = 0; size < whole.size(); size++) {
    CAPTURE(size);
    const auto request = decode_request(whole.first(size));
    if (request) good++;
    else CHECK(request.error().code == Errc::corrupt);
  }
  CHECK(good == 3);  // between its parts
}

TEST_CASE("parts and fields of a later version are passed over, wishes of one are refused") {
  ByteWriter later;
  later.le(std::uint8_t{200});
  later.le(std::uint16_t{3});
  later.text("abc");
  later.le(std::uint8_t{2});
  later.le(std::uint16_t{4});
  later.le(std::uint16_t{60'000});
  later.le(info(Field::saddr).wire);
  auto request = decode_request(later.view());
  REQUIRE(request);
  CHECK(request->fields == FieldSet{Field::saddr});
  later.le(std::uint8_t{3});
  later.le(std::uint16_t{1});
  later.le(std::uint8_t{9});
  request = decode_request(later.view());
  REQUIRE_FALSE(request);
  CHECK(request.error().code == Errc::unsupported);
}

TEST_CASE("a filter beyond its size is refused") {
  const auto frame = encode_request({std::string(kRequestFilterMax + 1, 'x'), {}, Wants::records});
  const auto request = decode_request(payload_of(frame));
  REQUIRE_FALSE(request);
  CHECK(request.error().code == Errc::limit);
}
