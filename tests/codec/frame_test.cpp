#include "codec/frame.h"

#include <catch2/catch.hpp>
#include <functional>

#include "base/bytes.h"

using namespace argus;

namespace {

FrameHead sample_head() {
  FrameHead head;
  head.type = 2;
  head.flags = 0x1234;
  head.stored = 1000;
  head.raw = 5000;
  head.rows = 77;
  head.stream = 0x0123456789abcdef;
  head.number = 5;
  head.first_record = 1u << 20;
  head.directory = 100;
  head.directory_check = 0xdeadbeef;
  return head;
}
std::vector<std::byte> written(const FrameHead& head) {
  std::vector<std::byte> out;
  append_head(head, out);
  return out;
}
HeadFault fault_of(const FrameHead& head) {
  FrameHead out;
  return parse_head(written(head), out);
}

}  // namespace

TEST_CASE("a head reads back as it was written") {
  const FrameHead head = sample_head();
  const auto bytes = written(head);
  REQUIRE(bytes.size() == kFrameHeadSize);
  FrameHead back;
  REQUIRE(parse_head(bytes, back) == HeadFault::none);
  CHECK((back.version == head.version && back.type == head.type && back.flags == head.flags));
  CHECK((back.stored == head.stored && back.raw == head.raw && back.rows == head.rows));
  CHECK((back.stream == head.stream && back.number == head.number && back.first_record == head.first_record));
  CHECK((back.directory == head.directory && back.directory_check == head.directory_check));
}

TEST_CASE("a head with any bit changed does not hold") {
  const auto good = written(sample_head());
  for (std::size_t bit = 0; bit < good.size() * 8; bit++) {
    auto bytes = good;
    bytes[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
    FrameHead head;
    CAPTURE(bit);
    CHECK(parse_head(bytes, head) == (bit < 64 ? HeadFault::no_marker : HeadFault::bad_check));
  }
}

TEST_CASE("a head cut anywhere is too short") {
  const auto good = written(sample_head());
  for (std::size_t size = 0; size < good.size(); size++) {
    FrameHead head;
    CHECK(parse_head(Bytes(good).first(size), head) == HeadFault::too_short);
  }
}

TEST_CASE("a head of a later format is told apart from damage") {
  FrameHead head = sample_head();
  head.version = kFormatVersion + 1;
  CHECK(fault_of(head) == HeadFault::newer);
}

TEST_CASE("a head beyond the bounds is refused, one at the bounds is not") {
  const auto with = [](const std::function<void(FrameHead&)>& change) {
    FrameHead head = sample_head();
    change(head);
    return fault_of(head);
  };
  CHECK(with([](FrameHead& h) { h.stored = kStoredMax; }) == HeadFault::none);
  CHECK(with([](FrameHead& h) { h.stored = kStoredMax + 1; }) == HeadFault::out_of_bounds);
  CHECK(with([](FrameHead& h) { h.raw = kRawMax; }) == HeadFault::none);
  CHECK(with([](FrameHead& h) { h.raw = kRawMax + 1; }) == HeadFault::out_of_bounds);
  CHECK(with([](FrameHead& h) { h.rows = kFrameRowsMax; }) == HeadFault::none);
  CHECK(with([](FrameHead& h) { h.rows = kFrameRowsMax + 1; }) == HeadFault::out_of_bounds);
  CHECK(with([](FrameHead& h) { h.directory = h.stored; }) == HeadFault::none);
  CHECK(with([](FrameHead& h) { h.directory = h.stored + 1; }) == HeadFault::out_of_bounds);
  CHECK(with([](FrameHead& h) { h.stored = kStoredMax, h.directory = kDirectoryMax + 1; }) == HeadFault::out_of_bounds);
}
