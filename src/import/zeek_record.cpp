#include "import/zeek_record.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/names.h"
#include "base/time_range.h"
#include "flow/events.h"
#include "import/instant.h"
#include "import/wire_numbers.h"

namespace argus {

namespace {

template <class T>
void number(std::string_view text, std::optional<T>& to, ZeekRecord& record) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) to = value;
  else record.sound = false;
}

void address(std::string_view text, ZeekSide& side, ZeekRecord& record) {
  side.address = parse_address(text);
  if (!side.address) record.sound = false;
}

void proto(std::string_view text, ZeekRecord& record) {
  if (text == "tcp") record.proto = kProtoTcp;
  else if (text == "udp") record.proto = kProtoUdp;
  else if (text == "icmp") record.proto = kProtoIcmp;
  else if (const auto named = find_proto(text)) record.proto = *named;
}

void mac(std::string_view text, ZeekSide& side, ZeekRecord& record) {
  side.mac = parse_mac(text);
  if (!side.mac) record.sound = false;
}

struct ConnState {
  std::string_view name;
  std::uint32_t orig, resp;  // events
};
constexpr auto kConnStates = std::to_array<ConnState>({
    {"S0", kTcpSyn, 0},
    {"S1", kTcpSyn | kTcpEstablished, kTcpSynAck | kTcpEstablished},
    {"SF", kTcpSyn | kTcpEstablished | kTcpFin | kTcpFinAcked, kTcpSynAck | kTcpEstablished | kTcpFin | kTcpFinAcked},
    {"REJ", kTcpSyn, kTcpReset},
    {"S2", kTcpSyn | kTcpEstablished | kTcpFin, kTcpSynAck | kTcpEstablished},
    {"S3", kTcpSyn | kTcpEstablished, kTcpSynAck | kTcpEstablished | kTcpFin},
    {"RSTO", kTcpSyn | kTcpEstablished | kTcpReset, kTcpSynAck | kTcpEstablished},
    {"RSTR", 0, kTcpReset},
    {"RSTOS0", kTcpSyn | kTcpReset, 0},
    {"RSTRH", 0, kTcpSynAck | kTcpReset},
    {"SH", kTcpSyn | kTcpFin, 0},
    {"SHR", 0, kTcpSynAck | kTcpFin},
});

void conn_state(std::string_view text, ZeekRecord& record) {
  for (const ConnState& state : kConnStates)
    if (state.name == text) record.orig.events |= state.orig, record.resp.events |= state.resp;
}

struct Letter {
  char letter;  // a capital one is the originator's
  std::uint8_t flags;
  std::uint32_t events;
};
constexpr auto kLetters = std::to_array<Letter>({
    {'s', kFlagSyn, kTcpSyn},
    {'h', kFlagSyn | kFlagAck, kTcpSynAck},
    {'a', kFlagAck, 0},
    {'f', kFlagFin, kTcpFin},
    {'r', kFlagReset, kTcpReset},
    {'i', kFlagFin | kFlagReset, kTcpFin | kTcpReset},
    {'t', 0, kTcpRetransmit},
    {'w', 0, kTcpZeroWindow},
    {'g', 0, kTcpGap},
});

void history(std::string_view text, ZeekRecord& record) {
  for (const char c : text) {
    if (c == '^') record.reversed = true;
    const bool orig = c >= 'A' && c <= 'Z';
    const char lower = orig ? static_cast<char>(c - 'A' + 'a') : c;
    for (const Letter& letter : kLetters) {
      if (letter.letter != lower) continue;
      ZeekSide& side = orig ? record.orig : record.resp;
      side.flags = static_cast<std::uint8_t>(side.flags | letter.flags);
      side.events |= letter.events;
    }
  }
}

