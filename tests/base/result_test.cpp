#include "base/result.h"

#include <catch2/catch.hpp>

using namespace argus;

namespace {

Error unreachable() { return hinted(fail(Errc::turned_away, "no place for {} more", 1), "  come back later"); }

TEST_CASE("places and outcomes go to an error's text, and its code and hint stay") {
  const Error error = with_outcome(while_doing("sensor1", unreachable()), "it is tried again");
  CHECK(error.code == Errc::turned_away);
  CHECK(error.text == "sensor1: no place for 1 more; it is tried again");
  CHECK(error.hint == "  come back later");
}

TEST_CASE("an empty place adds nothing") { CHECK(while_doing("", unreachable()).text == "no place for 1 more"); }

TEST_CASE("people are told the text, and the hint below it where there is one") {
  CHECK(whole_text(unreachable()) == "no place for 1 more\n  come back later");
  CHECK(whole_text(fail(Errc::io, "gone")) == "gone");
}

}  // namespace
