#include "export/lines.h"

#include <catch2/catch.hpp>
#include <string>

#include "export/cell.h"
#include "export/formats.h"
#include "export/memory_outlet.h"
#include "flow/field.h"
#include "flow/sink.h"
#include "memory_outlet.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

SinkPtr named(MemoryPlace& place, bool nested) {
  return line_sink(memory_outlet(place),
                   json_lines({{"a.b.port", number(Field::sport)},
                               {"a.b.proto", word(Field::proto)},
                               {"a.pkts", number(Field::spkts)},
                               {"c", number(Field::dpkts)}},
                              nested),
                   {});
}

std::string printed(const Row& row, bool nested) {
  MemoryPlace place;
  const SinkPtr sink = named(place, nested);
  REQUIRE(sink->begin({}));
  REQUIRE(sink->write(batch_of({row})));
  REQUIRE(sink->finish());
  return place.whole();
}

}  // namespace

TEST_CASE("names with dots make objects, of which only those with a value are there") {
  const Row all = row().with(Field::sport, 80).with(Field::proto, 6).with(Field::spkts, 3).with(Field::dpkts, 4);
  CHECK(printed(all, true) == "{\"a\":{\"b\":{\"port\":80,\"proto\":\"tcp\"},\"pkts\":3},\"c\":4}\n");
  CHECK(printed(all, false) == "{\"a.b.port\":80,\"a.b.proto\":\"tcp\",\"a.pkts\":3,\"c\":4}\n");
  CHECK(printed(row().with(Field::spkts, 3), true) == "{\"a\":{\"pkts\":3}}\n");
  CHECK(printed(row().with(Field::proto, 17).with(Field::dpkts, 1), true) ==
        "{\"a\":{\"b\":{\"proto\":\"udp\"}},\"c\":1}\n");
  CHECK(printed(row(), true) == "{}\n");
}

TEST_CASE("rows that were refused were not taken") {
  MemoryPlace place;
  const SinkPtr sink = named(place, false);
  REQUIRE(sink->begin({}));
  place.refuses = true;
  CHECK_FALSE(sink->write(batch_of({row().with(Field::spkts, 1)})));
  CHECK(sink->tick());
  place.refuses = false;
  REQUIRE(sink->write(batch_of({row().with(Field::spkts, 2)})));
  REQUIRE(sink->finish());
  CHECK(place.whole() == "{\"a.pkts\":2}\n");
  CHECK(place.finished);
}

TEST_CASE("each datagram is a line") {
  MemoryPlace place;
  place.piece_max = 1'000;
  const SinkPtr sink = named(place, false);
  REQUIRE(sink->begin({}));
  REQUIRE(sink->write(batch_of({row().with(Field::spkts, 1), row().with(Field::spkts, 2)})));
  REQUIRE(sink->finish());
  CHECK(place.pieces == std::vector<std::string>{"{\"a.pkts\":1}\n", "{\"a.pkts\":2}\n"});
}

TEST_CASE("the heading goes to each new reader, and also where there is no row") {
  MemoryPlace place;
  ExportOptions options;
  options.columns = {Field::spkts, Field::srcid};
  const SinkPtr sink = csv_export(memory_outlet(place), options);
  REQUIRE(sink->begin({}));
  REQUIRE(sink->write(batch_of({row().with(Field::spkts, 1).with(Field::srcid, "a,\"b\"")})));
  REQUIRE(sink->tick());
  place.session = 2;
  REQUIRE(sink->finish());
  CHECK(place.whole() == "spkts,srcid\n1,\"a,\"\"b\"\"\"\nspkts,srcid\n");
}
