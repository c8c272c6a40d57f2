#include <algorithm>
#include <cassert>
#include <numeric>

#include "base/bytes.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time_range.h"
#include "codec/block.h"
#include "codec/block_reader.h"
#include "codec/directory.h"
#include "codec/frame.h"
#include "codec/repair.h"
#include "codec/stream.h"
#include "flow/batch.h"
#include "flow/ledger.h"
#include "flow/source.h"

namespace argus {

namespace {

void append_pair(std::string_view key, std::string_view value, ByteWriter& out) {
  out.le(static_cast<std::uint8_t>(key.size()));
  out.text(key);
  const std::string_view kept = value.substr(0, UINT16_MAX);
  out.le(static_cast<std::uint16_t>(kept.size()));
  out.text(kept);
}

std::string text_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

constexpr std::size_t kSensorMax = 32;
constexpr std::uint64_t kRowsFirst = 1024;  // of the first frame; then as many as came before

std::size_t frame_rows_behind(std::uint64_t records) {
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(records, kRowsFirst, kRowsAFrame));
}

}  // namespace

std::vector<std::byte> encode_header(const StreamHeader& header) {
  ByteWriter out;
  append_pair("program", "argus", out);
  if (!header.sensor.empty()) append_pair("sensor", header.sensor, out);
  if (!header.columns.empty()) append_pair("columns", joined(header.columns, " "), out);
  if (header.live) append_pair("live", "1", out);
  if (header.ticks) append_pair("ticks", "1", out);
  if (!header.refused.empty()) append_pair("refused", header.refused, out);
  return std::move(out.buffer());
}

Result<StreamHeader> decode_header(Bytes bytes) {
  StreamHeader out;
  ByteReader in(bytes);
  while (in.left() != 0) {
    const std::string key = text_of(in.take(in.u8()));
    const std::string value = text_of(in.take(in.le<std::uint16_t>()));
    if (!in.ok()) return fail(Errc::corrupt, "a header that ends early");
    if (key == "sensor") out.sensor = value;
    if (key == "live") out.live = value == "1";
    if (key == "ticks") out.ticks = value == "1";
    if (key == "refused") out.refused = value;
    if (key == "columns")
      for (const std::string_view word : split_words(value, " ")) out.columns.emplace_back(word);
  }
  return out;
}

// item u8, begin i64, end i64, count u64, sensor u8 + bytes; until the end.
std::vector<std::byte> encode_ledger(const std::vector<LedgerEntry>& entries) {
  ByteWriter out;
  for (const LedgerEntry& entry : entries) {
    out.le(static_cast<std::uint8_t>(entry.item));
    out.le(entry.begin);
    out.le(entry.end);
    out.le(entry.count);
    const std::string_view sensor = std::string_view(entry.sensor).substr(0, kSensorMax);
    out.le(static_cast<std::uint8_t>(sensor.size()));
    out.text(sensor);
  }
  return std::move(out.buffer());
}

Result<std::vector<LedgerEntry>> decode_ledger(Bytes bytes) {
  std::vector<LedgerEntry> out;
  ByteReader in(bytes);
  while (in.left() != 0) {
    LedgerEntry entry;
    entry.item = static_cast<LedgerItem>(in.u8());
    entry.begin = in.le<std::int64_t>();
    entry.end = in.le<std::int64_t>();
    entry.count = in.le<std::uint64_t>();
    entry.sensor = text_of(in.take(in.u8()));
    if (!in.ok()) return fail(Errc::corrupt, "a ledger that ends early");
    if (!is_time(entry.begin) || !is_time(entry.end))
      return fail(Errc::corrupt, "a ledger of a time that is not between the years 1823 and 2116");
    if (!ledger_name(entry.item).empty()) out.push_back(std::move(entry));
  }
  return out;
}

void StreamWriter::frame(FrameType type, Bytes directory, std::vector<std::byte>& out) {
  FrameHead head;
  head.type = static_cast<std::uint8_t>(type);
  head.stream = stream_;
  head.number = number_++;
  head.first_record = records_;
  head.stored = head.directory = static_cast<std::uint32_t>(directory.size());
  head.directory_check = seeded_check(stream_, directory);
  append_head(head, out);
  out.insert(out.end(), directory.begin(), directory.end());
}

void StreamWriter::begin(const StreamHeader& header, std::vector<std::byte>& out) {
  header_ = encode_header(header);
  frame(FrameType::header, header_, out);
}

