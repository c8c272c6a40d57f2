#include "meter/meter.h"

#include <algorithm>
#include <array>

#include "base/address.h"
#include "base/names.h"
#include "base/pages.h"
#include "base/time_range.h"
#include "meter/details.h"
#include "meter/flow_state.h"
#include "meter/flow_table.h"
#include "meter/fragments.h"
#include "meter/key.h"
#include "meter/record_builder.h"
#include "meter/tcp.h"
#include "meter/ticks.h"
#include "meter/timers.h"

namespace argus {

namespace {

constexpr std::size_t kRowsABatch = 16'384;  // a frame's worth
constexpr std::uint32_t kHandAhead = 8;      // flows that the evicting hand fetches before it comes by
constexpr std::size_t kAhead = 32;  // packets whose keys are made and whose flows are fetched before they are counted

void saturate(std::uint32_t& counter) {
  if (counter != UINT32_MAX) counter++;
}

// A value that holds until it changes.
template <class T>
void keep(T& value, T fresh, std::uint16_t& marks, SideMark seen, SideMark changed) {
  if ((marks & seen) == 0) {
    marks |= seen;
    value = fresh;
  } else if (value != fresh) {
    marks |= changed;
  }
}

void count(Side& side, Side& other, const Packet& packet) {
  if (side.packets == 0) {
    side.first = side.last = packet.time;
  } else {
    side.first = std::min(side.first, packet.time);
    side.last = std::max(side.last, packet.time);
  }
  saturate(side.packets);
  side.bytes += packet.wire_length;
  side.app_bytes += packet.payload_length;
  side.encaps |= packet.encaps;
  const std::uint32_t has = packet.has;
  if ((has & (kIsFragment | kIsInTrain)) != 0) saturate(side.fragments);
  if ((has & kHasIp) != 0) {
    if ((side.marks & kTosSeen) == 0 || packet.ttl < side.ttl) side.ttl = packet.ttl;
    keep(side.tos, packet.tos, side.marks, kTosSeen, kTosChanged);
    side.ip_options |= packet.ip_options;
  }
  if ((has & (kHasMac | kHasSourceMac)) != 0) {
    if ((side.marks & kMacHinted) != 0) side.marks &= static_cast<std::uint16_t>(~(kMacHinted | kMacChanged));
    keep(side.mac, packet.smac, side.marks, kMacSeen, kMacChanged);
    if ((has & kHasMac) != 0 && (other.marks & kMacSeen) == 0)
      keep(other.mac, packet.dmac, other.marks, kMacHinted, kMacChanged);
  }
  if ((has & kHasVlan) != 0) keep(side.vlan, packet.vlan, side.marks, kVlanSeen, kVlanChanged);
  if ((has & kHasMpls) != 0) keep(side.mpls, packet.mpls, side.marks, kMplsSeen, kMplsChanged);
}

// Ports and ids are each side's own, and addresses the other way round for the other side.
void note_tunnel(TunnelState& tunnel, std::uint8_t side, const Outer& now) {
  if (tunnel.stale) {
    tunnel = TunnelState();
    tunnel.outer = now;
    tunnel.side = side;
    tunnel.stale = false;
  }
  const Outer& first = tunnel.outer;
  const bool same_side = side == tunnel.side;
  if (now.src != (same_side ? first.src : first.dst) || now.dst != (same_side ? first.dst : first.src))
    tunnel.ends_differ = true;
  if (same_side && (now.sport != first.sport || now.dport != first.dport)) tunnel.ports_differ = true;
  if (!now.has_id) return;
  if (tunnel.id_seen[side] && tunnel.ids[side] != now.id) tunnel.ids_differ[side] = true;
  tunnel.id_seen[side] = true;
  tunnel.ids[side] = now.id;
}

std::uint8_t icmp_mark(const Packet& packet) {
  if (packet.proto == kProtoIcmp6) {
    return packet.icmp_type == 1 ? kIcmpMapUnreachable : packet.icmp_type == 3 ? kIcmpMapTimeExceeded : kIcmpMapOther;
  }
  switch (packet.icmp_type) {
    case 3: return kIcmpMapUnreachable;
    case 5: return kIcmpMapRedirect;
    case 11: return kIcmpMapTimeExceeded;
    default: return kIcmpMapOther;
  }
}

}  // namespace

struct Meter::State {
  State(const MeterOptions& given, ReservedPages flow_room, ReservedPages tcp_room, ReservedPages inode_room,
        ReservedPages tunnel_room)
      : options(given),
        flows_made_for(given.flows_max),
        flows(std::move(flow_room)),
        tcp(std::move(tcp_room)),
        inodes(std::move(inode_room)),
        tunnels(std::move(tunnel_room)),
        fragments(given.hash_key, given.idle_fragment) {
    shortest_idle =
        std::min({given.idle_tcp, given.idle_tcp_closed, given.idle_udp, given.idle_icmp, given.idle_other});
  }

