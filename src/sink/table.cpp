// Tables for people, and -c separated text.
#include <wchar.h>

#include <algorithm>

#include "sink/rows.h"

namespace argus {

namespace {

constexpr std::size_t kMeasuredRows = 200;

// Screen columns of UTF-8 text; every character that is not plain ASCII is asked for its width.
std::size_t screen_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t n = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    if (n == 1) {
      width++;
    } else {
      wchar_t code = static_cast<wchar_t>(byte & (0xff >> (n + 1)));
      for (std::size_t k = 1; k < n && i + k < text.size(); k++)
        code =
            static_cast<wchar_t>(static_cast<unsigned>(code) << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3f));
      const int wide = ::wcwidth(code);
      width += wide > 0 ? static_cast<std::size_t>(wide) : 1;
    }
    i += n;
  }
  return width;
}

// Aligned columns. The first rows are held back until their widths are known; later rows are never cut.
class Table final : public Sink {
 public:
  Table(File& out, const TextOptions& options)
      : options_(options), rows_(options, options.style), buffer_(out), widths_(rows_.columns().size()) {}

  FieldSet fields() const override { return rows_.fields(); }
  Result<> begin(const StreamHeader&) override {
    for (std::size_t i = 0; i < widths_.size(); i++) {
      const ColumnSpec& column = rows_.columns()[i];
      widths_[i] = std::max(info(column.field).name.size(), static_cast<std::size_t>(column.width));
    }
    return {};
  }
  Result<> write(const Batch& batch) override {
    rows_.start(batch);
    for (std::size_t row = 0; row < batch.rows(); row++) {
      if (measured_) {
        print_row(row);
        ARGUS_TRY(buffer_.settle());
        continue;
      }
      std::vector<std::string> cells(widths_.size());
      for (std::size_t i = 0; i < cells.size(); i++) {
        rows_.append(i, row, cells[i]);
        widths_[i] = std::max(widths_[i], screen_width(cells[i]));
      }
      held_.push_back(std::move(cells));
      if (held_.size() == kMeasuredRows) release();
    }
    return buffer_.settle();
  }
  Result<> tick() override {
    release();
    return buffer_.flush();
  }
  Result<> finish() override {
    release();
    return buffer_.flush();
  }

 private:
  void release() {
    if (measured_) return;
    measured_ = true;
    // A heading over nothing says which columns there would have been.
    if (options_.header_every >= 0) print_header();
    for (const auto& cells : held_) {
      if (lines_ != 0 && options_.header_every > 0 && lines_ % static_cast<std::uint64_t>(options_.header_every) == 0)
        print_header();
      for (std::size_t i = 0; i < cells.size(); i++) put(i, cells[i]);
      end_line();
      lines_++;
    }
    held_.clear();
  }
  void print_row(std::size_t row) {
    if (lines_ != 0 && options_.header_every > 0 && lines_ % static_cast<std::uint64_t>(options_.header_every) == 0)
      print_header();
    for (std::size_t i = 0; i < widths_.size(); i++) {
      cell_.clear();
      rows_.append(i, row, cell_);
      put(i, cell_);
    }
    end_line();
    lines_++;
  }
  void print_header() {
    for (std::size_t i = 0; i < widths_.size(); i++) put(i, info(rows_.columns()[i].field).name);
    end_line();
  }
  void put(std::size_t column, std::string_view cell) {
    std::string& out = buffer_.text();
    if (column != 0) out += "  ";
    const std::size_t width = screen_width(cell);
    const std::size_t padding = widths_[column] > width ? widths_[column] - width : 0;
    const bool right = aligns_right(rows_.columns()[column].field);
    if (right) out.append(padding, ' ');
    out += cell;
    if (!right) out.append(padding, ' ');
  }
  void end_line() {
    std::string& out = buffer_.text();
    while (!out.empty() && out.back() == ' ') out.pop_back();
    out += '\n';
  }

  TextOptions options_;
  RowText rows_;
  TextBuffer buffer_;
  std::vector<std::size_t> widths_;
  std::vector<std::vector<std::string>> held_;
  std::string cell_;
  bool measured_ = false;
  std::uint64_t lines_ = 0;
};

}  // namespace

SinkPtr table_sink(File& out, TextOptions options) {
  if (!options.separator.empty()) return separated_sink(out, options, options.style);
  return std::make_unique<Table>(out, options);
}

}  // namespace argus
