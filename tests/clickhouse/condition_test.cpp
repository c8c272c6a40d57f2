#include "clickhouse/condition.h"

#include <catch2/catch.hpp>

#include "clickhouse/dialect.h"
#include "clickhouse/table.h"
#include "filter/filter.h"
#include "filter/node.h"
#include "flow/field.h"
#include "flow/source.h"

using namespace argus;

namespace {

TableColumns whole_table() {
  TableColumns out;
  out.there = true, out.fields = FieldSet::all_stored(), out.types = &dialects().front();
  return out;
}

Condition said(const char* filter, const TableColumns& columns = whole_table()) {
  const auto node = parse_filter(filter, SetFiles::refused);
  REQUIRE(node);
  return condition_of(*node, columns);
}

}  // namespace

TEST_CASE("a test that is all or part of an 'and' stands bare, under 'or' and 'not' an absent value makes it false") {
  CHECK(said("").text.empty());
  CHECK(said("sport 80").text == "`sport` = 80");
  CHECK(said("sport 80 and spkts > 5").text == "(`sport` = 80 AND `spkts` >= 6)");
  CHECK(said("port 80").text == "(ifNull(`sport` = 80, 0) OR ifNull(`dport` = 80, 0))");
  CHECK(said("not sport 80").text == "NOT ifNull(`sport` = 80, 0)");
  CHECK(said("sport 80..90 or sport 100").text == "((`sport` >= 80 AND `sport` <= 90) OR `sport` = 100)");
  CHECK(said("stime < 1970-01-01T00:00:01Z").exact);
}

TEST_CASE("texts from outside stand in SQL as digits") {
  CHECK(said("srcid \"a'b\\\\\"").text.find('\\') == std::string::npos);
  CHECK(said("srcid s1").text == "`srcid` IN (unhex('7331'))");
  CHECK(said("srcid != s1").text == "(isNotNull(`srcid`) AND `srcid` NOT IN (unhex('7331')))");
}

TEST_CASE("what cannot be said lets all through, whatever stands before it, and is not exact") {
  CHECK(said("load > 10").text == "1");
  CHECK_FALSE(said("load > 10").exact);
  CHECK(said("not load > 10").text == "NOT 0");
  CHECK(said("not (load > 10 and sport 80)").text == "NOT (0 AND ifNull(`sport` = 80, 0))");
  CHECK_FALSE(said("srcid =~ /x/ and sport 80").exact);
}

TEST_CASE("derived fields of whole numbers are formulas, with the saturation and absence that they have here") {
  CHECK(said("svid 3").text == "bitAnd(`svlan`, 4095) = 3");
  CHECK(said("bytes > 10").exact);
  CHECK(said("dur > 1").text == "(`ltime` - `stime`) >= toInt64('1000000001')");
}

TEST_CASE("a column that an older table lacks is absent") {
  TableColumns older = whole_table();
  older.fields.remove(Field::estimated);
  CHECK(said("estimated 1", older).text == "0");
  CHECK(said("not estimated 1", older).text == "NOT 0");
  CHECK(said("estimated 1", older).exact);
}

TEST_CASE("a time range is of records that share an instant with it") {
  CHECK(condition_of(TimeSpan{}).text.empty());
  CHECK(condition_of(TimeSpan{5'000'000'000, 7'500'000'000}).text ==
        "ts <= toDateTime(7) AND stime < toInt64('7500000000') AND ltime >= toInt64('5000000000') "
        "AND isNotNull(stime) AND "
        "isNotNull(ltime)");
  CHECK(condition_of(TimeSpan{-1, INT64_MAX}).text ==
        "ltime >= toInt64('-1') AND isNotNull(stime) AND isNotNull(ltime)");
}
