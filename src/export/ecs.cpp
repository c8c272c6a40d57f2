// JSON in the Elastic Common Schema: https://www.elastic.co/guide/en/ecs/current/ecs-field-reference.html
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

namespace argus {

namespace {

// As RFC 7042 writes them, which the schema asks for: 00-00-5E-00-53-01.
template <Field field>
ExportCell dashed_mac() {
  return computed<field>(true, [](std::string& out, Maybe<std::uint64_t> address) {
    if (!address) return false;
    const std::size_t before = out.size();
    append_mac(*address, out);
    std::transform(out.begin() + static_cast<std::ptrdiff_t>(before), out.end(),
                   out.begin() + static_cast<std::ptrdiff_t>(before),
                   [](unsigned char c) { return c == ':' ? '-' : static_cast<char>(std::toupper(c)); });
    return true;
  });
}

// Who asked and who answered, where more than the first packet says so.
template <Field address>
ExportCell known_end() {
  return computed<address, Field::dirwhy>(true, [](std::string& out, Maybe<Address> end, Maybe<std::uint8_t> why) {
    if (!is_ip(end) || why.value_or(0) < static_cast<std::uint8_t>(DirWhy::request)) return false;
    append_text(*end, out);
    return true;
  });
}

// The first record of a flow starts it, and all but the reports of one that goes on end it.
ExportCell event_types() {
  return computed<Field::trans, Field::cause>(
      false, [](std::string& out, Maybe<std::uint64_t> begun, Maybe<std::uint8_t> cause) {
        out += "[\"connection\"";
        if (begun.value_or(0) != 0) out += ",\"start\"";
        if (cause && *cause >= static_cast<std::uint8_t>(Cause::timeout)) out += ",\"end\"";
        out += ']';
        return true;
      });
}

ExportCell nanoseconds_long() {
  return computed<Field::dur>(false, [](std::string& out, Maybe<Nanos> length) {
    if (!length) return false;
    append_number(std::int64_t{*length}, out);
    return true;
  });
}

ExportCell network_type() {
  return computed<Field::saddr, Field::proto>(true,
                                              [](std::string& out, Maybe<Address> address, Maybe<std::uint16_t> proto) {
                                                if (is_ip(address)) out += address->is_v4() ? "ipv4" : "ipv6";
                                                else if (proto && !proto_name(*proto).empty())
                                                  out += proto_name(*proto);
                                                else return false;
                                                return true;
                                              });
}

ExportCell network_transport() {
  return computed<Field::proto>(true, [](std::string& out, Maybe<std::uint16_t> proto) {
    if (!proto || *proto >= kProtoLlc || proto_name(*proto).empty()) return false;
    out += proto_name(*proto);
    return true;
  });
}

ExportCell iana_number() {
  return computed<Field::proto>(true, [](std::string& out, Maybe<std::uint16_t> proto) {
    if (!proto || *proto >= kProtoLlc) return false;
    append_number(std::uint64_t{*proto}, out);
    return true;
  });
}

ExportCell related_ip() {
  return computed<Field::saddr, Field::daddr>(false, [](std::string& out, Maybe<Address> s, Maybe<Address> d) {
    if (!is_ip(s) || !is_ip(d)) return false;
    out += "[\"";
    append_text(*s, out);
    out += "\",\"";
    append_text(*d, out);
    out += "\"]";
    return true;
  });
}

}  // namespace

SinkPtr ecs_export(OutletPtr out, const ExportOptions& options) {
  std::vector<Member> members = {
#define ECS(name, ...) {name, __VA_ARGS__},
#include "export/ecs.def"
  };
  return line_sink(std::move(out), json_lines(std::move(members), true), options);
}

}  // namespace argus