  void add(std::span<const Packet> packets);
  void take(const Packet& packet, const Keyed& key);
  void meter(const Packet& packet, const Keyed& key);
  void look_ahead(Keyed& key);
  void meter_fragment(const Packet& packet);
  void meter_orphans(bool all);
  void move_clock(Nanos to);
  void on_timer(std::uint32_t number);
  [[nodiscard]] std::uint32_t open(const Packet& packet, const Keyed& key);
  void decide_direction(FlowState& flow, const Packet& packet, const Keyed& key);
  void map_icmp(const Packet& packet);
  void report(std::uint32_t number, Cause cause);
  void close(std::uint32_t number, Cause cause);
  void evict();
  [[nodiscard]] bool may_wait(const FlowState& flow, const Packet& packet, bool fresh) const;
  void take_tcp(FlowState& flow);
  void prefetch_tcp(const FlowState& flow) const;
  // Until the next call: the TCP state of a lone segment is made for it.
  [[nodiscard]] FlowParts parts_of(const FlowState& flow) {
    if (flow.is_lone) lone_state = state_of_lone(flow);
    return {.tcp = flow.is_lone        ? &lone_state
                   : flow.tcp != kNone ? &tcp[flow.tcp]
                                       : nullptr,
            .details = nullptr,
            .tunnel = flow.tunnel != kNone ? &tunnels[flow.tunnel] : nullptr,
            .inode = flow.inode != kNone && !flow.inodes_differ ? &inodes[flow.inode] : nullptr};
  }
  [[nodiscard]] Nanos idle_time(const FlowState& flow);
  [[nodiscard]] Cause end_cause(const FlowState& flow, Cause otherwise);
  void arm(std::uint32_t number);

