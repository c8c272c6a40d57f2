// Records of the classic Argus 3, written block by block.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "base/bytes.h"

namespace argus {

using ClassicBytes = std::vector<std::byte>;

inline void append(ClassicBytes& to, const ClassicBytes& more) { to.insert(to.end(), more.begin(), more.end()); }

// A block: its head and the words behind it.
inline ClassicBytes classic_block(std::uint8_t type, std::uint8_t subtype, std::uint8_t qualifier,
                                  std::initializer_list<std::uint32_t> words) {
  ByteWriter out;
  out.le(type), out.le(subtype), out.le(qualifier), out.le(static_cast<std::uint8_t>(words.size() + 1));
  for (const std::uint32_t word : words) out.be(word);
  return out.buffer();
}

inline ClassicBytes classic_record(std::uint8_t cause, std::initializer_list<ClassicBytes> blocks) {
  ClassicBytes body;
  for (const ClassicBytes& block : blocks) append(body, block);
  ByteWriter out;
  out.le(std::uint8_t{0x13}), out.le(static_cast<std::uint8_t>(cause << 4));
  out.be(static_cast<std::uint16_t>(body.size() / 4 + 1));
  out.bytes(body);
  return out.buffer();
}

// The management record at the start of a file, or one that tells of packets.
inline ClassicBytes classic_management(std::uint8_t cause, std::uint64_t packets = 0, std::uint32_t dropped = 0) {
  ByteWriter out;
  out.le(std::uint8_t{0x83}), out.le(static_cast<std::uint8_t>(cause << 4)), out.be(std::uint16_t{32});
  out.be(std::uint32_t{0});
  out.be(cause == 1 ? std::uint32_t{0xE5712DCB} : std::uint32_t{0});
  while (out.size() < 32) out.be(std::uint32_t{0});
  out.be(std::uint32_t{1'600'000'060}), out.be(std::uint32_t{0}), out.be(std::uint64_t{0});
  out.be(packets);
  while (out.size() < 80) out.be(std::uint32_t{0});
  out.be(dropped);
  while (out.size() < 128) out.be(std::uint32_t{0});
  return out.buffer();
}

// 10.0.0.1:1000 asks 10.0.0.2:80 over TCP: 3 packets of 300 bytes and 2 of 2000.
inline ClassicBytes classic_tcp(std::uint32_t seconds = 1'600'000'000) {
  return classic_record(
      1, {classic_block(0x01, 3, 0, {0, 1}),
          classic_block(0x02, 1, 0x01, {0x0a000001, 0x0a000002, 0x060003e8, 0x00500000}),
          classic_block(0x03, 2, 0x18, {seconds, 250, seconds + 1, 500}),
          classic_block(0x10, 4, 0x02, {0x0003'012c, 0x0064'0002, 0x07d0'0640}),
          classic_block(0x30, 5, 0, {0x107, 4, 0x00700000, 20000, 10000,                                 //
                                     0,     0, 0,          1,     2,     3, 0, 0, 7, 0, 0, 0x0100'1a02,  //
                                     0,     0, 0,          4,     5,     6, 0, 0, 0, 0, 0, 0x0200'1200}),
          classic_block(0x48, 0, 3, {0x40000000, 0x38080000}),
          classic_block(0x42, 0, 0, {0x02000000, 0x00020200, 0x00000001, 0x08000000}),
          classic_block(0x20, 0, 0, {0x6, 0x2})});
}

inline ClassicBytes classic_file(std::initializer_list<ClassicBytes> records) {
  ClassicBytes out = classic_management(1);
  for (const ClassicBytes& record : records) append(out, record);
  return out;
}

}  // namespace argus
