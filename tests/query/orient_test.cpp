#include "query/orient.h"

#include <catch2/catch.hpp>

#include "base/address.h"
#include "flow/field.h"
#include "flow/source.h"
#include "support/flow_builder.h"

namespace argus {

namespace {

Row flow(const char* from, const char* to) {
  return tcp_row(from, 40000, to, 443, 3, 7).with(Field::sbytes, 300).with(Field::dbytes, 7000).with(Field::sloss, 1);
}

struct Seen {
  std::vector<Row> rows;
  bool decided = false;
};
Seen turned(const std::vector<Row>& rows, const char* local) {
  const auto decided = std::make_shared<bool>(false);
  const SourcePtr source =
      oriented(source_of({batch_of(rows)}), {*parse_prefix(local)}, {Field::sbytes, Field::dbytes}, decided);
  Seen out;
  out.rows = rows_of(*source);
  out.decided = *decided;
  return out;
}

}  // namespace

TEST_CASE("what came towards the local networks is the source's, whoever began") {
  const Seen seen = turned({flow("10.0.0.1", "192.0.2.7"), flow("192.0.2.7", "10.0.0.1")}, "10.0.0.0/8");
  REQUIRE(seen.rows.size() == 2);
  CHECK(seen.decided);
  CHECK(seen.rows[0].number(Field::sbytes) == 7000);
  CHECK(seen.rows[0].number(Field::dbytes) == 300);
  CHECK(seen.rows[0].number(Field::spkts) == 7);
  CHECK(seen.rows[1].number(Field::sbytes) == 300);
  // Ends, and counters that nobody asked for, stay.
  CHECK(seen.rows[0].number(Field::sport) == 40000);
  CHECK(seen.rows[0].number(Field::sloss) == 1);
  CHECK(std::get<Address>(seen.rows[0].cell(Field::saddr)) == *parse_address("10.0.0.1"));
}

TEST_CASE("flows within the networks and outside of them stay as they are") {
  const Seen seen = turned({flow("10.0.0.1", "10.0.0.2"), flow("192.0.2.7", "198.51.100.1")}, "10.0.0.0/8");
  CHECK_FALSE(seen.decided);
  for (const Row& row : seen.rows) CHECK(row.number(Field::sbytes) == 300);
}

TEST_CASE("a column that is absent on one side is absent on the other when turned") {
  const Seen seen = turned({flow("10.0.0.1", "192.0.2.7").without(Field::dbytes)}, "10.0.0.0/8");
  CHECK_FALSE(seen.rows[0].has(Field::sbytes));
  CHECK(seen.rows[0].number(Field::dbytes) == 300);
}

TEST_CASE("networks for private use are known") {
  const auto nets = private_networks();
  const auto is_private = [&](const char* text) {
    return std::any_of(nets.begin(), nets.end(),
                       [&](const Prefix& net) { return contains(net, *parse_address(text)); });
  };
  for (const char* text : {"10.1.2.3", "172.31.0.1", "192.168.255.1", "169.254.1.1", "fd00::1", "fe80::1"})
    CHECK(is_private(text));
  for (const char* text : {"172.32.0.1", "192.169.0.1", "2001:db8::1", "224.0.0.251", "02:00:00:00:00:01"})
    CHECK_FALSE(is_private(text));
}

}  // namespace argus
