// Zeek's conn.log: https://docs.zeek.org/en/master/logs/conn.html, with tabs and as JSON.
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/int128.h"
#include "base/names.h"
#include "base/text.h"
#include "export/cell.h"
#include "export/formats.h"
#include "export/lines.h"
#include "export/outlet.h"
#include "flow/batch.h"
#include "flow/each_value.h"
#include "flow/events.h"
#include "flow/field.h"
#include "flow/sink.h"

namespace argus {

namespace {

ExportCell nothing() {
  return {{}, true, [](const Batch&) -> CellPrinter { return [](std::size_t, std::string&) { return false; }; }};
}

// "C" and 96 bits in the digits of Zeek: equal in all records of a flow.
ExportCell uid() {
  return identified(true, [](const FlowIdentity& identity, std::string& out) {
    static constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    constexpr int kCount = 17;  // of digits that 96 bits take
    // Ten of them at a time fit 64 bits, which divide faster.
    static constexpr int kTogether = 10;
    constexpr std::uint64_t kTen = [] {
      std::uint64_t product = 1;
      for (int i = 0; i < kTogether; i++) product *= kDigits.size();
      return product;
    }();
    const u128 all = u128{identity[0]} << 32 | (identity[1] & UINT32_MAX);
    auto left = static_cast<std::uint64_t>(all % kTen);
    out += 'C';
    for (int i = 0; i < kCount; i++, left /= kDigits.size()) {
      if (i == kTogether) left = static_cast<std::uint64_t>(all / kTen);
      out += kDigits[static_cast<std::size_t>(left % kDigits.size())];
    }
  });
}

// The types of ICMP that answer each other; Zeek has the other one as the port of who responds, else the code.
Maybe<std::uint8_t> counterpart(std::uint16_t proto, std::uint8_t type) {
  struct Pair {
    std::uint8_t request, reply;
  };
  static constexpr auto kIcmp = std::to_array<Pair>({{8, 0}, {13, 14}, {15, 16}, {17, 18}, {10, 9}});
  static constexpr auto kIcmp6 =
      std::to_array<Pair>({{128, 129}, {133, 134}, {135, 136}, {130, 131}, {139, 140}, {144, 145}});
  const auto find = [&](const auto& pairs) -> Maybe<std::uint8_t> {
    for (const Pair& pair : pairs) {
      if (pair.request == type) return pair.reply;
      if (pair.reply == type) return pair.request;
    }
    return std::nullopt;
  };
  return proto == kProtoIcmp6 ? find(kIcmp6) : find(kIcmp);
}

// Zeek has the type of ICMP as a port, and 0 for protocols without ports.
template <Field field>
ExportCell port(bool responds) {
  return computed<field, Field::proto, Field::itype, Field::icode>(
      false, [responds](std::string& out, Maybe<std::uint16_t> own, Maybe<std::uint16_t> proto,
                        Maybe<std::uint8_t> type, Maybe<std::uint8_t> code) {
        std::uint64_t shown = own.value_or(0);
        if (!own && type) {
          shown = *type;
          if (responds) shown = counterpart(proto.value_or(0), *type).value_or(code.value_or(0));
        }
        append_number(shown, out);
        return true;
      });
}

ExportCell transport_proto() {
  return computed<Field::proto>(true, [](std::string& out, Maybe<std::uint16_t> proto) {
    if (proto == kProtoTcp) out += "tcp";
    else if (proto == kProtoUdp) out += "udp";
    else if (proto == kProtoIcmp || proto == kProtoIcmp6) out += "icmp";
    else out += "unknown_transport";
    return true;
  });
}

ExportCell ip_proto() {
  return computed<Field::proto>(false, [](std::string& out, Maybe<std::uint16_t> proto) {
    if (!proto || *proto >= kProtoLlc) return false;
    append_number(std::uint64_t{*proto}, out);
    return true;
  });
}

// What Zeek takes for local where nobody tells it: Site::private_address_space_nets.
bool is_private(const Address& address) {
  static const std::vector<Prefix> kNets = [] {
    std::vector<Prefix> out;
    for (const std::string_view net : {"10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
                                       "::1/128", "fc00::/7", "fe80::/10"})
      out.push_back(parse_prefix(net).value());
    return out;
  }();
  return std::any_of(kNets.begin(), kNets.end(), [&](const Prefix& net) { return contains(net, address); });
}

template <Field field>
ExportCell is_local() {
  return computed<field>(false, [](std::string& out, Maybe<Address> address) {
    if (!address) return false;
    out += is_private(*address) ? "true" : "false";
    return true;
  });
}

ExportCell missed() {
  return computed<Field::sgap, Field::dgap>(false,
                                            [](std::string& out, Maybe<std::uint64_t> s, Maybe<std::uint64_t> d) {
                                              std::uint64_t sum = 0;
                                              if (__builtin_add_overflow(s.value_or(0), d.value_or(0), &sum))
                                                sum = UINT64_MAX;
                                              append_number(sum, out);
                                              return true;
                                            });
}

// What one end did, where no history was observed: a letter for each thing that it did at least once, in the order in
// which a connection usually has them. Small: the end that answers.
void append_history(bool answers, std::uint32_t events, std::uint8_t flags, std::uint64_t app_bytes, std::string& out) {
  constexpr std::uint8_t kAck = 0x10;
  const auto add = [&](bool did, char letter) {
    if (did) out += static_cast<char>(answers ? letter + ('a' - 'A') : letter);
  };
  add((events & kTcpSyn) != 0, 'S');
  add((events & kTcpSynAck) != 0, 'H');
  add((flags & kAck) != 0 && (events & kTcpEstablished) != 0, 'A');
  add(app_bytes != 0, 'D');
  add((events & kTcpGap) != 0, 'G');
  add((events & kTcpRetransmit) != 0, 'T');
  add((events & kTcpZeroWindow) != 0, 'W');
  add((events & kTcpFin) != 0, 'F');
  add((events & kTcpReset) != 0, 'R');
}

ExportCell history() {
  return computed<Field::history, Field::sevents, Field::devents, Field::sflags, Field::dflags, Field::sappbytes,
                  Field::dappbytes>(
      true, [](std::string& out, const Maybe<std::string>& observed, Maybe<std::uint32_t> s, Maybe<std::uint32_t> d,
               Maybe<std::uint8_t> sflags, Maybe<std::uint8_t> dflags, Maybe<std::uint64_t> sbytes,
               Maybe<std::uint64_t> dbytes) {
        if (observed) return out += *observed, true;
        const std::size_t before = out.size();
        append_history(false, s.value_or(0), sflags.value_or(0), sbytes.value_or(0), out);
        append_history(true, d.value_or(0), dflags.value_or(0), dbytes.value_or(0), out);
        return out.size() != before;
      });
}

struct ZeekColumn {
  std::string_view name, type;
  ExportCell cell;
};
std::vector<ZeekColumn> zeek_columns() {
  return {
#define ZEEK(name, type, ...) {name, type, __VA_ARGS__},
#include "export/zeek.def"
  };
}

// Frames without IP are no connections of Zeek, not even those of ARP, which tell of its addresses.
LineFormat of_ip(LineFormat lines) {
  lines.reads |= FieldSet{Field::saddr, Field::daddr, Field::proto};
  lines.left_out = "without IP left out, as conn.log has none";
  lines.of = [of = std::move(lines.of)](const Batch& batch) -> LinePrinter {
    // By row: how many of the ends have an address of IP.
    std::vector<std::uint8_t> ends(batch.rows());
    for (const Field end : {Field::saddr, Field::daddr})
      each_value<Address>(batch[end], batch.rows(), [&](std::size_t row, const Address& address) {
        ends[row] = static_cast<std::uint8_t>(ends[row] + (address.family() != Family::mac ? 1 : 0));
      });
    each_value<std::uint16_t>(batch[Field::proto], batch.rows(), [&](std::size_t row, std::uint16_t proto) {
      if (proto >= kProtoLlc) ends[row] = 0;
    });
    return [print = of(batch), ends = std::move(ends)](std::size_t row, std::string& out) {
      return ends[row] == 2 && print(row, out);
    };
  };
  return lines;
}

LineFormat with_tabs() {
  LineFormat out;
  std::vector<ZeekColumn> columns = zeek_columns();
  std::string fields = "#fields", types = "#types";
  for (const ZeekColumn& column : columns) {
    fields += fmt::format("\t{}", column.name);
    types += fmt::format("\t{}", column.type);
    out.reads |= column.cell.reads;
  }
  out.head = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n" + fields +
             '\n' + types + '\n';
  out.of = [columns = std::move(columns)](const Batch& batch) -> LinePrinter {
    struct Bound {
      bool is_bool;
      CellPrinter print;
    };
    std::vector<Bound> cells;
    cells.reserve(columns.size());
    for (const ZeekColumn& column : columns) cells.push_back({column.type == "bool", column.cell.of(batch)});
    return [cells = std::move(cells)](std::size_t row, std::string& line) {
      for (const Bound& cell : cells) {
        const std::size_t before = line.size();
        if (!cell.print(row, line)) line += '-';
        else if (cell.is_bool) line.replace(before, std::string::npos, line[before] == 't' ? "T" : "F");
        line += '\t';
      }
      line.back() = '\n';
      return true;
    };
  };
  return out;
}

}  // namespace

SinkPtr zeek_export(OutletPtr out, const ExportOptions& options) {
  return line_sink(std::move(out), of_ip(with_tabs()), options);
}

SinkPtr zeek_json_export(OutletPtr out, const ExportOptions& options) {
  std::vector<Member> members;
  for (ZeekColumn& column : zeek_columns()) members.push_back({column.name, std::move(column.cell)});
  return line_sink(std::move(out), of_ip(json_lines(std::move(members), false)), options);
}

}  // namespace argus
