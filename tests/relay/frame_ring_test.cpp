#include "relay/frame_ring.h"

#include <catch2/catch.hpp>

#include "base/time.h"

using namespace argus;

namespace {

RingFrame frame_of(unsigned number, std::size_t bytes, std::uint64_t records) {
  return {std::vector<std::byte>(bytes, static_cast<std::byte>(number)), records, number * kSecond,
          number * kSecond + 5};
}
unsigned number_of(const RingFramePtr& frame) { return std::to_integer<unsigned>(frame->bytes[0]); }

}  // namespace

TEST_CASE("who keeps up gets every frame, and nothing from before") {
  FrameRing ring(1000);
  ring.push(frame_of(1, 10, 1));
  FrameRing::Place place = ring.newest();
  FrameRing::Gap gap;
  CHECK(ring.take(place, gap) == nullptr);
  for (unsigned n = 2; n < 5; n++) ring.push(frame_of(n, 10, n));
  for (unsigned n = 2; n < 5; n++) CHECK(number_of(ring.take(place, gap)) == n);
  CHECK(ring.take(place, gap) == nullptr);
  CHECK(gap.records == 0);
}

TEST_CASE("the ring holds its bytes at most, and the newest frame always") {
  FrameRing ring(100);
  for (unsigned n = 0; n < 50; n++) {
    ring.push(frame_of(n, 30, 1));
    CHECK(ring.bytes() <= 100);
  }
  ring.push(frame_of(50, 500, 1));
  CHECK(ring.bytes() == 500);
  ring.push(frame_of(51, 30, 1));
  CHECK(ring.bytes() == 30);
  for (unsigned n = 0; n < 3; n++) ring.push(frame_of(52, 20, 1));
  CHECK(ring.bytes() == 90);
  ring.hold_outside(1000);
  CHECK(ring.bytes() == 20);
}

TEST_CASE("who falls off goes on at the newest and learns exactly what it missed") {
  FrameRing ring(100);
  FrameRing::Place place = ring.newest();
  for (unsigned n = 0; n < 10; n++) ring.push(frame_of(n, 30, n + 1));
  FrameRing::Gap gap;
  CHECK(number_of(ring.take(place, gap)) == 9);
  CHECK(gap.records == 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9);
  CHECK(gap.begin == 0);
  CHECK(gap.end == 8 * kSecond + 5);
  gap = {};
  CHECK(ring.take(place, gap) == nullptr);
  ring.push(frame_of(10, 30, 1));
  CHECK(number_of(ring.take(place, gap)) == 10);
  CHECK(gap.records == 0);
}

TEST_CASE("a ring that was forgotten begins afresh, and who had a place in it learns what it missed") {
  FrameRing ring(100);
  FrameRing::Place place = ring.newest(), late = place;
  for (unsigned n = 1; n < 4; n++) ring.push(frame_of(n, 30, n));
  ring.forget();
  CHECK(ring.bytes() == 0);
  FrameRing::Gap gap;
  CHECK(ring.take(place, gap) == nullptr);
  CHECK(gap.records == 1 + 2 + 3);
  FrameRing::Place fresh = ring.newest();
  ring.push(frame_of(4, 30, 4));
  for (FrameRing::Place* one : {&place, &fresh}) {
    gap = {};
    CHECK(number_of(ring.take(*one, gap)) == 4);
    CHECK(gap.records == 0);
  }
  CHECK(number_of(ring.take(late, gap)) == 4);
  CHECK(gap.records == 1 + 2 + 3);
}

TEST_CASE("ledger frames are never lost to slow readers, and keep their place among the others") {
  FrameRing ring(100);
  FrameRing::Place place = ring.newest(), slow = place;
  FrameRing::Gap gap;
  ring.push(frame_of(1, 30, 1));
  ring.push_ledger(frame_of(101, 30, 0));
  ring.push(frame_of(2, 30, 1));
  for (const unsigned n : {1u, 101u, 2u}) CHECK(number_of(ring.take(place, gap)) == n);
  for (unsigned n = 3; n < 9; n++) ring.push(frame_of(n, 30, 1));
  CHECK(number_of(ring.take(slow, gap)) == 101);
  CHECK(gap.records == 7);
  CHECK(number_of(ring.take(slow, gap)) == 8);
}

TEST_CASE("numbers of frames that were forgotten still count") {
  FrameRing ring(100);
  FrameRing::Place place = ring.newest();
  for (unsigned n = 0; n < 70'000; n++) ring.push(frame_of(n % 200, 1, 2));
  FrameRing::Gap gap;
  REQUIRE(ring.take(place, gap) != nullptr);
  CHECK(gap.records == 2 * 69'999);
}
