#include "relay/serve.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/time.h"
#include "codec/directory.h"
#include "codec/frame.h"
#include "codec/stream.h"
#include "filter/filter.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "flow/where.h"
#include "net/keys.h"
#include "net/server.h"
#include "relay/frame_ring.h"
#include "relay/serve_session.h"
#include "sink/flow_place.h"
#include "sink/framer.h"

namespace argus {

namespace {

constexpr Nanos kHold = kSecond / 2;      // the longest that records wait for others to fill a frame
constexpr Nanos kFarewell = 2 * kSecond;  // that readers get to take the last frames

// The least or most value of a time in a frame; 0 when it has none.
Nanos time_of(const BlockDirectory& directory, Field field, bool most) {
  const auto range = directory.range(field);
  return range && range->any ? value_of_image(most ? range->most : range->least) : 0;
}

RingFrame frame_of(const StreamWriter& writer, const Batch& batch) {
  const CodedBatch coded = writer.coded(batch);
  RingFrame frame;
  frame.bytes.reserve(kFrameHeadSize + coded.block.size());
  append_head(coded.head, frame.bytes);
  frame.bytes.insert(frame.bytes.end(), coded.block.begin(), coded.block.end());
  frame.records = batch.rows();
  const auto directory = BlockDirectory::parse(Bytes(coded.block).first(coded.head.directory), coded.head);
  if (directory) {
    frame.begin = time_of(*directory, Field::stime, false);
    frame.end = time_of(*directory, Field::ltime, true);
  }
  return frame;
}

// Encodes once for all readers, and nothing while there are none.
class ServeSink final : public RowSink {
 public:
  ServeSink(Served& served, NetServer& net) : served_(served), net_(net), writer_(served.stream) {}

  FieldSet fields() const override { return FieldSet::all_stored(); }
  Result<> begin(const StreamHeader& header) override {
    served_.header = header;
    return net_.start([&served = served_](const Peer& peer) { return std::make_unique<ServeSession>(served, peer); });
  }
  Result<> write(const Batch& batch) override {
    if (served_.listening == 0) {
      framer_ = {};
      return {};
    }
    if (framer_.held_rows() == 0) held_since_ = steady_now();
    ARGUS_TRY(framer_.add(batch, [this](const Batch& rows) { return push(rows); }));
    return steady_now() - held_since_ >= kHold ? tick() : Result<>();
  }
  Result<> ledger(const std::vector<LedgerEntry>& entries) override {
    if (entries.empty()) return {};
    ARGUS_TRY(tick());
    if (served_.listening != 0) push_ledger(entries, served_.records);
    if (served_.watching != 0) push_ledger(entries, served_.ticks);
    net_.wake();
    return {};
  }
  Result<> tick() override {
    if (served_.watching == 0 && served_.ticks.bytes() != 0) served_.ticks.forget();
    return framer_.flush([this](const Batch& rows) { return push(rows); });
  }
  Result<> finish() override {
    ARGUS_TRY(tick());
    served_.records.close();
    served_.ticks.close();
    net_.wake();
    net_.stop(kFarewell);
    return {};
  }

 private:
  Result<> push(const Batch& batch) {
    RingFrame frame = frame_of(writer_, batch);
    served_.records.hold_outside(net_.held() + served_.ticks.bytes());
    served_.records.push(std::move(frame));
    net_.wake();
    return {};
  }
  void push_ledger(const std::vector<LedgerEntry>& entries, FrameRing& ring) {
    constexpr std::size_t kEntriesAFrame = 1024;
    for (std::size_t at = 0; at < entries.size(); at += kEntriesAFrame) {
      const std::span<const LedgerEntry> some(entries.data() + at, std::min(kEntriesAFrame, entries.size() - at));
      RingFrame frame;
      writer_.ledger({some.begin(), some.end()}, frame.bytes);
      ring.push_ledger(std::move(frame));
    }
  }

  Served& served_;
  NetServer& net_;
  StreamWriter writer_;
  Framer framer_;
  Nanos held_since_ = 0;
};

Result<std::vector<ReaderKey>> checked_keys(const std::string& path) {
  ARGUS_TRY_LET(std::vector<ReaderKey> keys, read_reader_keys(path));
  for (const ReaderKey& key : keys)
    if (auto filter = compile_filter(key.filter); !filter)
      return while_doing(fmt::format("{}: the filter of '{}'", path, key.key.name), std::move(filter.error()));
  return keys;
}

// None where nobody needs one.
Result<std::vector<ReaderKey>> keys_for(const ServeOptions& options) {
  bool needed = false;
  for (const std::string& text : options.listen) {
    auto needs = needs_keys(text);
    if (!needs) return while_doing("--listen", std::move(needs.error()));
    needed |= *needs;
  }
  if (!needed) return std::vector<ReaderKey>();
  auto keys = checked_keys(options.keys_path.empty() ? reader_keys_path() : options.keys_path);
  if (keys) return keys;
  return while_doing("--listen: off loopback every reader needs a key",
                     with_outcome(std::move(keys.error()), "argus key new NAME makes one"));
}

class OpenServer final : public Server {
 public:
  explicit OpenServer(const ServeOptions& options)
      : served_(options.ring_bytes, random_stream_id()), tick_writer_(served_.stream) {
    served_.has_ticks = options.has_ticks;
  }
  Result<> open(NetOptions options) {
    ARGUS_TRY_LET(net_, NetServer::open(std::move(options)));
    return {};
  }
  SinkPtr sink() override { return std::make_unique<ServeSink>(served_, *net_); }
  bool wants_ticks() const override { return served_.watching != 0; }
  Result<> take_ticks(const Batch& ticks) override {
    Framer framer;
    const auto push = [this](const Batch& rows) -> Result<> {
      served_.ticks.push(frame_of(tick_writer_, rows));
      served_.records.hold_outside(net_->held() + served_.ticks.bytes());
      return {};
    };
    ARGUS_TRY(framer.add(ticks, push));
    ARGUS_TRY(framer.flush(push));
    net_->wake();
    return {};
  }
  Result<> change(const ServeOptions& now) override {
    ARGUS_TRY_LET(std::vector<ReaderKey> keys, keys_for(now));
    return net_->listen_at(now.listen, std::move(keys));
  }
  ServeCounts counts() const override {
    const NetCounts net = net_->counts();
    return {net.readers, net.accepted, net.refused, served_.skipped};
  }

 private:
  Served served_;
  StreamWriter tick_writer_;
  std::unique_ptr<NetServer> net_;  // ends before what its sessions read
};

}  // namespace

Result<std::unique_ptr<Server>> Server::open(const ServeOptions& options) {
  NetOptions net;
  net.listen = options.listen;
  net.warn = options.warn;
  net.detail = options.detail;
  ARGUS_TRY_LET(net.keys, keys_for(options));
  auto server = std::make_unique<OpenServer>(options);
  ARGUS_TRY(server->open(std::move(net)));
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace argus
