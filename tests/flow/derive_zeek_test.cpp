#include <catch2/catch.hpp>
#include <string>

#include "base/names.h"
#include "flow/events.h"
#include "flow/field.h"
#include "flow/history.h"
#include "support/flow_builder.h"
#include "support/shown.h"

using namespace argus;

namespace {

Row tcp(std::uint32_t s, std::uint32_t d, unsigned spkts = 1, unsigned dpkts = 1) {
  return row()
      .with(Field::proto, kProtoTcp)
      .with(Field::spkts, spkts)
      .with(Field::dpkts, dpkts)
      .with(Field::sevents, s)
      .with(Field::devents, d);
}

std::string state(std::uint32_t s, std::uint32_t d, unsigned spkts = 1, unsigned dpkts = 1) {
  return shown(Field::zstate, tcp(s, d, spkts, dpkts));
}

constexpr std::uint32_t kShaken = kTcpSyn | kTcpEstablished, kAnswered = kTcpSynAck | kTcpEstablished;

}  // namespace

TEST_CASE("zstate of TCP is what Zeek's documentation says of each state") {
  CHECK(state(kTcpSyn, 0, 1, 0) == "S0");
  CHECK(state(kShaken, kAnswered) == "S1");
  CHECK(state(kTcpSyn, kTcpSynAck) == "S1");
  CHECK(state(kShaken | kTcpFin, kAnswered | kTcpFin) == "SF");
  CHECK(state(kTcpSyn, kTcpReset) == "REJ");
  CHECK(state(kShaken | kTcpFin, kAnswered) == "S2");
  CHECK(state(kShaken, kAnswered | kTcpFin) == "S3");
  CHECK(state(kShaken | kTcpReset, kAnswered) == "RSTO");
  CHECK(state(kShaken, kAnswered | kTcpReset) == "RSTR");
  CHECK(state(kTcpSyn | kTcpReset, 0, 2, 0) == "RSTOS0");
  CHECK(state(0, kTcpSynAck | kTcpReset, 0, 2) == "RSTRH");
  CHECK(state(kTcpSyn | kTcpFin, 0, 2, 0) == "SH");
  CHECK(state(0, kTcpSynAck | kTcpFin, 0, 2) == "SHR");
  CHECK(state(0, 0) == "OTH");
  CHECK(state(kTcpEstablished, kTcpEstablished) == "OTH");  // its beginning was not seen
}

TEST_CASE("a reset behind both FINs does not undo the end of the connection") {
  CHECK(state(kShaken | kTcpFin | kTcpReset, kAnswered | kTcpFin) == "SF");
  CHECK(state(kShaken | kTcpFin, kAnswered | kTcpFin | kTcpReset) == "SF");
}

TEST_CASE("zstate goes by the flags where a record has no events") {
  const auto flags = [](unsigned s, unsigned d, unsigned dpkts = 1) {
    return shown(Field::zstate, row()
                                    .with(Field::proto, kProtoTcp)
                                    .with(Field::spkts, 1)
                                    .with(Field::dpkts, dpkts)
                                    .with(Field::sflags, s)
                                    .with(Field::dflags, d));
  };
  CHECK(flags(0x1b, 0x1b) == "SF");
  CHECK(flags(0x02, 0x14) == "REJ");
  CHECK(flags(0x1a, 0x1a) == "S1");
  CHECK(flags(0x02, 0x00, 0) == "S0");
}

TEST_CASE("zstate of UDP says who sent; of other protocols it is OTH, and of frames without IP there is none") {
  const auto other = [](unsigned proto, unsigned spkts, unsigned dpkts) {
    return shown(Field::zstate, row().with(Field::proto, proto).with(Field::spkts, spkts).with(Field::dpkts, dpkts));
  };
  CHECK(other(kProtoUdp, 1, 1) == "SF");
  CHECK(other(kProtoUdp, 1, 0) == "S0");
  CHECK(other(kProtoUdp, 0, 1) == "SHR");
  CHECK(other(kProtoIcmp, 1, 1) == "OTH");
  CHECK(other(kProtoArp, 1, 1).empty());
}

TEST_CASE("IP bytes are wire bytes without the link headers, where the encapsulation tells them") {
  const auto ip = [](std::uint64_t bytes, std::uint64_t packets, std::uint32_t encaps) {
    return shown(Field::sipbytes,
                 row().with(Field::sbytes, bytes).with(Field::spkts, packets).with(Field::senc, encaps));
  };
  CHECK(ip(1000, 10, kEncEthernet) == "860");
  CHECK(ip(1000, 10, kEncEthernet | kEncVlan) == "820");
  CHECK(ip(1000, 10, kEncRawIp) == "1000");
  CHECK(ip(1000, 10, kEncNull) == "960");
  CHECK(ip(1000, 10, kEncEthernet | kEncMpls).empty());  // any number of labels
  CHECK(ip(100, 10, kEncEthernet).empty());              // it cannot be
  CHECK(shown(Field::dipbytes, row().with(Field::dbytes, 0).with(Field::dpkts, 0)) == "0");
}

TEST_CASE("history is the letters of both ends in the order of their places, and of one flow alone") {
  std::uint64_t source = 0, destination = 0;
  std::uint8_t places = 0;
  note_deed(source, Deed::syn, places);
  note_deed(destination, Deed::syn_ack, places);
  note_deed(source, Deed::ack, places);
  note_deed(source, Deed::ack, places);
  note_deed(source, Deed::data, places);
  note_deed(destination, Deed::reset, places);
  const Row flow =
      row().with(Field::ftime, 7).with(Field::trans, 1).with(Field::shist, source).with(Field::dhist, destination);
  CHECK(shown(Field::history, flow) == "ShADr");
  CHECK(shown(Field::history, Row(flow).with(Field::trans, 0)) == "ShADr");  // a later record
  CHECK(shown(Field::history, Row(flow).with(Field::trans, 2)).empty());
  CHECK(shown(Field::history, Row(flow).without(Field::ftime)).empty());
  CHECK(shown(Field::history, Row(flow).without(Field::dhist)) == "SAD");
  CHECK(shown(Field::history, Row(flow).without(Field::dhist).without(Field::shist)).empty());
  // Of a file that somebody made up.
  CHECK(shown(Field::history, Row(flow).with(Field::shist, UINT64_MAX)).size() <= 31);
}
