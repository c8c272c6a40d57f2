// NetFlow 1, 5 and 7: records of a fixed form, which is a template that nobody sends.
// Cisco, NetFlow Export Datagram Formats.
#include <array>

#include "base/bytes.h"
#include "base/time.h"
#include "collect/collector.h"
#include "collect/exporters.h"
#include "collect/fill.h"
#include "collect/inbox.h"
#include "collect/template.h"
#include "flow/ledger.h"

namespace argus {

namespace {

constexpr std::size_t kEnds = 11;
constexpr std::array<FieldSpec, kEnds> kFront = {{{0, 8, 4},     // source
                                                  {0, 12, 4},    // destination
                                                  {0, 15, 4},    // next hop
                                                  {0, 10, 2},    // input
                                                  {0, 14, 2},    // output
                                                  {0, 2, 4},     // packets
                                                  {0, 1, 4},     // octets
                                                  {0, 22, 4},    // first
                                                  {0, 21, 4},    // last
                                                  {0, 7, 2},     // source port
                                                  {0, 11, 2}}};  // destination port

Template shape_of(std::initializer_list<FieldSpec> rest) {
  std::vector<FieldSpec> fields(kFront.begin(), kFront.end());
  fields.insert(fields.end(), rest);
  return *Template::make(std::move(fields), 0);
}

constexpr FieldSpec padding(std::uint16_t length) { return {0, kPadding, length}; }
constexpr FieldSpec kFlags = {0, 6, 1}, kProto = {0, 4, 1}, kTos = {0, 5, 1}, kSourceAs = {0, 16, 2},
                    kDestinationAs = {0, 17, 2}, kSourceMask = {0, 9, 1}, kDestinationMask = {0, 13, 1};

struct Header {
  std::uint16_t count = 0;
  MessageFacts facts;
};

// What the three have in common.
Header read_header(ByteReader& in) {
  Header out;
  in.skip(2);
  out.count = in.be<std::uint16_t>();
  out.facts.uptime = in.be<std::uint32_t>();
  const auto seconds = in.be<std::uint32_t>();
  const auto nanos = in.be<std::uint32_t>();
  out.facts.exported = Nanos{seconds} * kSecond + (nanos < kSecond ? Nanos{nanos} : 0);
  return out;
}

// The records behind the header, as many as it says.
std::size_t read_records(ByteReader& in, const Header& header, const Template& shape, Bytes bytes, Domain& domain,
                         Inbox& inbox) {
  const Bytes records = in.take(header.count * shape.length());
  if (!in.ok() || header.count == 0) return malformed(bytes, inbox);
  inbox.add_records(RecordSet(shape, records), shape, header.facts, domain);
  return bytes.size() - in.left();
}

}  // namespace

std::size_t read_netflow1(const Datagram& datagram, Bytes bytes, Inbox& inbox) {
  static const Template shape = shape_of({padding(2), kProto, kTos, kFlags, padding(11)});
  ByteReader in(bytes);
  const Header header = read_header(in);
  return read_records(in, header, shape, bytes, inbox.exporters.of({datagram.from, 0, Protocol::netflow5}), inbox);
}

std::size_t read_netflow5(const Datagram& datagram, Bytes bytes, Inbox& inbox) {
  static const Template shape = shape_of(
      {padding(1), kFlags, kProto, kTos, kSourceAs, kDestinationAs, kSourceMask, kDestinationMask, padding(2)});
  constexpr std::uint16_t kRateBits = 0x3fff;
  ByteReader in(bytes);
  Header header = read_header(in);
  const auto sequence = in.be<std::uint32_t>();
  const auto engine = in.be<std::uint16_t>();
  header.facts.rate = in.be<std::uint16_t>() & kRateBits;
  Domain& domain = inbox.exporters.of({datagram.from, engine, Protocol::netflow5});
  const std::size_t taken = read_records(in, header, shape, bytes, domain, inbox);
  if (in.ok() && header.count != 0)
    inbox.judge(domain, LedgerItem::flows_lost, sequence, header.count, header.count, datagram.port);
  return taken;
}

std::size_t read_netflow7(const Datagram& datagram, Bytes bytes, Inbox& inbox) {
  static const Template shape = shape_of({padding(1),
                                          kFlags,
                                          kProto,
                                          kTos,
                                          kSourceAs,
                                          kDestinationAs,
                                          kSourceMask,
                                          kDestinationMask,
                                          padding(2),
                                          {0, 130, 4}});
  ByteReader in(bytes);
  const Header header = read_header(in);
  const auto sequence = in.be<std::uint32_t>();
  in.skip(4);
  Domain& domain = inbox.exporters.of({datagram.from, 0, Protocol::netflow5});
  const std::size_t taken = read_records(in, header, shape, bytes, domain, inbox);
  if (in.ok() && header.count != 0)
    inbox.judge(domain, LedgerItem::flows_lost, sequence, header.count, header.count, datagram.port);
  return taken;
}

}  // namespace argus
