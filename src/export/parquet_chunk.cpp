#include "export/parquet_chunk.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/compression.h"
#include "base/hash.h"
#include "base/int128.h"
#include "export/thrift.h"
#include "flow/column.h"
#include "flow/each_value.h"
#include "flow/format.h"

namespace argus {

namespace {

constexpr int kLevel = 3;  // of zstd
constexpr std::int32_t kDataPage = 0, kDictionaryPage = 2;
// A dictionary pays where values come again.
constexpr std::size_t kWordsMost = 32'768, kLook = 4'096;

void append_little_endian(std::uint64_t value, std::size_t size, std::string& out) {
  if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap64(value);
  std::array<char, sizeof value> bytes;
  std::memcpy(bytes.data(), &value, sizeof value);
  out.append(bytes.data(), size);
}

void append_varint(std::uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

// A value as PLAIN has it, but for the length before texts.
template <class T>
void append_plain(const T& value, std::string& out) {
  if constexpr (std::is_same_v<T, u128>) {
    static const u128 kMost = [] {
      u128 most = 1;
      for (int i = 0; i < kParquetDecimalDigits; i++) most *= 10;
      return most - 1;
    }();
    const u128 kept = std::min(value, kMost);
    for (int i = kParquetDecimalBytes; i-- > 0;) out += static_cast<char>(static_cast<std::uint8_t>(kept >> (8 * i)));
  } else if constexpr (std::is_same_v<T, double>) {
    append_little_endian(std::bit_cast<std::uint64_t>(value), 8, out);
  } else if constexpr (std::is_integral_v<T>) {
    append_little_endian(static_cast<std::uint64_t>(value), sizeof(T) == 8 ? 8 : 4, out);
  }
}

template <class T>
std::uint64_t hash_of(const T& value) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  if constexpr (std::is_same_v<T, Address>) return mix(value.high() ^ kOdd, value.low() + 0x243f6a8885a308d3);
  else if constexpr (std::is_same_v<T, std::string>) return mix(std::hash<std::string_view>{}(value), kOdd);
  else if constexpr (std::is_same_v<T, double>) return mix(std::bit_cast<std::uint64_t>(value) + 1, kOdd);
  else if constexpr (std::is_same_v<T, u128>)
    return mix(static_cast<std::uint64_t>(value) ^ kOdd, static_cast<std::uint64_t>(value >> 64) + 1);
  else return mix(static_cast<std::uint64_t>(value) + 1, kOdd);
}

// Different values in the order in which they came, and where each row's stands among them.
template <class T>
struct Dictionary {
  std::vector<T> words;
  std::vector<std::uint32_t> codes;  // of the rows that have a value
};

// So far: a dictionary is given up as soon as values do not come again.
template <class T>
bool pays(const Dictionary<T>& so_far) {
  return so_far.words.size() < kWordsMost &&
         (so_far.codes.size() < kLook || so_far.words.size() < so_far.codes.size() / 2);
}

constexpr std::uint32_t kFree = UINT32_MAX;

// Of a column that has one, of the words that come.
template <class T>
Dictionary<T> dictionary_of_codes(const Column& column, std::size_t rows) {
  Dictionary<T> out;
  const auto& words = column.words<T>();
  const auto codes = column.codes();
  std::vector<std::uint32_t> places(words.size(), kFree);
  out.codes.reserve(rows);
  for (std::size_t row = 0; row < rows && pays(out); row++) {
    if (!column.has(row)) continue;
    std::uint32_t& place = places[codes[row]];
    if (place == kFree) {
      place = static_cast<std::uint32_t>(out.words.size());
      out.words.push_back(words[codes[row]]);
    }
    out.codes.push_back(place);
  }
  return out;
}

template <class T>
Dictionary<T> dictionary_of_values(const Column& column, std::size_t rows) {
  Dictionary<T> out;
  constexpr std::size_t kSlots = 2 * kWordsMost;
  std::vector<std::uint32_t> slots(kSlots, kFree);
  out.codes.reserve(rows);
  bool goes_on = true;
  each_value<T>(column, rows, [&](std::size_t, const T& value) {
    if (!goes_on) return;
    std::size_t slot = hash_of(value) & (kSlots - 1);
    while (slots[slot] != kFree && !(out.words[slots[slot]] == value)) slot = (slot + 1) & (kSlots - 1);
    if (slots[slot] == kFree) {
      slots[slot] = static_cast<std::uint32_t>(out.words.size());
      out.words.push_back(value);
    }
    out.codes.push_back(slots[slot]);
    goes_on = pays(out);
  });
  return out;
}

// Empty: values do not come again often enough.
template <class T>
std::optional<Dictionary<T>> dictionary_of(const Column& column, std::size_t rows) {
  if (column.shape() == Column::Shape::constant)
    return Dictionary<T>{{column.constant_value<T>()}, std::vector<std::uint32_t>(rows, 0)};
  Dictionary<T> out = column.shape() == Column::Shape::dictionary ? dictionary_of_codes<T>(column, rows)
                                                                  : dictionary_of_values<T>(column, rows);
  if (!pays(out) || out.words.size() > out.codes.size() / 2 + 1) return std::nullopt;
  return out;
}

void append_run(std::size_t count, unsigned bits, std::uint32_t value, std::string& out) {
  append_varint(count << 1, out);
  append_little_endian(value, (bits + 7) / 8, out);
}

// Values of `bits` each: one run of a value that all have, else groups of eight, packed.
template <class ValueAt>
void append_hybrid(std::size_t count, unsigned bits, const ValueAt& value_at, std::string& out) {
  bool same = true;
  for (std::size_t i = 1; same && i < count; i++) same = value_at(i) == value_at(0);
  if (same && count != 0) return append_run(count, bits, value_at(0), out);
  const std::size_t groups = (count + 7) / 8;
  append_varint(groups << 1 | 1, out);
  std::uint64_t held = 0;
  unsigned held_bits = 0;
  for (std::size_t i = 0; i < groups * 8; i++) {
    held |= std::uint64_t{i < count ? value_at(i) : 0} << held_bits;
    for (held_bits += bits; held_bits >= 8; held_bits -= 8, held >>= 8) out += static_cast<char>(held & 0xff);
  }
}

// 4 bytes of length, then whether each row has a value.
void append_levels(const Column& column, std::size_t rows, std::string& out) {
  std::string levels;
  const Column::Mask& mask = column.mask();
  const std::uint32_t all = column.absent() ? 0 : 1;
  if (mask.empty()) append_run(rows, 1, all, levels);
  else
    append_hybrid(
        rows, 1, [&](std::size_t row) { return std::uint32_t{mask[row]}; }, levels);
  append_little_endian(levels.size(), 4, out);
  out += levels;
}

// A page with its head, behind what the chunk has. `body` is compressed.
void append_page(std::int32_t kind, std::size_t values, std::int32_t encoding, const std::string& body,
                 ParquetChunk& out) {
  std::vector<std::byte> packed;
  zstd_compress(std::as_bytes(std::span(body)), kLevel, packed);
  ThriftWriter head;
  head.number(1, kind);
  head.number(2, static_cast<std::int32_t>(body.size()));
  head.number(3, static_cast<std::int32_t>(packed.size()));
  head.begin(kind == kDataPage ? 5 : 7);
  head.number(1, static_cast<std::int32_t>(values));
  head.number(2, encoding);
  if (kind == kDataPage) {
    head.number(3, kParquetRle);
    head.number(4, kParquetRle);
  }
  head.end();
  const std::string bytes = head.finished();
  out.bytes += bytes;
  out.bytes.append(reinterpret_cast<const char*>(packed.data()), packed.size());
  out.uncompressed_size += bytes.size() + body.size();
}

// What stands in pages and statistics for the values of a column.
template <class T>
class Numbers {
 public:
  // Values and their least and most, of any of them in any order.
  void add(const T& value, std::string& out) {
    append_plain(value, out);
    if (!least_ || value < *least_) least_ = value;
    if (!most_ || *most_ < value) most_ = value;
  }
  void finish(ParquetChunk& out) const {
    if (!least_ || *least_ != *least_ || *most_ != *most_) return;
    append_plain(*least_, out.least.emplace());
    append_plain(*most_, out.most.emplace());
  }

