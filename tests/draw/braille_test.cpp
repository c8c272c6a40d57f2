#include "draw/braille.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

namespace argus {

namespace {

const double kGap = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("a dot is set in its cell, with its ink, and outside nothing happens") {
  BrailleCanvas canvas(2, 1);
  CHECK(canvas.width() == 4);
  CHECK(canvas.height() == 4);
  canvas.set(0, 0);
  canvas.set(3, 3, 5);
  canvas.set(-1, 0), canvas.set(4, 0), canvas.set(0, 4), canvas.set(0, -1);
  CHECK(canvas.dots(0, 0) == 0x01);
  CHECK(canvas.dots(1, 0) == 0x80);
  CHECK(canvas.ink(1, 0) == 5);
  CHECK(canvas.text(0) == "⠁⢀");
  CHECK(canvas.text(0, Dots::ascii) == "'.");
}

TEST_CASE("runs and lines include their ends") {
  BrailleCanvas canvas(1, 1);
  canvas.run(0, 9, -3);
  CHECK(canvas.text(0) == "⡇");
  canvas.run(1, 0, 3);
  CHECK(canvas.text(0) == "⣿");
  CHECK(canvas.text(0, Dots::ascii) == "#");
  BrailleCanvas slope(2, 1);
  slope.line(0, 3, 3, 0);
  CHECK(slope.text(0) == "⡠⠊");
}

TEST_CASE("a canvas has at least one cell and not more than it may") {
  CHECK(BrailleCanvas(0, -5).text(0) == "⠀");
  CHECK(BrailleCanvas(1'000'000, 1).columns() == BrailleCanvas::kCellsMax);
}

TEST_CASE("a sparkline shows everything above nothing, and a blank where nothing was measured") {
  const std::vector<double> values = {0, 0.001, 4, 8, kGap, 8};
  CHECK(sparkline(values, 6) == "▁▁▄█ █");
  CHECK(sparkline(values, 3) == "█ █");
  CHECK(sparkline(values, 8) == "  ▁▁▄█ █");
  CHECK(sparkline(values, 6, 16) == "▁▁▂▄ ▄");
  CHECK(sparkline(values, 6, 4) == "▁▁██ █");
  CHECK(sparkline(values, 6, 0, Dots::ascii) == " .=# #");
  CHECK(sparkline({}, 2) == "  ");
  CHECK(sparkline(values, 0).empty());
  CHECK(braille_sparkline(values, 3) == "⣀⣼⢸");
  CHECK(braille_sparkline({}, 1) == "⠀");
}

TEST_CASE("a bar is as long as its part, to an eighth") {
  CHECK(bar(1, 2) == "██");
  CHECK(bar(0.5, 3) == "█▌ ");
  CHECK(bar(0.001, 2) == "▏ ");
  CHECK(bar(0, 2) == "  ");
  CHECK(bar(kGap, 1) == " ");
  CHECK(bar(7, 2) == "██");
  CHECK(bar(0.5, 4, Dots::ascii) == "##  ");
  CHECK(bar(0.01, 4, Dots::ascii) == "#   ");
}

}  // namespace argus
