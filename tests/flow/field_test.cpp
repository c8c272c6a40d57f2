#include "flow/field.h"

#include <catch2/catch.hpp>
#include <map>
#include <set>

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

TEST_CASE("every name of another program leads to its field, and none of them means another") {
  std::set<std::string> own(field_names().begin(), field_names().end());
  std::map<std::string_view, Field> meant;
  for (const ForeignName& one : foreign_names()) {
    CAPTURE(one.name);
    CHECK(find_field(one.name) == one.field);
    CHECK_FALSE(own.contains(std::string(one.name)));
    CHECK(meant.emplace(one.name, one.field).first->second == one.field);
    CHECK(why_unheld(one.name).empty());
    // "NAME" would no longer be both directions in filters.
    CHECK_FALSE((own.contains("s" + std::string(one.name)) && own.contains("d" + std::string(one.name))));
  }
}

TEST_CASE("what another program has and records do not gets its reason, not a guess") {
  CHECK(no_field("prevas").text == "no field 'prevas': records have the AS numbers of the ends: sas, das");
  CHECK(no_field("byts").text == "no field 'byts'; did you mean 'bytes'?");
  CHECK(no_field("trnd", {"trend"}).text == "no field 'trnd'; did you mean 'trend'?");
  CHECK(no_field("byts").hint == "  argus help fields");
  for (const std::string& name : field_names()) CHECK(why_unheld(name).empty());
}

TEST_CASE("amounts are ordered largest first, names and instants smallest first") {
  for (const Field field :
       {Field::bytes, Field::spkts, Field::dur, Field::tcprtt, Field::mean, Field::stddev, Field::loss, Field::ploss,
        Field::load, Field::smeansz, Field::swin, Field::synacksum, Field::dursq})
    CHECK(info(info(field).format).falling);
  for (const Field field : {Field::stime, Field::saddr, Field::sport, Field::proto, Field::smac, Field::srcid,
                            Field::svid, Field::itype, Field::sttl, Field::state, Field::sflags})
    CHECK_FALSE(info(info(field).format).falling);
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

TEST_CASE("the counts of different values are named by the field that they count") {
  CHECK(find_field("distinct(daddr)") == Field::daddrs);
  CHECK(find_field("distinct(dst_addr)") == Field::daddrs);
  CHECK(find_field("distinct_daddr") == Field::daddrs);
  CHECK_FALSE(find_field("distinct(bytes)"));
  CHECK_FALSE(find_field("distinct()"));
  CHECK_FALSE(find_field("distinct(distinct(daddr))"));
  for (const DistinctField& one : distinct_fields()) CHECK(info(one.made).merge == Merge::none);
}
