#include "archive/live_writer.h"

#include <algorithm>

#include "archive/retention.h"
#include "base/count_text.h"
#include "base/text.h"
#include "sink/flow_place.h"

namespace argus {

namespace {

constexpr Nanos kTryEvery = kSecond;                        // a disk that refused
constexpr Nanos kSayEvery = kMinute;                        // that it does not sync
constexpr Nanos kLookEvery = kSecond;                       // whether the file is where it was
constexpr Nanos kRemoveEvery = kMinute;                     // files that are too old
constexpr Nanos kRemoveAgain = 10 * kSecond;                // while the disk refuses
constexpr std::size_t kCodedAStep = 16, kWrittenAStep = 4;  // pieces; then clocks and signals are looked at

}  // namespace

Result<> check_rotation(const std::string& path, const Rotation& rules) {
  if (!rules.rotates() && FilePattern::has_time(path))
    return fail(Errc::usage, "'{}' is a pattern of names; --rotate 1h says when the next file begins", escaped(path));
  if (!rules.rotates() && rules.removes())
    return fail(Errc::usage, "a single file has no older files to remove; --rotate 1h begins new files");
  if (!rules.rotates()) return {};
  if (auto pattern = FilePattern::parse(path); !pattern) return std::move(pattern.error());
  return rules.every != 0 ? check_span(rules.every) : Result<>();
}

LiveWriter::LiveWriter(const LiveFileOptions& options, DiskCalls disk)
    : options_(options),
      disk_(std::move(disk)),
      queue_(options.queue_bytes),
      outage_(kTryEvery, [this](const std::string& text) { warn(text); }),
      writer_(queue_.begin_stream(random_stream_id())) {}

Result<LiveWriter::Place> LiveWriter::place_of(const std::string& path, const Rotation& rotation) {
  ARGUS_TRY(check_rotation(path, rotation));
  Place out{path, rotation, {}};
  if (rotation.rotates()) {
    ARGUS_TRY_LET(out.pattern, FilePattern::parse(path));
  }
  return out;
}

Result<> LiveWriter::finish_left(const Place& place, Nanos wall) const {
  if (!place.pattern) return {};
  ARGUS_TRY_LET(const std::vector<std::string> left, finish_left_parts(*place.pattern, wall));
  for (const std::string& path : left)
    warn(fmt::format("{}: an earlier run left this file unfinished; it is finished now", path));
  return {};
}

Result<std::unique_ptr<LiveWriter>> LiveWriter::open(const LiveFileOptions& options, DiskCalls disk,
                                                     const WriterMoment& now) {
  ARGUS_TRY_LET(Place place, place_of(options.path, options.rotation));
  auto out = std::make_unique<LiveWriter>(options, std::move(disk));
  ARGUS_TRY(out->finish_left(place, now.wall));
  out->place_ = std::move(place);
  out->reopenings_ = now.reopenings;
  out->sync_at_ = now.steady + options.sync_every;
  out->look_at_ = now.steady + kLookEvery;
  ARGUS_TRY(out->open_file(now));
  return out;
}

void LiveWriter::warn(const std::string& text) const {
  if (options_.warn) options_.warn(text);
}

void LiveWriter::begin(const StreamHeader& header) {
  header_ = header;
  queue_.name_sensor(header.sensor);
}

// Every span of the clock has its file; where files follow by size alone, the moment.
ClockSpan LiveWriter::span_of(const Rotation& rotation, Nanos wall) {
  return rotation.every != 0 ? span_at(wall, {rotation.every, 0}) : ClockSpan{wall, INT64_MAX};
}

Result<LiveOutput> LiveWriter::output_at(const Place& place, Nanos wall, NameChoice& names) {
  if (!place.pattern) return LiveOutput::open_plain(place.path, disk_);
  return LiveOutput::open_part(*place.pattern, span_of(place.rotation, wall).begin, names, disk_);
}

void LiveWriter::begin_file(LiveOutput out, const WriterMoment& now) {
  out_ = std::move(out);
  if (place_.pattern) span_ = span_of(place_.rotation, now.wall);
  writer_ = StreamWriter(queue_.begin_stream(random_stream_id()));
  begun_ = false;
  const std::lock_guard lock(mutex_);
  if (counts_.files++ == 0) counts_.grown = out_->size() != 0;
  records_before_ = counts_.records;
  counts_.names_taken = names_.taken;
  counts_.path = out_->path();
}

Result<> LiveWriter::open_file(const WriterMoment& now) {
  const std::uint64_t taken = names_.taken;
  ARGUS_TRY_LET(LiveOutput out, output_at(place_, now.wall, names_));
  if (names_.taken != taken) warn(fmt::format("{}: has this name because the intended one is taken", out.path()));
  begin_file(std::move(out), now);
  return {};
}

Result<> LiveWriter::change(const std::string& path, const Rotation& rotation) {
  ARGUS_TRY_LET(Place place, place_of(path, rotation));
  const std::lock_guard lock(mutex_);
  wanted_ = std::move(place);
  return {};
}

void LiveWriter::take_change(const WriterMoment& now) {
  std::optional<Place> wanted;
  {
    const std::lock_guard lock(mutex_);
    wanted = std::exchange(wanted_, std::nullopt);
  }
  if (!wanted) return;
  remove_at_ = now.steady;
  if (wanted->path != place_.path || wanted->pattern.has_value() != place_.pattern.has_value())
    return move_to(*std::move(wanted), now);
  place_ = *std::move(wanted);
  if (out_ && place_.pattern) span_ = span_of(place_.rotation, now.wall);
}

// Only when there is a file at the new place the one at the old place is finished.
void LiveWriter::move_to(Place place, const WriterMoment& now) {
  NameChoice names;
  auto left = finish_left(place, now.wall);
  auto next = left ? output_at(place, now.wall, names) : Result<LiveOutput>(std::move(left.error()));
  if (!next) return warn(fmt::format("{}; writing continues in the old file", next.error().text));
  close_file();
  place_ = std::move(place);
  names.taken += names_.taken;
  names_ = names;
  span_ = {};
  reopenings_ = now.reopenings;
  begin_file(*std::move(next), now);
}

// Whatever the disk says: the file is left as whole as it can be, and the next one is begun.
void LiveWriter::close_file() {
  if (!out_) return;
  if (begun_ && !out_->torn()) (void)emit([](StreamWriter& writer, std::vector<std::byte>& to) { writer.end(to); });
  const std::uint64_t taken = names_.taken;
  const bool removed = out_->is_removed();
  const auto closed = out_->close(place_.pattern ? &*place_.pattern : nullptr, names_);
  if (!closed) trouble_ = closed.error();
  if (!closed && !ending_) warn(closed.error().text);
  if (closed && names_.taken != taken)
    warn(fmt::format("{}: has this name because the intended one is taken", out_->path()));
  const std::string path = out_->path();
  out_.reset();
  const std::lock_guard lock(mutex_);
  counts_.path = path;
  counts_.names_taken = names_.taken;
  if (removed) counts_.taken_along += counts_.records - records_before_;
}

void LiveWriter::open_next(const WriterMoment& now) {
  close_file();
  if (auto opened = open_file(now); !opened) refuse(opened.error(), now);
}

void LiveWriter::step(const WriterMoment& now) {
  take_change(now);
  look_after_file(now);
  if (outage_.may_try(now.steady)) write_waiting(now);
  if (out_ && is_due(now.wall)) {
    remove_at_ = std::min(remove_at_, now.steady);
    open_next(now);
    if (!outage_.refused()) write_waiting(now);  // its header
  }
  if (outage_.refused()) code_waiting();
  if (out_ && now.steady >= sync_at_) {
    sync_at_ = now.steady + options_.sync_every;
    const auto synced = out_->sync();
    if (!synced) trouble_ = synced.error();
    if (!synced && now.steady >= sync_say_at_) {
      sync_say_at_ = now.steady + kSayEvery;
      warn(synced.error().text);
    }
  }
  if (place_.pattern && place_.rotation.removes() && now.steady >= remove_at_) remove_old(now);
}

// A clock that was set back begins a file of its own, too; a name is never used twice.
bool LiveWriter::is_due(Nanos wall) const {
  const Nanos every = place_.rotation.every;
  return every != 0 && (wall >= span_.end || wall < span_.begin - std::min(every, kMinute));
}

// Begins the next file when it is asked for, or where the current one is not in its place any more.
void LiveWriter::look_after_file(const WriterMoment& now) {
  const bool asked = now.reopenings != reopenings_;
  reopenings_ = now.reopenings;
  bool gone = false;
  if (out_ && now.steady >= look_at_) {
    look_at_ = now.steady + kLookEvery;
    gone = out_->is_gone();
  }
  if (!asked && !gone) return;
  if (out_ && !out_->may_begin_again()) {
    if (asked || !std::exchange(stays_told_, true))
      warn(fmt::format("{}: this user may not open it again; writing continues in the open file", out_->path()));
    return;
  }
  if (!asked) warn(fmt::format("{}: the file was moved, removed or replaced; the next file begins", out_->path()));
  open_next(now);
}

template <class Make>
Result<> LiveWriter::emit(Make&& make) {
  StreamWriter after = writer_;
  bytes_.clear();
  if (!begun_) after.begin(header_, bytes_);
  make(after, bytes_);
  if (bytes_.empty()) return {};
  ARGUS_TRY(out_->put(bytes_));
  writer_ = std::move(after);
  begun_ = true;
  const std::lock_guard lock(mutex_);
  counts_.bytes += bytes_.size();
  return {};
}

Result<> LiveWriter::write_ledger(const std::vector<LedgerEntry>& entries) {
  return emit([&](StreamWriter& writer, std::vector<std::byte>& to) { writer.ledger(entries, to); });
}

// What is owed, or the oldest piece. False when nothing waits.
Result<bool> LiveWriter::write_one() {
  if (const auto owed = queue_.take_owed(); !owed.empty()) {
    if (auto done = write_ledger(owed); !done) {
      queue_.owe(owed);
      return std::move(done.error());
    }
  }
  auto piece = queue_.take();
  if (!piece) return false;
  if (piece->rows != 0 && !piece->coded) {
    piece->coded = writer_.coded(std::exchange(piece->batch, {}));
    piece->bytes = piece->coded->block.size();
  }
  auto done = piece->rows == 0
                  ? write_ledger(piece->ledger)
                  : emit([&](StreamWriter& writer, std::vector<std::byte>& to) { writer.flows(*piece->coded, to); });
  if (!done) {
    queue_.give_back(*std::move(piece));
    return std::move(done.error());
  }
  const std::lock_guard lock(mutex_);
  counts_.records += piece->rows;
  return true;
}

void LiveWriter::write_waiting(const WriterMoment& now) {
  if (!out_ || out_->torn()) {
    close_file();
    if (auto opened = open_file(now); !opened) return refuse(opened.error(), now);
  }
  if (auto begun = emit([](StreamWriter&, std::vector<std::byte>&) {}); !begun) return refuse(begun.error(), now);
  for (std::size_t n = 0; n < kWrittenAStep; n++) {
    const auto more = write_one();
    if (!more) return refuse(more.error(), now);
    outage_.recover(out_->path(), queue_.empty(), queue_.lost());
    if (!*more) return;
    if (place_.pattern && place_.rotation.size != 0 && out_->size() >= place_.rotation.size) {
      open_next(now);
      remove_at_ = std::min(remove_at_, now.steady);
      if (!out_) return;
    }
  }
}

// Coded, more of them fit into the queue.
void LiveWriter::code_waiting() {
  for (std::size_t n = 0; n < kCodedAStep; n++) {
    const auto piece = queue_.first_uncoded();
    if (!piece) return;
    queue_.set_coded(piece->number, writer_.coded(piece->batch));
  }
}

void LiveWriter::refuse(const Error& why, const WriterMoment& now) {
  const Nanos again = outage_.refused() ? kRemoveAgain : 0;
  if (place_.rotation.removes()) remove_at_ = std::min(remove_at_, now.steady + again);
  outage_.refuse(why, now.steady, queue_.lost());
}

void LiveWriter::remove_old(const WriterMoment& now) {
  remove_at_ = now.steady + (outage_.refused() ? kRemoveAgain : kRemoveEvery);
  const auto plan = plan_expiry(*place_.pattern, place_.rotation, now.wall);
  if (!plan) return;  // no folder yet; whoever writes there says why
  const Removal removed = remove_expired(*place_.pattern, *plan);
  if (!removed.failures.empty())
    warn(removed.failures.size() == 1
             ? removed.failures[0]
             : fmt::format("{}; and {} more", removed.failures[0], removed.failures.size() - 1));
  const std::lock_guard lock(mutex_);
  counts_.removed += removed.files;
}

Result<> LiveWriter::finish() {
  const std::uint64_t left = queue_.lose_all();
  const std::string path = out_ ? out_->path() : place_.path;
  // A few bytes may still fit where a frame does not.
  if (const auto owed = queue_.take_owed(); out_ && begun_ && !owed.empty()) (void)write_ledger(owed);
  ending_ = true;
  close_file();
  // What was said of the disk while it ran is said again at the end, for the exit status.
  if (left == 0 && trouble_) return *trouble_;
  if (left == 0) return {};
  return fail(Errc::io, "{}; {} lost", outage_.reason().empty() ? path : outage_.reason(), count_is(left, "record"));
}

LiveFileCounts LiveWriter::counts() const {
  const std::lock_guard lock(mutex_);
  LiveFileCounts out = counts_;
  out.lost = queue_.lost();
  return out;
}

}  // namespace argus
