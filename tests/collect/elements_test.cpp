#include "collect/elements.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "collect/template.h"
#include "flow/field.h"
#include "support/source_dir.h"

using namespace argus;

namespace {

struct Line {
  std::string_view name;
  std::uint32_t enterprise;
  std::uint16_t id;
};
constexpr Line kLines[] = {
#define ELEMENT(enterprise, id, name, ...) {#name, enterprise, id},
#define EXTRA(enterprise, id, name, ...)   {#name, enterprise, id},
#include "collect/elements.def"
};

}  // namespace

TEST_CASE("each element is in the page with its number") {
  std::ifstream file(source_dir() + "/docs/collect.md");
  std::stringstream page;
  page << file.rdbuf();
  const std::string text = page.str();
  REQUIRE_FALSE(text.empty());
  for (const Line& line : kLines) {
    const std::string number =
        (line.enterprise != 0 ? std::to_string(line.enterprise) + "/" : "") + std::to_string(line.id);
    CAPTURE(line.name, number);
    CHECK(text.find(std::string(line.name) + " (" + number + ")") != std::string::npos);
  }
}

TEST_CASE("elements are found by their numbers, and a reverse one fills the other direction") {
  CHECK(elements_of(0, 231).size() == 2);
  CHECK(elements_of(0, 12345).empty());
  CHECK(elements_of(1, 1).empty());
  const auto shape = Template::make({{kReverseEnterprise, 1, 8}, {kReverseEnterprise, 8, 4}}, 0);
  REQUIRE(shape);
  REQUIRE(shape->steps().size() == 2);
  CHECK(shape->steps()[0].field == Field::daddr);
  CHECK(shape->steps()[1].field == Field::dbytes);
  CHECK(shape->unknown() == 0);
}
