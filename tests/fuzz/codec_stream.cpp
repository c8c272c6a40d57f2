// Any bytes as a stream. The first byte chooses: as they are, or with the checksums of heads, directories and columns
// made right first, so that what stands behind them is reached.
#include <cstdint>
#include <cstring>

#include "base/bytes.h"
#include "base/stream.h"
#include "codec/block_reader.h"
#include "codec/directory.h"
#include "codec/frame.h"
#include "codec/stream.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "support/capture_writer.h"

using namespace argus;

namespace {

std::uint32_t number_at(const std::vector<std::byte>& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; i++) value |= static_cast<std::uint32_t>(bytes[at + i]) << (8 * i);
  return value;
}
void put(std::vector<std::byte>& bytes, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; i++) bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
}

// Of the frame at `at`: what its head says it has, as far as that lies in the bytes. Gives where it ends.
std::size_t repair(std::vector<std::byte>& bytes, std::size_t at) {
  const std::size_t body = at + kFrameHeadSize, left = bytes.size() - body;
  const std::size_t stored = std::min<std::size_t>(number_at(bytes, at + 12), left);
  const std::size_t directory = std::min<std::size_t>(number_at(bytes, at + 48), stored);
  std::uint64_t stream = 0;
  for (std::size_t i = 0; i < 8; i++) stream |= static_cast<std::uint64_t>(bytes[at + 24 + i]) << (8 * i);
  std::memcpy(bytes.data() + at, kFrameMarker.data(), kFrameMarker.size());
  put(bytes, at + 12, static_cast<std::uint32_t>(stored));
  put(bytes, at + 48, static_cast<std::uint32_t>(directory));
  // Columns that share one compressed frame have one checksum, at a fixed place.
  if (directory >= 16 && bytes[body + 2] == std::byte{1}) {
    put(bytes, body + 4, static_cast<std::uint32_t>(stored - directory));
    put(bytes, body + 12, seeded_check(stream, Bytes(bytes).subspan(body + directory, stored - directory)));
  }
  put(bytes, at + 52, seeded_check(stream, Bytes(bytes).subspan(body, directory)));
  put(bytes, at + 60, seeded_check(stream, Bytes(bytes).subspan(at, kFrameHeadSize - 4)));
  return body + stored;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::vector<std::byte> bytes(size - 1);
  if (size > 1) std::memcpy(bytes.data(), data + 1, size - 1);
  if (data[0] % 2 == 1)
    for (std::size_t at = 0; at + kFrameHeadSize <= bytes.size();) at = repair(bytes, at);
  auto input = InputStream::open(file_of(bytes));
  if (!input) return 0;
  StreamReader reader(*std::move(input));
  std::uint64_t rows = 0;
  for (;;) {
    auto frame = reader.next();
    if (!frame || !*frame) break;
    const FrameHead& head = (*frame)->head;
    if (head.type == static_cast<std::uint8_t>(FrameType::header)) (void)decode_header((*frame)->directory);
    if (head.type == static_cast<std::uint8_t>(FrameType::ledger)) (void)decode_ledger((*frame)->directory);
    if (head.type != static_cast<std::uint8_t>(FrameType::flows)) continue;
    const auto directory = BlockDirectory::parse((*frame)->directory, head);
    Batch batch(head.rows);
    const auto read = [&] {
      return BlockReader(*directory, (*frame)->columns(), head).read(FieldSet::all_stored(), batch);
    };
    if (!directory) reader.damaged(**frame, directory.error());
    else if (auto whole = reader.read(**frame); !whole) reader.damaged(**frame, whole.error());
    else if (auto done = read(); done) rows += head.rows;
    else if (reader.mend(**frame) && read()) rows += head.rows;
    else reader.damaged(**frame, done.error());
  }
  if (rows != reader.records() && reader.damage().said.empty()) __builtin_trap();
  return 0;
}
