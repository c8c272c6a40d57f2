// Tables under the classic names.
#include "sink/classic.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "flow/batch.h"
#include "flow/source.h"
#include "sink/rows.h"

namespace argus {

namespace {

enum class Look : std::uint8_t { right, port, arrow, letters, decimal, millis, mac };
constexpr std::string_view kEverybody = "ff:ff:ff:ff:ff:ff";

struct ClassicColumn {
  Field field;
  std::string_view heading, rmon;
  std::size_t width;
  Look look;
};
constexpr auto kColumns = std::to_array<ClassicColumn>({
#define CLASSIC_COLUMN(field, heading, rmon, width, look) {Field::field, heading, rmon, width, Look::look},
#include "sink/classic_columns.def"
});

const ClassicColumn* classic_column(Field field) {
  const auto found = std::find_if(kColumns.begin(), kColumns.end(), [&](const auto& c) { return c.field == field; });
  return found == kColumns.end() ? nullptr : &*found;
}

Look look_of(Field field) {
  const ClassicColumn* column = classic_column(field);
  return column == nullptr ? Look::right : column->look;
}

// Behind its address, with a dot between them.
bool is_port_of(Field port, Field address) {
  return (port == Field::sport && address == Field::saddr) || (port == Field::dport && address == Field::daddr);
}

class ClassicTable final : public Sink {
 public:
  ClassicTable(File& out, const TextOptions& options)
      : options_(options), rows_(options, options.style), lines_(out, options.header_every) {
    for (std::size_t i = 0; i < rows_.columns().size(); i++) {
      const ColumnSpec& column = rows_.columns()[i];
      columns_.push_back({column.field, classic_width(column, options_.style.time), look_of(column.field) == Look::port,
                          i != 0 && is_port_of(column.field, rows_.columns()[i - 1].field)});
    }
  }
  FieldSet fields() const override { return rows_.fields(); }
  Result<> begin(const StreamHeader&) override {
    if (options_.header_every < 0) return {};
    std::string heading;
    for (const Place& column : columns_) {
      const std::string_view word = heading_of(column.field, options_.headings);
      heading.append(column.width - std::min(column.width, word.size()), ' ');
      heading.append(word).append(" ");
    }
    heading_ = heading + '\n';
    return {};
  }
  Result<> encode(const Batch& batch, const TakeEncoded& take) const override {
    const RowPrinter printer = rows_.of(batch);
    return lines_.encode(batch.rows(), take,
                         [&](std::size_t row, std::string& out) { append_line(printer, row, out); });
  }
  Result<> append(Encoded rows) override {
    if (!heading_.empty()) lines_.head(std::exchange(heading_, {}));  // over nothing there is none
    return lines_.append(std::move(rows));
  }
  Result<> tick() override { return lines_.flush(); }
  Result<> finish() override { return lines_.flush(); }

 private:
  struct Place {
    Field field;
    std::size_t width;
    bool left, behind_address;
  };

  void append_line(const RowPrinter& printer, std::size_t row, std::string& out) const {
    const std::size_t begin = out.size();
    for (std::size_t i = 0; i < columns_.size(); i++) {
      const Place& column = columns_[i];
      if (i != 0) out += ' ';
      const std::size_t start = out.size();
      printer.append(i, row, out);
      place_classic(column.field, start, out);
      if (column.behind_address && out.size() != start) out[start - 1] = '.';
      const std::size_t width = screen_width(std::string_view(out).substr(start));
      if (width < column.width) out.insert(column.left ? out.size() : start, column.width - width, ' ');
    }
    while (out.size() > begin && out.back() == ' ') out.pop_back();
    out += '\n';
  }

  TextOptions options_;
  RowText rows_;
  TextLines lines_;
  std::string heading_;  // until it is printed
  std::vector<Place> columns_;
};

}  // namespace

std::string_view heading_of(Field field, Headings headings) {
  const ClassicColumn* column = headings == Headings::own ? nullptr : classic_column(field);
  if (column == nullptr) return info(field).name;
  return headings == Headings::rmon && !column->rmon.empty() ? column->rmon : column->heading;
}

std::string_view classic_heading(Field field) {
  const ClassicColumn* column = classic_column(field);
  return column == nullptr ? std::string_view() : column->heading;
}

std::size_t classic_width(const ColumnSpec& column, const TimeStyle& time) {
  const ClassicColumn* known = classic_column(column.field);
  const std::size_t given = static_cast<std::size_t>(column.width);
  const std::size_t usual = known == nullptr ? info(column.field).width : known->width;
  const std::size_t width = given != 0 ? given : usual;
  if (info(column.field).format != Format::time) return width;
  std::string sample;
  if (given == 0) append_time(0, time, sample);
  return std::max(width + static_cast<std::size_t>(time.digits), sample.size());
}

namespace {

// "0.116667" becomes "116.667".
void seconds_to_millis(std::size_t start, std::string& out) {
  constexpr std::size_t kPlaces = 3;
  if (out.size() == start) return;
  std::string whole = out.substr(start), fraction;
  if (const auto point = whole.find('.'); point != std::string::npos) {
    fraction = whole.substr(point + 1);
    whole.resize(point);
  }
  if (fraction.size() < kPlaces) fraction.append(kPlaces - fraction.size(), '0');
  whole += fraction.substr(0, kPlaces);
  fraction.erase(0, kPlaces);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
  out.resize(start);
  out += whole;
  if (!fraction.empty()) out += '.' + fraction;
}

}  // namespace

void place_classic(Field field, std::size_t start, std::string& out) {
  const std::size_t size = out.size() - start;
  const std::size_t width = info(field).width;
  switch (look_of(field)) {
    case Look::right:
    case Look::port: break;
    case Look::letters:
      if (size < width) out.append(width - size, ' ');
      break;
    case Look::arrow:
      // The head to the left has a place of its own, and so has that to the right.
      if (size == 2 && out[start] == '<') out += ' ';
      if (size != 0 && out.size() - start < width) out.insert(start, width - (out.size() - start), ' ');
      break;
    case Look::decimal:
      if (const auto number = parse_unsigned(std::string_view(out).substr(start))) {
        out.resize(start);
        append_number(*number, out);
      }
      break;
    case Look::millis: seconds_to_millis(start, out); break;
    case Look::mac:
      if (std::string_view(out).substr(start) == kEverybody) out.replace(start, size, "Broadcast");
      break;
  }
}

SinkPtr classic_table_sink(File& out, const TextOptions& options) {
  return std::make_unique<ClassicTable>(out, options);
}

}  // namespace argus
