#include "top/dialog.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "flow/field.h"
#include "top/keys.h"

namespace argus {

namespace {

constexpr std::size_t kTypedMax = 4096;  // bytes of a line

struct PromptText {
  TopDialog::Kind kind;
  std::string_view title, help;
};
constexpr std::array kPrompts = {
    PromptText{TopDialog::Kind::filter, "filter", "Enter keeps it, Esc shows all    argus help filter"},
    PromptText{TopDialog::Kind::key, "key",
               "fields to group by: saddr/24, proto dport, matrix, ...    Ctrl-U clears, Esc leaves"},
    PromptText{TopDialog::Kind::sort, "sort by", "a field, or 2s 10s 40s; '-' before it turns it round    Esc leaves"},
    PromptText{TopDialog::Kind::columns, "columns",
               "+state adds, -trans drops, or a list; 2s 10s 40s trend    Ctrl-U clears, Esc leaves"},
    PromptText{TopDialog::Kind::save, "save to", "x.csv, x.json, or flow records under any other name    Esc leaves"},
    PromptText{TopDialog::Kind::command, ":",
               "f FILTER  m KEY  P SORT  s COLUMNS  T IDLE  u EVERY  w FILE  v n = h q    Esc leaves"},
};

const PromptText* prompt_of(const TopDialog& dialog) {
  for (const PromptText& prompt : kPrompts)
    if (prompt.kind == dialog.kind) return &prompt;
  return nullptr;
}

void append_utf8(char32_t c, std::string& out) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) return put(0xc0 | c >> 6), put(0x80 | (c & 0x3f));
  if (c < 0x10000) return put(0xe0 | c >> 12), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
  put(0xf0 | c >> 18), put(0x80 | (c >> 12 & 0x3f)), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
}

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

std::size_t before(const std::string& text, std::size_t at) {
  if (at == 0) return 0;
  do at--;
  while (at > 0 && continues(text[at]));
  return at;
}
std::size_t after(const std::string& text, std::size_t at) {
  if (at >= text.size()) return text.size();
  do at++;
  while (at < text.size() && continues(text[at]));
  return at;
}

bool edit_control(TopDialog& dialog, char32_t key) {
  std::string& text = dialog.text;
  const auto control = [](char letter) { return static_cast<char32_t>(letter & 0x1f); };
  if (key == control('A')) return dialog.cursor = 0, false;
  if (key == control('E')) return dialog.cursor = text.size(), false;
  std::size_t from = dialog.cursor;
  if (key == control('U')) {
    from = 0;
  } else if (key == control('W')) {
    while (from > 0 && text[from - 1] == ' ') from--;
    while (from > 0 && text[from - 1] != ' ') from--;
  } else {
    return false;
  }
  text.erase(from, dialog.cursor - from);
  const bool changed = dialog.cursor != from;
  dialog.cursor = from;
  return changed;
}

}  // namespace

bool is_prompt(const TopDialog& dialog) { return prompt_of(dialog) != nullptr; }

std::size_t prompt_lines(const TopDialog& dialog, int rows) { return !is_prompt(dialog) ? 1 : rows < 6 ? 1 : 3; }

bool edit(TopDialog& dialog, const KeyPress& press) {
  std::string& text = dialog.text;
  std::size_t& at = dialog.cursor;
  switch (press.code) {
    case KeyCode::left: at = before(text, at); return false;
    case KeyCode::right: at = after(text, at); return false;
    case KeyCode::home: at = 0; return false;
    case KeyCode::end: at = text.size(); return false;
    case KeyCode::backspace: {
      const std::size_t from = before(text, at), size = at - from;
      text.erase(from, size);
      at = from;
      return size != 0;
    }
    case KeyCode::remove: {
      const std::size_t size = after(text, at) - at;
      text.erase(at, size);
      return size != 0;
    }
    case KeyCode::text: break;
    default: return false;
  }
  if (press.text < 0x20 || press.text == 0x7f) return edit_control(dialog, press.text);
  std::string typed;
  append_utf8(press.text, typed);
  if (text.size() + typed.size() > kTypedMax || escaped(typed) != typed) return false;
  text.insert(at, typed);
  at += typed.size();
  return true;
}