 private:
  std::optional<T> least_, most_;
};

class Texts {
 public:
  void add(std::string_view text, std::string& out) {
    append_little_endian(text.size(), 4, out);
    out += text;
    if (!least_ || text < *least_) least_ = text;
    if (!most_ || *most_ < text) most_ = text;
  }
  void finish(ParquetChunk& out) const { out.least = least_, out.most = most_; }

 private:
  std::optional<std::string> least_, most_;
};

// add_words(words, out) and add_row(row, value, out) append values as PLAIN has them.
template <class T, class AddWords, class AddRow>
void append_values(const Column& column, std::size_t rows, bool may_have_words, const AddWords& add_words,
                   const AddRow& add_row, ParquetChunk& out) {
  std::string body;
  append_levels(column, rows, body);
  const auto dictionary = may_have_words ? dictionary_of<T>(column, rows) : std::nullopt;
  if (!dictionary || dictionary->words.empty()) {
    each_value<T>(column, rows, [&](std::size_t row, const T& value) { add_row(row, value, body); });
    return append_page(kDataPage, rows, kParquetPlain, body, out);
  }
  std::string words;
  add_words(dictionary->words, words);
  append_page(kDictionaryPage, dictionary->words.size(), kParquetPlain, words, out);
  out.dictionary_size = out.bytes.size();
  const auto bits = std::max(1u, static_cast<unsigned>(std::bit_width(dictionary->words.size() - 1)));
  body += static_cast<char>(bits);
  append_hybrid(
      dictionary->codes.size(), bits, [&](std::size_t i) { return dictionary->codes[i]; }, body);
  append_page(kDataPage, rows, kParquetDictionary, body, out);
}

template <class T>
void append_texts(const ParquetColumn& about, const Batch& batch, const Column& column, ParquetChunk& out) {
  TextStyle style;
  style.names = Names::proto;
  FieldPrinter printer(about.field, style);
  printer.start(batch);
  // What a value's text depends on besides, as an address does on the length of its prefix, is of its row.
  bool alone = true;
  for (const Field further : printer.also_reads().list()) alone = alone && batch[further].absent();
  Texts texts;
  std::string text;
  append_values<T>(
      column, batch.rows(), alone,
      [&](const std::vector<T>& words, std::string& to) {
        Batch alike(words.size());
        alike.set(about.field, Column::flat(words));
        FieldPrinter print(about.field, style);
        print.start(alike);
        for (std::size_t i = 0; i < words.size(); i++) {
          text.clear();
          print.append(i, text);
          texts.add(text, to);
        }
      },
      [&](std::size_t row, const T&, std::string& to) {
        text.clear();
        printer.append(row, text);
        texts.add(text, to);
      },
      out);
  texts.finish(out);
}

template <class T>
void append_numbers(const Batch& batch, const Column& column, ParquetChunk& out) {
  Numbers<T> numbers;
  append_values<T>(
      column, batch.rows(), true,
      [&](const std::vector<T>& words, std::string& to) {
        for (const T& word : words) numbers.add(word, to);
      },
      [&](std::size_t, const T& value, std::string& to) { numbers.add(value, to); }, out);
  numbers.finish(out);
}

constexpr std::size_t kFormats = 0
#define FORMAT(...) +1
#include "flow/formats.def"
    ;

ParquetForm form_of(Format format) {
  struct Row {
    Format format;
    ParquetForm form;
  };
  static constexpr auto kRows = std::to_array<Row>({
#define PARQUET(format, as) {Format::format, ParquetForm::as},
#include "export/parquet.def"
  });
  static_assert(kRows.size() == kFormats, "parquet.def has a line for each format");
  return std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) { return row.format == format; })->form;
}

