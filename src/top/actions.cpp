#include <algorithm>
#include <array>

#include "base/count_text.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "draw/screen.h"
#include "filter/filter.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/where.h"
#include "query/key.h"
#include "store/live_table.h"
#include "top/dialog.h"
#include "top/frame.h"
#include "top/keys.h"
#include "top/look.h"
#include "top/screen.h"
#include "top/top.h"

namespace argus {

namespace {

constexpr Nanos kTyping = 300 * kMillisecond;  // without a key: what is typed is meant
constexpr std::size_t kPacesMost = 6;

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> out;
  for (const std::string_view word : split_words(text, " ,\t")) out.emplace_back(word);
  return out;
}

}  // namespace

// What ratop has behind its colon, by its letters.
struct TopScreen::TopCommand {
  char letter;
  std::string_view says;
  TopDialog::Kind prompt = TopDialog::Kind::none;
  std::optional<TopAction> action = {};
  void (TopScreen::*time)(Nanos) = nullptr;
};

std::span<const TopScreen::TopCommand> TopScreen::top_commands() {
  using Kind = TopDialog::Kind;
  static const std::array<TopCommand, 13> all = {
      {{'f', "filter", Kind::filter},
       {'m', "key", Kind::key},
       {'P', "sort", Kind::sort},
       {'s', "columns", Kind::columns},
       {'w', "save", Kind::save},
       {'v', "reverse", Kind::none, TopAction::reverse},
       {'n', "names", Kind::none, TopAction::names},
       {'=', "totals from zero", Kind::none, TopAction::zero},
       {'\\', "pause", Kind::none, TopAction::pause},
       {'T', "idle time", Kind::none, {}, &TopScreen::take_idle},
       {'u', "time between pictures", Kind::none, {}, &TopScreen::take_every},
       {'h', "keys", Kind::none, TopAction::help},
       {'q', "quit", Kind::none, TopAction::quit}}};
  return all;
}

void TopScreen::say(std::string text) {
  said_ = std::move(text);
  said_at_ = steady_now();
}

void TopScreen::press(const KeyPress& press) {
  if (is_prompt(dialog_)) return press_in_prompt(press);
  if (dialog_.kind != TopDialog::Kind::none) {
    const bool up = press.code == KeyCode::up || press.code == KeyCode::wheel_up;
    const bool down = press.code == KeyCode::down || press.code == KeyCode::wheel_down;
    if (!up && !down) {
      dialog_ = {};
      return;
    }
    const ScreenSize size = screen_.size();
    const auto width = static_cast<std::size_t>(size.columns);
    const std::size_t lines = dialog_.kind == TopDialog::Kind::help ? help_content(width).size()
                                                                    : row_content(dialog_.row, look_, width).size();
    if (up && dialog_.scroll > 0) dialog_.scroll--;
    if (down) dialog_.scroll = std::min(dialog_.scroll + 1, scroll_most(lines, size));
    return;
  }
  if (press.code == KeyCode::click) return click(press);
  if (press.code == KeyCode::escape) return say({});
  if (const auto action = top_action(press)) return act(*action, press);
  say("no such key; ? shows them");
}

void TopScreen::move_to(std::int64_t row) {
  const std::size_t rows = top_rows(look_, dialog_, screen_.size());
  const std::size_t listed = held_ ? held_->rows.size() : picture_.listed;
  const auto most = static_cast<std::int64_t>(listed) - 1;
  const auto to = static_cast<std::size_t>(std::clamp<std::int64_t>(row, 0, std::max<std::int64_t>(most, 0)));
  if (to < first_) first_ = to;
  else if (to >= first_ + rows) first_ = to - rows + 1;
  chosen_ = to - first_;
}

