// IPFIX messages (RFC 7011) with biflows (RFC 5103): to a file (RFC 5655), over TCP and in datagrams.
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "export/cell.h"
#include "export/formats.h"
#include "export/ipfix_cells.h"
#include "export/outlet.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/sink.h"
#include "flow/source.h"

namespace argus {

namespace {

constexpr std::size_t kDatagramMost = 1'420;  // of a path with an MTU of 1,500 and some tunnels on the way
constexpr std::size_t kMessageMost = 65'535;  // what the length of a message can say
constexpr std::size_t kHeadSize = 16, kSetHeadSize = 4;
constexpr std::uint16_t kVersion = 10, kTemplateSet = 2, kFirstTemplate = 256, kVariable = 65'535;
constexpr std::uint32_t kReverse = 29'305;  // enterprise number of reverse elements
constexpr std::size_t kTemplatesMost = 1'000;
// Over UDP templates are said again: a collector that begins later, or lost them, waits no longer.
constexpr Nanos kTemplatesEvery = 30 * kSecond;
constexpr std::size_t kMessagesBetween = 1'000;

using Present = std::uint64_t;  // a bit for each of ipfix_elements(), by its place

void append_number_be(std::uint64_t value, std::size_t size, std::string& out) {
  for (std::size_t i = size; i-- > 0;) out += static_cast<char>(value >> (8 * i) & 0xff);
}

void put_number_be(std::uint64_t value, std::size_t size, std::size_t at, std::string& out) {
  for (std::size_t i = 0; i < size; i++) out[at + i] = static_cast<char>(value >> (8 * (size - 1 - i)) & 0xff);
}

std::string template_record(std::uint16_t id, Present present) {
  std::string out;
  append_number_be(id, 2, out);
  append_number_be(static_cast<std::uint64_t>(std::popcount(present)), 2, out);
  const auto elements = ipfix_elements();
  for (std::size_t i = 0; i < elements.size(); i++) {
    if ((present >> i & 1) == 0) continue;
    append_number_be(elements[i].id | (elements[i].is_reverse ? 0x8000u : 0u), 2, out);
    append_number_be(elements[i].size == 0 ? kVariable : elements[i].size, 2, out);
    if (elements[i].is_reverse) append_number_be(kReverse, 4, out);
  }
  return out;
}

// One message on its way: sets of templates and of records, up to a size.
class Message {
 public:
  explicit Message(std::size_t size_max) : size_max_(size_max) { clear(); }
  void clear() {
    bytes_.assign(kHeadSize, '\0');
    set_ = 0, set_at_ = 0, records_ = 0;
  }
  // False, and nothing added, where it has no room. A set goes on where the last one is of the same id.
  [[nodiscard]] bool add(std::uint16_t set, std::string_view record) {
    const bool goes_on = set_at_ != 0 && set_ == set;
    if (bytes_.size() + (goes_on ? 0 : kSetHeadSize) + record.size() > size_max_) return false;
    if (!goes_on) {
      set_ = set, set_at_ = bytes_.size();
      append_number_be(set, 2, bytes_);
      append_number_be(0, 2, bytes_);
    }
    bytes_ += record;
    put_number_be(bytes_.size() - set_at_, 2, set_at_ + 2, bytes_);
    if (set >= kFirstTemplate) records_++;
    return true;
  }
  [[nodiscard]] bool empty() const { return bytes_.size() == kHeadSize; }
  [[nodiscard]] std::uint32_t records() const { return records_; }
  [[nodiscard]] std::string_view finished(std::uint32_t sequence) {
    constexpr std::uint32_t kDomain = 1;
    put_number_be(kVersion, 2, 0, bytes_);
    put_number_be(bytes_.size(), 2, 2, bytes_);
    put_number_be(static_cast<std::uint64_t>(wall_now() / kSecond), 4, 4, bytes_);
    put_number_be(sequence, 4, 8, bytes_);
    put_number_be(kDomain, 4, 12, bytes_);
    return bytes_;
  }

 private:
  std::size_t size_max_;
  std::string bytes_;
  std::uint16_t set_ = 0;
  std::size_t set_at_ = 0;
  std::uint32_t records_ = 0;
};

class Ipfix final : public Sink {
 public:
  explicit Ipfix(OutletPtr out)
      : out_(std::move(out)),
        in_datagrams_(out_->piece_max() != SIZE_MAX),
        message_(in_datagrams_ ? kDatagramMost : kMessageMost) {}

  FieldSet fields() const override {
    FieldSet out;
    for (const IpfixElement& element : ipfix_elements()) out |= element.cell.reads;
    return out;
  }
  Result<> begin(const StreamHeader&) override { return {}; }
  Result<> encode(const Batch& batch, const TakeEncoded& take) const override;
  Result<> append(Encoded rows) override {
    waiting_ += rows.text;
    return send_waiting();
  }
  // Rows that could not be sent are not kept: they are given again.
  Result<> write(const Batch& batch) override {
    ARGUS_TRY(send_waiting());
    ARGUS_TRY(encode(batch, [&](Encoded piece) -> Result<> {
      waiting_ += piece.text;
      return {};
    }));
    auto done = send_waiting();
    if (!done) forget_waiting();
    return done;
  }
  Result<> tick() override { return send_waiting(); }
  Result<> finish() override {
    ARGUS_TRY(send_waiting());
    return out_->finish();
  }

