// Lines of conn.log, in the columns that its header names, or as objects.
#include "import/zeek.h"

#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "import/damage.h"
#include "import/json_line.h"
#include "import/lines.h"
#include "import/rows.h"
#include "import/zeek_record.h"

namespace argus {

namespace {

constexpr std::string_view kFirstLine = "#separator ";
constexpr std::string_view kJsonName = "\"id.orig_h\"";

struct Column {
  std::string name;
  const ZeekColumn* known = nullptr;
  std::uint64_t met = 0;  // values that no field holds
};

class ZeekReader final : public RecordReader {
 public:
  explicit ZeekReader(Lines lines, bool json) : lines_(std::move(lines)), json_(json) {
    facts_.form = json ? "a conn.log of Zeek, JSON" : "a conn.log of Zeek";
  }

  void want(const FieldSet& fields) override { rows_.want(fields); }
  Result<bool> next(Batch& out) override;
  const ImportFacts& facts() const override { return facts_; }

 private:
  [[nodiscard]] Result<> header(std::string_view line);
  [[nodiscard]] bool take_columns(std::string_view line);
  [[nodiscard]] bool take_object(std::string_view line);
  Column& column(std::size_t expected, std::string_view name);
  void put(Column& column, std::string_view text) {
    if (column.known != nullptr && column.known->take != nullptr) column.known->take(text, record_);
    else column.met++;
  }
  void note_unheld();

  Lines lines_;
  JsonLine parser_;
  bool json_;
  std::string separator_ = "\t", empty_ = "(empty)", unset_ = "-";
  std::vector<Column> columns_;  // of an object, in the order in which they were met
  ZeekRecord record_;
  Rows rows_;
  ImportFacts facts_;
};

// "\x09" as the first line has it.
std::string undone(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto code = text.starts_with("\\x") && text.size() >= 4
                          ? parse_unsigned("0x" + std::string(text.substr(2, 2)))
                          : std::optional<std::uint64_t>();
    out += code ? static_cast<char>(*code) : text.front();
    text.remove_prefix(code ? 4 : 1);
  }
  return out;
}

template <class Each>
void for_each_cell(std::string_view line, std::string_view separator, Each&& each) {
  for (;;) {
    const std::size_t end = line.find(separator);
    each(line.substr(0, end));
    if (end == std::string_view::npos) return;
    line.remove_prefix(end + separator.size());
  }
}

Result<> ZeekReader::header(std::string_view line) {
  if (line.starts_with(kFirstLine)) {
    separator_ = undone(line.substr(kFirstLine.size()));
    if (separator_.empty()) separator_ = "\t";
    return {};
  }
  std::vector<std::string_view> cells;
  for_each_cell(line, separator_, [&](std::string_view cell) { cells.push_back(cell); });
  const std::string_view value = cells.size() > 1 ? cells[1] : std::string_view();
  if (cells[0] == "#empty_field") empty_ = value;
  if (cells[0] == "#unset_field") unset_ = value;
  if (cells[0] == "#path" && value != "conn")
    return fail(Errc::foreign, "{} is Zeek's {} log; flows are in its conn.log", lines_.name(), escaped(value));
  if (cells[0] != "#fields") return {};
  note_unheld();
  columns_.clear();
  for (std::size_t i = 1; i < cells.size(); i++) columns_.push_back({std::string(cells[i]), zeek_column(cells[i])});
  return {};
}

bool ZeekReader::take_columns(std::string_view line) {
  std::size_t at = 0;
  for_each_cell(line, separator_, [&](std::string_view cell) {
    if (at < columns_.size() && cell != unset_ && cell != empty_ && !cell.empty()) put(columns_[at], cell);
    at++;
  });
  return at == columns_.size();
}

// Objects mostly have the same members in the same order.
Column& ZeekReader::column(std::size_t expected, std::string_view name) {
  if (expected < columns_.size() && columns_[expected].name == name) return columns_[expected];
  for (Column& known : columns_)
    if (known.name == name) return known;
  constexpr std::size_t kColumnsMost = 256;
  if (columns_.size() == kColumnsMost) return columns_.back();
  columns_.push_back({std::string(name), zeek_column(name)});
  return columns_.back();
}

bool ZeekReader::take_object(std::string_view line) {
  std::size_t expected = 0;
  return parser_.each(line, [&](std::string_view key, std::string_view text, JsonLine::Kind kind) {
    Column& own = column(expected, key);
    expected = static_cast<std::size_t>(&own - columns_.data()) + 1;
    if (kind != JsonLine::Kind::other) put(own, text);
    else own.met++;
  });
}

void ZeekReader::note_unheld() {
  for (Column& own : columns_) {
    if (own.met == 0) continue;
    const std::string_view what = own.known != nullptr ? own.known->unheld : "columns of other names";
    if (!what.empty()) facts_.unheld[what] += own.met;
    own.met = 0;
  }
}

Result<bool> ZeekReader::next(Batch& out) {
  while (rows_.at() < kImportedAtOnce) {
    ARGUS_TRY_LET(const auto line, lines_.next());
    if (!line) break;
    if (line->empty()) continue;
    if (!json_ && line->front() == '#') {
      ARGUS_TRY(header(*line));
      continue;
    }
    record_ = ZeekRecord();
    const bool whole = json_ ? take_object(*line) : take_columns(*line);
    if (!whole || !record_.sound || !record_.start) {
      if (lines_.is_cut()) note_cut(lines_.name(), facts_);
      else note_damage(lines_.name(), lines_.offset(), 1, 0, facts_);
      continue;
    }
    put_zeek(record_, rows_);
    facts_.records++;
  }
  note_unheld();
  const bool any = rows_.at() != 0;
  out = rows_.take();
  return any;
}

}  // namespace

bool looks_like_zeek(Bytes head) {
  const std::string_view text = text_of(head);
  if (text.starts_with(kFirstLine)) return true;
  return text.starts_with('{') && text.substr(0, text.find('\n')).find(kJsonName) != std::string_view::npos;
}

Result<RecordReaderPtr> read_zeek(InputStream input) {
  ARGUS_TRY_LET(const Bytes start, input.peek(1));
  const bool json = text_of(start).starts_with('{');
  return RecordReaderPtr(std::make_unique<ZeekReader>(Lines(std::move(input)), json));
}

}  // namespace argus