void TopScreen::act(TopAction action, const KeyPress& press) {
  const auto here = static_cast<std::int64_t>(first_ + chosen_);
  const auto page = static_cast<std::int64_t>(top_rows(look_, dialog_, screen_.size()));
  switch (action) {
    case TopAction::up: return move_to(here - 1);
    case TopAction::down: return move_to(here + 1);
    case TopAction::page_up: return move_to(here - page);
    case TopAction::page_down: return move_to(here + page);
    case TopAction::first: return move_to(0);
    case TopAction::last: return move_to(INT64_MAX);
    case TopAction::open: return open_row();
    case TopAction::sort_left: return sort_by_neighbour(-1);
    case TopAction::sort_right: return sort_by_neighbour(1);
    case TopAction::sort: return open_prompt(TopDialog::Kind::sort, {});
    case TopAction::reverse: look_.order.descending = !look_.order.descending; return void(stale_ = true);
    case TopAction::key: return open_prompt(TopDialog::Kind::key, key_text_);
    case TopAction::favourite: {
      const std::string_view words = favourite_keys()[press.text - U'1'];
      if (auto done = take_key(words_of(std::string(words))); !done) say(done.error().text);
      return;
    }
    case TopAction::filter: return open_prompt(TopDialog::Kind::filter, filter_text_);
    case TopAction::columns: return open_prompt(TopDialog::Kind::columns, {});
    case TopAction::unit: return next_unit();
    case TopAction::names:
      look_.names = look_.names == Names::all ? Names::proto : look_.names == Names::proto ? Names::none : Names::all;
      return;
    case TopAction::measure: return next_measure();
    case TopAction::zero:
      model_.zero();
      held_.reset();
      stale_ = true;
      return say("totals begin again");
    case TopAction::pause: hold_picture(); return void(stale_ = true);
    case TopAction::slower: pace_ = std::min(pace_ + 1, kPacesMost); return;
    case TopAction::faster: pace_ -= pace_ == 0 ? 0 : 1; return;
    case TopAction::graph: look_.graph = !look_.graph; return;
    case TopAction::ends:
      look_.ends = look_.ends == Ends::both ? Ends::src : look_.ends == Ends::src ? Ends::dst : Ends::both;
      look_.order.ends = look_.ends;
      return void(stale_ = true);
    case TopAction::trend: look_.lines = !look_.lines; return;
    case TopAction::save: return open_prompt(TopDialog::Kind::save, {});
    case TopAction::row_filter: return open_prompt(TopDialog::Kind::filter, row_filter());
    case TopAction::command: return open_prompt(TopDialog::Kind::command, {});
    case TopAction::help: dialog_ = {}; return void(dialog_.kind = TopDialog::Kind::help);
    case TopAction::redraw: return screen_.redraw();
    case TopAction::suspend: return screen_.suspend();
    case TopAction::quit: quit_ = true;
  }
}

// On a row: the cursor goes there. On a heading: rows are sorted by it.
void TopScreen::click(const KeyPress& press) {
  const ScreenSize size = screen_.size();
  const std::size_t rows = top_rows(look_, dialog_, size), foot = prompt_lines(dialog_, size.rows);
  const auto line = static_cast<std::size_t>(std::max(press.row, 0));
  const std::size_t top =
      static_cast<std::size_t>(size.rows) - std::min(static_cast<std::size_t>(size.rows), rows + foot);
  if (line >= top && line - top < picture_.rows.size()) return move_to(static_cast<std::int64_t>(first_ + line - top));
  if (line + 1 != top) return;
  const auto column = heading_at(picture_, look_, static_cast<std::size_t>(size.columns),
                                 static_cast<std::size_t>(std::max(press.column, 0)));
  if (!column || !is_sortable(*column)) return;
  if (sorts_by(look_.order, *column)) return act(TopAction::reverse, press);
  if (auto done = take_order(column_word(*column)); !done) say(done.error().text);
}

void TopScreen::sort_by_neighbour(int step) {
  std::vector<TopColumn> sortable;
  for (const TopColumn& column : look_.columns)
    if (is_sortable(column)) sortable.push_back(column);
  if (sortable.empty()) return;
  const auto now = std::find_if(sortable.begin(), sortable.end(),
                                [&](const TopColumn& column) { return sorts_by(look_.order, column); });
  const auto count = static_cast<std::ptrdiff_t>(sortable.size());
  const std::ptrdiff_t at = now == sortable.end() ? (step > 0 ? -1 : count) : now - sortable.begin();
  const std::ptrdiff_t to = std::clamp<std::ptrdiff_t>(at + step, 0, count - 1);
  if (auto done = take_order(column_word(sortable[static_cast<std::size_t>(to)])); !done) say(done.error().text);
}

void TopScreen::next_unit() {
  if (look_.unit == TopUnit::packets) look_.unit = TopUnit::bits, look_.iec = !look_.iec;
  else look_.unit = look_.unit == TopUnit::bits ? TopUnit::bytes : TopUnit::packets;
  if (look_.order.by != LiveOrder::By::field)
    look_.order.by = look_.unit == TopUnit::packets ? LiveOrder::By::packets : LiveOrder::By::bits;
  stale_ = true;
}

