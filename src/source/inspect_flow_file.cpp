// What is in a flow file. Heads and directories tell most of it, and are all that is read unless everything is to be
// checked; then frames are decoded on several threads, while this one walks on.
#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/count_text.h"
#include "base/file.h"
#include "base/pool.h"
#include "base/result.h"
#include "base/stream.h"
#include "base/time.h"
#include "codec/block_reader.h"
#include "codec/damage.h"
#include "codec/directory.h"
#include "codec/frame.h"
#include "codec/stream.h"
#include "codec/verify.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/each_value.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/progress.h"
#include "flow/where.h"
#include "source/inspect.h"
#include "source/kinds.h"

namespace argus {

namespace {

constexpr std::size_t kSensorsMost = 1000;  // that are told apart

// The times at which the rows of a frame begin.
struct Begins {
  bool known = false;  // of every row
  Nanos first = 0, last = 0;
  RowOrder inside = RowOrder::unknown;  // sorted, unsorted or unknown
};

Begins begins_told(const BlockDirectory& directory, std::size_t rows) {
  const auto range = directory.range(Field::stime);
  if (!range || !range->any || range->absent) return {};
  Begins out{true, value_of_image(range->least), value_of_image(range->most), RowOrder::unknown};
  if (rows < 2 || out.first == out.last) out.inside = RowOrder::sorted;
  return out;
}

Begins begins_of(const Batch& batch) {
  const Flat<Nanos> times = flat<Nanos>(batch[Field::stime], batch.rows());
  Begins out;
  if (batch.rows() == 0) return out;
  out = {true, times.values[0], times.values[0], RowOrder::sorted};
  for (std::size_t row = 0; row < batch.rows(); row++) {
    if (!times.has(row)) return {};
    if (times.values[row] < out.last) out.inside = RowOrder::unsorted;
    out.first = std::min(out.first, times.values[row]);
    out.last = std::max(out.last, times.values[row]);
  }
  return out;
}

class OrderMet {
 public:
  void add(const Begins& frame) {
    any_ = true;
    if (!frame.known) {
      untold_ = true;
      return;
    }
    unsorted_ = unsorted_ || frame.inside == RowOrder::unsorted || frame.first < last_;
    inside_ = inside_ && frame.inside != RowOrder::unknown;
    last_ = std::max(last_, frame.last);
  }
  [[nodiscard]] RowOrder order() const {
    if (unsorted_) return RowOrder::unsorted;
    if (!any_ || untold_) return RowOrder::unknown;
    return inside_ ? RowOrder::sorted : RowOrder::by_frames;
  }

 private:
  bool any_ = false, untold_ = false, unsorted_ = false, inside_ = true;
  Nanos last_ = INT64_MIN;
};

class FlowFileInspection {
 public:
  FlowFileInspection(InspectedInput input, const InspectOptions& options, InputFacts& facts)
      : place_(input.place), options_(options), facts_(facts), flows_(facts.flows), reader_(reading(input, options)) {
    if (options.whole && options.threads > 1) ahead_.emplace(options.threads);
  }

  Result<> run();

 private:
  // A frame of rows on its way through the checks.
  struct Work {
    StreamFrame frame;
    BlockDirectory directory;
    bool mended = false;
    std::optional<Error> error;
    Begins begins;
    std::set<std::string> sensors;
    Ahead::Ticket ticket;
  };

  // A frame of rows of which only the next one, or the end, will show whether it is whole.
  struct Met {
    StreamFrame frame;
    BlockDirectory directory;  // of the frame's bytes
    std::uint64_t good;        // records, with its own
  };

  static InputStream reading(InspectedInput& input, const InspectOptions& options) {
    if (!options.whole) input.stream.read_little();
    return std::move(input.stream);
  }
  [[nodiscard]] bool stopped() const { return place_.is_open() && options_.stop != nullptr && *options_.stop; }
  void tell() const;
  void take_header(const StreamFrame& frame);
  void take_ledger(const StreamFrame& frame);
  [[nodiscard]] Result<> take_rows(StreamFrame frame);
  void settle_met(const std::optional<StreamFrame>& next);
  void note(const FrameHead& head, const BlockDirectory& directory);
  void note_sensors(const FrameHead& head, const BlockDirectory& directory);
  void add_sensor(const std::string& sensor);
  void check_here(Work& work);
  static void check(Work& work);
  [[nodiscard]] Result<> conclude_first();
  void finish();

