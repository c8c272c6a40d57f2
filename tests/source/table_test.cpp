#include <catch2/catch.hpp>
#include <string>

#include "base/result.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "source/inputs.h"
#include "source/open_source.h"
#include "support/flow_builder.h"
#include "support/scratch_folder.h"

using namespace argus;

TEST_CASE("our own CSV and JSON lines are sources of flows") {
  const ScratchFolder folder;
  const std::string csv = folder.write("csv", "saddr,spkts\n10.0.0.1,3\n10.0.0.2,4\n");
  const std::string json = folder.write("json", "{\"saddr\":\"10.0.0.3\",\"spkts\":5}\n");
  auto source = open_source({csv, json}, {});
  REQUIRE(source);
  const Pulled got = pulled(**source);
  CHECK(got.rows.size() == 3);
  CHECK(total(got.rows, Field::spkts) == 12);
  CHECK(got.problems.empty());
}

TEST_CASE("a line of a table that cannot be read is lost, told and in the ledger") {
  const ScratchFolder folder;
  auto source = open_source({folder.write("csv", "saddr,spkts\n10.0.0.1,3\nx,4\n10.0.0.2,4\n")}, {});
  REQUIRE(source);
  const Pulled got = pulled(**source);
  CHECK(got.rows.size() == 2);
  CHECK(got.count(LedgerItem::records_lost) == 1);
  REQUIRE(got.problems.size() == 1);
  CHECK(got.problems[0].code == Errc::corrupt);
}
