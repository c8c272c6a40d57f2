#include "sink/fan_out.h"

namespace argus {

namespace {

class FanOut final : public Sink {
 public:
  explicit FanOut(std::vector<SinkPtr> sinks) : sinks_(std::move(sinks)) {}

  FieldSet fields() const override {
    FieldSet out;
    for (const SinkPtr& sink : sinks_) out |= sink->fields();
    return out;
  }
  Result<> begin(const StreamHeader& header) override {
    return each([&](Sink& sink) { return sink.begin(header); });
  }
  Result<> write(const Batch& batch) override {
    return each([&](Sink& sink) { return sink.write(batch); });
  }
  Result<> ledger(const std::vector<LedgerEntry>& entries) override {
    return each([&](Sink& sink) { return sink.ledger(entries); });
  }
  Result<> tick() override {
    return each([](Sink& sink) { return sink.tick(); });
  }
  Result<> finish() override {
    return each([](Sink& sink) { return sink.finish(); });
  }

 private:
  template <class Call>
  Result<> each(Call&& call) {
    Result<> first;
    for (const SinkPtr& sink : sinks_) {
      auto done = call(*sink);
      if (!done && first) first = std::move(done);
    }
    return first;
  }

  std::vector<SinkPtr> sinks_;
};

}  // namespace

SinkPtr fan_out(std::vector<SinkPtr> sinks) { return std::make_unique<FanOut>(std::move(sinks)); }

}  // namespace argus
