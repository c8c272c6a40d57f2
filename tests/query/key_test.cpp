#include "query/key.h"

#include <catch2/catch.hpp>

#include "base/address.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

std::string fault(const std::vector<std::string>& words) {
  const auto keys = parse_keys(words);
  if (keys) return "accepted";
  CHECK(keys.error().code == Errc::usage);
  return keys.error().text;
}

Key one(const std::string& word) {
  const auto keys = parse_keys({word});
  if (!keys) FAIL(keys.error().text);
  REQUIRE(keys->keys.size() == 1);
  return keys->keys[0];
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

Nanos bin_of(Nanos time, const char* word) {
  const Column column = key_column(batch_of({row().with(Field::stime, time)}), one(word));
  return column.at<Nanos>(0);
}

}  // namespace

TEST_CASE("every field and alias is a key") {
  for (const std::string& name : field_names()) {
    CAPTURE(name);
    const Key key = one(name);
    CHECK(key.field == find_field(name));
    CHECK(key.whole);
  }
}

TEST_CASE("addresses are cut by a length or a dotted mask, each family by its own") {
  const auto cut = [](const char* word) { return std::pair(one(word).prefix4, one(word).prefix6); };
  CHECK(cut("saddr/24") == std::pair(24u, 128u));
  CHECK(cut("saddr/64") == std::pair(32u, 64u));
  CHECK(cut("saddr/24/64") == std::pair(24u, 64u));
  CHECK(cut("saddr/32/29") == std::pair(32u, 29u));
  CHECK(cut("saddr/255.255.0.0") == std::pair(16u, 128u));
  CHECK(cut("saddr/255.255.0.0/48") == std::pair(16u, 48u));
  CHECK(cut("daddr/0.0.0.0") == std::pair(0u, 128u));
  CHECK(cut("daddr/128") == std::pair(32u, 128u));
  CHECK(contains(fault({"saddr/33/64"}), "at most 32"));
  CHECK(contains(fault({"saddr/24/129"}), "at most 128"));
  CHECK(contains(fault({"saddr/24/"}), "is not a prefix length"));
  CHECK(contains(fault({"saddr/24/64/1"}), "is not a prefix length"));
  CHECK_FALSE(one("daddr/0").whole);
  CHECK(cut("srcip6/32") == std::pair(32u, 32u));
  CHECK(cut("destinationIPv6Address/16") == std::pair(32u, 16u));
  CHECK(cut("srcip4/24") == std::pair(24u, 128u));
  CHECK(cut("srcip/32") == std::pair(32u, 128u));
  CHECK(contains(fault({"dst4_addr/48"}), "at most 32"));
  CHECK(contains(fault({"saddr/255.0.255.0"}), "not contiguous"));
  CHECK(contains(fault({"saddr/129"}), "at most 128"));
  CHECK(contains(fault({"saddr/"}), "is not a prefix length"));
  CHECK(contains(fault({"saddr/abc"}), "is not a prefix length"));
}

TEST_CASE("a field is a key once, and cuts of IPv4 and of IPv6 are one cut of both") {
  CHECK(parse_keys({"saddr/24", "saddr/64"})->keys == parse_keys({"saddr/24/64"})->keys);
  CHECK(parse_keys({"srcip6/64,srcip4/24"})->keys == parse_keys({"saddr/24/64"})->keys);
  CHECK(parse_keys({"saddr/24 dport saddr/24"})->keys.size() == 2);
  CHECK(parse_keys({"matrix", "saddr"})->keys.size() == 2);
  CHECK(fault({"saddr/24", "saddr/16"}) ==
        "'saddr/16': saddr is a key already, and a field is cut in one way; saddr/24/64 cuts IPv4 and IPv6");
  CHECK(fault({"stime/1m stime/5m"}) == "'stime/5m': stime is a key already, and a field is cut in one way");
  for (const char* word : {"saddr saddr/24", "saddr/24 saddr", "saddr/24/64 saddr/48", "saddr/24 saddr/0/64",
                           "matrix/24 saddr", "bytes bytes/1000"})
    CHECK(contains(fault({word}), "is a key already"));
}

TEST_CASE("a cut is written as it was given") {
  for (const char* word : {"saddr/24", "saddr/64", "saddr/24/64", "saddr/32/29", "saddr/0"})
    CHECK("saddr" + prefix_text(one(word)) == word);
  CHECK(prefix_text(one("saddr")).empty());
  CHECK(prefix_text(one("stime/5m")).empty());
}

