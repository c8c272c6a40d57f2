// The only door to ncurses.
#include "draw/screen.h"

#include <curses.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
// ncurses makes macros of short words.
#undef lines
#undef columns
#undef tab
#undef timeout

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/file.h"
#include "base/terminal_codes.h"
#include "base/text.h"

namespace argus {

namespace {

constexpr std::array kCrashes = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
constexpr int kEscapeWait = 25;  // ms that an escape sequence may take to come
constexpr std::size_t kInkCount = static_cast<std::size_t>(Ink::alarm) + 1;
constexpr Nanos kStopSeen = 50 * kMillisecond;  // a signal that another thread took is seen after this

// What a signal handler needs to give the terminal back: all of it made before, so that it only writes.
struct Rescue {
  int fd = -1;
  termios modes{};
  std::array<char, 512> text{};
  std::size_t size = 0;
  std::array<struct sigaction, kCrashes.size()> before{};
};
Rescue rescue;

extern "C" void on_crash(int number) {
  if (rescue.fd >= 0) {
    (void)!::write(rescue.fd, rescue.text.data(), rescue.size);
    (void)::tcsetattr(rescue.fd, TCSANOW, &rescue.modes);
  }
  for (std::size_t i = 0; i < kCrashes.size(); i++)
    if (kCrashes[i] == number) ::sigaction(number, &rescue.before[i], nullptr);
  ::raise(number);  // blocked until this handler is left; then it takes its course
}

extern "C" int put_rescue(int byte) {
  if (rescue.size < rescue.text.size()) rescue.text[rescue.size++] = static_cast<char>(byte);
  return byte;
}

volatile std::sig_atomic_t stop_asked = 0;
extern "C" void on_terminal_stop(int) { stop_asked = 1; }

class NcursesScreen final : public Screen {
 public:
  explicit NcursesScreen(const ScreenOptions& options) : options_(options) {}
  ~NcursesScreen() override;
  NcursesScreen(const NcursesScreen&) = delete;
  NcursesScreen& operator=(const NcursesScreen&) = delete;

  Result<> open();
  ScreenSize size() override;
  void show(const ScreenFrame& frame) override;
  Result<std::optional<KeyPress>> key(Nanos wait) override;
  void redraw() override { ::clearok(curscr, TRUE); }
  void suspend() override;

 private:
  void prepare_rescue();
  void choose_inks();
  void put_line(int row, const Line& line, int columns) const;
  [[nodiscard]] std::optional<KeyPress> press(int code, wint_t text) const;

