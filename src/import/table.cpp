// Lines of cells below a line of names, or of objects.
#include "import/table.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "import/damage.h"
#include "import/json_line.h"
#include "import/lines.h"
#include "import/rows.h"
#include "import/table_rows.h"

namespace argus {

namespace {

constexpr std::string_view kSeparators = ",\t;|";
constexpr std::string_view kUnheld = "columns that are not fields";

// The cells of a line; quoted ones are undone into `own`. False where a quote is not closed.
class Cells {
 public:
  [[nodiscard]] bool split(std::string_view line, char separator) {
    cells_.clear();
    own_.clear();
    for (;;) {
      if (line.starts_with('"')) {
        if (!take_quoted(line)) return false;
      } else {
        cells_.push_back(line.substr(0, line.find(separator)));
        line.remove_prefix(cells_.back().size());
      }
      if (line.empty()) return true;
      if (line.front() != separator) return false;
      line.remove_prefix(1);
    }
  }
  [[nodiscard]] const std::vector<std::string_view>& list() const { return cells_; }

 private:
  [[nodiscard]] bool take_quoted(std::string_view& line) {
    own_.push_back(std::make_unique<std::string>());
    std::string& text = *own_.back();
    for (line.remove_prefix(1);;) {
      const std::size_t quote = line.find('"');
      if (quote == std::string_view::npos) return false;
      text += line.substr(0, quote);
      line.remove_prefix(quote + 1);
      if (!line.starts_with('"')) break;
      text += '"';
      line.remove_prefix(1);
    }
    cells_.push_back(text);
    return true;
  }

  std::vector<std::string_view> cells_;
  std::vector<std::unique_ptr<std::string>> own_;
};

// Between the names of the first line: empty where these are not all names of fields.
std::optional<char> separator_of(std::string_view line) {
  const std::size_t at = line.find_first_of(kSeparators);
  const char separator = at == std::string_view::npos ? ',' : line[at];
  Cells cells;
  if (line.empty() || !cells.split(line, separator)) return std::nullopt;
  for (const std::string_view name : cells.list())
    if (!find_field(name)) return std::nullopt;
  if (cells.list().size() < 2) return std::nullopt;  // a word
  return separator;
}

class TableReader final : public RecordReader {
 public:
  TableReader(Lines lines, bool json) : lines_(std::move(lines)), json_(json) {
    facts_.form = json ? "JSON lines of records" : "a table of records";
  }

  void want(const FieldSet&) override {}  // what is derived may need any of them
  Result<bool> next(Batch& out) override;
  const ImportFacts& facts() const override { return facts_; }

 private:
  // A name where a line has it, and its column; none for what is not a field.
  struct Known {
    std::string name;
    std::optional<std::size_t> column;
  };
  [[nodiscard]] bool header(std::string_view line);
  [[nodiscard]] bool take_cells(std::string_view line);
  [[nodiscard]] bool take_object(std::string_view line);
  void note_sums();
  const Known& known(std::size_t expected, std::string_view name);
  [[nodiscard]] Known named(std::string_view name) {
    const auto field = find_field(name);
    return {std::string(name), field ? std::optional(rows_.column_of(*field)) : std::nullopt};
  }

  Lines lines_;
  bool json_, headed_ = false, sums_noted_ = false;
  char separator_ = ',';
  std::string first_line_;
  JsonLine parser_;
  Cells cells_;
  std::vector<Known> names_;
  TableRows rows_;
  ImportFacts facts_;
};

// True for a line of names: the first one, and the same one again where tables follow each other.
bool TableReader::header(std::string_view line) {
  if (json_) return false;
  if (headed_) return line == first_line_;
  headed_ = true;
  first_line_ = line;
  const auto separator = separator_of(line);
  if (!separator || !cells_.split(line, *separator)) return false;
  separator_ = *separator;
  for (const std::string_view name : cells_.list()) names_.push_back(named(name));
  return true;
}

bool TableReader::take_cells(std::string_view line) {
  if (!cells_.split(line, separator_) || cells_.list().size() != names_.size()) return false;
  for (std::size_t i = 0; i < names_.size(); i++)
    if (const std::string_view text = cells_.list()[i]; !text.empty() && !rows_.put(*names_[i].column, text))
      return false;
  return true;
}

const TableReader::Known& TableReader::known(std::size_t expected, std::string_view name) {
  if (expected < names_.size() && names_[expected].name == name) return names_[expected];
  for (const Known& own : names_)
    if (own.name == name) return own;
  constexpr std::size_t kNamesMost = 1024;
  if (names_.size() < kNamesMost) names_.push_back(named(name));
  return names_.back();
}

bool TableReader::take_object(std::string_view line) {
  std::size_t expected = 0, foreign = 0;
  bool sound = true;
  const bool whole = parser_.each(line, [&](std::string_view key, std::string_view text, JsonLine::Kind kind) {
    const Known& own = known(expected, key);
    expected = static_cast<std::size_t>(&own - names_.data()) + 1;
    if (!own.column || kind == JsonLine::Kind::other) foreign++;
    else if (!text.empty()) sound = rows_.put(*own.column, text) && sound;
  });
  if (whole && sound && foreign != 0) facts_.unheld[kUnheld]++;
  return whole && sound;
}

// They can be shown and sorted by; what adds up needs the halves.
void TableReader::note_sums() {
  if (std::exchange(sums_noted_, true)) return;
  std::vector<std::string> names, halves;
  for (const Field sum : rows_.sums_alone()) {
    names.emplace_back(info(sum).name);
    for (const Field half : stored_inputs({sum}).list()) halves.emplace_back(info(half).name);
  }
  if (names.empty()) return;
  facts_.problems.push_back(
      fail(Errc::harmless,
           "{}: has {}, but not {} that are added up: count, cluster and bins find 0; write the file "
           "anew with -s all",
           lines_.name(), joined(names, ", "), joined(halves, ", ")));
}

Result<bool> TableReader::next(Batch& out) {
  while (rows_.at() < kImportedAtOnce) {
    ARGUS_TRY_LET(const auto line, lines_.next());
    if (!line) break;
    if (line->empty() || header(*line)) continue;
    if (json_ ? take_object(*line) : take_cells(*line)) {
      rows_.done();
      facts_.records++;
      continue;
    }
    rows_.undo();
    if (lines_.is_cut()) note_cut(lines_.name(), facts_);
    else note_damage(lines_.name(), lines_.offset(), 1, 0, facts_);
  }
  const bool any = rows_.at() != 0;
  if (any) note_sums();
  out = rows_.take();
  return any;
}

}  // namespace

bool looks_like_table(Bytes head) {
  std::string_view line = text_of(head);
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (!line.starts_with('{')) return separator_of(line).has_value();
  constexpr std::string_view kOpening = "{\"";
  if (!line.starts_with(kOpening)) return false;
  line.remove_prefix(kOpening.size());
  return find_field(line.substr(0, line.find('"'))).has_value();
}

Result<RecordReaderPtr> read_table(InputStream input) {
  ARGUS_TRY_LET(const Bytes start, input.peek(1));
  const bool json = text_of(start).starts_with('{');
  return RecordReaderPtr(std::make_unique<TableReader>(Lines(std::move(input)), json));
}

}  // namespace argus
