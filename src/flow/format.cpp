#include "flow/format.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/address.h"
#include "base/names.h"
#include "base/text.h"
#include "flow/format_words.h"
#include "flow/state.h"
#include "flow/type.h"

namespace argus {

namespace {

template <class T>
std::uint64_t widened(const Column& column, std::size_t row) {
  return static_cast<std::uint64_t>(column.at<T>(row));
}

std::uint64_t number_at(const Column& column, std::size_t row) {
  switch (column.type()) {
    case Type::u8: return widened<std::uint8_t>(column, row);
    case Type::u16: return widened<std::uint16_t>(column, row);
    case Type::u32: return widened<std::uint32_t>(column, row);
    case Type::u64: return widened<std::uint64_t>(column, row);
    case Type::i64: return widened<std::int64_t>(column, row);
    case Type::u128:
    case Type::addr:
    case Type::bytes:
    case Type::f64: break;
  }
  return 0;
}

void append_real(double value, int digits, std::string& out) {
  std::array<char, 400> text;
  const auto done = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, digits);
  if (done.ec == std::errc()) out.append(text.data(), done.ptr);
}

void append_u128(u128 value, std::string& out) {
  std::array<char, 40> digits;
  std::size_t n = digits.size();
  do digits[--n] = static_cast<char>('0' + static_cast<unsigned>(value % 10)), value /= 10;
  while (value != 0);
  out.append(digits.data() + n, digits.size() - n);
}

void append_hex(std::uint64_t value, std::size_t digits, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "0x";
  for (std::size_t i = digits; i-- > 0;) out += kHex[value >> (4 * i) & 15];
}

void append_flags(std::uint64_t code, std::string& out) {
  std::string letters(9, ' ');
  for (std::size_t i = 0; i < std::size(kFlagsLetters); i++) {
    const std::size_t index = flags_index(static_cast<std::uint32_t>(code), static_cast<unsigned>(i));
    const std::string_view known = kFlagsLetters[i];
    if (index < known.size()) letters[i + 1] = known[index];
  }
  while (!letters.empty() && letters.back() == ' ') letters.pop_back();
  out += letters;
}

// A value to print, and how.
struct Shown {
  const Column& column;
  std::size_t row;
  const TextStyle& style;
  const Column& beside;  // the other column that FieldPrinter read for it; absent where there is none
  [[nodiscard]] std::uint64_t number() const { return number_at(column, row); }
};

void append_amount(double value, const TextStyle& style, std::string& out) {
  if (style.human) append_human(value, out);
  else append_real(value, style.digits, out);
}

void print_number(const Shown& value, std::string& out) {
  if (value.column.type() == Type::f64) return append_amount(value.column.at<double>(value.row), value.style, out);
  if (value.column.type() == Type::u128) return append_u128(value.column.at<u128>(value.row), out);
  const std::uint64_t number = value.number();
  if (value.style.human) append_human(static_cast<double>(number), out);
  else append_number(number, out);
}

void print_percent(const Shown& value, std::string& out) {
  append_real(value.column.at<double>(value.row), value.style.digits, out);
}

void print_hex(const Shown& value, std::string& out) {
  append_hex(value.number(), 2 * width_of(value.column.type()), out);
}

void print_time(const Shown& value, std::string& out) {
  append_time(value.column.at<std::int64_t>(value.row), value.style.time, out);
}

void print_duration(const Shown& value, std::string& out) {
  if (value.column.type() == Type::i64)
    append_seconds(value.column.at<std::int64_t>(value.row), value.style.digits, out);
  else append_long_seconds(value.number(), value.style.digits, out);
}

void print_text(const Shown& value, std::string& out) { append_escaped(value.column.at<std::string>(value.row), out); }

void print_address(const Shown& value, std::string& out) {
  const auto address = value.column.at<Address>(value.row);
  const bool network = value.beside.has(value.row);
  if (!network && value.style.hosts != nullptr)
    if (const std::string_view name = value.style.hosts->name_of(address); !name.empty()) {
      out += name;
      return;
    }
  append_text(address, out);
  if (network) {
    out += '/';
    append_number(std::uint64_t{value.beside.at<std::uint8_t>(value.row)}, out);
  }
}

void print_mac(const Shown& value, std::string& out) { append_mac(value.number(), out); }

// Its name, where it has one, or the number.
void append_named(std::string_view name, std::uint64_t number, std::string& out) {
  if (name.empty()) append_number(number, out);
  else out += name;
}

void print_proto(const Shown& value, std::string& out) {
  const auto proto = static_cast<Proto>(value.number());
  append_named(value.style.names == Names::none ? std::string_view() : proto_name(proto), proto, out);
}

void print_etype(const Shown& value, std::string& out) { append_hex(value.number(), 4, out); }

void print_port(const Shown& value, std::string& out) {
  const auto port = value.column.at<std::uint16_t>(value.row);
  std::string_view name;
  if (value.style.names == Names::all)
    name = value.beside.has(value.row) ? service_name(port, value.beside.at<std::uint16_t>(value.row))
                                       : service_name(port);
  append_named(name, port, out);
}

void print_tcpflags(const Shown& value, std::string& out) { append_letters(kTcpFlagLetters, value.number(), out); }
void print_icmpmap(const Shown& value, std::string& out) { append_letters(kIcmpMapLetters, value.number(), out); }
void print_encaps(const Shown& value, std::string& out) { append_encaps(value.number(), out); }
void print_zstate(const Shown& value, std::string& out) { append_word(kZeekStateWords, value.number(), out); }
void print_cause(const Shown& value, std::string& out) { append_word(kCauseWords, value.number(), out); }
void print_tunnel(const Shown& value, std::string& out) { append_word(kTunnelWords, value.number(), out); }
void print_dscp(const Shown& value, std::string& out) { append_word(kDscpWords, value.number(), out); }
void print_oui(const Shown& value, std::string& out) { append_oui(value.number(), out); }
void print_dirwhy(const Shown& value, std::string& out) { append_word(kDirWhyWords, value.number(), out); }
void print_state(const Shown& value, std::string& out) {
  out += state_text(static_cast<std::uint16_t>(value.number()));
}

void print_dir(const Shown& value, std::string& out) {
  const std::uint64_t code = value.number();
  out += code < kDirectionWords.size() ? kDirectionWords[code] : "-";
}

void print_flgs(const Shown& value, std::string& out) { append_flags(value.number(), out); }

using Print = void (*)(const Shown& value, std::string& out);
constexpr Print kPrint[] = {
#define FORMAT(name, kind, order, json, cut, told, disguise, print, parse) &print_##print,
#include "flow/formats.def"
};

// The column that printing a field reads besides its own.
std::optional<Field> field_beside(Field field, const TextStyle& style) {
  const bool number = info(field).format == Format::port && style.names != Names::all;
  return number ? std::nullopt : beside(field);
}

}  // namespace

