// Where flows come from, and the promise between a pipeline's parts: bound once from the sink's end, then pulled.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/live_source.h"
#include "flow/progress.h"
#include "flow/where.h"

namespace argus {

// A half-open span of time for ledger entries; rows get theirs through Needs::where.
struct TimeSpan {
  Nanos begin = INT64_MIN, end = INT64_MAX;
  [[nodiscard]] bool overlaps(Nanos from, Nanos to) const { return from < end && to >= begin; }
};

// What the reader wants. A source delivers at least `fields` (stored ones; it may deliver more) of exactly the rows
// that satisfy `where`.
struct Needs {
  FieldSet fields;
  WherePtr where;
  TimeSpan when;
};

// Frames that the reader can use as they are coded, without their columns.
struct RawFrameRequest {
  FieldSet columns;                                                 // stored ones, that it looks at all the same
  std::function<bool(const FrameStats&, std::size_t rows)> wanted;  // by what a frame's head and directory say
};

struct Resources {
  std::uint64_t memory_max = 2ull << 30;    // bytes that a pipeline's state may take
  const std::atomic<bool>* stop = nullptr;  // set: end early, well, with what there is; may be null
  std::size_t threads = 1;                  // that the pipeline may work on at once, its own one among them
};

// Facts about a stream, not about its rows. They travel in the header frame.
struct StreamHeader {
  std::string sensor;                // srcid of what was metered; empty after merging several
  std::vector<std::string> columns;  // default columns for text, as -s words; empty: the usual ones
  bool live = false;
  bool ticks = false;        // rows are ticks (meter/meter.h): what flows did in about a second; never of a file
  std::string refused = {};  // a sensor's answer to a request that it does not serve, and why; nothing follows
};

enum class Step : std::uint8_t {
  rows,  // a batch, maybe without rows
  tick,  // live only: time went on and nothing came
  end,
};

// Offers of a live source (flow/live_source.h).
class CountingSource;
class TickingSource;
class ReloadableSource;
// How far it is (flow/progress.h).
class MeasuredSource;

class Source {
 public:
  virtual ~Source() = default;
  // What it offers beside its rows; null: it does not.
  [[nodiscard]] virtual CountingSource* counting() { return nullptr; }
  [[nodiscard]] virtual TickingSource* ticking() { return nullptr; }
  [[nodiscard]] virtual ReloadableSource* reloadable() { return nullptr; }
  [[nodiscard]] virtual const MeasuredSource* measured() const { return nullptr; }
  // Before bind(), at most once: frames of which every row is wanted may come as Batch::raw_frame with only the columns
  // requested. Only a stage that passes batches on untouched, or can do without the columns of those, passes the
  // request on; others get columns, as everybody does by default.
  virtual void accept_raw_frames(const RawFrameRequest&) {}
  // Before the first next(), once. Opens nothing that the constructor's side has not opened; checks what it can.
  [[nodiscard]] virtual Result<> bind(const Needs& needs, const Resources& resources) = 0;
  // Valid from the start: what opening could know.
  [[nodiscard]] virtual const StreamHeader& header() const = 0;
  // The next rows. After an error or the end it is not called again. Damage that can be passed over is no error: it
  // goes to the ledger and makes damaged() true.
  [[nodiscard]] virtual Result<Step> next(Batch& out) = 0;
  // After bind(), before the first next(), at most once: up to n sources, bound, that together give the rows of this
  // one, each batch with its ordinal. Each is pulled on one thread from its first next() to its end; one may wait for
  // others that have begun. Ledger and problems are those of this source, as if nobody else had read; it must outlive
  // the parts, and next() of it, called once they are gone, gives what is left: mostly the end. None: it cannot be
  // divided, and is pulled itself.
  [[nodiscard]] virtual std::vector<std::unique_ptr<Source>> split(std::size_t) { return {}; }
  // Ledger entries since the last call.
  virtual void drain(Journal& out) = 0;
  // Sentences about damage and inputs that could not be read, so far, ready to be printed with the program's name
  // before them; the exit status they ask for is their code's.
  [[nodiscard]] virtual std::vector<Error> problems() const = 0;
};
using SourcePtr = std::unique_ptr<Source>;

// A stage: a source that makes something of another one. Passes on everything it does not override.
class Stage : public Source {
 public:
  explicit Stage(SourcePtr input) : input_(std::move(input)) {}
  Result<> bind(const Needs& needs, const Resources& resources) override { return input_->bind(needs, resources); }
  const StreamHeader& header() const override { return input_->header(); }
  void drain(Journal& out) override { input_->drain(out); }
  std::vector<Error> problems() const override { return input_->problems(); }
  CountingSource* counting() override { return input_->counting(); }
  TickingSource* ticking() override { return input_->ticking(); }
  ReloadableSource* reloadable() override { return input_->reloadable(); }
  const MeasuredSource* measured() const override { return input_->measured(); }

 protected:
  SourcePtr input_;
};

}  // namespace argus
