// What stands on the screen of `top`: from plain values to lines, without a terminal.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "draw/cells.h"
#include "draw/screen.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/format.h"
#include "top/dialog.h"
#include "top/look.h"
#include "top/model.h"

namespace argus {

// Columns of what is no screen: nothing is cut, nothing stands at the right, and no room is there to be used.
inline constexpr std::size_t kNoScreen = 1000;

// Of the first lines, what the picture does not say.
struct TopHeading {
  std::string source;  // "sensor1"
  std::string key, filter, read_filter;
  std::size_t sensors = 0;               // that are read
  bool ticks = false;                    // what is live comes every second; else rates are of status records
  bool paused = false, opening = false;  // opening: nobody has answered yet
  Nanos paused_for = 0;
  std::uint64_t behind = 0;  // records that came since
  Nanos clock = 0;           // the time on the wall, or that of the file
};

// The part of the picture that a screen has room for.
[[nodiscard]] std::size_t top_rows(const TopLook& look, const TopDialog& dialog, ScreenSize size);

// `chosen`: the row with the cursor, counted from the picture's first.
[[nodiscard]] ScreenFrame draw_top(const TopPicture& picture, const TopLook& look, const TopHeading& heading,
                                   const TopDialog& dialog, std::size_t chosen, ScreenSize size);

// The two lines above everything.
[[nodiscard]] std::vector<Line> draw_summary(const TopPicture& picture, const TopLook& look, const TopHeading& heading,
                                             std::size_t width);
// Its middle: a heading and the rows. Plain: keys and one number, for small screens.
[[nodiscard]] std::vector<Line> draw_rows(const TopPicture& picture, const TopLook& look, std::size_t chosen,
                                          std::size_t width, std::size_t rows);
[[nodiscard]] std::vector<Line> draw_list(const TopPicture& picture, const TopLook& look, std::size_t chosen,
                                          std::size_t width, std::size_t rows);
// The column whose heading stands there; nothing beside them.
[[nodiscard]] std::optional<TopColumn> heading_at(const TopPicture& picture, const TopLook& look, std::size_t width,
                                                  std::size_t at);
// A cell's text.
class TopCells {
 public:
  TopCells(const TopPicture& picture, const TopLook& look);
  [[nodiscard]] std::string text(std::size_t row, const TopColumn& column) const;
  [[nodiscard]] std::string heading(const TopColumn& column) const;
  [[nodiscard]] static bool right(const TopColumn& column);

 private:
  [[nodiscard]] std::string trend(std::size_t row) const;
  void measure_fields();
  void measure_traffic();
  const TopPicture& picture_;
  const TopLook& look_;
  struct Values {
    Field field;
    Column column;
    FieldPrinter printer;
  };
  std::vector<Values> values_;
  // Of what shares are of.
  std::string share_word_;
  std::vector<double> own_;
  double most_ = 0, all_ = 0;
};

}  // namespace argus
