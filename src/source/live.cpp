#include "source/live.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <deque>
#include <optional>

#include "base/text.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/events.h"
#include "flow/ledger.h"
#include "flow/where.h"
#include "meter/wire_names.h"
#include "packet/decode.h"
#include "packet/packet.h"
#include "source/fields_metered.h"
#include "source/live_device.h"
#include "source/packet_account.h"
#include "source/rhythm.h"

namespace argus {

namespace {

constexpr std::string_view kKernelFilter = "kernel-filter", kStatus = "status", kFlows = "flows";
constexpr Nanos kTicksEvery = kSecond;
constexpr Nanos kRingDelay = 300 * kMillisecond;  // packets of the kernel's ring are younger than this
constexpr Nanos kStepLeast = kSecond;             // a clock that went wrong by less is not said
constexpr Nanos kFinishMost = 3 * kSecond;        // for metering what the rings hold at the end
constexpr Nanos kCountMost = kSecond;             // for counting what is left of it

// Wall clock less steady clock. A process that was stopped between the two readings would take the time in which it
// stood still for a step of the clock.
Nanos clock_offset() {
  constexpr Nanos kAtOnce = 10 * kMillisecond;
  constexpr int kTriesMost = 10;
  Nanos offset = 0;
  for (int i = 0; i < kTriesMost; i++) {
    const Nanos before = steady_now();
    offset = wall_now() - before;
    if (steady_now() - before < kAtOnce) break;
  }
  return offset;
}

class InterfaceSource final : public LiveSource {
 public:
  InterfaceSource(const LiveOptions& options, Meter meter)
      : options_(options), meter_now_(options.meter), meter_(std::move(meter)), account_(options.meter.sensor) {
    header_.sensor = options.meter.sensor;
    header_.live = true;
    header_.ticks = options.ticks;
  }
  Result<> open();

  Result<> bind(const Needs& needs, const Resources& resources) override {
    needs_ = needs;
    stop_ = resources.stop;
    clock_offset_ = clock_offset();
    next_ledger_ = steady_now() + ledger_every();
    next_ticks_ = steady_now() + kTicksEvery;
    if (meters_names(options_.meter, needs)) names_.emplace(options_.meter.hash_key);
    return meters_details(options_.meter.fields, needs) ? meter_.begin_details() : Result<>();
  }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override;
  void drain(Journal& out) override;
  std::vector<Error> problems() const override { return problems_; }
  LiveCounts counts() const override {
    LiveCounts out = counts_;
    out.flows = meter_.live();
    return out;
  }
  void give_ticks_to(TickTaker taker) override { taker_ = std::move(taker); }
  std::string describe() const override;
  bool may_change(const SourceSetting& now) const override;
  Result<> change(const SourceSettings& now) override;

 private:
  struct Slot {
    std::string name;
    std::unique_ptr<LiveDevice> device;  // null: gone
    bool silenced = false;               // was found down, and that was said
    Nanos rest_until = 0;                // not asked before, while it is down
    Nanos newest = INT64_MIN;            // time of its packets
  };
  void say(std::string text) const {
    if (options_.say) options_.say(text);
  }
  [[nodiscard]] bool stopping() const { return stop_ != nullptr && *stop_; }
  void wait(Nanos most);
  [[nodiscard]] Result<std::size_t> read(Slot& slot);
  [[nodiscard]] std::size_t read_all();
  void take(Slot& slot, const Frame& frame);
  void meter_taken();
  void lost(Slot& slot, const Error& why, Nanos now);
  [[nodiscard]] Result<> look_for_lost(Nanos now);
  void count_drops();
  void follow_clock();
  void count_unmetered();
  void finish();
  [[nodiscard]] Nanos ledger_every() const { return options_.ticks ? kSecond : kMinute; }
  void look_for_takers(Nanos now);
  [[nodiscard]] Result<> hand_out_ticks(Nanos now);
  [[nodiscard]] bool take_rows(Nanos now, Batch& out);

