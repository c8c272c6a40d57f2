#include "flow/field.h"

#include <catch2/catch.hpp>
#include <set>

#include "flow/batch.h"

using namespace argus;

TEST_CASE("a field is found by its name and by its long alias") {
  CHECK(find_field("saddr") == Field::saddr);
  CHECK(find_field("src_addr") == Field::saddr);
  CHECK(find_field("tcprtt") == Field::tcprtt);
  CHECK_FALSE(find_field("SADDR"));
  CHECK_FALSE(find_field("byts"));
  CHECK_FALSE(find_field(""));
}

TEST_CASE("no name or alias means two fields") {
  std::set<std::string> seen;
  for (const std::string& name : field_names()) {
    CAPTURE(name);
    const auto field = find_field(name);
    REQUIRE(field);
    CHECK((info(*field).name == name || info(*field).alias == name));
    CHECK(seen.insert(name).second);
  }
}

TEST_CASE("reversing a field twice gives the field") {
  for (const FieldInfo& field : all_fields()) {
    CAPTURE(field.name);
    CHECK(info(field.reverse).reverse == field.field);
    CHECK(is_stored(field.field) == is_stored(field.reverse));
  }
}

TEST_CASE("wire numbers stand for stored fields and no others") {
  for (const FieldInfo& field : all_fields()) {
    CAPTURE(field.name);
    CHECK((field.wire != 0) == is_stored(field.field));
    if (field.wire != 0) CHECK(field_of_wire(field.wire) == field.field);
  }
  CHECK_FALSE(field_of_wire(0));
  CHECK_FALSE(field_of_wire(60'000));
}

TEST_CASE("a derived field needs the stored ones at the end of its inputs") {
  CHECK(stored_inputs({Field::load}) == FieldSet{Field::sbytes, Field::dbytes, Field::stime, Field::ltime});
  CHECK(stored_inputs({Field::saddr}) == FieldSet{Field::saddr});
  CHECK(stored_inputs({Field::tcprtt}) == FieldSet{Field::synacksum, Field::synacks, Field::ackdatsum, Field::ackdats});
}