  MeterOptions options;
  std::uint32_t flows_made_for;
  FlowTable flows;
  Slab<TcpState> tcp;
  TcpState lone_state;  // of who was asked for last
  Slab<Address> inodes;
  Slab<TunnelState> tunnels;
  Timers timers;
  Fragments fragments;
  std::vector<Batch> full;  // of kRowsABatch rows, oldest first
  RecordBuilder rows;
  std::vector<Packet> scratch;
  std::array<Keyed, kAhead> keys;  // of the packets that are taken next
  MeterCounts counts;
  Nanos clock = INT64_MIN;
  Nanos fragments_checked = INT64_MIN;
  std::uint32_t hand = 0;  // of the eviction clock
  Nanos shortest_idle = 0;
  std::unique_ptr<Ticks> ticks;  // while somebody wants them
  std::unique_ptr<Details> details;
};

Nanos Meter::State::idle_time(const FlowState& flow) {
  switch (key_proto(flow.key)) {
    case kProtoTcp: return flow.tcp != kNone && tcp[flow.tcp].over() ? options.idle_tcp_closed : options.idle_tcp;
    case kProtoUdp: return options.idle_udp;
    case kProtoIcmp:
    case kProtoIcmp6: return options.idle_icmp;
    default: return options.idle_other;
  }
}

Cause Meter::State::end_cause(const FlowState& flow, Cause otherwise) {
  if (flow.tcp == kNone) return otherwise;
  const TcpState& state = tcp[flow.tcp];
  return state.is_reset ? Cause::reset : state.closed() ? Cause::closed : otherwise;
}

void Meter::State::arm(std::uint32_t number) {
  const FlowState& flow = flows[number];
  // Never later than a status interval from here: packets do not move timers.
  Nanos when = std::min(flow.newest + idle_time(flow), clock + options.status_interval);
  if (flow.unreported()) when = std::min(when, flow.report_start + options.status_interval);
  timers.set(number, when);
}

void Meter::State::on_timer(std::uint32_t number) {
  FlowState& flow = flows[number];
  if (clock - flow.newest >= idle_time(flow)) return close(number, end_cause(flow, Cause::timeout));
  if (flow.unreported() && clock - flow.report_start >= options.status_interval) report(number, Cause::status);
  arm(number);
}

void Meter::State::move_clock(Nanos to) {
  if (to <= clock) return;
  if (clock == INT64_MIN) {
    clock = fragments_checked = to;
    timers.start(to);
    return;
  }
  clock = to;
  timers.advance(
      to, [this](std::uint32_t number) { flows.prefetch(number); },
      [this](std::uint32_t number) {
        flows.prefetch_slot_of(number);
        prefetch_tcp(flows[number]);
      },
      [this](std::uint32_t number) { on_timer(number); });
  if (to - fragments_checked > kSecond) {
    fragments_checked = to;
    meter_orphans(false);
  }
}

std::uint32_t Meter::State::open(const Packet& packet, const Keyed& key) {
  // Two for each that begins, where the limit was lowered.
  for (int n = 0; n < 2 && flows.size() >= options.flows_max; n++) evict();
  const std::uint32_t number = flows.insert(key.key, key.hash);
  FlowState& flow = flows[number];
  flow.flow_start = flow.newest = flow.report_start = packet.time;
  flow.initiator = key.side;
  flow.why = static_cast<std::uint8_t>(DirWhy::first_packet);
  flow.has_etype = (packet.has & kHasEtype) != 0;
  flow.etype = packet.etype;
  if ((packet.has & kHasTunnel) != 0) flow.tunnel = tunnels.take();
  if (details) details->begin(number);
  arm(number);
  return number;
}

void Meter::State::decide_direction(FlowState& flow, const Packet& packet, const Keyed& key) {
  if (flow.reported) return;  // the first record said it
  DirWhy why = DirWhy::first_packet;
  std::uint8_t initiator = key.side;
  if (key.is_request || key.is_reply) {
    why = DirWhy::request;
    if (key.is_reply) initiator = static_cast<std::uint8_t>(1 - key.side);
  } else if ((packet.has & kHasTcp) != 0 && (packet.tcp.flags & kSyn) != 0) {
    const bool answer = (packet.tcp.flags & kAck) != 0;
    why = answer ? DirWhy::syn_ack : DirWhy::syn;
    if (answer) initiator = static_cast<std::uint8_t>(1 - key.side);
  }
  if (static_cast<std::uint8_t>(why) <= flow.why) return;
  flow.why = static_cast<std::uint8_t>(why);
  flow.initiator = initiator;
}

void Meter::State::map_icmp(const Packet& packet) {
  const Keyed quoted = keyed(packet.quoted, vlan_bits(packet, options.key_vlan), options.hash_key);
  const std::uint32_t number = flows.find(quoted.key, quoted.hash);
  if (number == kNone) return;
  FlowState& flow = flows[number];
  flow.icmp_map |= icmp_mark(packet);
  if (flow.inode == kNone) {
    flow.inode = inodes.take();
    inodes[flow.inode] = packet.src;
  } else if (inodes[flow.inode] != packet.src) {
    flow.inodes_differ = true;
  }
}

void Meter::State::meter(const Packet& packet, const Keyed& key) {
  const bool guessed = key.guess != kNone && flows[key.guess].live && flows[key.guess].key == key.key;
  std::uint32_t number = guessed ? key.guess : flows.find(key.key, key.hash);
  if (number != kNone) {
    FlowState& there = flows[number];
    if (there.is_lone) take_tcp(there);
    const Nanos silent = packet.time - there.newest;
    if (silent >= shortest_idle && silent >= idle_time(there)) {
      close(number, end_cause(there, Cause::timeout));
      number = kNone;
    } else if (there.tcp != kNone && (packet.has & kHasTcp) != 0 && opens_anew(tcp[there.tcp], key.side, packet)) {
      close(number, end_cause(there, Cause::timeout));
      number = kNone;
    } else if (there.unreported() && packet.time - there.report_start >= options.status_interval) {
      report(number, Cause::status);
    }
  }
  const bool fresh = number == kNone;
  if (fresh) number = open(packet, key);
  FlowState& flow = flows[number];
  if (!fresh) flow.touched = true;
  flow.report_start = flow.unreported() ? std::min(flow.report_start, packet.time) : packet.time;
  flow.newest = std::max(flow.newest, packet.time);
  if (!flow.reported) flow.flow_start = std::min(flow.flow_start, packet.time);
  decide_direction(flow, packet, key);
  count(flow.sides[key.side], flow.sides[1 - key.side], packet);
  if (flow.tunnel != kNone) note_tunnel(tunnels[flow.tunnel], key.side, packet.outer);
  if (may_wait(flow, packet, fresh)) {
    flow.is_lone = true;
    flow.lone_side = key.side;
    flow.lone = {.header = packet.tcp, .payload_length = packet.payload_length};
    return;
  }
  if ((packet.has & kHasTcp) != 0 && flow.tcp == kNone) flow.tcp = tcp.take();
  if (details) details->observe(number, key.side, packet, parts_of(flow).tcp);
  if ((packet.has & kHasTcp) != 0) {
    const bool was_over = tcp[flow.tcp].over();
    observe_tcp(tcp[flow.tcp], key.side, packet);
    if (!was_over && tcp[flow.tcp].over()) {
      timers.clear(number);
      arm(number);
    }
  }
  if (details) details->observe_deeds(number, key.side, packet, parts_of(flow).tcp);
  if (ticks) ticks->count(number, key.side, packet, fresh);
}

// State of TCP is taken with the second packet. A reset ends a flow sooner, and who watches flows as they go on wants
// to know all of it.
bool Meter::State::may_wait(const FlowState& flow, const Packet& packet, bool fresh) const {
  return fresh && flow.tcp == kNone && (packet.has & kHasTcp) != 0 && (packet.tcp.flags & kRst) == 0 && !details &&
         !ticks;
}

void Meter::State::take_tcp(FlowState& flow) {
  flow.tcp = tcp.take();
  tcp[flow.tcp] = state_of_lone(flow);
  flow.is_lone = false;
}

void Meter::State::meter_fragment(const Packet& packet) {
  std::vector<Packet> known;
  fragments.resolve(packet, known);
  for (const Packet& one : known) meter(one, keyed(one, options.key_vlan, options.hash_key));
}

void Meter::State::meter_orphans(bool all) {
  scratch.clear();
  fragments.expire(clock, all, scratch);
  for (const Packet& orphan : scratch) meter(orphan, keyed(orphan, options.key_vlan, options.hash_key));
}

// Looks the flow up, so that counting needs only to see that it is still there, and fetches its TCP state.
void Meter::State::look_ahead(Keyed& key) {
  const std::uint32_t number = flows.find(key.key, key.hash);
  key.guess = number;
  if (ticks && number != kNone) ticks->prefetch(number);
  if (details && number != kNone) details->prefetch(number);
  if (number != kNone) prefetch_tcp(flows[number]);
}

void Meter::State::prefetch_tcp(const FlowState& flow) const {
  if (flow.tcp == kNone) return;
  const char* state = reinterpret_cast<const char*>(&tcp[flow.tcp]);
  for (std::size_t line = 0; line < sizeof(TcpState); line += 64) __builtin_prefetch(state + line, 1);
}

void Meter::State::take(const Packet& packet, const Keyed& key) {
  if (clock != INT64_MIN && packet.time < clock - kSecond) counts.time_back++;
  move_clock(packet.time);
  if ((packet.has & (kIsFragment | kIsInTrain)) != 0) meter_fragment(packet);
  else meter(packet, key);
  if ((packet.has & kHasQuoted) != 0) map_icmp(packet);
}

void Meter::State::add(std::span<const Packet> packets) {
  counts.packets += packets.size();
  while (!packets.empty()) {
    const auto some = packets.first(std::min(packets.size(), kAhead));
    for (std::size_t i = 0; i < some.size(); i++) {
      key_into(keys[i], some[i], options.key_vlan, options.hash_key);
      flows.prefetch_slot(keys[i].hash);
    }
    for (std::size_t i = 0; i < some.size(); i++) flows.prefetch_flow(keys[i].hash);
    for (std::size_t i = 0; i < some.size(); i++) look_ahead(keys[i]);
    for (std::size_t i = 0; i < some.size(); i++) {
      if (is_time(some[i].time)) {
        take(some[i], keys[i]);
        continue;
      }
      Packet nearer = some[i];
      nearer.time = std::clamp(nearer.time, kTimeLeast, kTimeMost);
      take(nearer, keys[i]);
    }
    packets = packets.subspan(some.size());
  }
}

void Meter::State::report(std::uint32_t number, Cause cause) {
  FlowState& flow = flows[number];
  FlowParts parts = parts_of(flow);
  if (details) parts.details = &(*details)[number];
  rows.add(flow, parts, end_cause(flow, cause));
  if (details) details->reported(number);
  if (rows.size() == kRowsABatch) full.push_back(rows.take(options.sensor));
  if (flow.tcp != kNone) tcp_reported(tcp[flow.tcp]);
  if (flow.inode != kNone) {
    inodes.give_back(flow.inode);
    flow.inode = kNone;
  }
  if (flow.tunnel != kNone) tunnels[flow.tunnel].stale = true;
  flow.icmp_map = 0;
  flow.inodes_differ = false;
  flow.reported = true;
  for (Side& side : flow.sides) {
    side.bytes = side.app_bytes = 0;
    side.packets = side.fragments = 0;
    side.encaps = 0;
    side.ip_options = 0;
    side.marks &= static_cast<std::uint16_t>(~(kMacChanged | kVlanChanged | kMplsChanged | kTosChanged));
  }
}

void Meter::State::close(std::uint32_t number, Cause cause) {
  FlowState& flow = flows[number];
  if (ticks) ticks->close(number, flow, parts_of(flow), cause, options.sensor);
  if (flow.unreported()) report(number, cause);
  timers.clear(number);
  if (flow.tcp != kNone) tcp.give_back(flow.tcp);
  if (flow.inode != kNone) inodes.give_back(flow.inode);
  if (flow.tunnel != kNone) tunnels.give_back(flow.tunnel);
  flows.erase(number);
}

// The hand passes flows that were used since it came by, so that it finds one that sent a single packet or was long
// idle.
void Meter::State::evict() {
  for (std::uint32_t steps = 0; steps <= 2 * flows.used(); steps++) {
    if (hand >= flows.used()) hand = 0;
    FlowState& flow = flows[hand];
    if (flows.used() > hand + kHandAhead) {
      flows.prefetch(hand + kHandAhead);
      flows.prefetch_slot_of(hand + kHandAhead / 2);
    }
    if (flow.live && !flow.touched) {
      counts.evicted++;
      return close(hand++, Cause::evicted);
    }
    flow.touched = false;
    hand++;
  }
}

namespace {

Error no_room(const MeterOptions& options, const Error& why) {
  return fail(why.code, "no room for {} live flows: {}; lower --flows", options.flows_max, why.text);
}

}  // namespace

Result<Meter> Meter::create(const MeterOptions& options) {
  auto flows = Slab<FlowState>::room_for(options.flows_max);
  if (!flows) return no_room(options, flows.error());
  auto tcp = Slab<TcpState>::room_for(options.flows_max);
  if (!tcp) return no_room(options, tcp.error());
  auto inodes = Slab<Address>::room_for(options.flows_max);
  if (!inodes) return no_room(options, inodes.error());
  auto tunnels = Slab<TunnelState>::room_for(options.flows_max);
  if (!tunnels) return no_room(options, tunnels.error());
  return Meter(
      std::make_unique<State>(options, *std::move(flows), *std::move(tcp), *std::move(inodes), *std::move(tunnels)));
}

Meter::Meter(std::unique_ptr<State> state) : state_(std::move(state)) {}
Meter::~Meter() = default;
Meter::Meter(Meter&&) noexcept = default;

void Meter::add(std::span<const Packet> packets) { state_->add(packets); }

void Meter::advance(Nanos now) { state_->move_clock(std::clamp(now, kTimeLeast, kTimeMost)); }

void Meter::change(Nanos status_interval, std::uint32_t flows_max) {
  state_->options.status_interval = status_interval;
  state_->options.flows_max = std::min(flows_max, state_->flows_made_for);
}

void Meter::finish(Cause cause) {
  state_->meter_orphans(true);
  // In the order of their numbers, that is about the order in which they began.
  for (std::uint32_t number = 0; number < state_->flows.used(); number++) {
    if (state_->flows.used() > number + kHandAhead) state_->flows.prefetch_slot_of(number + kHandAhead);
    FlowState& flow = state_->flows[number];
    if (flow.live) state_->close(number, state_->end_cause(flow, cause));
  }
  // What comes next may be other traffic, of any time.
  state_->clock = INT64_MIN;
}

std::size_t Meter::waiting() const { return state_->full.size() * kRowsABatch + state_->rows.size(); }

Batch Meter::take() {
  auto& full = state_->full;
  if (full.empty()) return state_->rows.take(state_->options.sensor);
  Batch out = std::move(full.front());
  full.erase(full.begin());
  return out;
}

Result<> Meter::begin_details() {
  if (state_->details) return {};
  auto room = Details::room_for(state_->flows_made_for);
  if (!room) return no_room(state_->options, room.error());
  state_->details = std::make_unique<Details>(*std::move(room));
  return {};
}

Result<> Meter::begin_ticks() {
  if (state_->ticks) return {};
  auto room = Ticks::room_for(state_->flows_made_for);
  if (!room) return no_room(state_->options, room.error());
  state_->ticks = std::make_unique<Ticks>(*std::move(room));
  return {};
}

void Meter::end_ticks() { state_->ticks.reset(); }

std::size_t Meter::ticks_of_closed() const { return state_->ticks ? state_->ticks->rows() : 0; }

std::vector<Batch> Meter::take_ticks() {
  State& state = *state_;
  if (!state.ticks) return {};
  const std::string& sensor = state.options.sensor;
  state.ticks->settle([&](std::uint32_t number) -> const FlowState& { return state.flows[number]; },
                      [&](const FlowState& flow) { return state.parts_of(flow); }, sensor);
  return state.ticks->take(sensor);
}

const MeterCounts& Meter::counts() const { return state_->counts; }

std::size_t Meter::live() const { return state_->flows.size(); }

}  // namespace argus
