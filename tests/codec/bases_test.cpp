#include "codec/bases.h"

#include <catch2/catch.hpp>

#include "flow/field.h"

using namespace argus;

TEST_CASE("a base is another stored field of the same type, and is coded before what refers to it") {
  FieldSet coded;
  for (const Field field : coding_order()) {
    if (const auto base = base_of(field)) {
      CAPTURE(info(field).name);
      CHECK(*base != field);
      CHECK(info(*base).type == info(field).type);
      CHECK(coded.has(*base));
    }
    coded.add(field);
  }
  CHECK(coded == FieldSet::all_stored());
}
