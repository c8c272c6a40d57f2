// Every key of the table does something on the screen of `top`, no other does, and the help lists exactly the table.
#include "top/keys.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <deque>
#include <fstream>
#include <set>

#include "base/address.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "draw/cells.h"
#include "draw/screen.h"
#include "flow/batch.h"
#include "flow/buffered_source.h"
#include "flow/column.h"
#include "flow/field.h"
#include "support/capture_writer.h"
#include "top/dialog.h"
#include "top/frame.h"
#include "top/look.h"
#include "top/model.h"
#include "top/reader.h"
#include "top/screen.h"
#include "top/top.h"

namespace argus {

namespace {

constexpr Nanos kStart = 1'600'000'000 * kSecond;

Batch many_flows(std::size_t rows) {
  ColumnBuilder<Address> saddr, daddr;
  ColumnBuilder<std::uint16_t> dport, sport;
  ColumnBuilder<std::uint64_t> spkts, dpkts, sbytes, dbytes;
  ColumnBuilder<Nanos> ltime;
  for (std::size_t i = 0; i < rows; i++) {
    saddr.add(*parse_address(fmt::format("10.0.{}.1", i))), daddr.add(*parse_address(fmt::format("10.1.{}.2", i % 7)));
    dport.add(static_cast<std::uint16_t>(i % 2 == 0 ? 443 : 53)), sport.add(static_cast<std::uint16_t>(40'000 + i));
    spkts.add(1000 - i), dpkts.add(i), sbytes.add(i * i * 1000), dbytes.add(i * 10);
    ltime.add(kStart + static_cast<Nanos>(i) * kSecond / 10);
  }
  Batch out(rows);
  out.set(Field::saddr, saddr.finish()), out.set(Field::daddr, daddr.finish());
  out.set(Field::dport, dport.finish()), out.set(Field::sport, sport.finish());
  out.set(Field::proto, Column::constant<std::uint16_t>(6)), out.set(Field::trans, Column::constant<std::uint64_t>(1));
  out.set(Field::spkts, spkts.finish()), out.set(Field::dpkts, dpkts.finish());
  out.set(Field::sbytes, sbytes.finish()), out.set(Field::dbytes, dbytes.finish());
  out.set(Field::stime, Column::constant<Nanos>(kStart)), out.set(Field::ltime, ltime.finish());
  return out;
}

// Keys as a script, frames as text. The terminal goes when the script is over.
class Scripted final : public Screen {
 public:
  explicit Scripted(std::deque<KeyPress> keys, ScreenSize size = {30, 120}) : keys_(std::move(keys)), size_(size) {}
  ScreenSize size() override { return size_; }
  void show(const ScreenFrame& frame) override {
    last = frame;
    text.clear();
    for (const Line& line : frame.lines) {
      CHECK(width_of(line) <= static_cast<std::size_t>(size_.columns));
      text += text_of(line) + '\n';
    }
    frames++;
  }
  Result<std::optional<KeyPress>> key(Nanos wait) override {
    if (wait == 0) return std::optional<KeyPress>();
    const bool ready = frames != shown_ && (begun_ || text.find("finished") != std::string::npos);
    if (!ready && waits_++ < 1000) {  // each key meets the picture that the one before it made
      ::usleep(2000);
      return std::optional<KeyPress>();
    }
    shown_ = frames, waits_ = 0, begun_ = true;
    if (keys_.empty()) return fail(Errc::closed, "the terminal is gone");
    const KeyPress out = keys_.front();
    keys_.pop_front();
    return std::optional<KeyPress>(out);
  }
  void redraw() override { redrawn++; }
  void suspend() override { suspended++; }

  ScreenFrame last;
  std::string text;
  int frames = 0, redrawn = 0, suspended = 0;

 private:
  std::deque<KeyPress> keys_;
  ScreenSize size_;
  int shown_ = 0, waits_ = 0;
  bool begun_ = false;
};

struct Shown {
  std::string text;
  bool quit = false;
  int redrawn = 0;
};

Shown shown_after(const std::vector<KeyPress>& keys, ScreenSize size = {30, 120}) {
  TopOptions options;
  options.source = "test";
  options.every = 20 * kMillisecond;
  TopReader reader(std::make_unique<BufferedSource>(std::deque<Batch>{many_flows(100)}), {}, make_notices(), {});
  auto plan = plan_top(options);
  REQUIRE(plan);
  Scripted screen({keys.begin(), keys.end()}, size);
  TopScreen top(options, *plan, screen, reader);
  const std::atomic<bool> stop = false;
  auto done = top.run(stop);
  return {screen.text, static_cast<bool>(done), screen.redrawn};
}

KeyPress typed(char32_t c) { return {KeyCode::text, c}; }
std::vector<KeyPress> words(std::string_view text) {
  std::vector<KeyPress> out;
  for (const char c : text) out.push_back(c == '\n' ? KeyPress{KeyCode::enter} : typed(static_cast<char32_t>(c)));
  return out;
}
std::vector<KeyPress> operator+(std::vector<KeyPress> a, const std::vector<KeyPress>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// What must be typed before a key so that it has something to do.
std::vector<KeyPress> before(TopAction action) {
  switch (action) {
    case TopAction::up:
    case TopAction::page_up:
    case TopAction::first: return {{KeyCode::end}};
    default: return {};
  }
}

// What is different on its own when nothing is typed: nothing, as the input has ended.
const std::string& quiet() {
  static const std::string text = shown_after({}).text;
  return text;
}

}  // namespace

TEST_CASE("each key of top does what it says") {
  for (const TopKey& key : top_keys())
    for (const KeyPress& press : key.presses) {
      CAPTURE(key.shown, key.says);
      const Shown without = shown_after(before(key.action));
      std::vector<KeyPress> keys = before(key.action) + std::vector<KeyPress>{press};
      if (key.action == TopAction::faster || key.action == TopAction::slower) continue;  // seen by the clock alone
      if (key.action == TopAction::favourite && press.text == U'1') keys = words("2") + words("1") + words("2");
      const Shown with = shown_after(keys);
      CHECK(with.text.find("no such key") == std::string::npos);
      if (key.action == TopAction::quit) CHECK(with.quit);
      else if (key.action == TopAction::redraw) CHECK(with.redrawn == 1);
      else CHECK(with.text != without.text);
    }
}

TEST_CASE("no other key does anything, and no key means two things") {
  std::set<std::pair<int, char32_t>> all;
  for (const TopKey& key : top_keys())
    for (const KeyPress& press : key.presses) CHECK(all.emplace(static_cast<int>(press.code), press.text).second);
  for (char32_t c = 1; c < 0x7f; c++) {
    if (all.count({static_cast<int>(KeyCode::text), c}) != 0) continue;
    CAPTURE(static_cast<unsigned>(c));
    CHECK_FALSE(top_action(typed(c)));
  }
  CHECK(shown_after({typed('X')}).text.find("no such key") != std::string::npos);
}

TEST_CASE("the help on the screen is the table") {
  const std::vector<std::string> lines = top_key_lines();
  REQUIRE(lines.size() == top_keys().size());
  std::set<TopAction> actions;
  for (const TopKey& key : top_keys()) CHECK(actions.insert(key.action).second);
  CHECK(actions.size() == static_cast<std::size_t>(TopAction::quit) + 1);
  const std::string screen = shown_after({typed('?')}, {45, 120}).text;
  for (const std::string& line : lines) {
    CHECK(screen.find(line) != std::string::npos);
  }
}

TEST_CASE("the help fits a terminal of 80 columns and 24 rows") {
  const std::vector<std::string> lines = help_content(80);
  CHECK(lines.size() <= 20);
  for (const std::string& line : lines) CHECK(screen_width(line) <= 76);
}

TEST_CASE("a filter is judged while it is typed, and the one before stays until it is right") {
  const std::string bad =
      shown_after(words("/udp\n/") + std::vector<KeyPress>{typed('U' & 0x1f)} + words("tcp and prot 443")).text;
  CHECK(bad.find("unknown word 'prot'") != std::string::npos);
  CHECK(bad.find("^^^^") != std::string::npos);
  CHECK(bad.find("filter udp") != std::string::npos);
  const std::string good = shown_after(words("/dst port 53\n")).text;
  CHECK(good.find("filter dst port 53") != std::string::npos);
  CHECK(good.find("row 1 of 50") != std::string::npos);
  const std::string cleared = shown_after(words("/dst port 53\n/") + std::vector<KeyPress>{{KeyCode::escape}}).text;
  CHECK(cleared == quiet());
}

TEST_CASE("another key makes other rows") {
  const std::string nets = shown_after(words("k") + std::vector<KeyPress>{typed('U' & 0x1f)} + words("daddr\n")).text;
  CHECK(nets.find("row 1 of 7") != std::string::npos);
  CHECK(nets.find("key daddr") != std::string::npos);
  CHECK(shown_after(words("kx")).text.find("no field 'dportx'") != std::string::npos);
}

TEST_CASE("rows are sorted by any field") {
  CHECK(shown_after(words("sbytes\n")).text.find("bytes▼") != std::string::npos);
  CHECK(shown_after(words("s-dport\n")).text.find("sort dport▼") != std::string::npos);
  CHECK(shown_after(words("snosuch\n")).text.find("no field 'nosuch'") != std::string::npos);
}

TEST_CASE("a held picture says how far behind it is") {
  CHECK(shown_after(words("p")).text.find("PAUSED") != std::string::npos);
  CHECK(shown_after(words("pp")).text == quiet());
}

TEST_CASE("commands stand for keys") {
  CHECK(shown_after(words(":f dst port 53\n")).text.find("filter dst port 53") != std::string::npos);
  CHECK(shown_after(words(":q\n")).quit);
  CHECK(shown_after(words(":v\n")).text == shown_after(words("r")).text);
  CHECK(shown_after(words(":n\n")).text == shown_after(words("n")).text);
  CHECK(shown_after(words(":\\\n")).text.find("PAUSED") != std::string::npos);
  CHECK(shown_after(words(":h\n")).text.find("these keys") != std::string::npos);
  CHECK(shown_after(words(":T 5\n")).text.find("without traffic for 5.00 s") != std::string::npos);
  CHECK(shown_after(words(":T x\n")).text.find("invalid duration") != std::string::npos);
  CHECK(shown_after(words(":u 2\n")).text.find("a picture each 2.00 s") != std::string::npos);
  CHECK(shown_after(words(":x\n")).text.find("'x' is not a command") != std::string::npos);
}

TEST_CASE("every size of the screen gets as many lines as it has, none too long") {
  for (const int rows : {1, 2, 3, 5, 9, 10, 19, 20, 24, 60})
    for (const int columns : {1, 5, 20, 40, 59, 60, 80, 200, 1000})
      for (const std::string_view keys : {"", "?", "/tcp and prot", "\n"}) {
        CAPTURE(rows, columns, keys);
        TopLook look;
        TopPicture picture;
        TopDialog dialog;
        auto plan = plan_top({});
        REQUIRE(plan);
        TopModel model(plan->ask, 1'000'000, false);
        TopUpdate update;
        update.rows = many_flows(100);
        update.end = true;
        model.take(update, 0);
        if (keys == "?") dialog.kind = TopDialog::Kind::help;
        if (keys == "\n") dialog.kind = TopDialog::Kind::row, dialog.row = model.picture(plan->look, 0, 0, 1, true);
        if (!keys.empty() && keys[0] == '/')
          dialog.kind = TopDialog::Kind::filter, dialog.text = keys.substr(1), dialog.fault = "unknown word",
          dialog.fault_at = 8, dialog.fault_length = 4;
        for (const bool ascii : {false, true}) {
          look = plan->look;
          look.ascii = ascii;
          const ScreenSize size = {rows, columns};
          picture = model.picture(look, 0, 0, top_rows(look, dialog, size), true);
          const ScreenFrame frame = draw_top(picture, look, {}, dialog, 0, size);
          CHECK(frame.lines.size() <= static_cast<std::size_t>(rows) + 1);
          for (const Line& line : frame.lines) {
            if (columns >= 20) CHECK(width_of(line) <= static_cast<std::size_t>(columns));
            if (ascii)
              for (const char c : text_of(line)) REQUIRE(static_cast<unsigned char>(c) < 0x80);
          }
        }
      }
}

TEST_CASE("rows are saved as CSV exactly, or as a spreadsheet wants its texts") {
  Batch rows(1);
  rows.set(Field::srcid, Column::constant<std::string>("=1+1"));
  TopLook look;
  look.columns.push_back({TopColumn::Kind::field, Field::srcid});
  const auto saved = [&](bool guarded) {
    look.saved.guarded = guarded;
    const std::string path = scratch_folder() + "/rows.csv";
    REQUIRE(save_top(path, {rows}, look));
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  CHECK(saved(false) == "srcid\n=1+1\n");
  CHECK(saved(true) == "srcid\n'=1+1\n");
}

TEST_CASE("numbers are short") {
  CHECK(short_number(0, false) == "0");
  CHECK(short_number(999, false) == "999");
  CHECK(short_number(999.6, false) == "1.00k");
  CHECK(short_number(41'234'567, false) == "41.2M");
  CHECK(short_number(812'400'000, false) == "812M");
  CHECK(short_number(999'999'999, false) == "1.00G");
  CHECK(short_number(1024, true) == "1.00Ki");
  CHECK(spaced(1'234'567) == "1 234 567");
  CHECK(spaced(123) == "123");
}

}  // namespace argus
