#include "flow/times_met.h"

#include <catch2/catch.hpp>

#include "base/time.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/when.h"
#include "flow/where.h"
#include "support/flow_builder.h"
#include "support/zone.h"

using namespace argus;

namespace {

constexpr Nanos kNow = 1'790'000'000 * kSecond;

class Times final : public FrameStats {
 public:
  Times(Nanos first, Nanos last) : first_(first), last_(last) {}
  std::optional<Range> range(Field field) const override {
    const Nanos one = field == Field::stime ? first_ : last_;
    return Range{ordered_image(one), ordered_image(one), true, false};
  }

 private:
  Nanos first_, last_;
};

Batch record(Nanos first, Nanos last, const char* from = "192.0.2.1") {
  return batch_of({row().with(Field::stime, first).with(Field::ltime, last).with(Field::saddr, from)});
}

// Wants no row at all.
class Nothing final : public Where {
 public:
  FieldSet fields() const override { return {Field::saddr}; }
  Verdict judge(const FrameStats&) const override { return Verdict::none; }
  void select(const Batch&, std::span<std::uint8_t> keep) const override { std::fill(keep.begin(), keep.end(), 0); }
};

struct Watched {
  std::shared_ptr<TimesMet> met = std::make_shared<TimesMet>();
  WherePtr where;
  explicit Watched(WherePtr filter = nullptr) {
    where = where_met(parse_when("2026-09-21T15:00Z", kNow)->where, std::move(filter), met);
  }
  std::size_t chosen(const Batch& batch) const {
    std::vector<std::uint8_t> keep(batch.rows(), 1);
    where->select(batch, keep);
    return static_cast<std::size_t>(std::count(keep.begin(), keep.end(), 1));
  }
};

const Nanos kBefore = utc(2026, 9, 21, 14), kWithin = utc(2026, 9, 21, 15) + kSecond;

}  // namespace

TEST_CASE("a range that misses every row and frame knows from when to when they are") {
  const Watched range;
  CHECK_FALSE(range.met->missed());
  CHECK(range.chosen(record(kBefore, kBefore + kMinute)) == 0);
  CHECK(range.where->judge(Times(kBefore - kHour, kBefore - kMinute)) == Verdict::none);
  const auto data = range.met->missed();
  REQUIRE(data);
  CHECK(data->begin == kBefore - kHour);
  CHECK(data->end == kBefore + kMinute);
  CHECK(range.chosen(record(kWithin, kWithin)) == 1);
  CHECK_FALSE(range.met->missed());
}

TEST_CASE("a range misses nothing where the filter rules out what is in it") {
  const Watched rows(std::make_shared<Nothing>());
  CHECK(rows.chosen(record(kWithin, kWithin)) == 0);
  CHECK_FALSE(rows.met->missed());
  const Watched frames(std::make_shared<Nothing>());
  CHECK(frames.where->judge(Times(kBefore, kWithin)) == Verdict::none);
  CHECK_FALSE(frames.met->missed());
}

TEST_CASE("records without times are nowhere") {
  const Watched range;
  CHECK(range.chosen(batch_of({row().with(Field::saddr, "192.0.2.1")})) == 0);
  CHECK_FALSE(range.met->missed());
}