 private:
  [[nodiscard]] Result<> send_waiting();
  void forget_waiting() {
    message_.clear();
    waiting_.clear();
    sent_ = taken_ = 0;
  }
  [[nodiscard]] Result<> send_message();
  [[nodiscard]] Result<> take_session();
  [[nodiscard]] std::uint16_t template_for(Present present);

  OutletPtr out_;
  bool in_datagrams_;
  Message message_;
  std::string waiting_;    // records that were not sent, each behind its set of elements and its size
  std::size_t sent_ = 0;   // bytes of them that have gone since
  std::size_t taken_ = 0;  // and those that are in the message
  std::map<Present, std::uint16_t> templates_;
  std::set<std::uint16_t> said_;  // of the templates, in this session and lately
  std::uint64_t session_ = 0;
  std::uint32_t sequence_ = 0;
  Nanos said_at_ = 0;
  std::size_t messages_ = 0;  // since then
};

constexpr std::size_t kEntryHead = sizeof(Present) + sizeof(std::uint16_t);

Result<> Ipfix::encode(const Batch& batch, const TakeEncoded& take) const {
  constexpr std::size_t kPiece = 64 * 1024, kRecord = 512;
  const auto elements = ipfix_elements();
  std::vector<CellPrinter> cells;
  cells.reserve(elements.size());
  for (const IpfixElement& element : elements) cells.push_back(element.cell.of(batch));
  Encoded piece;
  for (std::size_t row = 0; row < batch.rows(); row++) {
    if (piece.text.empty()) piece.text.reserve(kPiece + kRecord);
    const std::size_t entry = piece.text.size();
    piece.text.append(kEntryHead, '\0');
    Present present = 0;
    for (std::size_t i = 0; i < cells.size(); i++)
      if (cells[i](row, piece.text)) present |= Present{1} << i;
    put_number_be(present, sizeof present, entry, piece.text);
    put_number_be(piece.text.size() - entry - kEntryHead, 2, entry + sizeof present, piece.text);
    if (piece.text.size() >= kPiece || row + 1 == batch.rows()) ARGUS_TRY(take(std::exchange(piece, {})));
  }
  return {};
}

std::uint64_t number_be(std::string_view bytes) {
  std::uint64_t out = 0;
  for (const char byte : bytes) out = out << 8 | static_cast<unsigned char>(byte);
  return out;
}

// The record with no more than its core, which few sets of elements are.
std::string core_of(std::string_view record, Present& present) {
  std::string out;
  const auto elements = ipfix_elements();
  for (std::size_t i = 0; i < elements.size(); i++) {
    if ((present >> i & 1) == 0) continue;
    const std::size_t size = elements[i].size != 0 ? elements[i].size : 1 + number_be(record.substr(0, 1));
    if (elements[i].is_core) out += record.substr(0, size);
    else present &= ~(Present{1} << i);
    record.remove_prefix(size);
  }
  return out;
}

std::uint16_t Ipfix::template_for(Present present) {
  const auto id = static_cast<std::uint16_t>(kFirstTemplate + templates_.size());
  return templates_.try_emplace(present, id).first->second;
}

// Behind a new session nothing is known; in datagrams what was said is forgotten now and then.
Result<> Ipfix::take_session() {
  ARGUS_TRY_LET(const std::uint64_t session, out_->session());
  const Nanos now = steady_now();
  const bool again = in_datagrams_ && (now - said_at_ >= kTemplatesEvery || messages_ >= kMessagesBetween);
  if (session != session_) sequence_ = 0;
  if (session != session_ || again) {
    said_.clear();
    said_at_ = now, messages_ = 0;
  }
  session_ = session;
  return {};
}

Result<> Ipfix::send_message() {
  if (message_.empty()) return {};
  const std::uint32_t records = message_.records();
  auto done = out_->send(message_.finished(sequence_));
  message_.clear();
  if (!done) {
    // The message is made again of the same records, for whoever is there then.
    taken_ = sent_, session_ = 0;
    return done;
  }
  sequence_ += records;
  messages_++;
  sent_ = taken_;
  return take_session();
}

Result<> Ipfix::send_waiting() {
  if (waiting_.empty()) return {};
  ARGUS_TRY(take_session());
  while (taken_ < waiting_.size()) {
    const std::string_view entry = std::string_view(waiting_).substr(taken_);
    Present present = number_be(entry.substr(0, sizeof(Present)));
    const std::size_t size = number_be(entry.substr(sizeof(Present), 2));
    std::string_view record = entry.substr(kEntryHead, size);
    std::string less;
    if (templates_.size() >= kTemplatesMost && templates_.count(present) == 0) {
      less = core_of(record, present);
      record = less;
    }
    const std::uint16_t id = template_for(present);
    const bool is_said = said_.count(id) != 0;
    // A record follows its template in the same message or a later one.
    if (!is_said && !message_.add(kTemplateSet, template_record(id, present))) {
      ARGUS_TRY(send_message());
      continue;
    }
    said_.insert(id);
    if (!message_.add(id, record)) {
      ARGUS_TRY(send_message());
      continue;
    }
    taken_ += kEntryHead + size;
  }
  ARGUS_TRY(send_message());
  forget_waiting();
  return {};
}

}  // namespace

SinkPtr ipfix_export(OutletPtr out, const ExportOptions&) { return std::make_unique<Ipfix>(std::move(out)); }

}  // namespace argus