constexpr auto kColumns = std::to_array<ZeekColumn>({
    {"ts",
     [](std::string_view text, ZeekRecord& r) {
       r.start = parse_timestamp(text);
       r.sound = r.sound && r.start;
     },
     ""},
    {"id.orig_h", [](std::string_view text, ZeekRecord& r) { address(text, r.orig, r); }, ""},
    {"id.orig_p", [](std::string_view text, ZeekRecord& r) { number(text, r.orig.port, r); }, ""},
    {"id.resp_h", [](std::string_view text, ZeekRecord& r) { address(text, r.resp, r); }, ""},
    {"id.resp_p", [](std::string_view text, ZeekRecord& r) { number(text, r.resp.port, r); }, ""},
    {"proto", &proto, ""},
    {"duration",
     [](std::string_view text, ZeekRecord& r) {
       r.duration = parse_decimal_seconds(text);
       r.sound = r.sound && r.duration;
     },
     ""},
    {"orig_bytes", [](std::string_view text, ZeekRecord& r) { number(text, r.orig.app_bytes, r); }, ""},
    {"resp_bytes", [](std::string_view text, ZeekRecord& r) { number(text, r.resp.app_bytes, r); }, ""},
    {"conn_state", &conn_state, ""},
    {"history", &history, ""},
    {"orig_pkts", [](std::string_view text, ZeekRecord& r) { number(text, r.orig.packets, r); }, ""},
    {"orig_ip_bytes", [](std::string_view text, ZeekRecord& r) { number(text, r.orig.bytes, r); }, ""},
    {"resp_pkts", [](std::string_view text, ZeekRecord& r) { number(text, r.resp.packets, r); }, ""},
    {"resp_ip_bytes", [](std::string_view text, ZeekRecord& r) { number(text, r.resp.bytes, r); }, ""},
    {"ip_proto", [](std::string_view text, ZeekRecord& r) { number(text, r.proto, r); }, ""},
    {"vlan", [](std::string_view text, ZeekRecord& r) { number(text, r.vlan, r); }, ""},
    {"orig_l2_addr", [](std::string_view text, ZeekRecord& r) { mac(text, r.orig, r); }, ""},
    {"resp_l2_addr", [](std::string_view text, ZeekRecord& r) { mac(text, r.resp, r); }, ""},
    {"local_orig", nullptr, ""},
    {"local_resp", nullptr, ""},
    {"uid", nullptr, "uid"},
    {"service", nullptr, "service"},
    {"missed_bytes", nullptr, ""},
    {"tunnel_parents", nullptr, "tunnel_parents"},
    {"inner_vlan", nullptr, "inner_vlan"},
    {"community_id", nullptr, "community_id"},
    {"_path", nullptr, ""},
});

// Of ICMP, type and code stand in the places of ports.
void put_ports(const ZeekRecord& record, Rows& rows) {
  const std::size_t at = rows.at();
  const bool v6 = record.orig.address && record.orig.address->family() == Family::ipv6;
  const Proto own = v6 && record.proto == kProtoIcmp ? kProtoIcmp6 : *record.proto;
  rows.proto.put(at, own);
  if (own == kProtoIcmp || own == kProtoIcmp6) {
    if (record.orig.port) rows.itype.put(at, static_cast<std::uint8_t>(*record.orig.port));
    if (record.resp.port) rows.icode.put(at, static_cast<std::uint8_t>(*record.resp.port));
  } else if (has_ports(own)) {
    if (record.orig.port) rows.sport.put(at, *record.orig.port);
    if (record.resp.port) rows.dport.put(at, *record.resp.port);
  }
}

}  // namespace

const ZeekColumn* zeek_column(std::string_view name) {
  const auto* const found =
      std::find_if(kColumns.begin(), kColumns.end(), [&](const ZeekColumn& c) { return c.name == name; });
  return found == kColumns.end() ? nullptr : found;
}

void put_zeek(const ZeekRecord& record, Rows& rows) {
  const std::size_t at = rows.at();
  if (record.start && is_time(*record.start)) {
    const Nanos last = std::min(*record.start + std::max<Nanos>(record.duration.value_or(0), 0), kTimeMost);
    rows.stime.put(at, *record.start);
    rows.ltime.put(at, last);
    rows.ftime.put(at, *record.start);
    if (record.resp.packets == 0u) rows.sstime.put(at, *record.start), rows.sltime.put(at, last);
  }
  const auto side = [&](const ZeekSide& from, auto& address, auto& packets, auto& bytes, auto& app_bytes, auto& mac) {
    if (from.address) address.put(at, *from.address);
    if (from.packets) packets.put(at, *from.packets);
    if (from.bytes) bytes.put(at, *from.bytes);
    if (from.app_bytes) app_bytes.put(at, *from.app_bytes);
    if (from.mac) mac.put(at, *from.mac);
  };
  side(record.orig, rows.saddr, rows.spkts, rows.sbytes, rows.sappbytes, rows.smac);
  side(record.resp, rows.daddr, rows.dpkts, rows.dbytes, rows.dappbytes, rows.dmac);
  if (record.orig.address) rows.etype.put(at, record.orig.address->family() == Family::ipv6 ? kEtypeIp6 : kEtypeIp);
  if (record.proto) put_ports(record, rows);
  if (record.vlan) rows.svlan.put(at, *record.vlan);
  DirWhy why = record.reversed ? DirWhy::port : DirWhy::first_packet;
  if (record.proto == kProtoTcp) {
    rows.sevents.put(at, record.orig.events);
    rows.devents.put(at, record.resp.events);
    rows.sflags.put(at, record.orig.flags);
    rows.dflags.put(at, record.resp.flags);
    if ((record.orig.events & kTcpSyn) != 0) why = DirWhy::syn;
    else if ((record.resp.events & kTcpSynAck) != 0) why = DirWhy::syn_ack;
  }
  rows.dirwhy.put(at, static_cast<std::uint8_t>(why));
  rows.trans.put(at, 1);
  rows.records.put(at, 1);
  rows.done();
}

}  // namespace argus
