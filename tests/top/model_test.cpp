#include "top/model.h"

#include <catch2/catch.hpp>

#include "flow/notice.h"
#include "top/reader.h"

namespace argus {

namespace {

TopPicture picture_after(TopModel& model, const Notice& notice) {
  TopUpdate update;
  update.notices.push_back(notice);
  model.take(update, 0);
  return model.picture({}, 0, 0, 10, true);
}

}  // namespace

TEST_CASE("what a stranger wrote forges nothing on the screen") {
  TopModel model({}, 1'000'000, true);
  CHECK(picture_after(model, {"sensor\x1b[31m: trying again in 1 s"}).said == "sensor\\x1b[31m: trying again in 1 s");
}

TEST_CASE("a sensor that is away is shown until it is back, whatever words are used") {
  TopModel model({}, 1'000'000, true);
  const auto away_after = [&](const Notice& notice) { return picture_after(model, notice).away; };
  using About = Notice::About;
  CHECK(away_after({"eth0: lost; trying again"}).empty());
  CHECK(away_after({"b: gone", "  a hint", About::sensor_away, "b"}) == std::vector<std::string>{"b: gone"});
  CHECK(away_after({"a: gone", {}, About::sensor_away, "a"}) == std::vector<std::string>{"a: gone", "b: gone"});
  CHECK(away_after({"a: still gone", {}, About::sensor_away, "a"}).front() == "a: still gone");
  CHECK(away_after({"b: here", {}, About::sensor_back, "b"}) == std::vector<std::string>{"a: still gone"});
}

}  // namespace argus
