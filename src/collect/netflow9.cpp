// NetFlow 9 (RFC 3954) and IPFIX (RFC 7011): sets of templates, and of records that lie as these say.
#include <optional>

#include "base/bytes.h"
#include "base/time.h"
#include "collect/collector.h"
#include "collect/exporters.h"
#include "collect/fill.h"
#include "collect/inbox.h"
#include "collect/template.h"
#include "flow/ledger.h"

namespace argus {

namespace {

constexpr std::uint16_t kTemplateLeast = 256;  // numbers below are of sets
constexpr std::uint16_t kEnterpriseBit = 0x8000;

// The sets of one message.
class SetReader {
 public:
  SetReader(Domain& domain, const MessageFacts& facts, bool is_ipfix, Nanos now, Inbox& inbox)
      : domain_(domain), facts_(facts), is_ipfix_(is_ipfix), now_(now), inbox_(inbox) {}

  // False: a set leads out of the message; what stands before it was read.
  [[nodiscard]] bool read(ByteReader& in);
  [[nodiscard]] std::uint32_t records() const { return records_; }  // of data and options
  [[nodiscard]] bool records_are_known() const { return known_; }   // every set had its template

 private:
  [[nodiscard]] bool read_set(std::uint16_t id, Bytes body);
  [[nodiscard]] bool read_templates(ByteReader in, bool of_options);
  [[nodiscard]] std::optional<std::vector<FieldSpec>> read_fields(ByteReader& in, std::size_t count,
                                                                  std::size_t scopes);
  void learn(std::uint16_t id, std::vector<FieldSpec> fields, std::uint16_t scopes);
  [[nodiscard]] bool read_data(std::uint16_t id, Bytes body);

