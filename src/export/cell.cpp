#include "export/cell.h"

#include <utility>

#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/format.h"

namespace argus {

namespace {

ExportCell printed(Field field, const TextStyle& style, bool quoted) {
  FieldSet reads = FieldPrinter(field, style).also_reads();
  reads.add(field);
  return {reads, quoted, [field, style](const Batch& batch) -> CellPrinter {
            FieldPrinter printer(field, style);
            printer.start(batch);
            return [printer = std::move(printer)](std::size_t row, std::string& out) {
              if (!printer.has(row)) return false;
              printer.append(row, out);
              return true;
            };
          }};
}

// Of a column of unsigned numbers that are shown as their digits.
template <class T>
ExportCell digits_of(Field field) {
  return {{field}, false, [field](const Batch& batch) -> CellPrinter {
            struct Input {
              Column column;  // which the values may be in
              Flat<T> values;
            };
            auto input = std::make_shared<Input>();
            input->column = column_of(batch, field);
            if (input->column.absent()) return [](std::size_t, std::string&) { return false; };
            input->values = flat<T>(input->column, batch.rows());
            return [input = std::move(input)](std::size_t row, std::string& out) {
              if (!input->values.has(row)) return false;
              append_number(std::uint64_t{input->values.values[row]}, out);
              return true;
            };
          }};
}

bool is_digits(Format format) {
  return format == Format::number || format == Format::amount || format == Format::bytes || format == Format::port;
}

TextStyle plain(int digits = 9) {
  TextStyle out;
  out.names = Names::proto;
  out.digits = digits;
  out.time.digits = digits;
  out.time.form = TimeStyle::Form::rfc3339;
  return out;
}

}  // namespace

ExportCell number(Field field) {
  return with_type(info(field).type, [&]<class T>() {
    if constexpr (std::is_unsigned_v<T> && sizeof(T) <= sizeof(std::uint64_t))
      if (is_digits(info(field).format)) return digits_of<T>(field);
    return printed(field, plain(), false);
  });
}
ExportCell word(Field field) { return printed(field, plain(), true); }
ExportCell utc_time(Field field, int digits) { return printed(field, plain(digits), true); }
ExportCell seconds(Field field, int digits) { return printed(field, plain(digits), false); }

ExportCell epoch_time(Field field, int digits) {
  TextStyle style = plain(digits);
  style.time.form = TimeStyle::Form::epoch;
  return printed(field, style, false);
}

ExportCell json_text(Field field) {
  return {{field}, false, [field](const Batch& batch) -> CellPrinter {
            return [column = column_of(batch, field)](std::size_t row, std::string& out) {
              if (!column.has(row)) return false;
              append_json_string(column.at<std::string>(row), out);
              return true;
            };
          }};
}

ExportCell constant(std::string text, bool quoted) {
  return {{}, quoted, [text = std::move(text)](const Batch&) -> CellPrinter {
            return [text](std::size_t, std::string& out) {
              out += text;
              return true;
            };
          }};
}

ExportCell ip(Field field) {
  return {{field}, true, [field](const Batch& batch) -> CellPrinter {
            return [column = column_of(batch, field)](std::size_t row, std::string& out) {
              if (!column.has(row) || column.at<Address>(row).family() == Family::mac) return false;
              append_text(column.at<Address>(row), out);
              return true;
            };
          }};
}

ExportCell identified(bool quoted, void (*print)(const FlowIdentity& identity, std::string& out)) {
  return computed<Field::saddr, Field::daddr, Field::sport, Field::dport, Field::icmpid, Field::proto, Field::ftime,
                  Field::stime>(
      quoted, [print](std::string& out, const auto& saddr, const auto& daddr, const auto& sport, const auto& dport,
                      const auto& id, const auto& proto, const auto& ftime, const auto& stime) {
        const Address from = saddr.value_or(Address{}), to = daddr.value_or(Address{});
        const std::uint64_t ports =
            std::uint64_t{sport.value_or(0)} << 32 | std::uint64_t{dport.value_or(0)} << 16 | id.value_or(0);
        const auto begin = static_cast<std::uint64_t>(ftime.value_or(stime.value_or(0)));
        // Digits of pi: they have no structure.
        constexpr FlowIdentity kStart = {0x243f6a8885a308d3, 0x13198a2e03707345};
        FlowIdentity words{};
        for (std::size_t i = 0; i < words.size(); i++) {
          std::uint64_t hash = kStart[i];
          for (const std::uint64_t part :
               {from.high(), from.low(), to.high(), to.low(), ports, std::uint64_t{proto.value_or(0)}, begin})
            hash = mix(hash ^ part, 0x9e3779b97f4a7c15) + kStart[1 - i];
          words[i] = mix(hash, kStart[i]);
        }
        print(words, out);
        return true;
      });
}

}  // namespace argus
