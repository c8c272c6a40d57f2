#include "capture/open_capture.h"

#include <array>

#include "base/count_text.h"
#include "capture/window.h"

namespace argus {
namespace {

enum class Kind : std::uint8_t { none, pcap, pcapng };

// What the first four bytes say.
struct Magic {
  std::uint32_t number;
  Kind kind;
  std::string_view form;
};
constexpr std::string_view kMicroseconds = "pcap, microseconds", kNanoseconds = "pcap, nanoseconds",
                           kLongHeads = "pcap, microseconds, long packet heads";
constexpr auto kMagics = std::to_array<Magic>({{0xa1b2c3d4, Kind::pcap, kMicroseconds},
                                               {0xd4c3b2a1, Kind::pcap, kMicroseconds},
                                               {0xa1b23c4d, Kind::pcap, kNanoseconds},
                                               {0x4d3cb2a1, Kind::pcap, kNanoseconds},
                                               {0xa1b2cd34, Kind::pcap, kLongHeads},
                                               {0x34cdb2a1, Kind::pcap, kLongHeads},
                                               {0x0a0d0d0a, Kind::pcapng, "pcapng"}});

Magic magic_of(Bytes head) {
  ByteReader in(head);
  const auto number = in.be<std::uint32_t>();
  if (in.ok())
    for (const Magic& magic : kMagics)
      if (magic.number == number) return magic;
  return {0, Kind::none, {}};
}

}  // namespace

bool looks_like_capture(Bytes head) { return magic_of(head).kind != Kind::none; }

std::string_view capture_form(Bytes head) { return magic_of(head).form; }

Result<CaptureFilePtr> open_capture_file(InputStream input) {
  const std::string name = input.name();
  Window window(std::move(input));
  auto found = window.need(4);
  if (!found) return while_doing(name, std::move(found.error()));
  const Bytes head = window.rest();
  Result<CaptureFilePtr> opened = fail(Errc::foreign, "not a capture file: it is empty");
  switch (magic_of(head).kind) {
    case Kind::pcap: opened = open_pcap(std::move(window)); break;
    case Kind::pcapng: opened = open_pcapng(std::move(window)); break;
    case Kind::none:
      if (*found) {
        ByteReader in(head);
        opened = fail(Errc::foreign, "not a capture file: it starts with the bytes {:08x}", in.be<std::uint32_t>());
      } else if (window.input().offset() != 0) {
        opened = fail(Errc::foreign, "not a capture file: it has {} only", count_text(window.input().offset(), "byte"));
      }
  }
  if (!opened) return while_doing(name, std::move(opened.error()));
  return opened;
}

}  // namespace argus
