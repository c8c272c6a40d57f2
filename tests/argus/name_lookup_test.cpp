#include "argus/name_lookup.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

#include "base/address.h"
#include "flow/field.h"
#include "flow/source.h"
#include "support/flow_builder.h"
#include "support/name_server.h"
#include "support/said.h"

using namespace argus;

namespace {

const FieldSet kEnds = {Field::saddr, Field::daddr, Field::smask, Field::dmask};

Row between(const std::string& source, const std::string& target) {
  return row().with(Field::saddr, source).with(Field::daddr, target).with(Field::spkts, 1);
}
std::shared_ptr<NameLookup> lookup_at(const std::string& server) {
  auto opened = NameLookup::open(server, 40, nullptr);
  REQUIRE(opened);
  return *std::move(opened);
}
NameServer hosts_of_the_net() {
  return NameServer([](const std::string& asked) -> std::vector<std::string> {
    if (!asked.ends_with(".2.0.192.in-addr.arpa")) return {};
    return {"host-" + asked.substr(0, asked.find('.')), "example"};
  });
}
std::string name_in(const NameLookup& lookup, const std::string& address) {
  return std::string(lookup.names().name_of(*parse_address(address)));
}

}  // namespace

TEST_CASE("both ends of rows have names when the rows have passed") {
  NameServer server = hosts_of_the_net();
  const auto lookup = lookup_at(server.address());
  const SourcePtr rows =
      resolved(source_of({batch_of({between("192.0.2.1", "192.0.2.2"), between("192.0.2.1", "198.51.100.7")}),
                          batch_of({between("192.0.2.2", "192.0.2.3")})}),
               lookup);
  CHECK(rows_of(*rows, {kEnds, nullptr, {}}).size() == 3);
  CHECK(name_in(*lookup, "192.0.2.1") == "host-1.example");
  CHECK(name_in(*lookup, "192.0.2.3") == "host-3.example");
  CHECK(name_in(*lookup, "198.51.100.7").empty());
  CHECK(server.questions() == 4);  // each once
  CHECK(said_by([&] { lookup->report(); }).empty());
}

TEST_CASE("only the columns that are printed are asked for, and no networks") {
  NameServer server = hosts_of_the_net();
  const auto lookup = lookup_at(server.address());
  lookup->look_up(batch_of({between("192.0.2.1", "192.0.2.2")}), {Field::saddr, Field::spkts}, NameLookup::Waits::run);
  lookup->look_up(batch_of({between("192.0.2.128", "192.0.2.2").with(Field::smask, 25)}), {Field::saddr, Field::smask},
                  NameLookup::Waits::run);
  CHECK(server.questions() == 1);
  CHECK(name_in(*lookup, "192.0.2.128").empty());
}

TEST_CASE("a silent server costs a run two seconds, and no more is asked after that") {
  NameServer silent({}, false);
  const auto lookup = lookup_at(silent.address());
  const auto began = std::chrono::steady_clock::now();
  lookup->look_up(batch_of({between("192.0.2.1", "192.0.2.2")}), kEnds, NameLookup::Waits::run);
  const std::size_t asked = silent.questions();
  for (int i = 1; i < 100; i++)
    lookup->look_up(batch_of({between("198.51.100." + std::to_string(i), "192.0.2.2")}), kEnds, NameLookup::Waits::run);
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(8));
  CHECK(silent.questions() == asked);
  CHECK(said_by([&] { lookup->report(); })
            .find("2 addresses looked up, 2 of them without an answer in time; others were "
                  "not looked up") != std::string::npos);
}

TEST_CASE("a run asks for a limited number of addresses") {
  NameServer server = hosts_of_the_net();
  const auto lookup = lookup_at(server.address());
  std::vector<Row> rows;
  for (std::size_t i = 0; i < NameLookup::kLookupsMost; i++)
    rows.push_back(between(fmt::format("10.{}.{}.1", i / 200, i % 200), fmt::format("10.{}.{}.2", i / 200, i % 200)));
  lookup->look_up(batch_of(rows), kEnds, NameLookup::Waits::rows);
  CHECK(server.questions() <= NameLookup::kLookupsMost);
}

TEST_CASE("a screen goes on while names are looked up for it") {
  NameServer server = hosts_of_the_net();
  const auto background = BackgroundLookup::start(server.address(), 40);
  REQUIRE(background);
  const auto name = [&] { return (*background)->names().name_of(*parse_address("192.0.2.2")); };
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (name().empty() && std::chrono::steady_clock::now() < until)
    (*background)->want(batch_of({between("192.0.2.1", "192.0.2.2")}), kEnds);
  CHECK(name() == "host-2.example");
}

TEST_CASE("a screen ends at once though a server is silent") {
  NameServer silent({}, false);
  const auto began = std::chrono::steady_clock::now();
  {
    const auto background = BackgroundLookup::start(silent.address(), 40);
    REQUIRE(background);
    (*background)->want(batch_of({between("192.0.2.1", "192.0.2.2")}), kEnds);
  }
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::milliseconds(1500));
}
