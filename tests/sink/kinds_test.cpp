#include "sink/kinds.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "base/file.h"
#include "flow/field.h"
#include "sink/text.h"
#include "support/flow_builder.h"
#include "support/written.h"

using namespace argus;

TEST_CASE("each kind of text prints a value of a row, and has an option of its own") {
  FieldSet fields;
  for (const TextKind& kind : text_kinds()) {
    CAPTURE(kind.option);
    TextOptions options;
    options.column_words = {"spkts"};
    options.separator = kind.separator;
    const std::string text = written([&](File& out) { return kind.open(out, options); },
                                     {batch_of({row().with(Field::spkts, std::uint64_t{4711})})});
    CHECK(text.find("4711") != std::string::npos);
    CHECK(kind.option.starts_with("--"));
    CHECK(std::count_if(text_kinds().begin(), text_kinds().end(),
                        [&](const TextKind& other) { return other.option == kind.option; }) == 1);
  }
}

TEST_CASE("text that nobody asked for is a table, and a name's end tells what to save") {
  CHECK(text_kinds().back().look == SinkLook::table);
  REQUIRE(text_kind_of("a.b.csv") != nullptr);
  CHECK(text_kind_of("a.b.csv")->option == "--csv");
  REQUIRE(text_kind_of("x.json") != nullptr);
  CHECK(text_kind_of("x.json")->look == SinkLook::json);
  CHECK(text_kind_of("x.flows") == nullptr);
  CHECK(text_kind_of("csv") == nullptr);
}

TEST_CASE("a flag of text belongs to a kind that there is") {
  for (const TextFlag& flag : text_flags())
    CHECK(std::any_of(text_kinds().begin(), text_kinds().end(),
                      [&](const TextKind& kind) { return kind.look == flag.look; }));
}