ParquetType physical_of(Type type) {
  return with_type(type, []<class T>() {
    if constexpr (std::is_same_v<T, u128>) return ParquetType::fixed;
    else if constexpr (std::is_same_v<T, double>) return ParquetType::real;
    else return sizeof(T) == 8 ? ParquetType::int64 : ParquetType::int32;
  });
}

}  // namespace

ParquetColumn parquet_column(Field field) {
  const FieldInfo& about = info(field);
  ParquetColumn out{field, form_of(about.format), about.type, ParquetType::bytes};
  if (out.form != ParquetForm::text) out.physical = physical_of(about.type);
  return out;
}

ParquetChunk parquet_chunk(const ParquetColumn& about, const Batch& batch) {
  ParquetChunk out;
  const Column column = column_of(batch, about.field);
  const auto& mask = column.mask();
  out.nulls = column.absent() ? batch.rows() : static_cast<std::uint64_t>(std::count(mask.begin(), mask.end(), 0));
  if (column.absent()) {
    std::string body;
    append_levels(column, batch.rows(), body);
    append_page(kDataPage, batch.rows(), kParquetPlain, body, out);
    return out;
  }
  with_type(about.value, [&]<class T>() {
    if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, Address>) {
      append_texts<T>(about, batch, column, out);
    } else {
      if (about.form == ParquetForm::text) append_texts<T>(about, batch, column, out);
      else append_numbers<T>(batch, column, out);
    }
  });
  return out;
}

}  // namespace argus
