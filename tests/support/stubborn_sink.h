// A sink that stalls, refuses and closes as a test wants it to, and remembers what it took.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/sink.h"
#include "flow/source.h"

namespace argus {

// Shared between the test and the sink, which may outlive the test's other objects.
class StubbornPlace {
  template <class See>
  auto seen(See&& see) const {
    const std::lock_guard lock(mutex_);
    return see();
  }

 public:
  // What calls of write() do from now on.
  enum class Mood { takes, stalls, refuses, closed };
  void be(Mood mood) {
    change([&] { mood_ = mood; });
  }

  // Until a call is stalled, so many were refused, so many rows taken, or the sink is gone.
  void await_stall() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stalled_ != 0; });
  }
  void await_refusals(std::size_t most) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return refusals_ >= most; });
  }
  void await_rows(std::uint64_t rows) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return rows_ >= rows; });
  }
  void await_gone() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return gone_; });
  }

  [[nodiscard]] std::uint64_t rows() const {
    return seen([&] { return rows_; });
  }
  [[nodiscard]] std::uint64_t finishes() const {
    return seen([&] { return finishes_; });
  }
  [[nodiscard]] std::uint64_t refusals() const {
    return seen([&] { return refusals_; });
  }
  // "5 rows", "lost 7", in the order of coming.
  [[nodiscard]] std::vector<std::string> story() const {
    return seen([&] { return story_; });
  }
  [[nodiscard]] std::vector<LedgerEntry> entries() const {
    return seen([&] { return entries_; });
  }
  [[nodiscard]] std::uint64_t count_of(LedgerItem item) const {
    std::uint64_t sum = 0;
    for (const LedgerEntry& entry : entries()) sum += entry.item == item ? entry.count : 0;
    return sum;
  }
  [[nodiscard]] StreamHeader header() const {
    return seen([&] { return header_; });
  }

 private:
  friend class StubbornSink;
  template <class Change>
  void change(Change&& make) {
    const std::lock_guard lock(mutex_);
    make();
    changed_.notify_all();
  }
  Result<> take(std::uint64_t rows) {
    std::unique_lock lock(mutex_);
    stalled_++;
    changed_.notify_all();
    changed_.wait(lock, [&] { return mood_ != Mood::stalls; });
    stalled_--;
    if (mood_ == Mood::closed) return fail(Errc::closed, "nobody reads");
    if (mood_ == Mood::refuses) {
      refusals_++;
      changed_.notify_all();
      return fail(Errc::io, "the made place is full");
    }
    rows_ += rows;
    story_.push_back(fmt::format("{} rows", rows));
    changed_.notify_all();
    return {};
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Mood mood_ = Mood::takes;
  std::size_t stalled_ = 0, refusals_ = 0, finishes_ = 0;
  std::uint64_t rows_ = 0;
  std::vector<std::string> story_;
  std::vector<LedgerEntry> entries_;
  StreamHeader header_;
  bool gone_ = false;
};
using StubbornPlacePtr = std::shared_ptr<StubbornPlace>;

class StubbornSink final : public RowSink {
 public:
  explicit StubbornSink(StubbornPlacePtr place) : place_(std::move(place)) {}
  ~StubbornSink() override {
    place_->change([&] { place_->gone_ = true; });
  }
  FieldSet fields() const override { return FieldSet::all_stored(); }
  Result<> begin(const StreamHeader& header) override {
    place_->change([&] { place_->header_ = header; });
    return {};
  }
  Result<> write(const Batch& batch) override { return place_->take(batch.rows()); }
  Result<> ledger(const std::vector<LedgerEntry>& entries) override {
    place_->change([&] {
      for (const LedgerEntry& entry : entries) {
        place_->entries_.push_back(entry);
        if (entry.item == LedgerItem::records_unwritten) place_->story_.push_back(fmt::format("lost {}", entry.count));
      }
    });
    return {};
  }
  Result<> finish() override {
    place_->change([&] { place_->finishes_++; });
    return {};
  }

 private:
  StubbornPlacePtr place_;
};

}  // namespace argus
