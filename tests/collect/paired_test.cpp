#include "collect/paired.h"

#include <catch2/catch.hpp>
#include <deque>

#include "base/result.h"
#include "base/time.h"
#include "collect/message.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"

using namespace argus;
using namespace argus::test;

namespace {

class Given final : public Source {
 public:
  explicit Given(std::vector<Batch> batches) : batches_(batches.begin(), batches.end()) {}
  Result<> bind(const Needs&, const Resources&) override { return {}; }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override {
    if (batches_.empty()) return Step::end;
    out = std::move(batches_.front());
    batches_.pop_front();
    return Step::rows;
  }
  void drain(Journal&) override {}
  std::vector<Error> problems() const override { return {}; }

 private:
  StreamHeader header_;
  std::deque<Batch> batches_;
};

constexpr std::initializer_list<Spec> kSpecs = {{8, 4}, {12, 4}, {7, 2},   {11, 2}, {4, 1},
                                                {1, 4}, {2, 4},  {150, 4}, {6, 1}};

struct Half {
  unsigned from, to, sport, dport, at, octets, flags;
};

Batch batch_of(std::initializer_list<Half> halves) {
  Message records;
  for (const Half& h : halves)
    records.u32(h.from)
        .u32(h.to)
        .u16(h.sport)
        .u16(h.dport)
        .u8(6)
        .u32(h.octets)
        .u32(1)
        .u32(kExported + h.at)
        .u8(h.flags);
  Collected in;
  in.add(ipfix({set(2, shape(256, kSpecs)), set(256, records)}));
  return in.take();
}

struct Read {
  std::vector<Batch> batches;
  Batch all;
  std::uint64_t unpaired = 0;
};
Read read(std::vector<Batch> batches, std::size_t most = kUnpairedMost) {
  const SourcePtr source = paired(std::make_unique<Given>(std::move(batches)), 30 * kSecond, most);
  REQUIRE(source->bind({}, {}));
  Read out;
  for (Batch batch;;) {
    const auto step = source->next(batch);
    REQUIRE(step);
    if (*step == Step::end) break;
    out.batches.push_back(std::move(batch));
  }
  out.all = out.batches.empty() ? Batch() : concatenated(out.batches);
  Journal journal;
  source->drain(journal);
  for (const LedgerEntry& entry : journal.entries()) out.unpaired += entry.count;
  return out;
}

}  // namespace

TEST_CASE("two halves are one flow, and the one that began first is the source") {
  const auto [batches, got, unpaired] = read(
      {batch_of({{1, 2, 1234, 443, 5, 100, 2}, {9, 8, 1, 2, 5, 1, 0}}), batch_of({{2, 1, 443, 1234, 4, 300, 0x12}})});
  REQUIRE(got.rows() == 2);
  const std::size_t row = number(got, Field::dbytes, 0) ? 0 : 1;
  CHECK(value<std::uint16_t>(got, Field::sport, row) == 443);
  CHECK(number(got, Field::sbytes, row) == 300u);
  CHECK(number(got, Field::dbytes, row) == 100u);
  CHECK(value<std::uint8_t>(got, Field::sflags, row) == 0x12);
  CHECK(value<std::uint8_t>(got, Field::dflags, row) == 2);
  CHECK(number(got, Field::trans, row) == 1u);
  CHECK(number(got, Field::records, row) == 2u);
  CHECK(value<Nanos>(got, Field::stime, row) == Nanos{kExported + 4} * kSecond);
  CHECK(value<Nanos>(got, Field::ltime, row) == Nanos{kExported + 5} * kSecond);
  CHECK_FALSE(number(got, Field::dbytes, 1 - row));
}

TEST_CASE("halves that begin too far from each other stay alone") {
  const auto got = read({batch_of({{1, 2, 1, 2, 0, 100, 0}}), batch_of({{2, 1, 2, 1, 31, 300, 0}})}).all;
  REQUIRE(got.rows() == 2);
  CHECK_FALSE(number(got, Field::dpkts, 0));
  CHECK_FALSE(number(got, Field::dpkts, 1));
}

TEST_CASE("each half is joined once") {
  const auto got = read({batch_of({{1, 2, 1, 2, 0, 1, 0}, {1, 2, 1, 2, 1, 2, 0}, {2, 1, 2, 1, 2, 4, 0}})}).all;
  REQUIRE(got.rows() == 2);
  std::uint64_t sum = 0;
  for (std::size_t row = 0; row < 2; row++)
    sum += number(got, Field::sbytes, row).value_or(0) + number(got, Field::dbytes, row).value_or(0);
  CHECK(sum == 7);
}

TEST_CASE("when too many wait, the oldest wait no longer and are counted") {
  std::vector<Batch> batches;
  for (unsigned i = 0; i < 10; i++) batches.push_back(batch_of({{1, 2, i, 443, 0, 1, 0}}));
  const Read got = read(std::move(batches), 4);
  CHECK(got.all.rows() == 10);
  CHECK(got.unpaired == 6);
}