  const File& place_;
  const InspectOptions& options_;
  InputFacts& facts_;
  FlowFacts& flows_;
  StreamReader reader_;
  std::optional<std::uint64_t> stream_;
  OrderMet order_;
  std::optional<Met> met_;
  std::deque<std::shared_ptr<Work>> work_;  // in the order of the frames
  std::optional<Ahead> ahead_;              // gone before what its tasks write to
};

void FlowFileInspection::tell() const {
  if (!options_.told) return;
  Progress progress = progress_of(place_);
  progress.records = reader_.records();
  options_.told(progress);
}

Result<> FlowFileInspection::run() {
  for (;;) {
    if (stopped())
      return fail(Errc::interrupted, "{}: interrupted after {}", facts_.name, count_text(reader_.records(), "record"));
    tell();
    ARGUS_TRY_LET(std::optional<StreamFrame> frame, reader_.next());
    settle_met(frame);
    if (!frame) break;
    if (stream_ != frame->head.stream) flows_.streams++;
    stream_ = frame->head.stream;
    flows_.bytes.heads += kFrameHeadSize;
    switch (static_cast<FrameType>(frame->head.type)) {
      case FrameType::header: take_header(*frame); break;
      case FrameType::ledger: take_ledger(*frame); break;
      case FrameType::flows: ARGUS_TRY(take_rows(*std::move(frame))); break;
      default: break;
    }
  }
  while (!work_.empty()) ARGUS_TRY(conclude_first());
  finish();
  return {};
}

void FlowFileInspection::take_header(const StreamFrame& frame) {
  const auto header = decode_header(frame.directory);
  if (!header) return reader_.damaged(frame, header.error());
  add_sensor(header->sensor);
  flows_.live = flows_.live || header->live;
}

void FlowFileInspection::take_ledger(const StreamFrame& frame) {
  const auto entries = decode_ledger(frame.directory);
  if (!entries) return reader_.damaged(frame, entries.error());
  for (const LedgerEntry& entry : *entries) {
    add_sensor(entry.sensor);
    flows_.ledger.sum(entry);
  }
}

Result<> FlowFileInspection::take_rows(StreamFrame frame) {
  auto directory = BlockDirectory::parse(frame.directory, frame.head);
  if (!directory) return reader_.damaged(frame, directory.error()), Result<>();
  if (!options_.whole) {
    met_ = Met{std::move(frame), *std::move(directory), reader_.records()};
    return {};
  }
  const bool settled = reader_.is_settled();
  if (const auto read = reader_.read(frame); !read) {
    if (read.error().code != Errc::corrupt) return read.error();
    return reader_.damaged(frame, read.error()), Result<>();
  }
  const auto work = std::make_shared<Work>(Work{std::move(frame), *std::move(directory), false, {}, {}, {}, {}});
  work_.push_back(work);
  if (settled && ahead_) work->ticket = ahead_->give([work = work.get()] { check(*work); });
  else if (settled) check(*work);
  else check_here(*work);
  const std::size_t most = settled ? 2 * options_.threads : 0;
  while (work_.size() > most) ARGUS_TRY(conclude_first());
  return {};
}

void FlowFileInspection::settle_met(const std::optional<StreamFrame>& next) {
  if (!met_) return;
  const bool has_rows = next && static_cast<FrameType>(next->head.type) == FrameType::flows;
  if (reader_.records() == met_->good + (has_rows ? next->head.rows : 0)) {
    note(met_->frame.head, met_->directory);
    note_sensors(met_->frame.head, met_->directory);
    order_.add(begins_told(met_->directory, met_->frame.head.rows));
  }
  met_.reset();
}

// Whether it can be mended depends on what follows it, which only the reader knows.
void FlowFileInspection::check_here(Work& work) {
  const auto rows = verified_rows(work.directory, work.frame.columns(), work.frame.head);
  const bool mended = !rows && rows.error().code == Errc::corrupt && reader_.mend(work.frame);
  if (rows || mended) check(work);
  else work.error = rows.error();
}

// On any thread.
void FlowFileInspection::check(Work& work) {
  auto rows = verified_rows(work.directory, work.frame.columns(), work.frame.head);
  if (!rows && rows.error().code == Errc::corrupt && work.frame.mend()) {
    rows = verified_rows(work.directory, work.frame.columns(), work.frame.head);
    work.mended = true;
  }
  if (!rows) {
    work.error = rows.error();
  } else {
    work.mended |= !repair_holds(work.frame.head, work.frame.bytes.view().subspan(kFrameHeadSize));
    work.begins = begins_of(*rows);
    each_value<std::string>((*rows)[Field::srcid], rows->rows(), [&](std::size_t, const std::string& sensor) {
      if (work.sensors.size() < kSensorsMost) work.sensors.insert(sensor);
    });
  }
  work.frame.bytes = {};
}

Result<> FlowFileInspection::conclude_first() {
  const std::shared_ptr<Work> first = std::move(work_.front());
  work_.pop_front();
  if (first->ticket) ahead_->finish(first->ticket);
  if (first->error && first->error->code != Errc::corrupt) return *first->error;
  if (first->error) return reader_.damaged(first->frame, *first->error), Result<>();
  if (first->mended) reader_.mended(first->frame);
  note(first->frame.head, first->directory);
  order_.add(first->begins);
  for (const std::string& sensor : first->sensors) add_sensor(sensor);
  return {};
}

void FlowFileInspection::note(const FrameHead& head, const BlockDirectory& directory) {
  flows_.row_frames++;
  flows_.rows_most = std::max<std::uint64_t>(flows_.rows_most, head.rows);
  flows_.bytes.directories += head.directory;
  flows_.bytes.repair += head.repair;
  if (directory.shared()) {
    flows_.together++;
    flows_.bytes.together += head.columns();
  }
  for (const ColumnEntry& entry : directory.entries()) {
    ColumnFacts& column = flows_.columns[entry.wire];
    column.frames++;
    column.rows += head.rows;
    column.constant += entry.constant ? 1 : 0;
    column.raw += entry.raw;
    column.stored += entry.stored;
  }
  const auto first = directory.range(Field::stime), last = directory.range(Field::ltime);
  if (first && last && first->any && last->any)
    facts_.times.widen(value_of_image(first->least), value_of_image(last->most));
  else flows_.undated++;
}

// Those that the directory tells: of one value, which stands in it.
void FlowFileInspection::note_sensors(const FrameHead& head, const BlockDirectory& directory) {
  if (!directory.fields().has(Field::srcid)) return;
  Batch batch(head.rows);
  const bool told = directory.same(Field::srcid);
  if (!told || !BlockReader(directory, {}, head).read({Field::srcid}, batch)) flows_.mixed++;
  else add_sensor(batch[Field::srcid].constant_value<std::string>());
}

void FlowFileInspection::add_sensor(const std::string& sensor) {
  if (!sensor.empty() && flows_.sensors.size() < kSensorsMost) flows_.sensors.insert(sensor);
}

void FlowFileInspection::finish() {
  const Damage damage = reader_.damage();
  facts_.records = reader_.records();
  facts_.unpacked = reader_.offset();
  facts_.problems = damage.said;
  facts_.lost = reader_.log().lost();
  const FrameBytes& bytes = flows_.bytes;
  std::uint64_t known = bytes.heads + bytes.directories + bytes.repair + bytes.together;
  for (const auto& [wire, column] : flows_.columns) known += column.stored;
  flows_.bytes.others = facts_.unpacked - std::min(known, facts_.unpacked);
  flows_.order = order_.order();
  const bool unclosed = std::any_of(damage.said.begin(), damage.said.end(),
                                    [](const Error& error) { return error.code == Errc::harmless; });
  if (place_.is_open() && is_being_written(place_.fd())) facts_.ending = Ending::growing;
  else facts_.ending = reader_.ended() && !unclosed ? Ending::closed : Ending::open;
}

}  // namespace

Result<> inspect_flow_file(InspectedInput input, const InspectOptions& options, InputFacts& facts) {
  return FlowFileInspection(std::move(input), options, facts).run();
}

}  // namespace argus
