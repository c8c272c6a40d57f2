#include "argus/explain.h"

#include <catch2/catch.hpp>

#include "base/time.h"
#include "filter/filter.h"
#include "flow/field.h"
#include "flow/progress.h"
#include "flow/source.h"
#include "query/where.h"
#include "support/flow_builder.h"
#include "support/said.h"

using namespace argus;

TEST_CASE("a plan says what is read, a test of the filter a line, and what skips frames") {
  ReadPlan plan;
  plan.input = "day.flows";
  plan.filter = "dst port 443 and bytes > 1k";
  plan.chosen_by = {Field::dport, Field::bytes};
  plan.wanted = {Field::saddr, Field::pkts};
  CHECK(plan_text(plan) ==
        "to be read: day.flows\n"
        "  time      all; -t RANGE skips frames of other times\n"
        "  filter    dport = 443        skips frames by minimum and maximum\n"
        "            and bytes >= 1001  skips no frame: computed from sbytes, dbytes\n"
        "  columns   dport sbytes dbytes of every frame read\n"
        "            saddr spkts dpkts where a row of the frame is wanted");
}

TEST_CASE("a plan without filter and range says so") {
  ReadPlan plan;
  plan.input = "a\nb.flows";
  plan.wanted = FieldSet::all_stored();
  plan.copies = true;
  CHECK(plan_text(plan) ==
        "to be read: a\\x0ab.flows\n"
        "  time      all; -t RANGE skips frames of other times\n"
        "  filter    none\n"
        "  columns   all " +
            std::to_string(kStoredFields) +
            "\n"
            "            frames are copied as they are where every row is wanted");
}

TEST_CASE("a filter that can skip no frame is said to, and a long set is cut") {
  ReadPlan plan;
  plan.filter = "tcp or bytes > 1k";
  CHECK(plan_text(plan).find("this filter skips no frame") != std::string::npos);
  plan.filter = "dst port {1";
  for (int port = 3; port < 400; port += 2) plan.filter += "," + std::to_string(port);
  plan.filter += "}";
  const std::string text = plan_text(plan);
  CHECK(text.find("this filter skips no frame") == std::string::npos);
  CHECK(text.find("dport in {1, 3, 5,") != std::string::npos);
  CHECK(text.find(" ...  skips frames by minimum") != std::string::npos);
  CHECK(text.find("399") == std::string::npos);
}

TEST_CASE("a plan has its time range, in the words given and as it is understood") {
  ReadPlan plan;
  plan.time = "-t 14:00-15:00";
  CHECK(plan_text(plan).find("  time      -t 14:00-15:00\n") != std::string::npos);
  plan.span = {1'000'000'000 * kSecond, 1'000'000'060 * kSecond};
  CHECK(plan_text(plan).find("  time      -t 14:00-15:00: 2001-09-") != std::string::npos);
  CHECK(plan_text(plan).find("; skips frames of other times\n") != std::string::npos);
}

TEST_CASE("what was read is said in what is known of it") {
  Progress flows;
  flows.bytes = 900, flows.bytes_whole = 1000, flows.records = 80;
  flows.read = {2, 3, 4, 1, 0, 30, 12};
  CHECK(read_text(flows) ==
        "was read: 2 inputs\n"
        "  frames    3 read, 4 skipped by time, 1 skipped by minima and maxima\n"
        "  records   30 read of 80, 12 kept\n"
        "  bytes     900 read of 1000");
  Progress captures;
  captures.packets = 42;
  captures.read.files = 1, captures.read.rows_read = 7, captures.read.rows_kept = 7;
  CHECK(read_text(captures) ==
        "was read: 1 input\n"
        "  packets   42 read and metered\n"
        "  records   7 read, 7 kept");
  Progress live;
  live.read.rows_kept = 5;
  CHECK(read_text(live) == "was read: live input\n  records   5 arrived");
}

TEST_CASE("the plan is said when the columns are known, and what comes through is counted") {
  SourcePtr source = explained(source_of({batch_of(numbered(0, 5))}), {"a.flows", "src port 3", "", {}, {}, {}});
  const auto filter = compile_filter("src port 3");
  REQUIRE(filter);
  source = where(std::move(source), *filter, {});
  const std::string said = said_by([&] { CHECK(rows_of(*source, {{Field::spkts}, nullptr, {}}).size() == 1); });
  CHECK(said.find("to be read: a.flows\n") != std::string::npos);
  CHECK(said.find("filter    sport = 3  skips frames by minimum and maximum\n") != std::string::npos);
  CHECK(said.find("columns   sport of every frame read\n") != std::string::npos);
  CHECK(said.find("spkts where a row of the frame is wanted\n") != std::string::npos);
  REQUIRE(source->measured() != nullptr);
  CHECK(source->measured()->progress().read.rows_kept == 1);
}