void append_human(double value, std::string& out) {
  constexpr std::string_view kUnits = "kMGTPE";
  if (value < 1000) return append_real(value, value == std::floor(value) ? 0 : 2, out);
  std::size_t unit = 0;
  for (value /= 1000; value >= 999.5 && unit + 1 < kUnits.size(); value /= 1000) unit++;
  append_real(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0, out);
  out += kUnits[unit];
}

FieldPrinter::FieldPrinter(Field field, const TextStyle& style)
    : field_(field), style_(style), beside_field_(field_beside(field, style)) {}

FieldSet FieldPrinter::also_reads() const {
  FieldSet out;
  if (beside_field_) out.add(*beside_field_);
  return out;
}

void FieldPrinter::start(const Batch& batch) {
  column_ = column_of(batch, field_);
  if (beside_field_) beside_ = batch[*beside_field_];
}

void FieldPrinter::append(std::size_t row, std::string& out) const {
  if (!column_.has(row)) return;
  kPrint[static_cast<std::size_t>(info(field_).format)]({column_, row, style_, beside_}, out);
}

void FieldPrinter::append_json(std::size_t row, std::string& out) const {
  const Format format = info(field_).format;
  if (format == Format::text) return append_json_string(column_.at<std::string>(row), out);
  if (format == Format::time && style_.time.form == TimeStyle::Form::strftime) {  // any text of the user's
    std::string time;
    append(row, time);
    return append_json_string(time, out);
  }
  const bool quotes = !is_json_number(field_) || style_.human || (format == Format::port && style_.names == Names::all);
  if (quotes) out += '"';  // what is printed between has nothing to escape
  append(row, out);
  if (quotes) out += '"';
}

bool aligns_right(Field field) { return info(info(field).format).is_number(); }
bool is_json_number(Field field) { return info(info(field).format).bare; }

}  // namespace argus