TEST_CASE("a prefix of one family leaves the other whole, and MAC addresses") {
  const Batch batch = batch_of({row().with(Field::saddr, "10.1.2.3"), row().with(Field::saddr, "2001:db8:1:2:3:4:5:6"),
                                row().with(Field::saddr, "00:00:5e:00:53:01")});
  const auto cut = [&](const char* word, std::size_t at) {
    std::string out;
    append_text(key_column(batch, one(word)).at<Address>(at), out);
    return out;
  };
  CHECK((cut("saddr/24", 0) == "10.1.2.0" && cut("saddr/24", 1) == "2001:db8:1:2:3:4:5:6"));
  CHECK((cut("saddr/64", 0) == "10.1.2.3" && cut("saddr/64", 1) == "2001:db8:1:2::"));
  CHECK((cut("saddr/16/48", 0) == "10.1.0.0" && cut("saddr/16/48", 1) == "2001:db8:1::"));
  CHECK(cut("saddr/0/0", 2) == "00:00:5e:00:53:01");
}

TEST_CASE("a name of another program is a key, and one that records do not hold says why") {
  CHECK(one("srcip").field == Field::saddr);
  CHECK(one("source.ip/24").prefix4 == 24);
  CHECK(one("id.resp_p").field == Field::dport);
  CHECK(fault({"prevas"}) == "no field 'prevas': records have the AS numbers of the ends: sas, das");
  CHECK(contains(fault({"in"}), "is input"));
  CHECK_FALSE(contains(fault({"last"}), "did you mean"));
}

TEST_CASE("times take bins, numbers take buckets, names take neither") {
  CHECK(one("stime/5m").bin == 5 * kMinute);
  CHECK(one("dur/1s").bin == kSecond);
  CHECK(one("bytes/1000").bucket == 1000);
  CHECK(one("sbytes/64k").bucket == 64'000);
  CHECK(one("sport/1024").bucket == 1024);
  CHECK(contains(fault({"stime/5x"}), "stime/5x"));
  CHECK(contains(fault({"bytes/0"}), "is not a bucket size"));
  CHECK(contains(fault({"bytes/99999999999G"}), "is not a bucket size"));
  CHECK(contains(fault({"proto/2"}), "cannot be cut"));
  CHECK(contains(fault({"port/2"}), "cannot be cut"));
  CHECK(contains(fault({"smac/24"}), "cannot be cut"));
}

TEST_CASE("bins are aligned to the epoch and go down, also before 1970") {
  CHECK(bin_of(7 * kSecond, "stime/5s") == 5 * kSecond);
  CHECK(bin_of(5 * kSecond, "stime/5s") == 5 * kSecond);
  CHECK(bin_of(-1, "stime/5s") == -5 * kSecond);
  CHECK(bin_of(INT64_MIN, "stime/5s") == INT64_MIN);
}

TEST_CASE("objects of the classic expand to fields") {
  const auto matrix = parse_keys({"matrix/24", "proto"});
  REQUIRE(matrix);
  CHECK(matrix->matrix);
  CHECK_FALSE(matrix->rmon);
  REQUIRE(matrix->keys.size() == 3);
  CHECK(matrix->keys[1].field == Field::daddr);
  CHECK(matrix->keys[1].prefix4 == 24);
  const auto port = parse_keys({"port"});
  REQUIRE(port);
  CHECK(port->rmon);
  REQUIRE(port->keys.size() == 2);
  CHECK(port->keys[0].field == Field::proto);
  CHECK(port->keys[1].field == Field::sport);
  CHECK(parse_keys({"addr/16"})->keys[0].prefix4 == 16);
  CHECK(parse_keys({"addr"})->rmon);
  CHECK(parse_keys({"mac"})->keys[0].field == Field::smac);
  CHECK(parse_keys({"macmatrix"})->matrix);
  CHECK(parse_keys({"none"})->none);
  CHECK(contains(fault({"none", "proto"}), "cannot be combined"));
}

TEST_CASE("a list may stand in one word, and a key named twice counts once") {
  const auto keys = parse_keys({"proto,sport", "proto saddr"});
  REQUIRE(keys);
  CHECK(keys->keys.size() == 3);
  CHECK(parse_keys({})->keys.empty());
}

TEST_CASE("a wrong word is named with what is close to it") {
  CHECK(contains(fault({"proto", "byts"}), "no field 'byts'; did you mean 'bytes'"));
  CHECK(contains(fault({"prot"}), "'proto'"));
  CHECK(contains(fault({"matr"}), "'matrix'"));
  CHECK(fault({"tcp"}) == "'tcp' is not a key; put '-' before a filter");
  CHECK(fault({"host"}) == "'host' is not a key; put '-' before a filter");
  CHECK(contains(fault({"\x1b[31m"}), "\\x1b"));
}

TEST_CASE("a cut column keeps its shape and its absent rows") {
  const Batch flat = batch_of(
      {row().with(Field::saddr, "10.0.0.1"), row().with(Field::spkts, 1), row().with(Field::saddr, "10.0.0.2")});
  for (const Batch& batch : {flat, with_dictionaries(flat)}) {
    const Column column = key_column(batch, one("saddr/24"));
    CHECK(column.shape() == batch[Field::saddr].shape());
    CHECK(column.at<Address>(0) == column.at<Address>(2));
    CHECK_FALSE(column.has(1));
  }
}
