#include "shell/progress_line.h"

#include <catch2/catch.hpp>

#include "flow/progress.h"

using namespace argus;

namespace {

Progress of(std::uint64_t bytes, std::uint64_t whole, std::uint64_t packets, std::uint64_t records) {
  Progress out;
  out.bytes = bytes, out.bytes_whole = whole, out.packets = packets, out.records = records;
  return out;
}

}  // namespace

TEST_CASE("progress says how much of the input, how fast and how long it will take") {
  CHECK(progress_text(of(250, 1000, 0, 2'100'000), 2) == "25 %, 2.10M records, 1.05M/s, 6 s left");
  CHECK(progress_text(of(250, 1000, 900, 12), 3) == "25 %, 900 packets, 300/s, 9 s left");
  CHECK(progress_text(of(20, 1000, 0, 1), 10) == "2 %, 1 record, 0/s, 8 min left");
}

TEST_CASE("what is not known is not said") {
  CHECK(progress_text(of(0, 0, 0, 5000), 2) == "5.00k records, 2.50k/s");
  CHECK(progress_text(of(0, 1000, 0, 0), 0) == "0 %, 0 records");
  CHECK(progress_text(of(1000, 1000, 0, 10), 1) == "100 %, 10 records, 10/s");
  CHECK(progress_text(of(2000, 1000, 0, 10), 1) == "100 %, 10 records, 10/s");  // the file grew
}
