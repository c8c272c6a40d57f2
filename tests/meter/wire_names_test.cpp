#include "meter/wire_names.h"

#include <catch2/catch.hpp>
#include <string>

#include "base/address.h"
#include "base/hash.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "packet/decode.h"
#include "packet/packet.h"
#include "support/dns_message.h"
#include "support/flow_builder.h"
#include "support/packet_builder.h"

namespace argus {
namespace {

constexpr std::string_view kResolver = "10.0.0.53", kHost = "10.0.0.7", kOther = "10.0.0.8", kServer = "192.0.2.1";

PacketBuilder answer(std::string_view to, std::string_view name, std::string_view address = kServer) {
  return PacketBuilder()
      .ethernet()
      .ip4(kResolver, to)
      .udp(53, 40'000)
      .raw(DnsMessageBuilder().question(name).answer(name, *parse_address(address)).bytes());
}

class Wire {
 public:
  explicit Wire(PacketBuilder (*wrap)(const PacketBuilder&) = nullptr) : wrap_(wrap) {}
  Wire& at(Nanos time, const PacketBuilder& frame) {
    const auto bytes = (wrap_ != nullptr ? wrap_(frame) : frame).bytes();
    const Frame seen = frame_of(bytes, LinkType::ethernet, time);
    Packet packet;
    REQUIRE(decode(seen, packet) == DecodeStatus::ok);
    names.observe(seen, packet);
    return *this;
  }
  // Names of both ends of a record, "-" where there is none.
  std::string of(Nanos last, std::string_view source, std::string_view target) {
    Batch batch = batch_of({row()
                                .with(Field::saddr, std::string(source))
                                .with(Field::daddr, std::string(target))
                                .with(Field::ltime, last)});
    names.fill(batch);
    const auto text = [&](Field field) {
      return batch[field].has(0) ? batch[field].at<std::string>(0) : std::string("-");
    };
    return text(Field::sname) + " " + text(Field::dname);
  }
  WireNames names{HashKey{1, 2, 3, 4}};

 private:
  PacketBuilder (*wrap_)(const PacketBuilder&);
};

}  // namespace

TEST_CASE("an end has the name that was answered last before the record ended") {
  Wire wire;
  wire.at(10, answer(kHost, "old.example")).at(20, answer(kHost, "new.example"));
  CHECK(wire.of(9, kHost, kServer) == "- -");
  CHECK(wire.of(10, kHost, kServer) == "- old.example");
  CHECK(wire.of(19, kHost, kServer) == "- old.example");
  CHECK(wire.of(20, kHost, kServer) == "- new.example");
  CHECK(wire.of(20, kServer, kHost) == "new.example -");
}

TEST_CASE("who asked is told what it asked for, and others what anybody did") {
  Wire wire;
  wire.at(10, answer(kHost, "one.example")).at(20, answer(kOther, "two.example"));
  CHECK(wire.of(30, kHost, kServer) == "- one.example");
  CHECK(wire.of(30, kOther, kServer) == "- two.example");
  CHECK(wire.of(30, "10.0.0.9", kServer) == "- two.example");
  CHECK(wire.of(15, kOther, kServer) == "- one.example");
}

TEST_CASE("mDNS names who it is, whoever hears it") {
  Wire wire;
  wire.at(10, PacketBuilder()
                  .ethernet()
                  .ip4(kHost, "224.0.0.251")
                  .udp(5353, 5353)
                  .raw(DnsMessageBuilder(0x8400).answer("printer.local", *parse_address(kHost)).bytes()));
  CHECK(wire.of(10, kHost, kServer) == "printer.local -");
  CHECK(wire.names.size() == 1);
}

TEST_CASE("of other ports, questions and tunnels over UDP nothing is noted") {
  const auto message = DnsMessageBuilder().question("a.example").answer("a.example", *parse_address(kServer)).bytes();
  Wire wire;
  wire.at(10, PacketBuilder().ethernet().ip4(kHost, kResolver).udp(40'000, 53).raw(message));
  wire.at(10, PacketBuilder().ethernet().ip4(kHost, kResolver).udp(123, 53).raw(message));
  wire.at(10, PacketBuilder()
                  .ethernet()
                  .ip4("10.9.0.1", "10.9.0.2")
                  .udp(4789, 4789)
                  .vxlan(5)
                  .ethernet()
                  .ip4(kResolver, kHost)
                  .udp(53, 40'000)
                  .raw(message));
  CHECK(wire.names.size() == 0);
}

TEST_CASE("the newest names of an address are kept, and as many addresses as there is room for") {
  Wire wire;
  for (Nanos n = 1; n <= 10; n++) wire.at(n, answer(kHost, "n" + std::to_string(n) + ".example"));
  CHECK(wire.of(7, kHost, kServer) == "- n7.example");
  CHECK(wire.of(6, kHost, kServer) == "- -");  // forgotten
  const std::string first = "198.18.0.0";
  wire.at(11, answer(kHost, "first.example", first));
  for (std::uint32_t n = 0; n < 2 * WireNames::kNamesMost;) {
    DnsMessageBuilder message;
    message.question("x.example");
    for (unsigned i = 0; i < 50; i++, n++)
      message.answer("x.example", *parse_address("11." + std::to_string(n >> 16) + "." + std::to_string(n >> 8 & 255) +
                                                 "." + std::to_string(n & 255)));
    wire.at(12, PacketBuilder().ethernet().ip4(kResolver, kHost).udp(53, 40'000).raw(message.bytes()));
    wire.at(12, answer(kHost, "kept.example"));
    REQUIRE(wire.names.size() <= 2 * WireNames::kNamesMost + 100);
  }
  CHECK(wire.of(20, kHost, kServer) == "- kept.example");
  CHECK(wire.of(20, kHost, first) == "- -");
}

}  // namespace argus
