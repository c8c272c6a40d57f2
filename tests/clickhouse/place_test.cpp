#include "clickhouse/place.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "base/result.h"
#include "base/time.h"

using namespace argus;

TEST_CASE("URLs name servers, shards, replicas and tables") {
  const auto place = parse_clickhouse_url("clickhouse://me@ch1,[2001:db8::1]:9,ch3+ch3b:8124/net?table=f2&timeout=7");
  REQUIRE(place);
  CHECK(place->user == "me");
  CHECK(place->database == "net");
  CHECK(place->table == "f2");
  CHECK(place->silent_after == 7 * kSecond);
  REQUIRE(place->shards.size() == 3);
  CHECK(place->shards[0][0].text() == "ch1:8123");
  CHECK(place->shards[1][0].text() == "[2001:db8::1]:9");
  REQUIRE(place->shards[2].size() == 2);
  CHECK(place->shards[2][1].port == 8124);
  CHECK(place->describe() == "ch1:8123,[2001:db8::1]:9,ch3:8123+ch3b:8124/net.f2");
  const auto plain = parse_clickhouse_url("clickhouses://ch1");
  REQUIRE(plain);
  CHECK(plain->tls);
  CHECK(plain->database == "default");
  CHECK(plain->shards[0][0].port == 8443);
}

TEST_CASE("what is no place is refused, and no password is ever shown") {
  for (const char* text :
       {"clickhouse://", "clickhouse://ch1:0/net", "clickhouse://ch1:x/net", "clickhouse://ch1/n-t",
        "clickhouse://ch1,/net", "clickhouse://ch1,ch1/net", "clickhouse://a b/net", "clickhouse://ch1/net?tabel=x",
        "clickhouse://ch1/net?table=a;b", "clickhouse://ch1/net?timeout=0", "clickhouse://ch1/net?ca=/x",
        "clickhouse://2001:db8::1/net", "clickhouse://-x/net", "clickhouse://me:secret@ch1/net",
        "clickhouse://ch1/net/flows"}) {
    CAPTURE(text);
    const auto place = parse_clickhouse_url(text);
    REQUIRE_FALSE(place);
    CHECK(place.error().code == Errc::usage);
    CHECK(place.error().text.find("secret") == std::string::npos);
  }
}

TEST_CASE("a password is the first line of a file") {
  const std::string path = "password.txt";
  std::ofstream(path) << "pass word\nmore\n";
  const auto place = parse_clickhouse_url("clickhouse://me@ch1/net?password-file=" + path);
  REQUIRE(place);
  CHECK(place->password == "pass word");
  std::remove(path.c_str());
  CHECK_FALSE(parse_clickhouse_url("clickhouse://me@ch1/net?password-file=" + path));
}
