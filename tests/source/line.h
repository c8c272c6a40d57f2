// One connection to a sensor that a test plays.
#pragma once

#include <poll.h>

#include <catch2/catch.hpp>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "codec/frame.h"
#include "codec/request.h"
#include "codec/stream.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "support/flow_builder.h"

namespace argus {

inline constexpr int kPatienceMs = 5000;

// One connection, seen from the sensor.
class Line {
 public:
  explicit Line(int fd) : file_(fd, "line") {}

  Request request() {
    asked_ = true;
    std::vector<std::byte> head(kFrameHeadSize);
    REQUIRE(wait(POLLIN));
    REQUIRE(*file_.read(head.data(), head.size()) == head.size());
    FrameHead parsed;
    REQUIRE(parse_head(head, parsed) == HeadFault::none);
    REQUIRE(parsed.type == static_cast<std::uint8_t>(FrameType::request));
    std::vector<std::byte> payload(parsed.stored);
    REQUIRE(*file_.read(payload.data(), payload.size()) == payload.size());
    auto out = decode_request(payload);
    REQUIRE(out);
    return *std::move(out);
  }
  void greet(const StreamHeader& header = {"probe", {}, true}) {
    if (!asked_) request();
    writer_ = StreamWriter(++streams_ * 1000);
    put([&](auto& out) { writer_.begin(header, out); });
  }
  void rows(const std::vector<Row>& rows) {
    put([&](auto& out) { writer_.flows(batch_of(rows), out); });
  }
  void ledger(const LedgerEntry& entry) {
    put([&](auto& out) { writer_.ledger({entry}, out); });
  }
  void heartbeat() {
    put([&](auto& out) { writer_.heartbeat(out); });
  }
  void end() {
    put([&](auto& out) { writer_.end(out); });
    hang_up();
  }
  void bytes(Bytes bytes) { (void)file_.write(bytes); }
  void hang_up() { file_ = File(); }

 private:
  template <class Write>
  void put(const Write& write) {
    std::vector<std::byte> out;
    write(out);
    REQUIRE(file_.write(Bytes(out)));
  }
  bool wait(short events) {
    pollfd one{file_.fd(), events, 0};
    return ::poll(&one, 1, kPatienceMs) == 1;
  }

  static inline std::uint64_t streams_ = 0;
  File file_;
  StreamWriter writer_{1};
  bool asked_ = false;
};

}  // namespace argus
