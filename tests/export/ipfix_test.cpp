#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "export/formats.h"
#include "export/memory_outlet.h"
#include "flow/events.h"
#include "flow/field.h"
#include "flow/sink.h"
#include "memory_outlet.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

struct Reader {
  std::string_view left;
  std::uint64_t number(std::size_t size) {
    REQUIRE(left.size() >= size);
    std::uint64_t out = 0;
    for (const char byte : left.substr(0, size)) out = out << 8 | static_cast<unsigned char>(byte);
    left.remove_prefix(size);
    return out;
  }
  Reader part(std::size_t size) {
    REQUIRE(left.size() >= size);
    Reader out{left.substr(0, size)};
    left.remove_prefix(size);
    return out;
  }
};

using Record = std::map<std::pair<unsigned, bool>, std::uint64_t>;  // by element and whether it is the reverse one

// Reads messages as RFC 7011 has them; every record must follow its template.
struct Collector {
  struct Element {
    unsigned id;
    bool reverse;
    std::size_t size;
  };
  std::map<unsigned, std::vector<Element>> templates;
  std::vector<Record> records;
  std::vector<std::uint64_t> sequences;

  void take(std::string_view message) {
    Reader in{message};
    CHECK(in.number(2) == 10);
    CHECK(in.number(2) == message.size());
    in.number(4);
    sequences.push_back(in.number(4));
    in.number(4);
    while (!in.left.empty()) {
      const auto id = static_cast<unsigned>(in.number(2));
      const std::size_t size = in.number(2);
      REQUIRE(size >= 4);
      Reader set = in.part(size - 4);
      while (!set.left.empty()) id == 2 ? take_template(set) : take_record(id, set);
    }
  }
  void take_template(Reader& in) {
    const auto id = static_cast<unsigned>(in.number(2));
    const std::uint64_t count = in.number(2);
    std::vector<Element> elements;
    for (std::uint64_t i = 0; i < count; i++) {
      const auto element = static_cast<unsigned>(in.number(2));
      const std::size_t size = in.number(2);
      const bool reverse = (element & 0x8000) != 0;
      if (reverse) CHECK(in.number(4) == 29'305);
      elements.push_back({element & 0x7fff, reverse, size});
    }
    templates[id] = elements;
  }
  void take_record(unsigned id, Reader& in) {
    REQUIRE(templates.count(id) == 1);
    Record out;
    for (const Element& element : templates[id]) {
      std::size_t size = element.size;
      if (size == 65'535) size = in.number(1);
      if (size <= 8) out[{element.id, element.reverse}] = in.number(size);
      else in.part(size);
    }
    records.push_back(out);
  }
};

Row flow(unsigned n) {
  return tcp_row("10.0.0.1", 1'000 + n, "10.0.0.2", 443, 3, 2)
      .with(Field::stime, 1'790'000'000'123'456'789)
      .with(Field::ltime, 1'790'000'001'000'000'000)
      .with(Field::sbytes, 300)
      .with(Field::dbytes, 200)
      .with(Field::senc, kEncEthernet)
      .with(Field::denc, kEncEthernet)
      .with(Field::cause, static_cast<int>(Cause::closed));
}

SinkPtr begun(MemoryPlace& place) {
  SinkPtr sink = ipfix_export(memory_outlet(place), {});
  REQUIRE(sink->begin({}));
  return sink;
}

}  // namespace

TEST_CASE("a biflow has its counters both ways, wire bytes beside those of IP") {
  MemoryPlace place;
  const SinkPtr sink = begun(place);
  REQUIRE(sink->write(batch_of({flow(0)})));
  REQUIRE(sink->finish());
  Collector got;
  for (const std::string& message : place.pieces) got.take(message);
  REQUIRE(got.records.size() == 1);
  Record record = got.records[0];
  CHECK(record[{8, false}] == 0x0a000001);
  CHECK(record[{7, false}] == 1'000);
  CHECK(record[{4, false}] == 6);
  CHECK(record[{2, false}] == 3);
  CHECK(record[{2, true}] == 2);
  CHECK(record[{352, false}] == 300);
  CHECK(record[{352, true}] == 200);
  CHECK(record[{1, false}] == 300 - 3 * 14);
  CHECK(record[{1, true}] == 200 - 2 * 14);
  CHECK(record[{136, false}] == 3);
  CHECK(record[{152, false}] == 1'790'000'000'123);
  // Seconds since 1900 and a fraction that reads back as the same nanoseconds.
  const std::uint64_t ntp = record[{156, false}];
  CHECK((ntp >> 32) == 1'790'000'000 + 2'208'988'800);
  CHECK(((ntp & 0xffffffff) * 1'000'000'000 >> 32) == 123'456'789);
  CHECK(record.count({27, false}) == 0);
}

TEST_CASE("each set of present fields has a template, said before its records and once") {
  MemoryPlace place;
  const SinkPtr sink = begun(place);
  for (int i = 0; i < 3; i++) REQUIRE(sink->write(batch_of({flow(1), flow(2).without(Field::cause), flow(3)})));
  REQUIRE(sink->finish());
  Collector got;
  for (const std::string& message : place.pieces) got.take(message);
  CHECK(got.templates.size() == 2);
  CHECK(got.records.size() == 9);
  CHECK(got.sequences == std::vector<std::uint64_t>{0, 3, 6});
}

TEST_CASE("datagrams hold no more than a path takes, and streams no more than a message can say") {
  std::vector<Row> rows;
  for (unsigned i = 0; i < 2'000; i++) rows.push_back(flow(i));
  for (const std::size_t most : {std::size_t{65'507}, std::size_t{SIZE_MAX}}) {
    MemoryPlace place;
    place.piece_max = most;
    const SinkPtr sink = begun(place);
    REQUIRE(sink->write(batch_of(rows)));
    REQUIRE(sink->finish());
    Collector got;
    std::uint64_t before = 0;
    for (const std::string& message : place.pieces) {
      CHECK(message.size() <= (most == SIZE_MAX ? 65'535u : 1'420u));
      got.take(message);
      CHECK(got.sequences.back() == before);
      before = got.records.size();
    }
    CHECK(got.records.size() == rows.size());
    CHECK(place.pieces.size() > 1);
  }
}

TEST_CASE("a new reader gets templates and a sequence of its own") {
  MemoryPlace place;
  const SinkPtr sink = begun(place);
  REQUIRE(sink->write(batch_of({flow(1)})));
  place.refuses = true;
  CHECK_FALSE(sink->write(batch_of({flow(2)})));
  place.refuses = false;
  place.session = 2;
  place.pieces.clear();
  REQUIRE(sink->write(batch_of({flow(2)})));
  REQUIRE(sink->write(batch_of({flow(3)})));
  REQUIRE(sink->finish());
  Collector got;
  for (const std::string& message : place.pieces) got.take(message);
  CHECK(got.records.size() == 2);
  CHECK(got.sequences == std::vector<std::uint64_t>{0, 1});
}
