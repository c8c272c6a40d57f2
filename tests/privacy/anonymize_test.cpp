#include "privacy/anonymize.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/source.h"
#include "privacy/disguise.h"
#include "support/flow_builder.h"

namespace argus {

namespace {

AnonymizeOptions options_of(std::uint8_t seed) {
  AnonymizeOptions out;
  out.key.bytes.fill(seed);
  return out;
}

std::vector<Row> anonymized_rows(std::vector<Batch> batches, const AnonymizeOptions& options) {
  const SourcePtr source = anonymized(source_of(std::move(batches)), options);
  return rows_of(*source);
}

std::vector<Row> some_rows(unsigned seed, std::size_t n) {
  std::mt19937_64 random(seed);
  std::vector<Row> out;
  for (std::size_t i = 0; i < n; i++) out.push_back(random_row(random));
  return out;
}

FormatInfo::Disguise disguise_of(Field field) { return info(info(field).format).disguise; }

}  // namespace

TEST_CASE("what hides nobody stays, and what does is another value wherever it was the same one") {
  const std::vector<Row> before = some_rows(1, 300);
  const std::vector<Row> after = anonymized_rows({batch_of(before)}, options_of(9));
  REQUIRE(after.size() == before.size());
  for (const Field field : FieldSet::all_stored().list()) {
    std::map<Cell, Cell> became;
    for (std::size_t i = 0; i < before.size(); i++) {
      if (disguise_of(field) == FormatInfo::Disguise::text) {
        CHECK_FALSE(after[i].has(field));
        continue;
      }
      REQUIRE(after[i].has(field) == before[i].has(field));
      if (!after[i].has(field)) continue;
      if (disguise_of(field) == FormatInfo::Disguise::plain) CHECK(after[i].cell(field) == before[i].cell(field));
      if (disguise_of(field) == FormatInfo::Disguise::mac)
        CHECK(became.emplace(before[i].cell(field), after[i].cell(field)).first->second == after[i].cell(field));
    }
  }
}

TEST_CASE("dictionaries, constants and several batches become what plain rows become") {
  const std::vector<Row> rows = some_rows(2, 200);
  const Batch batch = batch_of(rows);
  const std::vector<Row> plain = anonymized_rows({batch}, options_of(3));
  CHECK(anonymized_rows({with_dictionaries(batch)}, options_of(3)) == plain);
  std::vector<Row> twice = plain;
  twice.insert(twice.end(), plain.begin(), plain.end());
  CHECK(anonymized_rows({batch, batch}, options_of(3)) == twice);
}

TEST_CASE("times are shifted by one amount, and durations stay") {
  AnonymizeOptions options = options_of(4);
  const std::vector<Row> before = {row().with(Field::stime, 100 * kSecond).with(Field::ltime, 107 * kSecond)};
  const Nanos by = Disguise(options.key).shift();
  Row after = anonymized_rows({batch_of(before)}, options).at(0);
  CHECK(static_cast<Nanos>(after.number(Field::stime)) == 100 * kSecond + by);
  CHECK(after.number(Field::ltime) - after.number(Field::stime) == 7 * kSecond);
  options.shift = -kDay;
  after = anonymized_rows({batch_of(before)}, options).at(0);
  CHECK(static_cast<Nanos>(after.number(Field::stime)) == 100 * kSecond - kDay);
}

TEST_CASE("an address with a length is a network afterwards, too") {
  const Row net = row().with(Field::saddr, "10.1.2.0").with(Field::smask, 24).with(Field::daddr, "10.1.2.9");
  const Row after = anonymized_rows({batch_of({net})}, options_of(5)).at(0);
  const Address source = std::get<Address>(after.cell(Field::saddr)),
                host = std::get<Address>(after.cell(Field::daddr));
  CHECK(source == masked(host, 24));
  CHECK(source.bytes[15] == 0);
}

TEST_CASE("fields that are kept stay, and those that are dropped are gone") {
  AnonymizeOptions options = options_of(6);
  options.kept = {Field::daddr, Field::srcid};
  options.dropped = {Field::dport, Field::spkts};
  const Row before = tcp_row("10.0.0.1", 40000, "192.0.2.7", 40001, 3, 4).with(Field::srcid, "probe");
  const Row after = anonymized_rows({batch_of({before})}, options).at(0);
  CHECK(after.cell(Field::daddr) == before.cell(Field::daddr));
  CHECK(after.cell(Field::srcid) == before.cell(Field::srcid));
  CHECK(after.cell(Field::saddr) != before.cell(Field::saddr));
  CHECK_FALSE(after.has(Field::dport));
  CHECK_FALSE(after.has(Field::spkts));
  CHECK(after.cell(Field::dpkts) == before.cell(Field::dpkts));
}

TEST_CASE("the name of the sensor is in neither the header nor the ledger") {
  StreamHeader header;
  header.sensor = "probe";
  SourcePtr source = anonymized(source_of({batch_of({tcp_row("10.0.0.1", 1, "10.0.0.2", 2)})}, header), options_of(7));
  CHECK(source->header().sensor.empty());
  AnonymizeOptions options = options_of(7);
  options.kept = {Field::srcid};
  source = anonymized(source_of({}, header), options);
  CHECK(source->header().sensor == "probe");
}

}  // namespace argus