void TopScreen::next_measure() {
  if (look_.order.by != LiveOrder::By::field) look_.order.window = (look_.order.window + 1) % kRateSeconds.size();
  else look_.measure = (look_.measure + 1) % kMeasures;
  stale_ = true;
}

void TopScreen::open_row() {
  if (chosen_ >= picture_.rows.size()) return;
  TopDialog dialog;
  dialog.kind = TopDialog::Kind::row;
  dialog.group = picture_.groups[chosen_];
  const std::uint32_t row = static_cast<std::uint32_t>(chosen_);
  dialog.row.batch = gathered(picture_.batch, std::span(&row, 1));
  dialog.row.rows = {picture_.rows[chosen_]};
  dialog.row.made = picture_.made;
  dialog.row.seconds = picture_.seconds;
  dialog_ = std::move(dialog);
}

void TopScreen::open_prompt(TopDialog::Kind kind, std::string text) {
  dialog_ = {};
  dialog_.kind = kind;
  dialog_.text = std::move(text);
  dialog_.cursor = dialog_.text.size();
  judge_prompt();
}

void TopScreen::press_in_prompt(const KeyPress& press) {
  if (press.code == KeyCode::enter) return take_prompt();
  if (press.code == KeyCode::escape) {
    filter_due_.reset();
    const bool clears = dialog_.kind == TopDialog::Kind::filter && !filter_text_.empty();
    dialog_ = {};
    if (clears) (void)take_filter({});
    return;
  }
  if (edit(dialog_, press)) judge_prompt();
}

// What is typed so far: right, or what is wrong with it. A filter that is right is taken once nobody types.
void TopScreen::judge_prompt() {
  dialog_.fault.clear(), dialog_.hint.clear();
  dialog_.fault_at = dialog_.fault_length = 0;
  filter_due_.reset();
  switch (dialog_.kind) {
    case TopDialog::Kind::filter: {
      FilterFault fault;
      if (auto compiled = compile_filter(dialog_.text, &fault); !compiled) {
        dialog_.fault = fault.text.empty() ? escaped(compiled.error().text) : fault.text;
        dialog_.hint = fault.hint;
        dialog_.fault_at = fault.at, dialog_.fault_length = std::max<std::size_t>(fault.length, 1);
      } else if (dialog_.text != filter_text_) {
        filter_wanted_ = dialog_.text;
        filter_due_ = steady_now() + kTyping;
      }
      return;
    }
    case TopDialog::Kind::key:
      if (auto plan = plan_top_key(options_, words_of(dialog_.text)); !plan) dialog_.fault = plan.error().text;
      return;
    case TopDialog::Kind::sort:
      if (dialog_.text.empty()) return;
      if (auto order = parse_top_order(dialog_.text); !order) dialog_.fault = order.error().text;
      return;
    case TopDialog::Kind::columns:
      if (auto columns = parse_top_columns(words_of(dialog_.text), look_.columns); !columns)
        dialog_.fault = columns.error().text;
      return;
    default: return;
  }
}

void TopScreen::take_prompt() {
  const TopDialog::Kind kind = dialog_.kind;
  const std::string text = dialog_.text;
  filter_due_.reset();
  if (auto done = take_text(kind, text); !done) {
    if (dialog_.fault.empty()) dialog_.fault = escaped(done.error().text);
    return;
  }
  if (is_prompt(dialog_)) dialog_ = {};  // a command may have opened something else
}

Result<> TopScreen::take_text(TopDialog::Kind kind, const std::string& text) {
  switch (kind) {
    case TopDialog::Kind::filter: return take_filter(text);
    case TopDialog::Kind::key: return take_key(words_of(text));
    case TopDialog::Kind::sort: return text.empty() ? Result<>() : take_order(text);
    case TopDialog::Kind::columns: return take_columns(text);
    case TopDialog::Kind::save: {
      if (text.empty()) return {};
      const std::vector<Batch> rows = model_.everything(look_, idle_);
      ARGUS_TRY(save_top(text, rows, look_));
      std::size_t count = 0;
      for (const Batch& batch : rows) count += batch.rows();
      say(fmt::format("{} {} saved to {}", spaced(count), noun_of(count, "row"), text));
      return {};
    }
    case TopDialog::Kind::command: return take_command(text);
    default: return {};
  }
}

