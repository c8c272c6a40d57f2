// Streams of frames for tests: written through StreamWriter, read to the end by hand.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/stream.h"
#include "base/time.h"
#include "codec/block.h"
#include "codec/block_reader.h"
#include "codec/damage.h"
#include "codec/directory.h"
#include "codec/frame.h"
#include "codec/stream.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"

namespace argus {

struct Heard {
  std::vector<Row> rows;
  std::vector<LedgerEntry> ledger;
  std::vector<StreamHeader> headers;
  Damage damage;
  bool refused = false;  // next() failed
  Error why;
};

// Everything a stream of these bytes gives, in order. `fields`: which columns are read.
inline Heard heard(Bytes bytes, const FieldSet& fields = FieldSet::all_stored()) {
  Heard out;
  auto input = InputStream::open(file_of(bytes));
  if (!input) throw std::runtime_error(input.error().text);
  StreamReader reader(*std::move(input));
  for (;;) {
    auto frame = reader.next();
    if (!frame) {
      out.refused = true;
      out.why = frame.error();
      break;
    }
    if (!*frame) break;
    const FrameHead& head = (*frame)->head;
    if (head.type == static_cast<std::uint8_t>(FrameType::header)) {
      if (auto header = decode_header((*frame)->directory)) out.headers.push_back(*header);
    } else if (head.type == static_cast<std::uint8_t>(FrameType::ledger)) {
      if (const auto entries = decode_ledger((*frame)->directory))
        out.ledger.insert(out.ledger.end(), entries->begin(), entries->end());
    } else {
      auto directory = BlockDirectory::parse((*frame)->directory, head);
      Result<> done = directory ? reader.read(**frame) : Result<>(directory.error());
      Batch batch(head.rows);
      const auto read = [&] { return BlockReader(*directory, (*frame)->columns(), head).read(fields, batch); };
      if (done) {
        done = read();
        if (!done && reader.mend(**frame)) done = read();
      }
      if (!done) {
        reader.damaged(**frame, done.error());
        continue;
      }
      for (Row& row : rows_of(batch)) out.rows.push_back(std::move(row));
    }
  }
  out.damage = reader.damage();
  return out;
}

// Rows that tell themselves apart: number `n` of stream `tag`.
inline Row numbered_row(unsigned n, unsigned tag = 0) {
  return row()
      .with(Field::stime, kSecond * n)
      .with(Field::ltime, kSecond * n + 7)
      .with(Field::proto, 6)
      .with(Field::saddr, Address::from_mac(tag * 1000 + n))
      .with(Field::sport, 1024 + n)
      .with(Field::spkts, n * n + 1);
}
inline std::vector<Row> numbered_rows(unsigned from, unsigned to, unsigned tag = 0) {
  std::vector<Row> out;
  for (unsigned n = from; n < to; n++) out.push_back(numbered_row(n, tag));
  return out;
}

// A whole stream: `frames` flows frames of `rows` numbered rows, a ledger, an end.
inline std::vector<std::byte> stream_of(std::uint64_t id, unsigned frames, unsigned rows, bool with_end = true) {
  std::vector<std::byte> out;
  StreamWriter writer(id);
  writer.begin({"probe", {"saddr"}, false}, out);
  const auto tag = static_cast<unsigned>(id % 97);
  for (unsigned i = 0; i < frames; i++) writer.flows(batch_of(numbered_rows(i * rows, (i + 1) * rows, tag)), out);
  if (with_end) writer.ledger({{"probe", 1, 2, LedgerItem::received, 9}}, out);
  if (with_end) writer.end(out);
  return out;
}

// The batch as a frame of stream 9.
inline std::vector<std::byte> raw_frame_of(const Batch& batch) {
  StreamWriter writer(9);
  std::vector<std::byte> header, frame;
  writer.begin({}, header);
  writer.flows(writer.coded(batch), frame);
  return frame;
}
// A batch that has its frame, and no column but these.
inline Batch coded_batch(const Batch& batch, const FieldSet& columns = {}) {
  Batch out(batch.rows());
  for (const Field field : columns.list()) out.set(field, batch[field]);
  out.set_raw_frame(std::make_shared<const RawFrame>(RawFrame{SharedBytes(raw_frame_of(batch))}));
  return out;
}
// What a frame of this batch says of itself.
struct StatsOf {
  FrameHead head;
  std::vector<std::byte> block;
  std::optional<BlockDirectory> directory;
  explicit StatsOf(const Batch& batch) : block(encode_block(batch, head)) {
    auto parsed = BlockDirectory::parse(Bytes(block).first(head.directory), head);
    if (!parsed) throw std::runtime_error(parsed.error().text);
    directory = *std::move(parsed);
  }
};

// Where each frame begins, and one past the last.
inline std::vector<std::size_t> frame_starts(Bytes bytes) {
  std::vector<std::size_t> out;
  std::size_t at = 0;
  FrameHead head;
  while (at < bytes.size() && parse_head(bytes.subspan(at), head) == HeadFault::none) {
    out.push_back(at);
    at += kFrameHeadSize + head.stored;
  }
  out.push_back(at);
  return out;
}

// Whether `some` are rows of `all` in their order, none twice.
inline bool in_order_among(const std::vector<Row>& some, const std::vector<Row>& all) {
  std::size_t at = 0;
  for (const Row& row : some) {
    while (at < all.size() && !(all[at] == row)) at++;
    if (at++ >= all.size()) return false;
  }
  return true;
}

}  // namespace argus
