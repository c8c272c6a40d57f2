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
    const std::size_t index = code >> (kFlagsBits * i) & 15;
    const std::string_view known = kFlagsLetters[i];
    if (index < known.size()) letters[i + 1] = known[index];
  }
  while (!letters.empty() && letters.back() == ' ') letters.pop_back();
  out += letters;
}

void append_proto(Proto proto, Names names, std::string& out) {
  const std::string_view name = names == Names::none ? std::string_view() : proto_name(proto);
  if (name.empty()) append_number(std::uint64_t{proto}, out);
  else out += name;
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

FieldPrinter::FieldPrinter(Field field, const TextStyle& style) : field_(field), style_(style) {}

FieldSet FieldPrinter::also_reads() const {
  FieldSet out;
  if (info(field_).format == Format::port && style_.names == Names::all) out.add(Field::proto);
  if (field_ == Field::saddr) out.add(Field::smask);
  if (field_ == Field::daddr) out.add(Field::dmask);
  return out;
}

void FieldPrinter::start(const Batch& batch) {
  column_ = column_of(batch, field_);
  if (info(field_).format == Format::port && style_.names == Names::all) proto_ = batch[Field::proto];
  if (field_ == Field::saddr) mask_ = batch[Field::smask];
  if (field_ == Field::daddr) mask_ = batch[Field::dmask];
}

void FieldPrinter::append(std::size_t row, std::string& out) const {
  if (!column_.has(row)) return;
  const FieldInfo& field = info(field_);
  if (field.type == Type::f64) return append_float(row, out);
  switch (field.format) {
    case Format::time: return append_time(column_.at<std::int64_t>(row), style_.time, out);
    case Format::duration: return append_duration(row, out);
    case Format::address: return append_address(row, out);
    case Format::text: return append_escaped(column_.at<std::string>(row), out);
    case Format::mac: return append_mac(number_at(column_, row), out);
    case Format::proto: return append_proto(static_cast<Proto>(number_at(column_, row)), style_.names, out);
    case Format::port: return append_port(row, out);
    case Format::hex: return append_hex(number_at(column_, row), 2 * width_of(field.type), out);
    case Format::etype: return append_hex(number_at(column_, row), 4, out);
    case Format::tcpflags: return append_letters(kTcpFlagLetters, number_at(column_, row), out);
    case Format::encaps: return append_encaps(number_at(column_, row), out);
    case Format::icmpmap: return append_letters(kIcmpMapLetters, number_at(column_, row), out);
    case Format::cause: return append_word(kCauseWords, number_at(column_, row), out);
    case Format::dirwhy: return append_word(kDirWhyWords, number_at(column_, row), out);
    case Format::state: return (void)(out += state_text(static_cast<std::uint16_t>(number_at(column_, row))));
    case Format::dir: {
      const std::uint64_t code = number_at(column_, row);
      out += code < kDirectionWords.size() ? kDirectionWords[code] : "-";
      return;
    }
    case Format::flgs: return append_flags(number_at(column_, row), out);
    case Format::number:
    case Format::amount:
    case Format::bytes:
    case Format::rate:
    case Format::percent: break;
  }
  if (field.type == Type::u128) return append_u128(column_.at<u128>(row), out);
  const std::uint64_t value = number_at(column_, row);
  if (style_.human && (field.format == Format::bytes || value >= 1000))
    return append_human(static_cast<double>(value), out);
  append_number(value, out);
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

void FieldPrinter::append_duration(std::size_t row, std::string& out) const {
  if (column_.type() == Type::i64) append_seconds(column_.at<std::int64_t>(row), style_.digits, out);
  else append_long_seconds(number_at(column_, row), style_.digits, out);
}

void FieldPrinter::append_float(std::size_t row, std::string& out) const {
  const double value = column_.at<double>(row);
  if (style_.human && info(field_).format != Format::percent) append_human(value, out);
  else append_real(value, style_.digits, out);
}

void FieldPrinter::append_address(std::size_t row, std::string& out) const {
  append_text(column_.at<Address>(row), out);
  if (mask_.has(row)) {
    out += '/';
    append_number(std::uint64_t{mask_.at<std::uint8_t>(row)}, out);
  }
}

void FieldPrinter::append_port(std::size_t row, std::string& out) const {
  const auto port = column_.at<std::uint16_t>(row);
  std::string_view name;
  if (style_.names == Names::all)
    name = proto_.has(row) ? service_name(port, proto_.at<std::uint16_t>(row)) : service_name(port);
  if (name.empty()) append_number(std::uint64_t{port}, out);
  else out += name;
}

bool aligns_right(Field field) { return info(info(field).format).right; }
bool is_json_number(Field field) { return info(info(field).format).bare; }

}  // namespace argus
