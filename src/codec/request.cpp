#include "codec/request.h"

#include <algorithm>
#include <string_view>

#include "codec/frame.h"

namespace argus {

namespace {

// Parts: kind, length, bytes. A later version may send more of them.
enum class Part : std::uint8_t { filter = 1, fields = 2, wants = 3 };

void put_part(Part part, Bytes bytes, ByteWriter& out) {
  out.le(static_cast<std::uint8_t>(part));
  out.le(static_cast<std::uint16_t>(bytes.size()));
  out.bytes(bytes);
}

// Wire numbers that this build does not know are of a newer reader's fields: it gets what there is.
Result<> take_fields(Bytes bytes, FieldSet& fields) {
  ByteReader in(bytes);
  while (in.left() != 0) {
    const std::uint16_t wire = in.le<std::uint16_t>();
    if (!in.ok()) return fail(Errc::corrupt, "a request whose list of fields ends early");
    if (const auto field = field_of_wire(wire)) fields.add(*field);
  }
  return {};
}

}  // namespace

std::vector<std::byte> encode_request(const Request& request) {
  ByteWriter payload;
  if (!request.filter.empty()) put_part(Part::filter, std::as_bytes(std::span(request.filter)), payload);
  ByteWriter fields;
  for (const Field field : request.fields.list())
    if (is_stored(field)) fields.le(info(field).wire);
  if (fields.size() != 0) put_part(Part::fields, fields.view(), payload);
  const auto wants = static_cast<std::byte>(request.wants);
  put_part(Part::wants, Bytes(&wants, 1), payload);

  FrameHead head;
  head.type = static_cast<std::uint8_t>(FrameType::request);
  head.stored = head.directory = static_cast<std::uint32_t>(payload.size());
  head.directory_check = seeded_check(head.stream, payload.view());
  std::vector<std::byte> out;
  append_head(head, out);
  out.insert(out.end(), payload.view().begin(), payload.view().end());
  return out;
}

Result<Request> decode_request(Bytes payload) {
  Request out;
  ByteReader in(payload);
  while (in.left() != 0) {
    const auto part = static_cast<Part>(in.u8());
    const Bytes bytes = in.take(in.le<std::uint16_t>());
    if (!in.ok()) return fail(Errc::corrupt, "a request that ends early");
    switch (part) {
      case Part::filter:
        if (bytes.size() > kRequestFilterMax)
          return fail(Errc::limit, "a filter of more than {} bytes", kRequestFilterMax);
        out.filter.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        break;
      case Part::fields: ARGUS_TRY(take_fields(bytes, out.fields)); break;
      case Part::wants:
        if (bytes.size() != 1 || std::to_integer<unsigned>(bytes[0]) > static_cast<unsigned>(Wants::ticks))
          return fail(Errc::unsupported, "a request for something this sensor does not offer");
        out.wants = static_cast<Wants>(bytes[0]);
        break;
    }
  }
  return out;
}

}  // namespace argus
