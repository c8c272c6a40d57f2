// Packets for the meter, one after the other, and the records that come of them as rows.
#pragma once

#include <catch2/catch.hpp>
#include <concepts>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/events.h"
#include "flow/field.h"
#include "meter/meter.h"
#include "packet/decode.h"
#include "packet/packet.h"
#include "support/flow_builder.h"
#include "support/packet_builder.h"

namespace argus {

inline constexpr Nanos kEpoch = 1'700'000'000 * kSecond;  // times of packets count from here

class Traffic {
 public:
  explicit Traffic(MeterOptions options = {}) : meter_(*Meter::create(options)) {}

  Traffic& at(Nanos time, const PacketBuilder& frame, std::uint32_t wire_length = 0) {
    const auto bytes = frame.bytes();
    Packet packet;
    REQUIRE(decode(frame_of(bytes, LinkType::ethernet, kEpoch + time, wire_length), packet) == DecodeStatus::ok);
    packets_++;
    meter_.add({&packet, 1});
    return *this;
  }
  Traffic& quiet_until(Nanos time) {
    meter_.advance(kEpoch + time);
    return *this;
  }
  // The records so far, oldest first.
  std::vector<Row> records() {
    while (meter_.waiting() != 0)
      for (Row& row : rows_of(meter_.take())) records_.push_back(std::move(row));
    return records_;
  }
  std::vector<Row> end(Cause cause = Cause::flush) {
    meter_.finish(cause);
    return records();
  }
  // The only record of the traffic.
  Row only() {
    const auto rows = end();
    REQUIRE(rows.size() == 1);
    return rows[0];
  }
  void change(Nanos status_interval, std::uint32_t flows_max) { meter_.change(status_interval, flows_max); }
  [[nodiscard]] std::size_t live() const { return meter_.live(); }
  Traffic& with_details() {
    REQUIRE(meter_.begin_details());
    return *this;
  }
  void begin_ticks() { REQUIRE(meter_.begin_ticks()); }
  void end_ticks() { meter_.end_ticks(); }
  [[nodiscard]] std::size_t ticks_of_closed() const { return meter_.ticks_of_closed(); }
  std::vector<Row> ticks() {
    std::vector<Row> out;
    for (const Batch& batch : meter_.take_ticks())
      for (Row& row : rows_of(batch)) out.push_back(std::move(row));
    return out;
  }
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  [[nodiscard]] const MeterCounts& counts() const { return meter_.counts(); }

 private:
  Meter meter_;
  std::vector<Row> records_;
  std::uint64_t packets_ = 0;
};

inline PacketBuilder ip(const char* from = "10.0.0.1", const char* to = "10.0.0.2", const Ip4Fields& fields = {}) {
  return PacketBuilder().ethernet().ip4(from, to, fields);
}
// A TCP segment from 10.0.0.1:40000 (or back, from 10.0.0.2:80).
inline PacketBuilder there(std::uint8_t flags, std::uint32_t seq, std::uint32_t ack = 0, std::size_t size = 0,
                           std::uint16_t window = 1000) {
  return ip().tcp(40000, 80, {.seq = seq, .ack = ack, .flags = flags, .window = window}).payload(size);
}
inline PacketBuilder back(std::uint8_t flags, std::uint32_t seq, std::uint32_t ack = 0, std::size_t size = 0,
                          std::uint16_t window = 1000) {
  return ip("10.0.0.2", "10.0.0.1")
      .tcp(80, 40000, {.seq = seq, .ack = ack, .flags = flags, .window = window})
      .payload(size);
}
inline Traffic& handshake(Traffic& traffic, Nanos from = 0) {
  return traffic.at(from, there(kSyn, 100))
      .at(from + 10, back(kSyn | kAck, 500, 101))
      .at(from + 30, there(kAck, 101, 501));
}

inline std::uint64_t sum_of(const std::vector<Row>& rows, Field field) {
  std::uint64_t sum = 0;
  for (const Row& row : rows) sum += row.has(field) ? row.number(field) : 0;
  return sum;
}
template <std::integral T>
bool is(const Row& row, Field field, T value) {
  return row.has(field) && row.number(field) == static_cast<std::uint64_t>(value);
}
template <class T>
requires std::is_enum_v<T>
bool is(const Row& row, Field field, T value) { return is(row, field, static_cast<std::uint64_t>(value)); }
inline bool is_address(const Row& row, Field field, const char* address) {
  return row.has(field) && std::get<Address>(row.cell(field)) == parse_address(address);
}
// Bits of sevents or devents.
inline bool had(const Row& row, Field field, std::uint32_t events) {
  return row.has(field) && (row.number(field) & events) == events;
}

}  // namespace argus
