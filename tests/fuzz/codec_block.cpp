// A directory and columns whose checksums and sums are made right, so that every fault inside is reached: rows (2
// bytes), length of the directory (2), directory, raw bytes of the columns.
#include <cstdint>
#include <cstring>

#include "base/address.h"
#include "base/bytes.h"
#include "base/compression.h"
#include "codec/block.h"
#include "codec/block_reader.h"
#include "codec/directory.h"
#include "codec/frame.h"
#include "flow/batch.h"
#include "flow/field.h"

using namespace argus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader in({reinterpret_cast<const std::byte*>(data), size});
  FrameHead head;
  head.stream = 1;
  head.rows = in.le<std::uint16_t>() % 512;
  const std::size_t length = in.le<std::uint16_t>();
  if (!in.ok()) return 0;
  const Bytes entries = in.take(std::min(length, in.left()));
  const Bytes raw = in.rest();
  std::vector<std::byte> body;
  zstd_compress(raw, 1, body);
  ByteWriter directory;
  const std::uint16_t count = entries.empty() ? 0 : static_cast<std::uint16_t>(static_cast<unsigned>(entries[0]) % 80);
  directory.le(count);
  directory.le(std::uint16_t{1});  // shared
  directory.le(static_cast<std::uint32_t>(body.size()));
  directory.le(static_cast<std::uint32_t>(raw.size()));
  directory.le(seeded_check(head.stream, body));
  if (!entries.empty()) directory.bytes(entries.subspan(1));
  head.raw = static_cast<std::uint32_t>(raw.size());
  head.directory = static_cast<std::uint32_t>(directory.size());
  head.stored = static_cast<std::uint32_t>(directory.size() + body.size());
  const auto parsed = BlockDirectory::parse(directory.view(), head);
  if (!parsed) return 0;
  for (const Field field : FieldSet::all_stored().list()) {
    (void)parsed->range(field);
    (void)parsed->may_contain(field, Address());
    (void)parsed->same(field);
  }
  const ColumnChecksums checksums(*parsed, body);
  if (!checksums.verify(head.stream)) __builtin_trap();
  std::vector<std::byte> renewed(directory.view().begin(), directory.view().end());
  checksums.renew(2, renewed);
  Batch batch(head.rows);
  if (!BlockReader(*parsed, body, head).read(FieldSet::all_stored(), batch)) return 0;
  // What was read can be written, and reads back as the same rows.
  FrameHead again;
  again.stream = 2;
  const std::vector<std::byte> bytes = encode_block(batch, again);
  const auto second = BlockDirectory::parse(Bytes(bytes).first(again.directory), again);
  Batch back(again.rows);
  if (!second || !BlockReader(*second, Bytes(bytes).subspan(again.directory), again).read(FieldSet::all_stored(), back))
    __builtin_trap();
  for (const Field field : present_fields(batch).list())
    for (std::size_t i = 0; i < batch.rows(); i++) {
      if (batch[field].has(i) != back[field].has(i)) __builtin_trap();
      const bool same = !batch[field].has(i) || with_type(batch[field].type(), [&]<class T>() {
        return batch[field].at<T>(i) == back[field].at<T>(i);
      });
      if (!same) __builtin_trap();
    }
  return 0;
}
