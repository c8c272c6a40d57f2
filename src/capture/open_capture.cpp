#include "capture/open_capture.h"

#include "capture/window.h"

namespace argus {
namespace {

enum class Kind : std::uint8_t { none, pcap, pcapng };

Kind kind_of(Bytes head) {
  ByteReader in(head);
  const auto magic = in.be<std::uint32_t>();
  if (!in.ok()) return Kind::none;
  switch (magic) {
    case 0xa1b2c3d4:
    case 0xd4c3b2a1:
    case 0xa1b23c4d:
    case 0x4d3cb2a1:
    case 0xa1b2cd34:
    case 0x34cdb2a1: return Kind::pcap;
    case 0x0a0d0d0a: return Kind::pcapng;
    default: return Kind::none;
  }
}

}  // namespace

bool looks_like_capture(Bytes head) { return kind_of(head) != Kind::none; }

Result<CaptureFilePtr> open_capture_file(InputStream input) {
  const std::string name = input.name();
  Window window(std::move(input));
  auto found = window.need(4);
  if (!found) return while_doing(name, std::move(found.error()));
  const Bytes head = window.rest();
  Result<CaptureFilePtr> opened = fail(Errc::foreign, "not a capture file: it is empty");
  switch (kind_of(head)) {
    case Kind::pcap: opened = open_pcap(std::move(window)); break;
    case Kind::pcapng: opened = open_pcapng(std::move(window)); break;
    case Kind::none:
      if (*found) {
        ByteReader in(head);
        opened = fail(Errc::foreign, "not a capture file: it starts with the bytes {:08x}", in.be<std::uint32_t>());
      } else if (window.input().offset() != 0) {
        opened = fail(Errc::foreign, "not a capture file: it has only {} bytes", window.input().offset());
      }
  }
  if (!opened) return while_doing(name, std::move(opened.error()));
  return opened;
}

}  // namespace argus
