#include "source/collect.h"

#include <poll.h>

#include <algorithm>
#include <array>

#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "collect/collector.h"
#include "flow/batch.h"
#include "flow/ledger.h"
#include "flow/where.h"
#include "net/datagrams.h"
#include "source/datagram_reader.h"
#include "source/exporter_state.h"
#include "source/rhythm.h"

namespace argus {

namespace {

constexpr std::size_t kRowsAtOnce = 16'384;   // of a frame, while more come
constexpr Nanos kLastReadMost = 2 * kSecond;  // for reading what the kernel holds at the end
constexpr std::size_t kSocketsMost = 64;
// Datagrams that come one by one are read some together, where the kernel holds many times as many.
constexpr Nanos kGather = kMillisecond;
constexpr std::uint64_t kGatherBuffer = 4u << 20;

class ExporterSource final : public CollectedSource {
 public:
  explicit ExporterSource(const CollectOptions& options) : options_(options), collector_({.sensor = options.sensor}) {
    header_.sensor = options.sensor;
    header_.live = true;
  }
  [[nodiscard]] Result<> open();

  Result<> bind(const Needs& needs, const Resources& resources) override {
    needs_ = needs;
    stop_ = resources.stop;
    next_ledger_ = steady_now() + kMinute;
    return {};
  }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override;
  void drain(Journal& out) override;
  std::vector<Error> problems() const override { return {}; }
  LiveCounts counts() const override { return counts_; }
  std::string describe() const override {
    return fmt::format("flows of exporters at {}, buffer {} MiB", joined(options_.addresses, ", "),
                       options_.buffer >> 20);
  }

 private:
  struct Socket {
    File file;
    DroppedDatagrams dropped{};
  };
  [[nodiscard]] bool stopping() const { return stop_ != nullptr && *stop_; }
  [[nodiscard]] std::size_t read_all();
  void ask_for_dropped();
  void count_dropped(Socket& socket);
  void wait(Nanos most);
  void finish();
  void keep_state(bool last);

  CollectOptions options_;
  std::vector<Socket> sockets_;
  StreamHeader header_;
  Collector collector_;
  DatagramReader reader_;
  ExporterState state_;
  Needs needs_;
  const std::atomic<bool>* stop_ = nullptr;
  LiveCounts counts_;
  std::uint64_t dropped_ = 0;  // not told yet
  Nanos next_ledger_ = 0, next_rows_ = 0, next_tick_ = 0, next_state_ = 0;
  bool finished_ = false, ledger_due_ = false, gathers_ = true;
};

Result<> ExporterSource::open() {
  for (const std::string& address : options_.addresses) {
    auto opened = open_datagram_sockets(address, options_.buffer);
    if (!opened) return while_doing("--collect", std::move(opened.error()));
    for (File& file : *opened) {
      gathers_ &= datagram_buffer(file) >= kGatherBuffer;
      sockets_.push_back({std::move(file)});
    }
  }
  if (sockets_.empty() || sockets_.size() > kSocketsMost)
    return fail(Errc::usage, "--collect takes 1 to {} addresses", kSocketsMost);
  if (options_.state_folder.empty()) return {};
  ARGUS_TRY_LET(state_, ExporterState::open(options_.state_folder));
  if (auto restored = state_.restore(collector_); !restored && options_.say)
    options_.say(restored.error().text + "; exporters tell their templates again");
  return {};
}

// One turn over the sockets; how many datagrams there were.
std::size_t ExporterSource::read_all() {
  std::size_t sum = 0;
  for (Socket& socket : sockets_) {
    sum += reader_.read(
        socket.file,
        [&](const Datagram& datagram) {
          counts_.packets++, counts_.bytes += datagram.payload.size();
          collector_.add(datagram);
        },
        socket.dropped);
    count_dropped(socket);
  }
  return sum;
}

void ExporterSource::count_dropped(Socket& socket) {
  const std::uint64_t dropped = socket.dropped.take();
  dropped_ += dropped, counts_.kernel_dropped += dropped;
}

void ExporterSource::ask_for_dropped() {
  for (Socket& socket : sockets_) {
    socket.dropped.ask(socket.file);
    count_dropped(socket);
  }
}

void ExporterSource::wait(Nanos most) {
  std::array<pollfd, kSocketsMost> on;
  for (std::size_t i = 0; i < sockets_.size(); i++) on[i] = {sockets_[i].file.fd(), POLLIN, 0};
  const auto millis = [](Nanos time) { return static_cast<int>(std::max<Nanos>(time, kMillisecond) / kMillisecond); };
  if (::poll(on.data(), sockets_.size(), millis(most)) > 0 && gathers_) (void)::poll(nullptr, 0, millis(kGather));
}

void ExporterSource::finish() {
  const Nanos begun = steady_now();
  while (read_all() != 0 && steady_now() - begun < kLastReadMost) {}
  ask_for_dropped();
  finished_ = ledger_due_ = true;
  keep_state(true);
}

// Templates are few and seldom change; a machine that goes down without a word costs a minute of them.
void ExporterSource::keep_state(bool last) {
  const Nanos now = steady_now();
  if (!last && now < next_state_) return;
  next_state_ = now + kMinute;
  if (auto kept = state_.keep(collector_); !kept && options_.say)
    options_.say(kept.error().text + "; templates will not outlive a restart");
}

Result<Step> ExporterSource::next(Batch& out) {
  out = Batch();
  for (;;) {
    const Nanos now = steady_now();
    const std::size_t waiting = collector_.waiting();
    if (waiting >= kRowsAtOnce || (waiting != 0 && (finished_ || now >= next_rows_))) {
      next_rows_ = now + kRowsEvery;
      out = filtered(collector_.take(), needs_.where.get());
      return Step::rows;
    }
    if (finished_) return Step::end;
    if (stopping()) {
      finish();
      continue;
    }
    if (now >= next_tick_) {
      next_tick_ = now + kTickEvery;
      ask_for_dropped();
      keep_state(false);
      return Step::tick;
    }
    if (read_all() == 0) wait(next_tick_ - now);
  }
}

void ExporterSource::drain(Journal& out) {
  const Nanos now = steady_now();
  if (!ledger_due_ && now < next_ledger_) return;
  next_ledger_ = now + kMinute;
  const Nanos time = wall_now();
  out.add({options_.sensor, time - kMinute, time, LedgerItem::kernel_dropped, std::exchange(dropped_, 0)});
  collector_.drain(out);
}

}  // namespace

Result<std::unique_ptr<CollectedSource>> open_collected(const CollectOptions& options) {
  auto source = std::make_unique<ExporterSource>(options);
  ARGUS_TRY(source->open());
  return std::unique_ptr<CollectedSource>(std::move(source));
}

}  // namespace argus