Result<> TopScreen::take_command(const std::string& text) {
  if (text.empty()) return {};
  const std::string rest = text.size() > 1 ? text.substr(std::min(text.size(), text.find_first_not_of(' ', 1))) : "";
  for (const TopCommand& command : top_commands()) {
    if (command.letter != text[0]) continue;
    if (command.prompt != TopDialog::Kind::none) return take_text(command.prompt, rest);
    if (command.time != nullptr) {
      ARGUS_TRY_LET(const Nanos time, parse_duration(rest));
      (this->*command.time)(time);
      return {};
    }
    dialog_ = {};
    act(*command.action, {});
    return {};
  }
  std::vector<std::string> known;
  for (const TopCommand& command : top_commands()) known.push_back(fmt::format("{} {}", command.letter, command.says));
  return fail(Errc::usage, "'{}' is not a command: {}", escaped(text), joined(known, ", "));
}

void TopScreen::take_idle(Nanos time) {
  idle_ = time;
  stale_ = true;
  say(time == 0 ? "all rows are listed" : "rows without traffic for " + time_words(time) + " are not listed");
}

void TopScreen::take_every(Nanos time) {
  pace_ = pace_for(time);
  say("a picture each " + time_words(every()));
}

Result<> TopScreen::take_filter(const std::string& text) {
  if (text == filter_text_) return {};
  ARGUS_TRY_LET(ask_.where, compile_filter(text));
  filter_text_ = text.find_first_not_of(" \t") == std::string::npos ? std::string() : text;
  ask_anew();
  return {};
}

Result<> TopScreen::take_key(const std::vector<std::string>& words) {
  TopOptions other = options_;
  other.columns.clear();
  ARGUS_TRY_LET(TopPlan plan, plan_top_key(other, words));
  const WherePtr where = ask_.where;
  ask_ = std::move(plan.ask);
  ask_.where = where;
  key_text_ = std::move(plan.key_text);
  look_.columns = default_columns_ = std::move(plan.look.columns);
  ask_anew();
  return {};
}

Result<> TopScreen::take_order(const std::string& text) {
  ARGUS_TRY_LET(LiveOrder order, parse_top_order(text));
  order.ends = look_.ends;
  if (order.by != LiveOrder::By::field && look_.unit == TopUnit::packets) order.by = LiveOrder::By::packets;
  look_.measure = kAsSorted;
  const bool known = order.by != LiveOrder::By::field || ask_.fields.has(order.field);
  look_.order = order;
  stale_ = true;
  if (!known) ask_anew();
  return {};
}

Result<> TopScreen::take_columns(const std::string& text) {
  ARGUS_TRY_LET(look_.columns, parse_top_columns(words_of(text), look_.columns));
  ask_anew();
  return {};
}

// The table is made again of what is kept; what was on the screen moves to its beginning.
void TopScreen::ask_anew() {
  ask_.fields = top_fields(look_);
  if (options_.ticks && !picture_.instead && !ticks_suffice(ask_, ask_.where)) {
    reader_.read_instead();
    say(options_.instead ? "ticks do not tell that: records are read from now on"
                         : "ticks do not tell that: it has to be asked for on the command line");
  }
  model_.ask(ask_);
  held_.reset();
  first_ = chosen_ = 0;
  stale_ = true;
}

// "proto = tcp and saddr = 192.0.2.1", put behind the filter that is there.
std::string TopScreen::row_filter() const {
  if (chosen_ >= picture_.rows.size()) return filter_text_;
  std::vector<std::string> tests;
  TextStyle style;
  style.names = Names::proto;
  for (const Key& key : ask_.key.keys) {
    FieldPrinter printer(key.field, style);
    printer.start(picture_.batch);
    const std::string name(info(key.field).name);
    std::string value;
    printer.append(chosen_, value);
    if (!printer.has(chosen_)) tests.push_back("not has " + name);
    else if (info(key.field).format == Format::text) tests.push_back(fmt::format("{} = \"{}\"", name, value));
    else tests.push_back(fmt::format("{} = {}", name, value));
  }
  const std::string row = joined(tests, " and ");
  return filter_text_.empty() ? row : fmt::format("({}) and {}", filter_text_, row);
}

}  // namespace argus
