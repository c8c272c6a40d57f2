#include "flow/pump.h"

#include <utility>

#include "flow/batch.h"

namespace argus {

namespace {

Result<> pump_ledger(Source& source, Sink& sink, Journal& all) {
  Journal fresh;
  source.drain(fresh);
  if (fresh.empty()) return {};
  for (const LedgerEntry& entry : fresh.entries()) all.sum(entry);
  return sink.ledger(fresh.entries());
}

}  // namespace

Result<Pumped> pump(Source& source, Sink& sink, const Needs& needs, const Resources& resources) {
  Pumped done;
  const auto run = [&]() -> Result<> {
    if (const auto raw = sink.raw_frame_request()) source.accept_raw_frames(*raw);
    ARGUS_TRY(source.bind(needs, resources));
    ARGUS_TRY(sink.begin(source.header()));
    for (;;) {
      Batch batch;
      ARGUS_TRY_LET(const Step step, source.next(batch));
      ARGUS_TRY(pump_ledger(source, sink, done.journal));
      if (step == Step::end) break;
      if (step == Step::tick) {
        ARGUS_TRY(sink.tick());
      } else if (batch.rows() != 0) {
        done.rows += batch.rows();
        ARGUS_TRY(sink.write(batch));
      }
    }
    return sink.finish();
  };
  auto result = run();
  done.problems = source.problems();
  if (!result && result.error().code != Errc::closed) return std::move(result.error());
  return done;
}

}  // namespace argus
