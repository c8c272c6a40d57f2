// Blocks of an nfdump file: each compressed by itself, with the records and the numbers of exporters in it.
#include "import/nfdump.h"

#include <algorithm>
#include <vector>

#include "flow/batch.h"
#include "flow/field.h"
#include "import/damage.h"
#include "import/nfdump_record.h"
#include "import/rows.h"
#include "import/unpack.h"

namespace argus {

namespace {

constexpr std::uint16_t kMagic = 0xa50c, kVersion = 2;
constexpr std::size_t kFileHead = 40, kBlockHead = 12;
constexpr std::size_t kBlockMost = 16u << 20;                                      // bytes, compressed or not
constexpr std::uint16_t kRecords = 3;                                              // a type of blocks
constexpr std::uint16_t kFlow = 11, kExporter = 7, kStatistics = 8, kSampler = 9;  // types of records

struct FileHead {
  std::uint16_t magic = 0, version = 0;
  std::uint8_t compression = 0, encryption = 0;
  std::uint32_t blocks = 0;  // 0 while the file is written
};

FileHead head_of(ByteReader in) {
  FileHead out;
  out.magic = in.le<std::uint16_t>();
  out.version = in.le<std::uint16_t>();
  in.skip(12);  // of the program, and when
  out.compression = in.u8();
  out.encryption = in.u8();
  in.skip(2 + 4 + 8 + 4);  // blocks behind the records, and where
  out.blocks = in.le<std::uint32_t>();
  if (!in.ok()) out.magic = 0;
  return out;
}

class NfdumpReader final : public RecordReader {
 public:
  NfdumpReader(InputStream input, const FileHead& head)
      : input_(std::move(input)), compression_(static_cast<BlockCompression>(head.compression)), left_(head.blocks) {
    constexpr std::string_view kNames[] = {"uncompressed", "LZO", "bzip2", "LZ4", "zstd"};
    facts_.form = fmt::format("an nfdump file, {}", kNames[head.compression]);
    unbounded_ = head.blocks == 0;
  }

  void want(const FieldSet& fields) override { rows_.want(fields); }
  Result<bool> next(Batch& out) override;
  const ImportFacts& facts() const override { return facts_; }

 private:
  [[nodiscard]] Result<bool> open_block();
  void take_record();
  void lose_block(std::uint64_t records);
  [[nodiscard]] Result<> lose_rest(std::uint64_t records);

  InputStream input_;
  BlockCompression compression_;
  std::uint32_t left_;  // blocks
  bool unbounded_ = false;
  std::vector<std::byte> unpacked_;
  ByteReader block_;                      // what is left of the present one
  std::uint64_t block_at_ = 0, due_ = 0;  // where it stands, and the records that it still has by its head
  Rows rows_;
  NfdumpUnheld unheld_{};
  ImportFacts facts_;
};

void NfdumpReader::lose_block(std::uint64_t records) {
  note_damage(input_.name(), block_at_, records, 0, facts_);
  block_ = ByteReader();
  due_ = 0;
}

// Nothing tells where the next block begins.
Result<> NfdumpReader::lose_rest(std::uint64_t records) {
  ARGUS_TRY_LET(const std::uint64_t bytes, input_.skip(UINT64_MAX));
  note_damage(input_.name(), block_at_, records, bytes, facts_);
  left_ = 0, unbounded_ = false;
  return {};
}

// False at the end.
Result<bool> NfdumpReader::open_block() {
  if (left_ == 0 && !unbounded_) return false;
  block_at_ = input_.offset();
  ARGUS_TRY_LET(const Bytes start, input_.peek(kBlockHead));
  if (start.empty() && unbounded_) return false;
  ByteReader head(start);
  const auto records = head.le<std::uint32_t>(), size = head.le<std::uint32_t>();
  const auto type = head.le<std::uint16_t>();
  if (!head.ok()) {
    note_cut(input_.name(), facts_);
    left_ = 0, unbounded_ = false;
    return false;
  }
  if (size > kBlockMost || records > size || (records == 0 && type == kRecords)) {
    ARGUS_TRY(lose_rest(1));
    return false;
  }
  ARGUS_TRY(input_.skip(kBlockHead));
  ARGUS_TRY_LET(const Bytes packed, input_.peek(size));
  if (packed.size() < size) {
    note_cut(input_.name(), facts_);
    facts_.lost += records - std::min<std::uint32_t>(records, 1);
    left_ = 0, unbounded_ = false;
    return false;
  }
  left_ -= left_ != 0 ? 1u : 0u;
  due_ = 0;
  block_ = ByteReader();
  if (type == kRecords) {
    unpacked_.resize(kBlockMost);
    const auto filled = unpack_block(compression_, packed, unpacked_);
    if (filled) block_ = ByteReader(Bytes(unpacked_).first(*filled)), due_ = records;
    else lose_block(records);
  }
  ARGUS_TRY(input_.skip(size));
  return true;
}

void NfdumpReader::take_record() {
  const auto type = block_.le<std::uint16_t>(), size = block_.le<std::uint16_t>();
  const Bytes body = size < 4 ? Bytes{} : block_.take(size - std::size_t{4});
  if (size < 4 || !block_.ok()) return lose_block(due_);
  due_ -= due_ != 0 ? 1u : 0u;
  if (type == kFlow) {
    const bool sound = put_nfdump(body, rows_, unheld_);
    facts_.records += sound ? 1u : 0u;
    if (!sound) note_damage(input_.name(), block_at_, 1, 0, facts_);
  } else if (type != kExporter && type != kStatistics && type != kSampler) {
    facts_.unheld["records of other kinds"]++;
  }
}

Result<bool> NfdumpReader::next(Batch& out) {
  while (rows_.at() < kImportedAtOnce) {
    if (block_.left() != 0) {
      take_record();
      continue;
    }
    if (due_ != 0) lose_block(due_);
    ARGUS_TRY_LET(const bool more, open_block());
    if (!more) break;
  }
  for (std::size_t i = 0; i < kNfdumpElements; i++)
    if (unheld_[i] != 0) facts_.unheld[nfdump_unheld(i)] += std::exchange(unheld_[i], 0);
  const bool any = rows_.at() != 0;
  out = rows_.take();
  return any;
}

}  // namespace

bool looks_like_nfdump(Bytes head) {
  const FileHead file = head_of(ByteReader(head));
  return file.magic == kMagic && file.version == kVersion;
}

Result<RecordReaderPtr> read_nfdump(InputStream input) {
  ARGUS_TRY_LET(const Bytes start, input.peek(kFileHead));
  const FileHead head = head_of(ByteReader(start));
  if (head.encryption != 0) return fail(Errc::unsupported, "{}: encrypted", input.name());
  if (head.compression >= kBlockCompressions)
    return fail(Errc::unsupported, "{}: compression {} of nfdump is not known", input.name(), head.compression);
  ARGUS_TRY(input.skip(kFileHead));
  return RecordReaderPtr(std::make_unique<NfdumpReader>(std::move(input), head));
}

}  // namespace argus
