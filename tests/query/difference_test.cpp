#include "query/difference.h"

#include <catch2/catch.hpp>
#include <string>

#include "flow/field.h"
#include "query/comparison.h"
#include "query/key.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

// Of each source address its packets, as "10.0.0.1 new".
std::vector<std::string> changes(const std::vector<Row>& before, const std::vector<Row>& after,
                                 const std::vector<Field>& counters = {Field::pkts}) {
  auto key = parse_keys({"saddr"});
  REQUIRE(key);
  Comparison comparison(*key, {}, {Field::spkts, Field::dpkts, Field::sbytes, Field::dbytes, Field::trans}, 2);
  REQUIRE(comparison.add(0, batch_of(before), UINT64_MAX));
  REQUIRE(comparison.add(1, batch_of(after), UINT64_MAX));
  std::vector<std::string> out;
  for (const GroupChange& one : changes_of(comparison, Field::pkts, counters)) {
    const std::vector<std::uint32_t> group = {one.group};
    const Row key_row = row_of(comparison.keys(group), 0);
    out.push_back(to_text(key_row) + ' ' + std::string(change_word(one.change)));
  }
  return out;
}
Row from(const char* source, std::uint64_t packets) { return tcp_row(source, 1, "192.0.2.1", 80, packets, 0); }

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("changes are ranked by how large they are, whichever way") {
  CHECK(changes({from("10.0.0.1", 10), from("10.0.0.2", 100), from("10.0.0.3", 5)},
                {from("10.0.0.1", 30), from("10.0.0.2", 50), from("10.0.0.4", 7)}) ==
        Words{"saddr=10.0.0.2 less", "saddr=10.0.0.1 more", "saddr=10.0.0.4 new", "saddr=10.0.0.3 gone"});
}

TEST_CASE("equal changes stand in the order of their keys") {
  CHECK(changes({from("10.0.0.9", 10), from("10.0.0.1", 20)}, {from("10.0.0.9", 15), from("10.0.0.1", 15)}) ==
        Words{"saddr=10.0.0.1 less", "saddr=10.0.0.9 more"});
}

TEST_CASE("what did not change is not among the changes") {
  const std::vector<Row> rows = {from("10.0.0.1", 10), from("10.0.0.2", 20)};
  CHECK(changes(rows, rows).empty());
  CHECK(changes({}, {}).empty());
  CHECK(changes({from("10.0.0.1", 4), from("10.0.0.1", 6)}, {from("10.0.0.1", 10)}).empty());
}

TEST_CASE("a group of which only another counter changed is there, as the same") {
  Row larger = from("10.0.0.1", 10);
  larger.with(Field::sbytes, 1'000'000);
  CHECK(changes({from("10.0.0.1", 10)}, {larger}).empty());
  CHECK(changes({from("10.0.0.1", 10)}, {larger}, {Field::pkts, Field::bytes}) == Words{"saddr=10.0.0.1 same"});
}

TEST_CASE("a group without packets is new all the same") {
  CHECK(changes({}, {from("10.0.0.1", 0)}) == Words{"saddr=10.0.0.1 new"});
  CHECK(changes({from("10.0.0.1", 0)}, {}) == Words{"saddr=10.0.0.1 gone"});
}
