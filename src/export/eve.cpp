// Suricata's EVE JSON, events of the type flow: https://docs.suricata.io/en/latest/output/eve/eve-json-format.html
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/names.h"
#include "base/text.h"
#include "base/time.h"
#include "export/cell.h"
#include "export/formats.h"
#include "export/lines.h"
#include "export/outlet.h"
#include "flow/events.h"
#include "flow/field.h"
#include "flow/sink.h"
#include "flow/state.h"

namespace argus {

namespace {

// 2026-09-21T14:13:20.016019+0000
template <Field field>
ExportCell moment() {
  return computed<field>(true, [](std::string& out, Maybe<Nanos> time) {
    if (!time) return false;
    append_time(*time, {TimeStyle::Form::rfc3339, 6, {}}, out);
    out.replace(out.size() - 1, 1, "+0000");
    return true;
  });
}

// 51 bits, as Suricata's, so that each reader of JSON can hold it; equal in all records of a flow.
ExportCell flow_id() {
  return identified(false, [](const FlowIdentity& identity, std::string& out) {
    constexpr std::uint64_t kBits = (std::uint64_t{1} << 51) - 1;
    append_number(identity[0] & kBits, out);
  });
}

ExportCell vlan() {
  return computed<Field::svid>(false, [](std::string& out, Maybe<std::uint16_t> id) {
    if (!id) return false;
    out += '[';
    append_number(std::uint64_t{*id}, out);
    out += ']';
    return true;
  });
}

template <Field field>
ExportCell macs() {
  return computed<field>(false, [](std::string& out, Maybe<std::uint64_t> address) {
    if (!address) return false;
    out += "[\"";
    append_mac(*address, out);
    out += "\"]";
    return true;
  });
}

// "TCP", "IPv6-ICMP"; the number where it has no name.
ExportCell capital_proto() {
  return computed<Field::proto>(true, [](std::string& out, Maybe<std::uint16_t> proto) {
    if (!proto) return false;
    const std::string_view name = proto_name(*proto);
    if (*proto == kProtoIcmp6) out += "IPv6-ICMP";
    else if (name.empty()) append_number(std::uint64_t{*proto}, out);
    else
      for (const char c : name) out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return true;
  });
}

ExportCell whole_seconds() {
  return computed<Field::dur>(false, [](std::string& out, Maybe<Nanos> length) {
    if (!length) return false;
    append_number(std::int64_t{*length / kSecond}, out);
    return true;
  });
}

bool both_fin(Maybe<std::uint32_t> s, Maybe<std::uint32_t> d) { return (s.value_or(0) & d.value_or(0) & kTcpFin) != 0; }

ExportCell flow_state() {
  return computed<Field::state, Field::spkts, Field::dpkts, Field::sevents, Field::devents>(
      true, [](std::string& out, Maybe<std::uint16_t> state, Maybe<std::uint64_t> spkts, Maybe<std::uint64_t> dpkts,
               Maybe<std::uint32_t> s, Maybe<std::uint32_t> d) {
        const bool both = spkts.value_or(0) != 0 && dpkts.value_or(0) != 0;
        if (state == kStateReset || both_fin(s, d)) out += "closed";
        else out += both ? "established" : "new";
        return true;
      });
}

// Why Suricata wrote an event: it has no reports of flows that go on.
ExportCell reason() {
  return computed<Field::cause>(true, [](std::string& out, Maybe<std::uint8_t> cause) {
    if (!cause) return false;
    switch (static_cast<Cause>(*cause)) {
      case Cause::flush:
      case Cause::shutdown: out += "shutdown"; return true;
      case Cause::status:
      case Cause::evicted: out += "forced"; return true;
      case Cause::timeout:
      case Cause::closed:
      case Cause::reset: break;
    }
    out += "timeout";
    return true;
  });
}

template <Field... fields>
ExportCell tcp_flags() {
  return computed<Field::proto, fields...>(true,
                                           [](std::string& out, Maybe<std::uint16_t> proto, const auto&... flags) {
                                             if (proto != kProtoTcp) return false;
                                             const unsigned all = (0u | ... | unsigned{flags.value_or(0)});
                                             out += kHexDigits[all >> 4];
                                             out += kHexDigits[all & 15];
                                             return true;
                                           });
}

ExportCell has_flag(std::uint8_t bit) {
  return computed<Field::sflags, Field::dflags>(false,
                                                [bit](std::string& out, Maybe<std::uint8_t> s, Maybe<std::uint8_t> d) {
                                                  if (((s.value_or(0) | d.value_or(0)) & bit) == 0) return false;
                                                  out += "true";
                                                  return true;
                                                });
}

ExportCell tcp_state() {
  return computed<Field::proto, Field::state, Field::sevents, Field::devents>(
      true, [](std::string& out, Maybe<std::uint16_t> proto, Maybe<std::uint16_t> state, Maybe<std::uint32_t> s,
               Maybe<std::uint32_t> d) {
        if (proto != kProtoTcp || !state) return false;
        if (*state == kStateReset || both_fin(s, d)) out += "closed";
        else if (*state == kStateFin) out += "fin_wait1";
        else if (*state == kStateRequest) out += "syn_sent";
        else if (*state == kStateAccepted) out += "syn_recv";
        else if (((s.value_or(0) | d.value_or(0)) & kTcpEstablished) != 0) out += "established";
        else return false;
        return true;
      });
}

}  // namespace

SinkPtr eve_export(OutletPtr out, const ExportOptions& options) {
  std::vector<Member> members = {
#define EVE(name, ...) {name, __VA_ARGS__},
#include "export/eve.def"
  };
  return line_sink(std::move(out), json_lines(std::move(members), true), options);
}

}  // namespace argus
