// A flow file read by several threads: each takes the next frame under one lock, and decodes it without. What they find
// out about a frame reaches the reader with its number, so that damage is told as if one thread had read all.
#include <algorithm>
#include <memory>

#include "base/pool.h"
#include "base/result.h"
#include "codec/damage.h"
#include "flow/batch.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "source/flow_file.h"

namespace argus {

class FlowFile::Part final : public Source {
 public:
  using Shared = Guarded<FlowFile*>;
  Part(const FlowFile& file, std::shared_ptr<Shared> shared) : file_(file), shared_(std::move(shared)) {}

  Result<> bind(const Needs&, const Resources&) override { return {}; }
  const StreamHeader& header() const override { return file_.header(); }
  Result<Step> next(Batch& out) override {
    for (;;) {
      std::optional<FlowFrame> work;
      const Step step = shared_->use([&](FlowFile* file) { return file->next_apart(before_, out, work); });
      before_.reset();
      if (!work) return step;
      if (decode(*std::move(work), out)) return Step::rows;
    }
  }
  void drain(Journal&) override {}
  std::vector<Error> problems() const override { return {}; }

 private:
  // False when no row is wanted, or they are lost.
  bool decode(FlowFrame work, Batch& out) {
    auto rows = file_.rows_of(work.frame, work.directory);
    bool mended = false;
    if (!rows && rows.error().code == Errc::corrupt && work.frame.mend()) {
      rows = file_.rows_of(work.frame, work.directory);
      mended = true;
    }
    const std::size_t kept = rows ? rows->rows() : 0;
    work.frame.bytes = {};  // its rows may go on with them
    before_ = Outcome{std::move(work.frame), mended, kept, {}};
    if (!rows) before_->error = rows.error();
    else out = *std::move(rows);
    return kept != 0;
  }

  const FlowFile& file_;
  std::shared_ptr<Shared> shared_;
  std::optional<Outcome> before_;  // of its frame before, which the file does not know yet
};

std::vector<SourcePtr> FlowFile::split(std::size_t n) {
  in_parts_ = true;
  const auto shared = std::make_shared<Part::Shared>(this);
  std::vector<SourcePtr> out;
  while (out.size() < n) out.push_back(std::make_unique<Part>(*this, shared));
  return out;
}

Step FlowFile::next_apart(const std::optional<Outcome>& before, Batch& out, std::optional<FlowFrame>& work) {
  if (before) take_outcome(*before);
  if (broken_) return Step::end;
  const auto step = walk(out, &work);
  if (step) return *step;
  // What was read before is still good, and whoever asks the file itself hears of it.
  broken_ = step.error();
  return Step::end;
}

void FlowFile::take_outcome(const Outcome& outcome) {
  if (outcome.kept != 0) note_given(outcome.frame.number);
  if (!outcome.error) {
    note_read(outcome.frame.head, outcome.kept);
    if (outcome.mended) reader_.mended(outcome.frame);
  } else if (outcome.error->code == Errc::corrupt) {
    reader_.damaged(outcome.frame, *outcome.error);
  } else if (!broken_) {
    broken_ = outcome.error;
  }
}

void FlowFile::note_given(std::uint64_t frame) {
  if (given_.size() <= frame) given_.resize(static_cast<std::size_t>(frame) + 1);
  given_[static_cast<std::size_t>(frame)] = true;
}

// One thread tells after each batch what the ledgers before it said, and then what was damaged.
void FlowFile::drain_parts(Journal& out) {
  struct Telling {
    std::uint64_t batches = 0;  // given before
    bool damage = false;
    LedgerEntry entry;
  };
  std::vector<std::uint64_t> given = {0};  // before each frame
  for (const bool one : given_) given.push_back(given.back() + (one ? 1 : 0));
  const auto batches_before = [&](const DamageLog::Place& place) {
    return given[std::min<std::size_t>(static_cast<std::size_t>(place.frame) + (place.behind ? 1 : 0), given_.size())];
  };
  std::vector<Telling> tellings;
  for (auto& [frame, entry] : std::exchange(entries_, {}))
    tellings.push_back({batches_before({frame, false}), false, std::move(entry)});
  const DamageLog::Lost& now = cut_ ? reader_.log().lost_before_mark() : reader_.log().lost();
  const DamageLog::FirstLost& first = reader_.log().first_lost();
  const auto damage = [&](const DamageLog::Place& place, LedgerItem item, std::uint64_t count) {
    tellings.push_back({batches_before(place), true, {name_, 0, 0, item, count}});
  };
  damage(first.records, LedgerItem::records_lost, now.records - told_.records);
  damage(first.bytes, LedgerItem::bytes_skipped, now.bytes - told_.bytes);
  damage(first.frames, LedgerItem::frames_damaged, now.frames - told_.frames);
  told_ = now;
  std::stable_sort(tellings.begin(), tellings.end(), [](const Telling& a, const Telling& b) {
    return a.batches != b.batches ? a.batches < b.batches : a.damage < b.damage;
  });
  for (Telling& telling : tellings) out.add(std::move(telling.entry));
}

}  // namespace argus
