#include <catch2/catch.hpp>
#include <string>

#include "flow/field.h"
#include "source/inputs.h"
#include "source/inspect.h"
#include "source/open_source.h"
#include "support/flow_builder.h"
#include "support/source_dir.h"

using namespace argus;

TEST_CASE("a file of nfdump is a source of flows, which says once what it cannot hold") {
  const std::string seeds = source_dir() + "/tests/fuzz/seeds/import_nfdump/";
  auto source = open_source({seeds + "lz4", seeds + "plain6"}, {});
  REQUIRE(source);
  const Pulled got = pulled(**source);
  CHECK(got.rows.size() == 2);
  CHECK(total(got.rows, Field::spkts) == 514);
  CHECK(got.problems.size() == 2);
  CHECK(got.said("neighbouring AS numbers (1)"));
}

TEST_CASE("what is in a file of nfdump is told by reading it") {
  const auto facts = inspect(source_dir() + "/tests/fuzz/seeds/import_nfdump/lzo", {});
  REQUIRE(facts);
  CHECK(facts->kind == "nfdump");
  CHECK(facts->foreign.form == "an nfdump file, LZO");
  CHECK(facts->records == 1);
  CHECK(facts->flows.sensors.count("127.0.0.1") == 1);
}