  Domain& domain_;
  const MessageFacts& facts_;
  const bool is_ipfix_;
  const Nanos now_;
  Inbox& inbox_;
  std::uint32_t records_ = 0;
  bool known_ = true;
};

bool SetReader::read(ByteReader& in) {
  bool good = true;
  while (in.left() >= 4) {
    const auto id = in.be<std::uint16_t>();
    const auto length = in.be<std::uint16_t>();
    // What is left behind the last set is padding.
    if (id == 0 && length == 0) return good;
    if (length < 4 || length - 4u > in.left()) return false;
    good &= read_set(id, in.take(length - 4u));
  }
  return good;
}

bool SetReader::read_set(std::uint16_t id, Bytes body) {
  const std::uint16_t templates = is_ipfix_ ? 2 : 0;
  if (id == templates || id == templates + 1) return read_templates(ByteReader(body), id != templates);
  // Numbers between are nobody's yet.
  return id < kTemplateLeast || read_data(id, body);
}

bool SetReader::read_templates(ByteReader in, bool of_options) {
  while (in.left() >= 4) {
    const auto id = in.be<std::uint16_t>();
    std::size_t count = in.be<std::uint16_t>(), scopes = 0;
    if (id == 0 && count == 0) return true;  // padding
    if (is_ipfix_ && count == 0) {
      if (id >= kTemplateLeast) domain_.withdraw(id);
      else domain_.withdraw_all(of_options);
      continue;
    }
    if (of_options) {
      scopes = in.be<std::uint16_t>();
      if (!is_ipfix_) {
        const std::size_t scope_bytes = std::exchange(count, 0), option_bytes = std::exchange(scopes, 0);
        scopes = scope_bytes / 4, count = scopes + option_bytes / 4;
      }
    }
    auto fields = read_fields(in, count, is_ipfix_ ? 0 : scopes);
    if (!fields) {
      inbox_.count(LedgerItem::templates_refused);
      return false;
    }
    const bool sound = id >= kTemplateLeast && count != 0 && count <= inbox_.exporters.limits().fields &&
                       scopes <= count && (!of_options || scopes != 0 || !is_ipfix_);
    // Of NetFlow 9, some name no scope.
    if (sound)
      learn(id, *std::move(fields), static_cast<std::uint16_t>(of_options ? std::max<std::size_t>(scopes, 1) : 0));
    else inbox_.count(LedgerItem::templates_refused);
  }
  return true;
}

// Nothing where the set ends before the last of them. Those beyond the limit are passed over.
std::optional<std::vector<FieldSpec>> SetReader::read_fields(ByteReader& in, std::size_t count, std::size_t scopes) {
  std::vector<FieldSpec> out;
  for (std::size_t i = 0; i < count; i++) {
    FieldSpec field;
    field.id = in.be<std::uint16_t>();
    field.length = in.be<std::uint16_t>();
    if (is_ipfix_ && (field.id & kEnterpriseBit) != 0) {
      field.id &= static_cast<std::uint16_t>(~kEnterpriseBit);
      field.enterprise = in.be<std::uint32_t>();
    }
    if (!in.ok()) return std::nullopt;
    if (i < scopes) field.enterprise = kScopeEnterprise;
    if (i < inbox_.exporters.limits().fields) out.push_back(field);
  }
  return out;
}

void SetReader::learn(std::uint16_t id, std::vector<FieldSpec> fields, std::uint16_t scopes) {
  if (domain_.refresh(id, fields, scopes, now_)) return;
  auto shape = Template::make(std::move(fields), scopes);
  if (!shape) {
    domain_.withdraw(id);
    inbox_.count(LedgerItem::templates_refused);
    return;
  }
  if (scopes == 0) inbox_.count(LedgerItem::elements_unknown, shape->unknown());
  inbox_.count(LedgerItem::templates_forgotten, domain_.learn(id, *std::move(shape), now_).forgotten);
}

bool SetReader::read_data(std::uint16_t id, Bytes body) {
  const Template* shape = domain_.find(id, now_);
  if (shape == nullptr) {
    known_ = false;
    inbox_.count(LedgerItem::templates_missing);
    inbox_.count(LedgerItem::template_bytes, body.size());
    return true;
  }
  const RecordSet records(*shape, body);
  records_ += static_cast<std::uint32_t>(records.count());
  if (shape->scopes() == 0) {
    inbox_.add_records(records, *shape, facts_, domain_);
  } else {
    for (std::size_t i = 0; i < records.count(); i++)
      inbox_.count(LedgerItem::options_learned, learn_options(records, i, *shape, facts_, domain_) ? 1 : 0);
  }
  if (records.contradicts_itself()) known_ = false;
  return !records.contradicts_itself();
}

}  // namespace

std::size_t read_netflow9(const Datagram& datagram, Bytes bytes, Inbox& inbox) {
  ByteReader in(bytes);
  in.skip(2);
  const auto count = in.be<std::uint16_t>();
  MessageFacts facts;
  facts.uptime = in.be<std::uint32_t>();
  facts.exported = Nanos{in.be<std::uint32_t>()} * kSecond;
  facts.post_is_reverse = true;
  const auto sequence = in.be<std::uint32_t>();
  const auto source = in.be<std::uint32_t>();
  if (!in.ok()) return malformed(bytes, inbox);
  Domain& domain = inbox.exporters.of({datagram.from, source, Protocol::netflow9});
  SetReader sets(domain, facts, false, datagram.time, inbox);
  const bool whole = sets.read(in);
  // Some count records in place of datagrams.
  inbox.judge(domain, LedgerItem::datagrams_lost, sequence, 1, count, datagram.port);
  return whole ? bytes.size() : malformed(bytes, inbox);
}

std::size_t read_ipfix(const Datagram& datagram, Bytes bytes, Inbox& inbox) {
  ByteReader in(bytes);
  in.skip(2);
  const std::size_t length = in.be<std::uint16_t>();
  MessageFacts facts;
  facts.exported = Nanos{in.be<std::uint32_t>()} * kSecond;
  const auto sequence = in.be<std::uint32_t>();
  const auto source = in.be<std::uint32_t>();
  constexpr std::size_t kHeader = 16;
  if (!in.ok() || length < kHeader || length > bytes.size()) return malformed(bytes, inbox);
  in.limit(length - kHeader);
  Domain& domain = inbox.exporters.of({datagram.from, source, Protocol::ipfix});
  SetReader sets(domain, facts, true, datagram.time, inbox);
  const bool whole = sets.read(in);
  // Some count messages in place of records.
  inbox.judge(domain, LedgerItem::flows_lost, sequence, sets.records(), 1, datagram.port);
  if (!sets.records_are_known()) domain.sequence.forget();
  if (!whole) inbox.count(LedgerItem::datagrams_malformed);
  return length;
}

}  // namespace argus
