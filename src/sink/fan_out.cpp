#include "sink/fan_out.h"

#include <utility>

namespace argus {

namespace {

template <class Call>
Result<> each(const std::vector<SinkPtr>& sinks, Call&& call) {
  Result<> first;
  for (const SinkPtr& sink : sinks) {
    auto done = call(*sink);
    if (!done && first) first = std::move(done);
  }
  return first;
}

}  // namespace

Result<> FanOut::add(SinkPtr sink) {
  if (header_) ARGUS_TRY(sink->begin(*header_));
  sinks_.push_back(std::move(sink));
  return {};
}

FieldSet FanOut::fields() const {
  FieldSet out;
  for (const SinkPtr& sink : sinks_) out |= sink->fields();
  return out;
}

Result<> FanOut::begin(const StreamHeader& header) {
  header_ = header;
  return each(sinks_, [&](Sink& sink) { return sink.begin(header); });
}
Result<> FanOut::write(const Batch& batch) {
  return each(sinks_, [&](Sink& sink) { return sink.write(batch); });
}
Result<> FanOut::ledger(const std::vector<LedgerEntry>& entries) {
  return each(sinks_, [&](Sink& sink) { return sink.ledger(entries); });
}
Result<> FanOut::tick() {
  return each(sinks_, [](Sink& sink) { return sink.tick(); });
}
Result<> FanOut::finish() {
  return each(sinks_, [](Sink& sink) { return sink.finish(); });
}

}  // namespace argus
