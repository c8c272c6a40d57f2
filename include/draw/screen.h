// The terminal as a screen: shows frames, gives keys, and is as it was before when the process ends, however it ends.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "draw/cells.h"

namespace argus {

enum class KeyCode : std::uint8_t {
  text,  // a character, control characters among them
  up,
  down,
  left,
  right,
  page_up,
  page_down,
  home,
  end,
  enter,
  escape,
  backspace,
  remove,  // the key Delete
  f1,
  click,  // the first button of a mouse, at row and column
  wheel_up,
  wheel_down,
  other,
};

struct KeyPress {
  KeyCode code = KeyCode::other;
  char32_t text = 0;  // of KeyCode::text
  int row = 0, column = 0;
  friend bool operator==(const KeyPress&, const KeyPress&) = default;
};

struct ScreenOptions {
  bool colour = true;  // where the terminal has colours
  bool ascii = false;  // nothing but ASCII is shown: '?' instead of it
  bool mouse = true;
};

struct ScreenSize {
  int rows = 24, columns = 80;
  friend bool operator==(const ScreenSize&, const ScreenSize&) = default;
};

// One at a time. Text that is shown must be free of control bytes (base/text.h).
class Screen {
 public:
  virtual ~Screen() = default;
  [[nodiscard]] virtual ScreenSize size() = 0;
  // Sends what differs from what stands there.
  virtual void show(const ScreenFrame& frame) = 0;
  // The next key, nothing when none came for `wait`. Errc::closed when the terminal is gone.
  [[nodiscard]] virtual Result<std::optional<KeyPress>> key(Nanos wait) = 0;
  // Draws everything anew with the next show().
  virtual void redraw() = 0;
  // Gives the terminal back to the shell, stops the process, and goes on when it is told to.
  virtual void suspend() = 0;
};

// Takes the process's terminal (/dev/tty), whatever standard input and output are. INT and TERM stay with the program;
// a crash restores the terminal before it takes its course. Errc::unsupported for a terminal that cannot place its
// cursor, and where there is none.
[[nodiscard]] Result<std::unique_ptr<Screen>> open_screen(const ScreenOptions& options);

}  // namespace argus