std::vector<Line> draw_prompt(const TopDialog& dialog, std::size_t width, std::size_t lines, bool ascii, int row,
                              std::optional<Place>& cursor) {
  const PromptText& prompt = *prompt_of(dialog);
  const std::string title = prompt.kind == TopDialog::Kind::command ? ":" : fmt::format(" {}: ", prompt.title);
  const std::size_t start = screen_width(title), room = width - std::min(width, start + 1);
  // A long text moves to the left, so that the place of typing is seen.
  std::size_t from = 0;
  while (from < dialog.cursor && screen_width(std::string_view(dialog.text).substr(from, dialog.cursor - from)) > room)
    from = after(dialog.text, from);
  const std::string_view shown = std::string_view(dialog.text).substr(from);
  const auto column_of_byte = [&](std::size_t byte) {
    return byte <= from ? std::size_t{0} : screen_width(shown.substr(0, std::min(byte - from, shown.size())));
  };
  cursor = Place{row, static_cast<int>(start + column_of_byte(dialog.cursor))};
  std::vector<Line> out = {{{title, Ink::strong}, {fitted(shown, room, false, ""), Ink::plain}}};
  if (lines < 3) return out;
  const bool wrong = !dialog.fault.empty();
  std::string carets;
  if (wrong && dialog.fault_length != 0) {
    const std::size_t at = column_of_byte(dialog.fault_at), end = column_of_byte(dialog.fault_at + dialog.fault_length);
    carets = std::string(start + at, ' ') + std::string(std::max<std::size_t>(end - at, 1), '^');
  }
  out.push_back({{carets, Ink::alarm}});
  std::string says =
      wrong ? " " + dialog.fault + (dialog.hint.empty() ? "" : "; " + dialog.hint) : " " + std::string(prompt.help);
  std::replace(says.begin(), says.end(), '\n', ' ');
  out.push_back({{fitted(says, width - std::min<std::size_t>(width, 1), false, ascii ? "~" : "…"),
                  wrong ? Ink::alarm : Ink::dim}});
  return out;
}

std::size_t scroll_most(std::size_t lines, ScreenSize size) {
  const std::size_t room = size.rows > 4 ? static_cast<std::size_t>(size.rows) - 4 : 1;
  return lines > room ? lines - room : 0;
}

void draw_box(std::vector<Line>& lines, std::string_view title, const std::vector<std::string>& content,
              std::size_t scroll, ScreenSize size, bool ascii) {
  const auto rows = static_cast<std::size_t>(size.rows), columns = static_cast<std::size_t>(size.columns);
  const std::size_t room = rows > 4 ? rows - 4 : 1;
  const std::size_t shown = std::min(content.size(), room);
  std::size_t inside = screen_width(title) + 2;
  for (const std::string& line : content) inside = std::max(inside, screen_width(line));
  inside = std::min(inside, columns > 4 ? columns - 4 : 1);
  const std::size_t left = (columns - std::min(columns, inside + 4)) / 2;
  const std::size_t top = rows > shown + 2 ? (rows - shown - 2) / 2 : 0;
  const std::string across = ascii ? "-" : "─", side = ascii ? "|" : "│";
  const auto rule = [&](std::string_view begin, std::string_view name, std::string_view end) {
    std::string out(begin);
    out += across;
    out += name;
    for (std::size_t i = screen_width(name) + 1; i < inside + 2; i++) out += across;
    return out + std::string(end);
  };
  scroll = std::min(scroll, scroll_most(content.size(), size));
  const std::string more =
      content.size() <= shown ? "" : fmt::format(" {}-{} of {}: Up, Down ", scroll + 1, scroll + shown, content.size());
  std::vector<Line> box;
  box.push_back({{rule(ascii ? "+" : "┌", fmt::format(" {} ", title), ascii ? "+" : "┐"), Ink::strong}});
  for (std::size_t i = 0; i < shown; i++)
    box.push_back({{side + " ", Ink::strong},
                   {fitted(content[scroll + i], inside, false, ascii ? "~" : "…"), Ink::plain},
                   {" " + side, Ink::strong}});
  box.push_back({{rule(ascii ? "+" : "└", more, ascii ? "+" : "┘"), Ink::strong}});
  lines.resize(std::max(lines.size(), rows));
  for (std::size_t i = 0; i < box.size() && top + i < rows; i++) {
    Line& below = lines[top + i];
    Line line = cut_line(below, left);
    pad_line(line, left);
    line.insert(line.end(), box[i].begin(), box[i].end());
    const Line rest = rest_of_line(below, width_of(line));
    line.insert(line.end(), rest.begin(), rest.end());
    below = std::move(line);
  }
}

std::vector<std::string> help_content(std::size_t width) {
  const std::vector<std::string> keys = top_key_lines();
  std::size_t widest = 0;
  for (const std::string& key : keys) widest = std::max(widest, key.size());
  if (width < 2 * widest + 7) return keys;
  const std::size_t half = (keys.size() + 1) / 2;
  std::vector<std::string> out;
  for (std::size_t i = 0; i < half; i++)
    out.push_back(fmt::format("{:<{}}   {}", keys[i], widest, i + half < keys.size() ? keys[i + half] : ""));
  return out;
}

}  // namespace argus
