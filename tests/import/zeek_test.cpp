#include "import/zeek.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "base/names.h"
#include "base/result.h"
#include "flow/events.h"
#include "flow/field.h"
#include "import/read.h"
#include "support/bytes.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

constexpr std::string_view kHeader =
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#open\t2026-09-21\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\t"
    "conn_state\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents\n"
    "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tcount\tstring\t"
    "count\tcount\tcount\tcount\tset[string]\n";
constexpr std::string_view kLine =
    "1600000000.250000\tC1\t10.0.0.1\t1000\t10.0.0.2\t80\ttcp\thttp\t1.500000\t100\t1600\tSF\t0\tShADadfFt\t5\t360\t"
    "4\t1768\t-\n";
constexpr std::string_view kObject =
    R"({"ts":1600000000.25,"uid":"C1","id.orig_h":"10.0.0.1","id.orig_p":1000,"id.resp_h":"10.0.0.2","id.resp_p":80,)"
    R"("proto":"tcp","service":"http","duration":1.5,"orig_bytes":100,"resp_bytes":1600,"conn_state":"SF",)"
    R"("missed_bytes":0,"history":"ShADadfFt","orig_pkts":5,"orig_ip_bytes":360,"resp_pkts":4,"resp_ip_bytes":1768,)"
    R"("tunnel_parents":[]})"
    "\n";

ReadRecords read(std::string_view text) {
  auto reader = read_zeek(stream_of(bytes_of(text)));
  REQUIRE(reader);
  return read_all(**reader);
}

}  // namespace

TEST_CASE("conn.log is known by its first line") {
  CHECK(looks_like_zeek(bytes_of(kHeader)));
  CHECK(looks_like_zeek(bytes_of(kObject)));
  CHECK_FALSE(looks_like_zeek(bytes_of("{\"stime\":1}\n{\"id.orig_h\":1}")));
  CHECK_FALSE(looks_like_zeek(bytes_of("")));
}

TEST_CASE("a line of conn.log is the same record in columns and as an object") {
  const ReadRecords columns = read(std::string(kHeader) + std::string(kLine));
  const ReadRecords objects = read(kObject);
  REQUIRE(columns.rows.size() == 1);
  CHECK(columns.rows == objects.rows);
  const Row& row = columns.rows[0];
  CHECK(row.number(Field::stime) == 1'600'000'000'250'000'000u);
  CHECK(row.number(Field::ltime) == 1'600'000'001'750'000'000u);
  CHECK(row.number(Field::proto) == kProtoTcp);
  CHECK(row.number(Field::sport) == 1000);
  CHECK(row.number(Field::spkts) == 5);
  CHECK(row.number(Field::sbytes) == 360);
  CHECK(row.number(Field::dappbytes) == 1600);
  CHECK(row.number(Field::sflags) == 0x13);
  CHECK(row.number(Field::dflags) == 0x13);
  CHECK((row.number(Field::sevents) & (kTcpSyn | kTcpEstablished | kTcpFinAcked)) ==
        (kTcpSyn | kTcpEstablished | kTcpFinAcked));
  CHECK((row.number(Field::devents) & kTcpRetransmit) != 0);
  CHECK(columns.facts.unheld.at("uid") == 1);
  CHECK(columns.facts.unheld.at("service") == 1);
}

TEST_CASE("columns of conn.log may stand in any order, and values may be unset") {
  const ReadRecords got = read(
      "#separator \\x2c\n#unset_field,?\n#path,conn\n"
      "#fields,proto,id.resp_p,id.orig_p,id.resp_h,id.orig_h,duration,ts\n"
      "icmp,3,8,2001:db8::2,2001:db8::1,?,2020-09-13T12:26:40.25Z\n#close,x\n");
  REQUIRE(got.rows.size() == 1);
  CHECK(got.rows[0].number(Field::proto) == kProtoIcmp6);
  CHECK(got.rows[0].number(Field::itype) == 8);
  CHECK(got.rows[0].number(Field::icode) == 3);
  CHECK_FALSE(got.rows[0].has(Field::sport));
  CHECK_FALSE(got.rows[0].has(Field::spkts));
  CHECK(got.rows[0].number(Field::ltime) == 1'600'000'000'250'000'000u);
}

TEST_CASE("a log of Zeek that has no connections is refused by its name") {
  auto reader = read_zeek(stream_of(bytes_of("#separator \\x09\n#path\thttp\n#fields\tts\n1\n")));
  REQUIRE(reader);
  const ReadRecords got = read_all(**reader);
  REQUIRE(got.error);
  CHECK(got.error->code == Errc::foreign);
  CHECK(got.error->text.find("http log") != std::string::npos);
}

TEST_CASE("a line of conn.log that makes no sense is lost and told, the others are read") {
  for (const std::string_view wrong :
       {"x\n", "1\tC\t10.0.0.300\t1\t10.0.0.2\t2\tudp\t-\t-\t-\t-\tS0\t0\t-\t1\t1\t0\t0\t-\n"}) {
    const ReadRecords got = read(std::string(kHeader) + std::string(kLine) + std::string(wrong) + std::string(kLine));
    CHECK(got.rows.size() == 2);
    CHECK(got.facts.lost == 1);
    CHECK(got.facts.problems.size() == 1);
  }
  for (const std::string_view wrong : {"{\n", "{\"ts\":1}x\n", "[1]\n", "{\"ts\":\"x\",\"id.orig_h\":1}\n"}) {
    const ReadRecords got = read(std::string(kObject) + std::string(wrong) + std::string(kObject));
    CHECK(got.rows.size() == 2);
    CHECK(got.facts.lost == 1);
  }
}

TEST_CASE("conn.log cut anywhere gives the lines before the cut") {
  for (const std::string& whole :
       {std::string(kHeader) + std::string(kLine) + std::string(kLine), std::string(kObject) + std::string(kObject)})
    for (std::size_t size = 1; size < whole.size(); size++) {
      auto reader = read_zeek(stream_of(bytes_of(std::string_view(whole).substr(0, size))));
      REQUIRE(reader);
      CHECK(read_all(**reader).rows.size() <= 2);
    }
}
