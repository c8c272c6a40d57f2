// The records of a classic file one after the other, and the way on where one is damaged.
#include "import/classic.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "import/classic_record.h"
#include "import/classic_rows.h"
#include "import/damage.h"
#include "import/rows.h"

namespace argus {

namespace {

constexpr std::size_t kRecordMost = std::size_t{UINT16_MAX} * 4;  // bytes
constexpr std::size_t kCandidateMost = 16u << 10;                 // of what may be a record behind damage

class ClassicReader final : public RecordReader {
 public:
  ClassicReader(InputStream input, const ClassicOptions& options) : input_(std::move(input)), options_(options) {
    facts_.form = "a file of the classic Argus 3";
  }

  void want(const FieldSet& fields) override { rows_.want(fields); }
  Result<bool> next(Batch& out) override;
  const ImportFacts& facts() const override { return facts_; }
  void drain(Journal& out) override {
    for (LedgerEntry& entry : journal_.drain()) out.add(std::move(entry));
  }

 private:
  enum class Step : std::uint8_t { record, wait, end };

  [[nodiscard]] Result<Step> step();
  [[nodiscard]] Result<Bytes> look(std::size_t n) {
    const Bytes seen = input_.buffered();
    if (seen.size() >= n) return seen;
    return input_.peek(n);
  }
  [[nodiscard]] bool would_wait(std::size_t n) const {
    return options_.prompt && rows_.at() != 0 && input_.buffered().size() < n;
  }
  void take(const ClassicHead& head, Bytes record);
  void take_status(Bytes record);
  [[nodiscard]] Result<> pass_damage(std::size_t known_size);
  void note_unheld();

  InputStream input_;
  ClassicOptions options_;
  Rows rows_;
  ClassicRecord record_;
  ImportFacts facts_;
  Journal journal_;
  std::array<std::uint64_t, kClassicUnheld> unheld_{};
};

// A record that is whole, and is followed by another one or the end.
bool is_record(Bytes bytes, bool at_end) {
  const auto head = classic_head(bytes);
  if (!head || bytes.size() < head->size || head->size > kCandidateMost) return false;
  const Bytes record = bytes.first(head->size);
  if (head->type == ClassicType::management) {
    if (head->size != kClassicStart) return false;
  } else {
    ClassicRecord decoded;
    if (!decode_classic(*head, record.subspan(kClassicHead), decoded) || !decoded.first) return false;
  }
  const Bytes behind = bytes.subspan(head->size);
  return behind.empty() ? at_end : behind.size() < kClassicHead || classic_head(behind).has_value();
}

// What is left of a record that was not written to its end.
bool is_cut(Bytes rest) {
  const auto head = classic_head(rest);
  return rest.size() < kClassicHead || (head && head->size > rest.size());
}

void ClassicReader::take(const ClassicHead& head, Bytes record) {
  if (head.type == ClassicType::management) return take_status(record);
  for (std::size_t i = 0; i < kClassicUnheld; i++) unheld_[i] += record_.unheld[i] ? 1u : 0u;
  put_classic(record_, rows_);
  facts_.records++;
}

void ClassicReader::take_status(Bytes record) {
  ClassicStatus status;
  if (!decode_classic_status(record, status)) return;
  journal_.add({input_.name(), status.time, status.time, LedgerItem::received, status.packets});
  journal_.add({input_.name(), status.time, status.time, LedgerItem::kernel_dropped, status.dropped});
}

// To the next record that can be read.
Result<> ClassicReader::pass_damage(std::size_t known_size) {
  const std::uint64_t at = input_.offset();
  ARGUS_TRY_LET(const Bytes seen, input_.peek(2 * kRecordMost));
  const bool at_end = seen.size() < 2 * kRecordMost;
  const auto found = [&](std::size_t from) { return is_record(seen.subspan(from), at_end); };
  std::size_t size = known_size;
  if (size == 0 || size > seen.size() || (size < seen.size() && !found(size)))
    for (size = 1; size < seen.size() && !found(size);) size++;
  const bool known = size == known_size;
  if (at_end && size == seen.size() && is_cut(seen)) note_cut(input_.name(), facts_);
  else note_damage(input_.name(), at, 1, known ? 0 : size, facts_);
  ARGUS_TRY(input_.skip(size));
  return {};
}

Result<ClassicReader::Step> ClassicReader::step() {
  if (would_wait(kClassicHead)) return Step::wait;
  ARGUS_TRY_LET(const Bytes start, look(kClassicHead));
  if (start.empty()) return Step::end;
  const auto head = classic_head(start);
  if (!head && start.size() >= kClassicHead) {
    ARGUS_TRY(pass_damage(0));
    return Step::record;
  }
  if (head && would_wait(head->size)) return Step::wait;
  const std::size_t size = head ? head->size : kClassicHead;
  ARGUS_TRY_LET(const Bytes seen, look(size));
  if (seen.size() < size) {
    ARGUS_TRY(pass_damage(0));
    return Step::record;
  }
  const Bytes record = seen.first(size);
  if (head->type == ClassicType::flow && !decode_classic(*head, record.subspan(kClassicHead), record_)) {
    ARGUS_TRY(pass_damage(size));
    return Step::record;
  }
  take(*head, record);
  ARGUS_TRY(input_.skip(size));
  return Step::record;
}

void ClassicReader::note_unheld() {
  for (std::size_t i = 0; i < kClassicUnheld; i++)
    if (unheld_[i] != 0) facts_.unheld[unheld_text(static_cast<ClassicUnheld>(i))] = unheld_[i];
}

Result<bool> ClassicReader::next(Batch& out) {
  Step last = Step::record;
  while (rows_.at() < kImportedAtOnce && last == Step::record) {
    ARGUS_TRY_LET(last, step());
    if (options_.prompt && !journal_.empty()) break;
  }
  note_unheld();
  const bool any = rows_.at() != 0 || last != Step::end;
  out = rows_.take();
  return any;
}

}  // namespace

bool looks_like_classic(Bytes head) {
  ByteReader in(head);
  constexpr std::uint32_t kStart = 0x8310'0020;
  const bool start = in.be<std::uint32_t>() == kStart;
  in.skip(4);
  return start && in.be<std::uint32_t>() == kClassicCookie && in.ok();
}

bool classic_wants_sasl(Bytes head) {
  ByteReader in(head);
  in.skip(4);
  constexpr std::uint32_t kSasl = 0x1000;
  return (in.be<std::uint32_t>() & kSasl) != 0;
}

Nanos classic_interval(Bytes head) {
  ByteReader in(head);
  in.skip(46);
  return Nanos{in.be<std::uint16_t>()} * kSecond;
}

RecordReaderPtr read_classic(InputStream input, const ClassicOptions& options) {
  return std::make_unique<ClassicReader>(std::move(input), options);
}

}  // namespace argus