  LiveOptions options_;     // but for kernel_filter, what it began with
  MeterOptions meter_now_;  // status_interval and flows_max as they were changed
  std::vector<Slot> slots_;
  StreamHeader header_;
  Meter meter_;
  std::optional<WireNames> names_;
  PacketAccount account_;
  Needs needs_;
  const std::atomic<bool>* stop_ = nullptr;
  LiveCounts counts_;
  std::array<Packet, kPacketsAtOnce> packets_;
  std::size_t taken_ = 0;
  Nanos clock_offset_ = 0;
  Nanos empty_at_ = INT64_MIN;  // when the rings were last found empty
  Nanos next_ledger_ = 0, next_rows_ = 0, next_look_ = 0, next_tick_ = 0, next_ticks_ = 0;
  TickTaker taker_;
  bool ticking_ = false;     // for the taker
  std::deque<Batch> ticks_;  // that are to be rows
  bool finished_ = false, ledger_due_ = false;
  std::vector<Error> problems_;
};

Result<> InterfaceSource::open() {
  const std::vector<std::string>& names = options_.interfaces;
  const bool any = std::find(names.begin(), names.end(), "any") != names.end();
  for (const std::string& name : names) {
    if (name.empty()) return fail(Errc::usage, "-i: the name of an interface is empty");
    // Its packets would be counted twice.
    if (std::count(names.begin(), names.end(), name) > 1 || (any && names.size() > 1))
      return fail(Errc::usage, "-i: {} is given twice{}", any ? "an interface" : escaped(name),
                  any ? "; 'any' is all of them" : "");
    auto device = LiveDevice::open(name, options_);
    const bool waits = !device && options_.reopen && LiveDevice::is_down(name);
    if (!device && !waits) return std::move(device.error());
    if (waits) say(fmt::format("{} is down; waiting for it  (ip link set {} up)", name, name));
    slots_.push_back({name, waits ? nullptr : *std::move(device), waits});
  }
  return {};
}

// The table has room for what it was made for.
bool InterfaceSource::may_change(const SourceSetting& now) const {
  if (now.name == kFlows) return std::get<std::uint64_t>(now.value) <= options_.meter.flows_max;
  return now.name == kKernelFilter || now.name == kStatus;
}

Result<> InterfaceSource::change(const SourceSettings& now) {
  std::string filter = options_.kernel_filter;
  MeterOptions meter = meter_now_;
  for (const SourceSetting& setting : now) {
    if (!may_change(setting)) continue;
    if (setting.name == kKernelFilter) filter = std::get<std::string>(setting.value);
    if (setting.name == kStatus) meter.status_interval = static_cast<Nanos>(std::get<std::uint64_t>(setting.value));
    if (setting.name == kFlows) meter.flows_max = static_cast<std::uint32_t>(std::get<std::uint64_t>(setting.value));
  }
  if (filter != options_.kernel_filter) {
    if (!filter.empty()) ARGUS_TRY(check_kernel_filter(filter));
    for (const Slot& slot : slots_)
      if (slot.device) ARGUS_TRY(slot.device->filter(filter));
    options_.kernel_filter = filter;
  }
  meter_now_ = meter;
  meter_.change(meter.status_interval, meter.flows_max);
  return {};
}

std::string InterfaceSource::describe() const {
  std::string out;
  for (const Slot& slot : slots_)
    out += fmt::format("{}, {}, ", slot.name, slot.device ? slot.device->link_name() : "not up");
  return out + fmt::format("ring {} MiB, {} bytes per packet; no packet contents are kept", options_.buffer >> 20,
                           options_.snaplen);
}

// Packets wait in a ring while the process stands still, and those of one ring are read before those of the next: only
// a packet before another of its own ring says that the clock went back.
void InterfaceSource::take(Slot& slot, const Frame& frame) {
  if (slot.newest != INT64_MIN && frame.time < slot.newest - kStepLeast) account_.add(LedgerItem::time_back, 1);
  slot.newest = std::max(slot.newest, frame.time);
  const DecodeStatus status = decode(frame, packets_[taken_], options_.meter.tunnels);
  account_.frame(status, frame);
  counts_.packets++;
  counts_.bytes += frame.wire_length;
  if (status != DecodeStatus::ok) {
    counts_.undecoded++;
    return;
  }
  if (names_) names_->observe(frame, packets_[taken_]);
  if (++taken_ == packets_.size()) meter_taken();
}

void InterfaceSource::meter_taken() {
  meter_.add(std::span(packets_).first(taken_));
  taken_ = 0;
}

Result<std::size_t> InterfaceSource::read(Slot& slot) {
  return slot.device->read([&](const Frame& frame) { take(slot, frame); });
}

// One turn over the interfaces; how many packets there were.
std::size_t InterfaceSource::read_all() {
  std::size_t sum = 0;
  const Nanos now = steady_now(), time = wall_now();
  for (Slot& slot : slots_) {
    if (!slot.device || now < slot.rest_until) continue;
    auto n = read(slot);
    if (!n) {
      lost(slot, n.error(), now);
      continue;
    }
    sum += *n;
    if (slot.silenced && *n != 0) {
      say(fmt::format("{}: packets arrive again", slot.name));
      slot.silenced = false;
    }
  }
  meter_taken();
  if (sum == 0) empty_at_ = time;
  return sum;
}

// An interface that is only down keeps its ring and comes back by itself.
void InterfaceSource::lost(Slot& slot, const Error& why, Nanos now) {
  const bool down = slot.device->exists();
  if (!slot.silenced) say(down ? why.text + "; waiting for it" : slot.name + ": the interface is gone");
  slot.silenced = down;
  slot.rest_until = now + kTickEvery;
  if (down) return;
  // What its ring still holds.
  for (auto more = read(slot); more && *more != 0;) more = read(slot);
  count_drops();
  slot.device.reset();
}

Result<> InterfaceSource::look_for_lost(Nanos now) {
  if (now < next_look_) return {};
  next_look_ = now + kSecond;
  bool any = false;
  for (Slot& slot : slots_) {
    if (!slot.device && options_.reopen) {
      auto device = LiveDevice::open(slot.name, options_);
      if (device) {
        slot.device = *std::move(device);
        say(slot.name + (std::exchange(slot.silenced, false) ? " is up" : ": the interface is back"));
      }
    }
    any |= slot.device != nullptr || options_.reopen;
  }
  if (any) return {};
  Error gone =
      fail(Errc::io, "{}: the interface is gone, and rights to open it again were given up", slots_.front().name);
  if (options_.reopen_option.empty()) return gone;
  return hinted(std::move(gone),
                fmt::format("  {} keeps CAP_NET_RAW for interfaces that come and go", options_.reopen_option));
}

void InterfaceSource::count_drops() {
  for (Slot& slot : slots_) {
    if (!slot.device) continue;
    const LiveDevice::Drops drops = slot.device->new_drops();
    counts_.kernel_dropped += drops.kernel;
    counts_.interface_dropped += drops.interface;
    account_.add(LedgerItem::kernel_dropped, drops.kernel);
    account_.add(LedgerItem::interface_dropped, drops.interface);
    account_.add(LedgerItem::received, drops.kernel + drops.interface);
    if (drops.kernel + drops.interface != 0) account_.span(wall_now() - kSecond, wall_now());
  }
}

// Flows on both sides of a step have times that say nothing about each other.
void InterfaceSource::follow_clock() {
  const Nanos offset = clock_offset();
  const Nanos step = offset - clock_offset_;
  if (step > kStepLeast || step < -kStepLeast) {
    std::string size;
    append_seconds(step, 3, size);
    say(fmt::format("the clock was set by {} s; all live flows were written", size));
    account_.add(LedgerItem::clock_stepped, 1);
    meter_.finish(Cause::flush);
    empty_at_ = INT64_MIN;
    for (Slot& slot : slots_) slot.newest = INT64_MIN;
  }
  clock_offset_ = offset;
  // Never past packets that still wait in a ring: while there are some, they move the time.
  if (empty_at_ != INT64_MIN) meter_.advance(empty_at_ - kRingDelay);
}

void InterfaceSource::wait(Nanos most) {
  std::array<pollfd, 64> on;
  nfds_t n = 0;
  for (const Slot& slot : slots_)
    if (slot.device && !slot.silenced && n < on.size()) on[n++] = {slot.device->fd(), POLLIN, 0};
  (void)::poll(on.data(), n, static_cast<int>(most / kMillisecond));
}

// There is no time left for what still stands in the rings: as good as dropped there.
void InterfaceSource::count_unmetered() {
  const Nanos begun = steady_now();
  std::uint64_t left = 0;
  for (Slot& slot : slots_) {
    std::size_t some = slot.device ? 1 : 0;
    while (some != 0 && steady_now() - begun < kCountMost) {
      const auto n = slot.device->read([](const Frame&) {});
      some = n ? *n : 0;
      left += some;
    }
  }
  counts_.kernel_dropped += left;
  account_.add(LedgerItem::kernel_dropped, left);
  account_.add(LedgerItem::received, left);
}

// What the rings hold is handed over by the kernel within a block's time.
void InterfaceSource::finish() {
  const Nanos begun = steady_now();
  Nanos quiet = begun;
  while (steady_now() - begun < kFinishMost && steady_now() - quiet < kRingDelay) {
    wait(50 * kMillisecond);
    if (read_all() != 0) quiet = steady_now();
  }
  if (steady_now() - quiet < kRingDelay) count_unmetered();
  count_drops();
  meter_.finish(Cause::flush);
  finished_ = ledger_due_ = true;
}

void InterfaceSource::look_for_takers(Nanos now) {
  const bool wanted = taker_.wanted && taker_.wanted();
  if (wanted == ticking_) return;
  ticking_ = wanted;
  if (!wanted) return meter_.end_ticks();
  if (const auto begun = meter_.begin_ticks(); !begun) say(begun.error().text + "; displays get no ticks");
  next_ticks_ = now + kTicksEvery;
}

Result<> InterfaceSource::hand_out_ticks(Nanos now) {
  if (!ticking_ && !options_.ticks) return {};
  const bool due = now >= next_ticks_ || finished_;
  if (!due && meter_.ticks_of_closed() < kRowsAtOnce) return {};
  if (due) next_ticks_ = std::max(next_ticks_ + kTicksEvery, now);
  for (Batch& batch : meter_.take_ticks()) {
    if (names_) names_->fill(batch);
    if (options_.ticks) ticks_.push_back(std::move(batch));
    else ARGUS_TRY(taker_.take(batch));
  }
  return {};
}

// The next rows, if there are any by now.
bool InterfaceSource::take_rows(Nanos now, Batch& out) {
  const std::size_t waiting = meter_.waiting();
  if (waiting >= kRowsAtOnce || (waiting != 0 && (finished_ || now >= next_rows_))) {
    next_rows_ = now + kRowsEvery;
    Batch records = meter_.take();
    if (!options_.ticks) {
      if (names_) names_->fill(records);
      out = filtered(records, needs_.where.get());
      return true;
    }
  }
  if (ticks_.empty()) return false;
  out = filtered(ticks_.front(), needs_.where.get());
  ticks_.pop_front();
  return true;
}

Result<Step> InterfaceSource::next(Batch& out) {
  out = Batch();
  for (;;) {
    const Nanos now = steady_now();
    ARGUS_TRY(hand_out_ticks(now));
    if (take_rows(now, out)) return Step::rows;
    if (finished_ && meter_.waiting() != 0) continue;
    if (finished_) return Step::end;
    if (stopping()) {
      finish();
      continue;
    }
    if (now >= next_tick_) {
      next_tick_ = now + kTickEvery;
      look_for_takers(now);
      follow_clock();
      count_drops();
      if (auto left = look_for_lost(now); !left) {
        problems_.push_back(std::move(left.error()));
        finish();
        continue;
      }
      return Step::tick;
    }
    const bool ticks = ticking_ || options_.ticks;
    if (read_all() == 0) wait(std::max<Nanos>(0, (ticks ? std::min(next_tick_, next_ticks_) : next_tick_) - now));
  }
}

void InterfaceSource::drain(Journal& out) {
  const Nanos now = steady_now();
  if (!ledger_due_ && now < next_ledger_) return;
  next_ledger_ = now + ledger_every();
  MeterCounts counts = meter_.counts();
  counts.time_back = 0;  // of several rings: take() tells
  account_.meter(counts);
  account_.drain(needs_.when, out);
}

}  // namespace

Result<std::unique_ptr<LiveSource>> open_live(const LiveOptions& options) {
  ARGUS_TRY_LET(Meter meter, Meter::create(options.meter));
  if (options.ticks) ARGUS_TRY(meter.begin_ticks());
  auto live = std::make_unique<InterfaceSource>(options, std::move(meter));
  ARGUS_TRY(live->open());
  return std::unique_ptr<LiveSource>(std::move(live));
}

}  // namespace argus
