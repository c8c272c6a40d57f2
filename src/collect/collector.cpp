#include "collect/collector.h"

#include <algorithm>

#include "collect/exporters.h"
#include "collect/inbox.h"
#include "collect/saved_state.h"
#include "flow/column.h"
#include "flow/field.h"

namespace argus {

namespace {

// By the first two bytes. sFlow's version has four, of which the first two are zeros.
struct MessageFormat {
  std::uint16_t version;
  MessageReader read;
};
constexpr MessageFormat kFormats[] = {{1, read_netflow1}, {5, read_netflow5}, {7, read_netflow7},
                                      {9, read_netflow9}, {10, read_ipfix},   {0, read_sflow5}};

const MessageFormat* format_of(Bytes bytes) {
  ByteReader in(bytes);
  const auto version = in.be<std::uint16_t>();
  const auto found = std::find_if(std::begin(kFormats), std::end(kFormats),
                                  [&](const MessageFormat& format) { return format.version == version; });
  return in.ok() && found != std::end(kFormats) ? found : nullptr;
}

ExporterLimits limits_of(const CollectorOptions& options) {
  ExporterLimits out;
  out.domains = options.exporters_max, out.bytes = options.memory_max;
  return out;
}

}  // namespace

struct Collector::State {
  explicit State(const CollectorOptions& options) : sensor(options.sensor), inbox(limits_of(options)) {}
  std::string sensor;
  Inbox inbox;
  Nanos begin = INT64_MAX, end = INT64_MIN;  // of what is counted
};

Collector::Collector(const CollectorOptions& options) : state_(std::make_unique<State>(options)) {}
Collector::~Collector() = default;
Collector::Collector(Collector&&) noexcept = default;

void Collector::add(const Datagram& datagram) {
  Inbox& inbox = state_->inbox;
  state_->begin = std::min(state_->begin, datagram.time), state_->end = std::max(state_->end, datagram.time);
  inbox.count(LedgerItem::datagrams);
  Bytes rest = datagram.payload;
  const MessageFormat* format = format_of(rest);
  if (format == nullptr) return inbox.count(LedgerItem::datagrams_unknown);
  // Several messages may be behind each other.
  while (format != nullptr) {
    rest = rest.subspan(format->read(datagram, rest, inbox));
    format = rest.empty() ? nullptr : format_of(rest);
  }
  inbox.count(LedgerItem::exporters_forgotten, inbox.exporters.keep_within_budget());
}

std::size_t Collector::waiting() const {
  std::size_t out = state_->inbox.rows.rows();
  for (const Batch& batch : state_->inbox.done) out += batch.rows();
  return out;
}

Batch Collector::take() {
  Inbox& inbox = state_->inbox;
  if (inbox.done.empty()) inbox.done.push_back(inbox.rows.take());
  Batch out = std::move(inbox.done.front());
  inbox.done.pop_front();
  if (!state_->sensor.empty() && out.rows() != 0) out.set(Field::srcid, Column::constant(state_->sensor));
  return out;
}

void Collector::drain(Journal& out) {
  const bool timed = state_->begin <= state_->end;
  constexpr std::size_t kCodes = 256;
  for (std::size_t code = 0; code < kCodes; code++)
    out.add({state_->sensor, timed ? state_->begin : 0, timed ? state_->end : 0, static_cast<LedgerItem>(code),
             state_->inbox.take_count(code)});
  state_->begin = INT64_MAX, state_->end = INT64_MIN;
}

std::string Collector::state() const { return state_text(state_->inbox.exporters); }
Result<> Collector::restore(std::string_view state) { return restore_state(state, state_->inbox.exporters); }

}  // namespace argus
