// Messages of NetFlow and IPFIX behind each other, without anything around them: IPFIX files (RFC 5655), and payloads
// of datagrams as other programs keep them.
#include <algorithm>

#include "base/bytes.h"
#include "base/count_text.h"
#include "base/result.h"
#include "base/stream.h"
#include "base/time.h"
#include "collect/collector.h"
#include "source/datagram_input.h"
#include "source/inspect.h"
#include "source/kinds.h"
#include "source/open_source.h"
#include "source/packet_account.h"

namespace argus {

namespace {

constexpr std::size_t kMessageMost = 65'535;
constexpr std::uint32_t kLeastTime = 946'684'800;  // 2000: nobody exported these before

struct MessageHead {
  std::uint16_t version = 0, second = 0;
  std::uint32_t time = 0;
};

MessageHead head_of(Bytes bytes) {
  ByteReader in(bytes);
  MessageHead out;
  out.version = in.be<std::uint16_t>(), out.second = in.be<std::uint16_t>();
  if (out.version != 10) in.skip(4);
  out.time = in.be<std::uint32_t>();
  return in.ok() ? out : MessageHead();
}

bool is_message(Bytes bytes) {
  constexpr std::uint16_t kRecordsMost = 30;  // of NetFlow 5
  const MessageHead head = head_of(bytes);
  if (head.time < kLeastTime || head.second == 0) return false;
  return head.version == 9 || (head.version == 10 && head.second >= 16) ||
         (head.version == 5 && head.second <= kRecordsMost);
}

// NetFlow 9 tells no length: its sets follow each other up to what is none, as the version of the next message.
std::size_t length_of_sets(Bytes bytes) {
  constexpr std::size_t kHeader = 20;
  ByteReader in(bytes);
  in.skip(kHeader);
  while (in.left() >= 4) {
    ByteReader ahead = in;
    const auto id = ahead.be<std::uint16_t>();
    const auto length = ahead.be<std::uint16_t>();
    if (id > 1 && id < 256) break;
    if (length < 4 || length > in.left()) return bytes.size();
    in.skip(length);
  }
  return in.left() < 4 ? bytes.size() : bytes.size() - in.left();
}

std::size_t length_of(Bytes bytes) {
  constexpr std::size_t kHeader = 24, kRecord = 48;
  const MessageHead head = head_of(bytes);
  std::size_t out = bytes.size();
  if (head.version == 10) out = std::max<std::size_t>(head.second, 16);
  if (head.version == 5) out = kHeader + head.second * kRecord;
  if (head.version == 9) out = length_of_sets(bytes);
  return std::min(out, bytes.size());
}

class StoredDatagrams final : public DatagramInput {
 public:
  explicit StoredDatagrams(InputStream input) : input_(std::move(input)) {}
  Result<bool> next(Datagram& out, PacketAccount&) override {
    ARGUS_TRY(input_.skip(std::exchange(taken_, 0)));
    ARGUS_TRY_LET(const Bytes bytes, input_.peek(kMessageMost));
    if (bytes.empty()) return false;
    taken_ = length_of(bytes);
    packets_++;
    out = {bytes.first(taken_), {}, 0, Nanos{head_of(bytes).time} * kSecond};
    return true;
  }
  bool cut_short() const override { return input_.cut_short(); }
  std::uint64_t packets() const override { return packets_; }

 private:
  InputStream input_;
  std::size_t taken_ = 0;  // of what was peeked
  std::uint64_t packets_ = 0;
};

Result<DatagramInputPtr> open_stored(InputStream input) {
  return DatagramInputPtr(std::make_unique<StoredDatagrams>(std::move(input)));
}

}  // namespace

bool recognise_datagrams(Bytes head) { return is_message(head); }

Result<OpenedKind> open_datagrams(InputStream input, const SourceOptions& options) {
  return open_collected_files(std::move(input), options, open_stored);
}

Result<> inspect_datagrams(InspectedInput input, const InspectOptions& options, InputFacts& facts) {
  facts.foreign.form = "messages of NetFlow or IPFIX";
  StoredDatagrams messages(std::move(input.stream));
  PacketAccount account("");
  Collector collector({});
  for (;;) {
    if (options.stop != nullptr && *options.stop)
      return fail(Errc::interrupted, "{}: interrupted after {}", facts.name, count_text(messages.packets(), "message"));
    Datagram one;
    const auto more = messages.next(one, account);
    if (!more && more.error().code != Errc::corrupt) return while_doing(facts.name, more.error());
    if (!more) facts.problems.push_back(while_doing(facts.name, more.error()));
    if (!more || !*more) break;
    facts.times.widen(one.time, one.time);
    facts.unpacked += one.payload.size();
    collector.add(one);
    while (collector.waiting() != 0) facts.records += collector.take().rows();
  }
  collector.drain(facts.flows.ledger);
  if (!facts.problems.empty()) facts.ending = Ending::open;
  return {};
}

}  // namespace argus
