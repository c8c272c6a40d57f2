#include "import/table.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "base/names.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "import/instant.h"
#include "import/read.h"
#include "support/bytes.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

ReadRecords read(std::string_view text) {
  auto reader = read_table(stream_of(bytes_of(text)));
  REQUIRE(reader);
  return read_all(**reader);
}

}  // namespace

TEST_CASE("our own tables are known by the names in their first line") {
  CHECK(looks_like_table(bytes_of("stime,saddr\n")));
  CHECK(looks_like_table(bytes_of("stime\tsaddr\r\n1\t2")));
  CHECK(looks_like_table(bytes_of("{\"saddr\":\"10.0.0.1\"}")));
  CHECK_FALSE(looks_like_table(bytes_of("saddr\n")));
  CHECK_FALSE(looks_like_table(bytes_of("stime,nonsense\n")));
  CHECK_FALSE(looks_like_table(bytes_of("{\"nonsense\":1}")));
  CHECK_FALSE(looks_like_table(bytes_of("{}")));
  CHECK_FALSE(looks_like_table({}));
}

TEST_CASE("values come back as they were written, in CSV and JSON") {
  const ReadRecords csv = read(
      "stime,dur,proto,saddr,sport,daddr,dport,spkts,sflags,smac,senc,svlan,srcid\n"
      "2020-09-13T12:26:40.250000001Z,1.5,tcp,10.1.0.0/16,1000,2001:db8::1,443,5,FSPA,02:00:00:00:00:01,"
      "\"eth,vlan\",0x0065,\"a\"\"b\"\n");
  const ReadRecords json = read(
      R"({"stime":"2020-09-13T14:26:40.250000001+02:00","dur":1.500000000,"proto":"tcp",)"
      R"("saddr":"10.1.0.0/16","sport":1000,)"
      R"("daddr":"2001:db8::1","dport":443,"spkts":5,"sflags":"FSPA","smac":"02:00:00:00:00:01","senc":"eth,vlan",)"
      R"("svlan":"0x0065","srcid":"a\"b"})");
  REQUIRE(csv.rows.size() == 1);
  CHECK(csv.rows == json.rows);
  const Row& row = csv.rows[0];
  CHECK(row.number(Field::stime) == 1'600'000'000'250'000'001u);
  CHECK(row.number(Field::ltime) == 1'600'000'001'750'000'001u);
  CHECK(row.number(Field::proto) == kProtoTcp);
  CHECK(row.number(Field::smask) == 16);
  CHECK(row.number(Field::sflags) == 0x1b);
  CHECK(row.number(Field::svlan) == 0x65);
  CHECK(std::get<std::string>(row.cell(Field::srcid)) == "a\"b");
}

TEST_CASE("a derived column keeps its values where what it is derived from is not there") {
  auto reader = read_table(stream_of(bytes_of("saddr,pkts,state,load\n10.0.0.1,7,FIN,2.5\n10.0.0.2,,,\n")));
  REQUIRE(reader);
  Batch batch;
  REQUIRE((*reader)->next(batch));
  REQUIRE(batch.rows() == 2);
  CHECK(column_of(batch, Field::pkts).at<std::uint64_t>(0) == 7);
  CHECK_FALSE(column_of(batch, Field::pkts).has(1));
  CHECK(column_of(batch, Field::load).at<double>(0) == 2.5);
  auto whole = read_table(stream_of(bytes_of("spkts,dpkts,pkts\n1,2,9\n3,4,9\n")));
  REQUIRE(whole);
  REQUIRE((*whole)->next(batch));
  CHECK(column_of(batch, Field::pkts).at<std::uint64_t>(1) == 7);
}

TEST_CASE("a line that makes no sense is lost and told") {
  for (const std::string_view wrong :
       {"10.0.0.1,x\n", "10.0.0.1\n", "10.0.0.1,1,2\n", "\"10.0.0.1,1\n", "10.0.0.1,99999999999999999999\n"}) {
    CAPTURE(wrong);
    const ReadRecords got = read("saddr,spkts\n10.0.0.1,1\n" + std::string(wrong) + "10.0.0.2,2\n");
    CHECK(got.rows.size() == 2);
    CHECK(got.facts.lost == 1);
  }
  const ReadRecords repeated = read("saddr,spkts\n10.0.0.1,1\nsaddr,spkts\n10.0.0.2,2\n");
  CHECK(repeated.rows.size() == 2);
  CHECK(repeated.facts.lost == 0);
}

TEST_CASE("tables cut anywhere give the lines before the cut") {
  for (const std::string_view whole :
       {"saddr,spkts\n10.0.0.1,1\n10.0.0.2,2\n", "{\"saddr\":\"10.0.0.1\"}\n{\"saddr\":\"10.0.0.2\"}\n"})
    for (std::size_t size = 1; size < whole.size(); size++) CHECK(read(whole.substr(0, size)).rows.size() <= 2);
}

TEST_CASE("times are read in every zone, and only those that there are") {
  CHECK(parse_timestamp("1600000000.25") == 1'600'000'000'250'000'000);
  CHECK(parse_timestamp("-1.5") == -1'500'000'000);
  CHECK(parse_timestamp("1.6e9") == 1'600'000'000'000'000'000);
  CHECK(parse_decimal_seconds("9.5e-07") == 950);
  CHECK_FALSE(parse_decimal_seconds("1e300"));
  CHECK(parse_timestamp("2020-09-13 12:26:40") == 1'600'000'000'000'000'000);
  CHECK(parse_timestamp("2020-09-13T07:56:40-0430") == 1'600'000'000'000'000'000);
  CHECK(parse_timestamp("1969-12-31T23:59:59.5Z") == -500'000'000);
  CHECK(parse_timestamp("2000-02-29T00:00:00Z") == 951'782'400'000'000'000);
  for (const std::string_view wrong : {"", "x", "1x", "2020-13-01T00:00:00Z", "2020-09-13T12:26:40+2", "2020-09-13",
                                       "99999999999", "2020-09-13T12:26:40.25Zx", "9999-01-01T00:00:00Z", "1.5.2"})
    CHECK_FALSE(parse_timestamp(wrong));
}
