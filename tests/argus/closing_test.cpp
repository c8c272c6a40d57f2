#include "argus/closing.h"

#include <catch2/catch.hpp>

#include "argus/account.h"
#include "base/time.h"
#include "flow/ledger.h"
#include "flow/progress.h"
#include "shell/io.h"

using namespace argus;

namespace {

constexpr Nanos kDayAt = 1'700'006'400 * kSecond;  // 2023-11-15 00:00 UTC
constexpr Nanos kTwo = kDayAt + 14 * kHour + 2 * kMinute;

Progress flows(std::uint64_t records, Nanos first = kTwo, Nanos last = kTwo + 10 * kMinute) {
  Progress out;
  out.records = records;
  out.times.widen(first, last);
  return out;
}
ClosingFacts rows(std::uint64_t count) {
  ClosingFacts out;
  out.rows = count;
  out.utc = true;
  return out;
}
std::string closing(const ClosingFacts& facts, const Progress& progress, const Outcome& done = {}) {
  return closing_text(facts, progress, done, kDayAt + 20 * kHour);
}
Outcome ended(Exit exit) {
  Outcome out;
  out.exit = exit;
  return out;
}

}  // namespace

TEST_CASE("the closing line says how many rows of how many records, of which time, and that this is all") {
  CHECK(closing(rows(214), flows(44'187)) == "214 rows from 44,187 records, 14:02-14:12, complete");
  CHECK(closing(rows(1), flows(1)) == "1 row from 1 record, 14:02-14:12, complete");
  Progress capture = flows(0);
  capture.packets = 30'042;
  CHECK(closing(rows(4076), capture) == "4,076 rows from 30,042 packets, 14:02-14:12, complete");
}

TEST_CASE("what is not known is not said") {
  CHECK(closing(rows(0), {}) == "0 rows, complete");
  Progress live;
  live.read.rows_kept = 12;
  CHECK(closing(rows(12), live) == "12 rows from 12 records, complete");
}

TEST_CASE("a short time has seconds, and another day is named") {
  CHECK(closing(rows(2), flows(2, kTwo, kTwo + 30 * kSecond)) == "2 rows from 2 records, 14:02:00-14:02:30, complete");
  CHECK(closing(rows(2), flows(2, kTwo - kDay, kTwo - kDay + kHour)) ==
        "2 rows from 2 records, 2023-11-14 14:02-15:02, complete");
  CHECK(closing(rows(2), flows(2, kTwo - kDay, kTwo)) ==
        "2 rows from 2 records, 2023-11-14 14:02 - 2023-11-15 14:02, complete");
}

TEST_CASE("complete is only what is, and the worst is named") {
  ClosingFacts facts = rows(2);
  const auto end = [&](const Outcome& done = {}) {
    const std::string text = closing(facts, flows(2), done);
    return text.substr(text.rfind(", ") + 2);
  };
  CHECK(end(ended(Exit::nothing)) == "complete");
  facts.time_limited = true;
  CHECK(end() == "stopped at -T");
  facts.rows_limited = true;
  CHECK(end() == "stopped at -N");
  Outcome lossy;
  lossy.journal.add({"", 0, 0, LedgerItem::kernel_dropped, 3});
  CHECK(end(lossy) == "with losses");
  lossy.exit = Exit::damaged;
  CHECK(end(lossy) == "damaged");
  lossy.exit = Exit::could_not;
  CHECK(end(lossy) == "incomplete");
  lossy.interrupted = true;
  CHECK(end(lossy) == "interrupted");
  facts.stopped = true;
  CHECK(end() == "interrupted");
}
