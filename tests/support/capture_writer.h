// Capture files for tests, as bytes: pcap and pcapng in both byte orders and several resolutions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "base/time.h"
#include "packet/packet.h"

namespace argus {

struct CaptureForm {
  bool pcapng = false;
  bool big_endian = false;
  bool nanoseconds = false;  // pcap: the magic; pcapng: if_tsresol 9 of the first interface
  LinkType link = LinkType::ethernet;
  std::uint32_t snap_length = 262144;
};

class CaptureWriter {
 public:
  explicit CaptureWriter(const CaptureForm& form = {});  // writes the head; for pcapng with interface 0

  // pcapng: another interface; resolution as if_tsresol has it (6, 9, 0x80 | bits). Its number.
  std::uint32_t add_interface(LinkType link, std::uint8_t resolution = 6, std::int64_t offset_seconds = 0);
  // pcapng: a new section, with no interface yet.
  void new_section(bool big_endian);
  // One packet. wire_length 0: as long as what was captured. Time is cut to the resolution.
  void add(Nanos time, Bytes frame, std::uint32_t wire_length = 0, std::uint32_t interface = 0);
  void add_simple(Bytes frame, std::uint32_t wire_length = 0);              // pcapng SPB
  void add_obsolete(Nanos time, Bytes frame, std::uint16_t interface = 0);  // pcapng Packet Block
  void add_block(std::uint32_t type, Bytes body);                           // pcapng, any block
  void add_raw(Bytes bytes);                                                // no questions asked

  [[nodiscard]] const std::vector<std::byte>& bytes() const { return out_; }

 private:
  struct Interface {
    std::uint8_t resolution;
    std::int64_t offset;
  };
  template <class T>
  void put(std::vector<std::byte>& to, T value) const;
  [[nodiscard]] std::uint64_t ticks(Nanos time, std::uint32_t interface) const;

  CaptureForm form_;
  std::vector<Interface> interfaces_;
  std::vector<std::byte> out_;
};

// An open file with these bytes that stands in no folder, at its start.
[[nodiscard]] File file_of(Bytes bytes);
void write_file(const std::string& path, Bytes bytes);  // aborts when it cannot
[[nodiscard]] std::vector<std::byte> read_whole_file(const std::string& path);
// A new empty folder under the system's temporary folder, which goes when the program ends.
[[nodiscard]] std::string scratch_folder();
// Where the real captures are: ARGUS_CAPTURES, or ../shared/captures beside the sources; empty when there are none.
[[nodiscard]] std::string captures_folder();

}  // namespace argus
