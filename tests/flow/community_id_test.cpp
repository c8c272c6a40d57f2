#include "flow/community_id.h"

#include <catch2/catch.hpp>

#include "base/address.h"
#include "base/names.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

ConversationEnds ends(const char* src, const char* dst, Proto proto) {
  return {*parse_address(src), *parse_address(dst), proto, {}, {}, {}, {}};
}
ConversationEnds ports(const char* src, const char* dst, Proto proto, std::uint16_t sport, std::uint16_t dport) {
  ConversationEnds out = ends(src, dst, proto);
  out.sport = sport, out.dport = dport;
  return out;
}
ConversationEnds icmp(const char* src, const char* dst, Proto proto, std::uint8_t type, std::uint8_t code) {
  ConversationEnds out = ends(src, dst, proto);
  out.icmp_type = type, out.icmp_code = code;
  return out;
}

}  // namespace

// Expected values come from the reference implementation.
TEST_CASE("Community IDs of both directions are those of the reference") {
  const auto tcp = ports("128.232.110.120", "66.35.250.204", kProtoTcp, 34855, 80);
  const auto back = ports("66.35.250.204", "128.232.110.120", kProtoTcp, 80, 34855);
  CHECK(community_id(tcp, 0) == "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
  CHECK(community_id(back, 0) == "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
  CHECK(community_id(tcp, 1) == "1:3V71V58M3Ksw/yuFALMcW0LAHvc=");
}

TEST_CASE("requests and answers of ICMP are one conversation, other messages one direction of one") {
  const auto one = [](std::uint8_t type, std::uint8_t code) {
    return community_id(icmp("10.0.0.1", "10.0.0.2", kProtoIcmp, type, code), 0);
  };
  const auto other = [](std::uint8_t type, std::uint8_t code) {
    return community_id(icmp("10.0.0.2", "10.0.0.1", kProtoIcmp, type, code), 0);
  };
  CHECK(one(8, 0) == other(0, 0));
  CHECK(one(13, 0) == other(14, 0));
  CHECK(one(8, 0) != other(8, 0));
  CHECK(one(3, 1) != other(3, 1));
  CHECK(one(3, 1) != one(3, 3));
  CHECK(one(8, 0) == one(8, 5));  // its answer takes the place of the code
}

TEST_CASE("a Community ID takes all that it is made of") {
  CHECK_FALSE(community_id(ends("10.0.0.1", "10.0.0.2", kProtoTcp), 0));
  CHECK_FALSE(community_id(ends("10.0.0.1", "10.0.0.2", kProtoIcmp), 0));
  CHECK_FALSE(community_id(ends("10.0.0.1", "2001:db8::1", 46), 0));
  CHECK_FALSE(community_id(ends("00:00:5e:00:53:01", "00:00:5e:00:53:02", 46), 0));
  CHECK_FALSE(community_id(ends("10.0.0.1", "10.0.0.2", kProtoArp), 0));
  CHECK(community_id(ends("10.0.0.1", "10.0.0.2", 46), 0));
  CHECK(community_id(ports("10.0.0.1", "10.0.0.2", kProtoDccp, 1, 2), 0) ==
        community_id(ends("10.0.0.1", "10.0.0.2", kProtoDccp), 0));
}

TEST_CASE("the field cid is absent of networks and of flows without ports") {
  const Row whole = row()
                        .with(Field::proto, std::uint64_t{kProtoTcp})
                        .with(Field::saddr, "128.232.110.120")
                        .with(Field::daddr, "66.35.250.204")
                        .with(Field::sport, 34855)
                        .with(Field::dport, 80);
  const Column column =
      column_of(batch_of({whole, Row(whole).with(Field::smask, 24), Row(whole).without(Field::dport)}), Field::cid);
  REQUIRE(column.has(0));
  CHECK(column.at<std::string>(0) == "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
  CHECK_FALSE(column.has(1));
  CHECK_FALSE(column.has(2));
}

TEST_CASE("a Community ID is found in text") {
  CHECK(community_id_length("1:LQU9qZlK+B5F3KDmev6m5PMibrg=") == 30);
  CHECK(community_id_length("1:LQU9qZlK+B5F3KDmev6m5PMibrg=, 1") == 30);
  CHECK(community_id_length("1:LQU9qZlK+B5F3KDmev6m5PMibrg") == 0);
  CHECK(community_id_length("1:LQU9qZlK=B5F3KDmev6m5PMibrg=") == 0);
  CHECK(community_id_length("1:1") == 0);
}