  ScreenOptions options_;
  FILE* terminal_ = nullptr;
  SCREEN* screen_ = nullptr;
  std::array<attr_t, kInkCount> attributes_{};
  std::array<short, kInkCount> pairs_{};
  struct sigaction stop_before_ {};
};

NcursesScreen::~NcursesScreen() {
  if (screen_ != nullptr) {
    for (std::size_t i = 0; i < kCrashes.size(); i++) ::sigaction(kCrashes[i], &rescue.before[i], nullptr);
    ::sigaction(SIGTSTP, &stop_before_, nullptr);
    ::endwin();
    ::delscreen(screen_);
  }
  rescue.fd = -1;
  if (terminal_ != nullptr) (void)std::fclose(terminal_);
}

Result<> NcursesScreen::open() {
  const int fd = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return fail(Errc::unsupported, "no terminal to draw on: {}", system_reason(errno));
  terminal_ = ::fdopen(fd, "r+");
  if (terminal_ == nullptr) return fail(Errc::io, "/dev/tty: {}", system_reason(errno));
  const char* const kind = std::getenv("TERM");
  const std::string name = kind == nullptr ? "" : kind;
  int known = 0;
  if (::setupterm(nullptr, fd, &known) != OK || known != 1 || ::tigetstr("cup") == nullptr)
    return fail(Errc::unsupported, "TERM={}: this system does not know how such a terminal places its cursor",
                escaped(name));
  if (::tcgetattr(fd, &rescue.modes) != 0) return fail(Errc::io, "/dev/tty: {}", system_reason(errno));
  struct sigaction before {};
  ::sigaction(SIGTSTP, nullptr, &before);
  screen_ = ::newterm(nullptr, terminal_, terminal_);
  if (screen_ == nullptr) return fail(Errc::unsupported, "the terminal (TERM={}) is none for a screen", escaped(name));
  stop_before_ = before;
  struct sigaction stop {};
  stop.sa_handler = on_terminal_stop;
  ::sigaction(SIGTSTP, &stop, nullptr);
  rescue.fd = fd;
  prepare_rescue();
  ::set_escdelay(kEscapeWait);
  ::cbreak();
  ::noecho();
  ::nonl();
  ::keypad(stdscr, TRUE);
  ::nodelay(stdscr, TRUE);
  ::leaveok(stdscr, FALSE);
  (void)::curs_set(0);
  if (options_.mouse) {
    ::mouseinterval(0);
    ::mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, nullptr);
  }
  choose_inks();
  return {};
}

void NcursesScreen::prepare_rescue() {
  rescue.size = 0;
  for (const char* const name : {"sgr0", "cnorm", "rmkx", "rmcup"}) {
    const char* const sequence = ::tigetstr(name);
    if (sequence != nullptr && sequence != reinterpret_cast<const char*>(-1)) ::tputs(sequence, 1, put_rescue);
  }
  if (options_.mouse)  // what ncurses switched on for xterm and its kin; others pass over it
    for (const char c : kMouseOff) put_rescue(c);
  struct sigaction crash {};
  crash.sa_handler = on_crash;
  crash.sa_flags = static_cast<int>(SA_NODEFER);
  for (std::size_t i = 0; i < kCrashes.size(); i++) ::sigaction(kCrashes[i], &crash, &rescue.before[i]);
}

void NcursesScreen::choose_inks() {
  struct Look {
    Ink ink;
    attr_t attribute;
    short colour;  // of the terminal's eight; -1: its own
  };
  constexpr std::array kLooks = {Look{Ink::plain, A_NORMAL, -1},
                                 Look{Ink::strong, A_BOLD, -1},
                                 Look{Ink::dim, A_DIM, -1},
                                 Look{Ink::heading, A_REVERSE, -1},
                                 Look{Ink::chosen, A_REVERSE | A_BOLD, -1},
                                 Look{Ink::src, A_NORMAL, COLOR_CYAN},
                                 Look{Ink::dst, A_NORMAL, COLOR_YELLOW},
                                 Look{Ink::good, A_NORMAL, COLOR_GREEN},
                                 Look{Ink::warning, A_BOLD, COLOR_YELLOW},
                                 Look{Ink::alarm, A_BOLD, COLOR_RED}};
  static_assert(kLooks.size() == kInkCount);
  const bool colours = options_.colour && ::has_colors() && ::start_color() == OK;
  const short ground = colours && ::use_default_colors() == OK ? short{-1} : short{COLOR_BLACK};
  short next = 1;
  for (const Look& look : kLooks) {
    const auto at = static_cast<std::size_t>(look.ink);
    attributes_[at] = look.attribute;
    if (colours && look.colour >= 0 && ::init_pair(next, look.colour, ground) == OK) pairs_[at] = next++;
  }
}

ScreenSize NcursesScreen::size() {
  struct winsize window {};
  ScreenSize out{24, 80};
  if (::ioctl(rescue.fd, TIOCGWINSZ, &window) == 0 && window.ws_row > 0 && window.ws_col > 0)
    out = {window.ws_row, window.ws_col};
  if (out.rows != getmaxy(stdscr) || out.columns != getmaxx(stdscr)) ::resizeterm(out.rows, out.columns);
  return out;
}

// The last column of the last row stays empty: writing there would move everything up on some terminals.
void NcursesScreen::put_line(int row, const Line& line, int columns) const {
  ::move(row, 0);
  for (const Cells& cells : cut_line(line, static_cast<std::size_t>(columns))) {
    const auto ink = static_cast<std::size_t>(cells.ink);
    ::attr_set(attributes_[ink], pairs_[ink], nullptr);
    if (!options_.ascii) {
      ::addnstr(cells.text.data(), static_cast<int>(cells.text.size()));
      continue;
    }
    std::string plain;
    for (std::size_t i = 0; i < cells.text.size(); i += utf8_size(cells.text[i]))
      plain += static_cast<unsigned char>(cells.text[i]) < 0x80 ? cells.text[i] : '?';
    ::addnstr(plain.data(), static_cast<int>(plain.size()));
  }
  ::attr_set(A_NORMAL, 0, nullptr);
}

void NcursesScreen::show(const ScreenFrame& frame) {
  const ScreenSize now = size();
  ::erase();
  for (int row = 0; row < now.rows && static_cast<std::size_t>(row) < frame.lines.size(); row++)
    put_line(row, frame.lines[static_cast<std::size_t>(row)], row + 1 < now.rows ? now.columns : now.columns - 1);
  (void)::curs_set(frame.cursor ? 1 : 0);
  if (frame.cursor) ::move(std::min(frame.cursor->row, now.rows - 1), std::min(frame.cursor->column, now.columns - 1));
  ::refresh();
}

std::optional<KeyPress> NcursesScreen::press(int code, wint_t text) const {
  if (code == OK) {
    switch (text) {
      case L'\r':
      case L'\n': return KeyPress{KeyCode::enter};
      case 27: return KeyPress{KeyCode::escape};
      case 127:
      case 8: return KeyPress{KeyCode::backspace};
      default: return KeyPress{KeyCode::text, static_cast<char32_t>(text)};
    }
  }
  switch (static_cast<int>(text)) {
    case KEY_UP: return KeyPress{KeyCode::up};
    case KEY_DOWN: return KeyPress{KeyCode::down};
    case KEY_LEFT: return KeyPress{KeyCode::left};
    case KEY_RIGHT: return KeyPress{KeyCode::right};
    case KEY_PPAGE: return KeyPress{KeyCode::page_up};
    case KEY_NPAGE: return KeyPress{KeyCode::page_down};
    case KEY_HOME: return KeyPress{KeyCode::home};
    case KEY_END: return KeyPress{KeyCode::end};
    case KEY_ENTER: return KeyPress{KeyCode::enter};
    case KEY_BACKSPACE: return KeyPress{KeyCode::backspace};
    case KEY_DC: return KeyPress{KeyCode::remove};
    case KEY_F(1): return KeyPress{KeyCode::f1};
    case KEY_RESIZE: return std::nullopt;
    case KEY_MOUSE: break;
    default: return KeyPress{KeyCode::other};
  }
  MEVENT mouse{};
  if (::getmouse(&mouse) != OK) return std::nullopt;
  if ((mouse.bstate & BUTTON4_PRESSED) != 0) return KeyPress{KeyCode::wheel_up};
  if ((mouse.bstate & BUTTON5_PRESSED) != 0) return KeyPress{KeyCode::wheel_down};
  return KeyPress{KeyCode::click, 0, mouse.y, mouse.x};
}

Result<std::optional<KeyPress>> NcursesScreen::key(Nanos wait) {
  const Nanos until = steady_now() + wait;
  for (;;) {
    if (stop_asked != 0) suspend();
    wint_t text = 0;
    const int code = ::get_wch(&text);
    if (code != ERR) {
      if (auto pressed = press(code, text)) return pressed;
      return std::optional<KeyPress>();
    }
    const Nanos left = until - steady_now();
    pollfd terminal{rescue.fd, POLLIN, 0};
    const int ready = ::poll(&terminal, 1, static_cast<int>(std::clamp<Nanos>(left, 0, kStopSeen) / kMillisecond));
    if (ready > 0) {
      int waiting = 0;
      const bool over = (terminal.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
      // Readable and nothing to read: the end of it.
      if (over || ::ioctl(rescue.fd, FIONREAD, &waiting) != 0 || waiting == 0)
        return fail(Errc::closed, "the terminal is gone");
      continue;
    }
    if (left <= 0) return std::optional<KeyPress>();
  }
}

// Everybody in the pipeline stops: they belong to one job.
void NcursesScreen::suspend() {
  stop_asked = 0;
  ::endwin();
  struct sigaction stop {
  }, ours{};
  stop.sa_handler = SIG_DFL;
  ::sigaction(SIGTSTP, &stop, &ours);
  ::kill(0, SIGTSTP);
  ::sigaction(SIGTSTP, &ours, nullptr);
  stop_asked = 0;
  ::clearok(curscr, TRUE);
  ::refresh();
}

}  // namespace

Result<std::unique_ptr<Screen>> open_screen(const ScreenOptions& options) {
  (void)::setlocale(LC_CTYPE, "");
  const bool utf8 = std::string_view(::nl_langinfo(CODESET)) == "UTF-8";
  if (!utf8 && !options.ascii) (void)::setlocale(LC_CTYPE, "C.UTF-8");  // that of another machine's terminal, by ssh
  auto out = std::make_unique<NcursesScreen>(options);
  ARGUS_TRY(out->open());
  return std::unique_ptr<Screen>(std::move(out));
}

}  // namespace argus
