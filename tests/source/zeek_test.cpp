#include <catch2/catch.hpp>
#include <string>

#include "flow/field.h"
#include "source/inputs.h"
#include "source/inspect.h"
#include "source/open_source.h"
#include "support/flow_builder.h"
#include "support/scratch_folder.h"
#include "support/source_dir.h"

using namespace argus;

TEST_CASE("a conn.log is a source of flows, with tabs and as JSON") {
  const std::string seeds = source_dir() + "/tests/fuzz/seeds/import_zeek/";
  auto source = open_source({seeds + "columns", seeds + "objects"}, {});
  REQUIRE(source);
  const Pulled got = pulled(**source);
  CHECK(got.rows.size() == 2);
  CHECK(total(got.rows, Field::spkts) == 10);
  CHECK(got.said("uid (1 record)"));
}

TEST_CASE("JSON is known by its whole first line, however far its names are") {
  const ScratchFolder folder;
  const std::string path = folder.write(
      "log", R"({"ts":"2020-09-13T12:26:40.250000Z","uid":"CMdzit1AMNsmfAIiQc","service":"xxxxxxxxxxxxxxxxxx",)"
             R"("id.orig_h":"10.0.0.1"})");
  const auto facts = inspect(path, {});
  REQUIRE(facts);
  CHECK(facts->kind == "zeek");
  CHECK(facts->records == 1);
}

TEST_CASE("another log of Zeek is told to be no conn.log") {
  const ScratchFolder folder;
  const std::string path = folder.write("log", "#separator \\x09\n#path\tdns\n#fields\tts\n1\n");
  auto source = open_source({path}, {});
  REQUIRE(source);
  const Pulled got = pulled(**source);
  CHECK(got.rows.empty());
  CHECK(got.said("dns log"));
}