CodedBatch StreamWriter::coded(const Batch& batch) const {
  CodedBatch out;
  out.head.type = static_cast<std::uint8_t>(FrameType::flows);
  out.head.stream = stream_;
  out.block = encode_block(batch, out.head);
  append_repair(out.head, out.block);
  return out;
}

void StreamWriter::flows(const Batch& batch, std::vector<std::byte>& out) {
  for (const Batch& rows : frame_batches(batch, records_)) flows(coded(rows), out);
}

std::vector<Batch> StreamWriter::frame_batches(const Batch& batch, std::uint64_t records) {
  if (batch.rows() <= frame_rows_behind(records)) return {batch};
  std::vector<Batch> out;
  for (std::size_t at = 0; at < batch.rows();) {
    // What is left is no frame of its own where it is little.
    const std::size_t most = frame_rows_behind(records + at), left = batch.rows() - at;
    std::vector<std::uint32_t> rows(left <= most + most / 4 ? left : most);
    std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(at));
    out.push_back(gathered(batch, rows));
    at += rows.size();
  }
  return out;
}

std::vector<std::byte> StreamWriter::loose_frame(const Batch& batch) const {
  const CodedBatch one = coded(batch);
  std::vector<std::byte> out;
  out.reserve(kFrameHeadSize + one.block.size());
  append_head(one.head, out);
  out.insert(out.end(), one.block.begin(), one.block.end());
  return out;
}

Result<std::vector<std::byte>> StreamWriter::loose_frame(const RawFrame& rows) const {
  FrameHead head;
  const Bytes frame = rows.bytes.view();
  if (parse_head(frame, head) != HeadFault::none || frame.size() != kFrameHeadSize + head.stored)
    return fail(Errc::corrupt, "not a frame");
  const Bytes payload = frame.subspan(kFrameHeadSize);
  ARGUS_TRY_LET(const BlockDirectory directory, BlockDirectory::parse(payload.first(head.directory), head));
  const Bytes columns = payload.subspan(head.directory, head.columns());
  std::vector<std::byte> out;
  out.reserve(frame.size());
  out.assign(frame.begin(), frame.end() - head.repair);
  const std::span<std::byte> own = std::span(out).subspan(kFrameHeadSize, head.directory);
  ColumnChecksums(directory, columns).renew(stream_, own);
  head.stream = stream_;
  head.directory_check = seeded_check(stream_, own);
  append_repair(head, out, kFrameHeadSize);
  write_head(head, out);
  return out;
}

void StreamWriter::place(std::vector<std::byte>& frame, std::vector<std::byte>& before) {
  if (number_ % kHeaderEvery == 0) this->frame(FrameType::header, header_, before);
  FrameHead head;
  [[maybe_unused]] const HeadFault fault = parse_head(frame, head);
  assert(fault == HeadFault::none);
  head.number = number_++;
  head.first_record = records_;
  records_ += head.rows;
  write_head(head, frame);
}

void StreamWriter::copy_flows(FrameHead head, Bytes payload, std::vector<std::byte>& out) {
  if (number_ % kHeaderEvery == 0) frame(FrameType::header, header_, out);
  head.number = number_++;
  head.first_record = records_;
  append_head(head, out);
  out.insert(out.end(), payload.begin(), payload.end());
  records_ += head.rows;
}

Result<> StreamWriter::copy_flows(const RawFrame& rows, std::vector<std::byte>& out) {
  ARGUS_TRY_LET(std::vector<std::byte> frame, loose_frame(rows));
  place(frame, out);
  out.insert(out.end(), frame.begin(), frame.end());
  return {};
}

void StreamWriter::ledger(const std::vector<LedgerEntry>& entries, std::vector<std::byte>& out) {
  constexpr std::size_t kEntriesAFrame = 4096;
  for (std::size_t at = 0; at < entries.size(); at += kEntriesAFrame) {
    const auto first = entries.begin() + static_cast<std::ptrdiff_t>(at);
    const auto last = entries.begin() + static_cast<std::ptrdiff_t>(std::min(at + kEntriesAFrame, entries.size()));
    frame(FrameType::ledger, encode_ledger({first, last}), out);
  }
}

void StreamWriter::heartbeat(std::vector<std::byte>& out) { frame(FrameType::ledger, {}, out); }

void StreamWriter::end(std::vector<std::byte>& out) { frame(FrameType::end, {}, out); }

}  // namespace argus
