// Tables for people, and -c separated text.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/count_text.h"
#include "base/file.h"
#include "base/result.h"
#include "base/terminal_codes.h"
#include "base/text.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "sink/classic.h"
#include "sink/fit.h"
#include "sink/rows.h"
#include "sink/text.h"

namespace argus {

namespace {

constexpr std::size_t kMeasuredRows = 200;

// Aligned columns. The first rows are held back until their widths are known; later rows are never cut.
class Table final : public Sink {
 public:
  Table(File& out, const TextOptions& options)
      : options_(options),
        rows_(options, options.style),
        lines_(out, options.header_every),
        columns_(rows_.columns().size()),
        shown_(columns_.size()) {
    std::iota(shown_.begin(), shown_.end(), std::size_t{0});
  }

  FieldSet fields() const override { return rows_.fields(); }
  Result<> begin(const StreamHeader& header) override {
    std::string zone = options_.zone;
    for (std::size_t i = 0; i < columns_.size(); i++) {
      const ColumnSpec& column = rows_.columns()[i];
      columns_[i].heading = table_heading(column.field, zone);
      const FieldInfo& about = info(column.field);
      columns_[i].right = aligns_right(column.field);
      columns_[i].ascii = about.format != Format::text && about.format != Format::time;
      columns_[i].alarming = options_.coloured && alarming_fields().has(column.field);
      columns_[i].width = std::max(screen_width(columns_[i].heading), static_cast<std::size_t>(column.width));
      // What is printed as it comes has only few rows to measure: the usual widths, so that lines stay aligned.
      if (header.live) columns_[i].width = std::max(columns_[i].width, std::size_t{about.width});
    }
    return {};
  }
  std::vector<Batch> arrange(const Batch& batch) override {
    if (measured_) return {batch};
    const RowPrinter printer = rows_.of(batch);
    for (std::size_t row = 0; row < batch.rows() && measured_rows_ < kMeasuredRows; row++, measured_rows_++)
      for (std::size_t i = 0; i < columns_.size(); i++) {
        std::string cell;
        printer.append(i, row, cell);
        columns_[i].width = std::max(columns_[i].width, screen_width(cell));
      }
    held_.push_back(batch);
    if (measured_rows_ < kMeasuredRows) return {};
    fit();
    return std::exchange(held_, {});
  }
  Result<> encode(const Batch& batch, const TakeEncoded& take) const override {
    const RowPrinter printer = rows_.of(batch);
    return lines_.encode(batch.rows(), take, [&](std::size_t row, std::string& out) {
      append_line([&](std::size_t i, std::string& text) { printer.append(i, row, text); }, out);
    });
  }
  Result<> append(Encoded rows) override {
    print_heading();
    return lines_.append(std::move(rows));
  }
  Result<> tick() override {
    if (!held_.empty()) ARGUS_TRY(release());
    return lines_.flush();
  }
  Result<> finish() override {
    ARGUS_TRY(release());
    print_heading();  // over nothing it says which columns there would have been
    return lines_.flush();
  }

 private:
  struct Measure {
    std::string heading;
    std::size_t width = 0;
    bool right = false;
    bool ascii = false;     // a byte is a screen column
    bool alarming = false;  // a value that is not zero stands out
  };

  // Chooses, once all widths are known, what the terminal has room for: times lose their fractions before columns go.
  void fit() {
    if (std::exchange(measured_, true) || options_.wide || options_.screen_width == 0) return;
    const auto screen = static_cast<std::size_t>(options_.screen_width);
    const auto fitting = [&] {
      std::vector<std::size_t> widths;
      for (const Measure& column : columns_) widths.push_back(column.width);
      return fitting_columns(rows_.columns(), widths, screen);
    };
    shown_ = fitting();
    if (shown_.size() == columns_.size()) return;
    if (!options_.exact_times && options_.style.time.digits > 0) {
      const auto lost = static_cast<std::size_t>(std::exchange(options_.style.time.digits, 0)) + 1;
      rows_ = RowText(options_, options_.style);
      for (std::size_t i = 0; i < columns_.size(); i++)
        if (info(rows_.columns()[i].field).format == Format::time)
          columns_[i].width = std::max(columns_[i].width - lost, screen_width(columns_[i].heading));
      shown_ = fitting();
    }
    note_ = "--wide shows all";
    const std::size_t hidden = columns_.size() - shown_.size();
    if (hidden == 0) return;
    const std::string count = "+" + count_text(hidden, "column");
    note_ = count.size() + 2 + note_.size() <= screen ? count + ", " + note_ : count;
  }

  // What was held is not measured any further.
  Result<> release() {
    fit();
    for (const Batch& batch : std::exchange(held_, {})) ARGUS_TRY(put(batch));
    return {};
  }
  void print_heading() {
    if (std::exchange(headed_, true) || options_.header_every < 0) return;
    std::string heading;
    append_line([&](std::size_t i, std::string& out) { out += columns_[i].heading; }, heading);
    heading.pop_back();
    const auto screen = static_cast<std::size_t>(options_.screen_width);
    const std::size_t taken = screen_width(heading);
    // Where the note has no room beside the names, it stands above them.
    const bool beside = taken + kColumnGap + note_.size() <= screen;
    const std::string note =
        options_.coloured && !note_.empty() ? fmt::format("{}{}{}", kPaleText, note_, kPlainText) : note_;
    if (options_.coloured) heading = fmt::format("{}{}{}", kStrongText, heading, kPlainText);
    if (!note.empty()) heading = beside ? heading + std::string(kColumnGap, ' ') + note : note + '\n' + heading;
    lines_.head(heading + '\n');
  }
  template <class Append>
  void append_line(const Append& append, std::string& out) const {
    const std::size_t begin = out.size();
    for (const std::size_t i : shown_) {
      if (out.size() != begin) out.append(kColumnGap, ' ');
      const std::size_t start = out.size();
      append(i, out);
      const std::size_t size = out.size() - start;
      const std::size_t width = columns_[i].ascii ? size : screen_width(std::string_view(out).substr(start));
      if (columns_[i].alarming) alarm(start, out);
      if (width < columns_[i].width) out.insert(columns_[i].right ? start : out.size(), columns_[i].width - width, ' ');
    }
    while (out.size() > begin && out.back() == ' ') out.pop_back();
    out += '\n';
  }

  // The value from `start` on, standing out where it is not nothing.
  static void alarm(std::size_t start, std::string& out) {
    if (out.find_first_of("123456789", start) == std::string::npos) return;
    out.insert(start, kAlarmText);
    out += kPlainText;
  }

  TextOptions options_;
  RowText rows_;
  TextLines lines_;
  std::vector<Measure> columns_;    // their widths stay once something was encoded
  std::vector<std::size_t> shown_;  // of them, in order
  std::string note_;                // of what is not shown
  std::vector<Batch> held_;
  std::size_t measured_rows_ = 0;
  bool measured_ = false, headed_ = false;
};

}  // namespace

std::string table_heading(Field field, std::string& zone) {
  std::string out(info(field).name);
  if (info(field).format == Format::time && !zone.empty()) out += " (" + std::exchange(zone, {}) + ")";
  return out;
}

SinkPtr table_sink(File& out, TextOptions options) {
  if (options.headings != Headings::own && options.separator.empty()) return classic_table_sink(out, options);
  if (!options.separator.empty()) return separated_sink(out, options, options.style);
  return std::make_unique<Table>(out, options);
}

}  // namespace argus
