#include "packet/demo_traffic.h"

#include <catch2/catch.hpp>
#include <map>

#include "packet/capture_file.h"
#include "packet/decode.h"
#include "support/capture_writer.h"

using namespace argus;

TEST_CASE("the same seed makes the same traffic, another seed other traffic") {
  const auto once = demo_capture({});
  CHECK(once == demo_capture({}));
  DemoTraffic other;
  other.seed = 2;
  CHECK(once != demo_capture(other));
}

TEST_CASE("every frame of the demonstration decodes, in order of time, and what is hidden is there") {
  auto input = InputStream::open(file_of(demo_capture({})));
  REQUIRE(input);
  auto capture = open_capture(*std::move(input));
  REQUIRE(capture);
  std::map<Proto, std::uint64_t> packets;
  std::uint64_t backdoor = 0, frames = 0;
  Nanos before = 0;
  for (;;) {
    Frame frame;
    const auto more = (*capture)->next(frame);
    REQUIRE(more);
    if (!*more) break;
    Packet packet;
    REQUIRE(decode(frame, packet) == DecodeStatus::ok);
    CHECK(frame.time >= before);
    before = frame.time;
    frames++;
    packets[packet.proto]++;
    if (packet.dport == 4444) backdoor++;
  }
  CHECK_FALSE((*capture)->cut_short());
  CHECK(frames > 20'000);
  CHECK(frames < 60'000);
  CHECK(backdoor > 100);
  for (const Proto proto :
       {kProtoTcp, kProtoUdp, kProtoIcmp, kProtoIcmp6, kProtoIgmp, kProtoArp, kProtoLlc, Proto{0x88cc}})
    CHECK(packets[proto] > 0);
}
