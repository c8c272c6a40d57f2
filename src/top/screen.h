// `top` on a screen: what the person at the keys does to it. top.cpp runs it, top_actions.cpp knows the keys.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "draw/screen.h"
#include "top/dialog.h"
#include "top/keys.h"
#include "top/look.h"
#include "top/model.h"
#include "top/reader.h"
#include "top/top.h"

namespace argus {

class TopScreen {
 public:
  TopScreen(const TopOptions& options, TopPlan plan, Screen& screen, TopReader& reader);

  // Until it is told to end. Errc::closed: the terminal is gone.
  [[nodiscard]] Result<> run(const std::atomic<bool>& stop);
  [[nodiscard]] const TopModel& model() const { return model_; }

 private:
  // Takes what came, for a moment; whether there may be more.
  bool work();
  void draw(bool fresh);
  [[nodiscard]] Nanos every() const;
  [[nodiscard]] static std::size_t pace_for(Nanos wanted);
  void hold_picture();
  void refresh_row();

  // top_actions.cpp
  void press(const KeyPress& press);
  void act(TopAction action, const KeyPress& press);
  void click(const KeyPress& press);
  void move_to(std::int64_t row);
  void sort_by_neighbour(int step);
  void next_unit();
  void next_measure();
  void open_row();
  void open_prompt(TopDialog::Kind kind, std::string text);
  void press_in_prompt(const KeyPress& press);
  void judge_prompt();
  void take_prompt();
  [[nodiscard]] Result<> take_text(TopDialog::Kind kind, const std::string& text);
  struct TopCommand;
  [[nodiscard]] static std::span<const TopCommand> top_commands();
  [[nodiscard]] Result<> take_command(const std::string& text);
  void take_idle(Nanos time);
  void take_every(Nanos time);
  [[nodiscard]] Result<> take_filter(const std::string& text);
  [[nodiscard]] Result<> take_key(const std::vector<std::string>& words);
  [[nodiscard]] Result<> take_order(const std::string& text);
  [[nodiscard]] Result<> take_columns(const std::string& text);
  [[nodiscard]] std::string row_filter() const;
  void ask_anew();
  void say(std::string text);

  const TopOptions& options_;
  TopLook look_;
  TopAsk ask_;
  std::string key_text_, filter_text_;
  std::string filter_wanted_;        // typed, good, not yet taken
  std::optional<Nanos> filter_due_;  // when it is
  std::vector<TopColumn> default_columns_;
  Screen& screen_;
  TopReader& reader_;
  TopModel model_;
  TopDialog dialog_;
  TopPicture picture_;              // what is on the screen
  std::optional<TopPicture> held_;  // paused: more rows than the screen has
  Nanos held_at_ = 0, held_clock_ = 0;
  std::uint64_t held_records_ = 0;
  std::size_t first_ = 0, chosen_ = 0;  // of the list; chosen_ counts from first_
  std::size_t pace_ = 0;
  Nanos idle_ = 0;  // rows without traffic for so long are not listed
  Nanos drawn_at_ = 0, cost_ = 0;
  bool quit_ = false, changed_ = true, stale_ = true;  // changed: draw; stale: with rows put in order anew
  std::string said_;
  Nanos said_at_ = 0;
};

}  // namespace argus
