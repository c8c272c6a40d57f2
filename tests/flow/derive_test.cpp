#include <catch2/catch.hpp>
#include <cmath>

#include "base/int128.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/derive_rules.h"
#include "flow/events.h"
#include "flow/field.h"
#include "flow/state.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

template <class T>
std::optional<T> derived(const Row& row, Field field) {
  const Column column = column_of(batch_of({row}), field);
  if (!column.has(0)) return std::nullopt;
  return column.at<T>(0);
}

}  // namespace

TEST_CASE("totals add both directions, and saturate") {
  CHECK(derived<std::uint64_t>(row().with(Field::spkts, 3).with(Field::dpkts, 4), Field::pkts) == 7u);
  CHECK(derived<std::uint64_t>(row().with(Field::sbytes, UINT64_MAX).with(Field::dbytes, 4), Field::bytes) ==
        UINT64_MAX);
}

TEST_CASE("a sum of two halves is absent only when both are") {
  const std::array sums = {
      std::array{Field::pkts, Field::spkts, Field::dpkts}, std::array{Field::bytes, Field::sbytes, Field::dbytes},
      std::array{Field::appbytes, Field::sappbytes, Field::dappbytes},
      std::array{Field::loss, Field::sloss, Field::dloss}, std::array{Field::frags, Field::sfrags, Field::dfrags}};
  for (const auto& [sum, source, target] : sums) {
    CAPTURE(info(sum).name);
    CHECK(derived<std::uint64_t>(row().with(source, 3), sum) == 3u);
    CHECK(derived<std::uint64_t>(row().with(target, 4), sum) == 4u);
    CHECK_FALSE(derived<std::uint64_t>(row(), sum));
    const Column mixed = column_of(batch_of({row().with(source, 3), row(), row().with(target, 4)}), sum);
    CHECK((mixed.at<std::uint64_t>(0) == 3 && !mixed.has(1) && mixed.at<std::uint64_t>(2) == 4));
  }
}

TEST_CASE("what is made of a sum counts a half that is not there as nothing") {
  const Row one = row().with(Field::sloss, 4).with(Field::spkts, 5).with(Field::sbytes, 100).with(Field::sappbytes, 7);
  CHECK(derived<double>(one, Field::ploss) == 100.0 * 4 / 9);
  CHECK(derived<double>(one, Field::pcr) == 1.0);
  const Row timed = Row(one).with(Field::stime, 0).with(Field::ltime, kSecond);
  CHECK(derived<double>(timed, Field::load) == 800.0);
  CHECK(derived<double>(timed, Field::rate) == 5.0);
  CHECK_FALSE(derived<double>(row().with(Field::spkts, 5), Field::ploss));
}

TEST_CASE("a derived field is absent when an input is") {
  CHECK_FALSE(derived<std::int64_t>(row().with(Field::synacksum, 3).with(Field::synacks, 1), Field::tcprtt));
}

TEST_CASE("a rate over no time is absent, not infinite") {
  const Row instant = row().with(Field::stime, 5).with(Field::ltime, 5).with(Field::sbytes, 100).with(Field::dbytes, 0);
  CHECK_FALSE(derived<double>(instant, Field::load));
  const Row second =
      row().with(Field::stime, 0).with(Field::ltime, kSecond).with(Field::sbytes, 100).with(Field::dbytes, 25);
  CHECK(derived<double>(second, Field::load) == 1000.0);
}

TEST_CASE("a handshake's round trip is its two halves") {
  const Row one =
      row().with(Field::synacksum, 10).with(Field::synacks, 1).with(Field::ackdatsum, 15).with(Field::ackdats, 1);
  CHECK(derived<std::int64_t>(one, Field::tcprtt) == 25);
  const Row two =
      row().with(Field::synacksum, 30).with(Field::synacks, 2).with(Field::ackdatsum, 15).with(Field::ackdats, 1);
  CHECK(derived<std::int64_t>(two, Field::tcprtt) == 30);
}

TEST_CASE("statistics of a record that was never merged are its own duration") {
  const Row one = row().with(Field::stime, 100).with(Field::ltime, 400).with(Field::records, 1);
  for (const Field field : {Field::mean, Field::min, Field::max, Field::sum, Field::runtime})
    CHECK(derived<std::int64_t>(one, field) == 300);
}

TEST_CASE("the standard deviation of 2 4 4 4 5 5 7 9 is 2") {
  std::uint64_t sum = 0;
  u128 squares = 0;
  for (const unsigned v : {2u, 4u, 4u, 4u, 5u, 5u, 7u, 9u}) sum += v, squares += v * v;
  CHECK(deviation(sum, squares, 8) == 2);
  CHECK(deviation(7, 49, 1) == 0);
  CHECK_FALSE(deviation(0, 0, 0));
}

TEST_CASE("the state of a connection is its strongest event") {
  const auto tcp = [](std::uint32_t s, std::uint32_t d) {
    return state_of(6, 1, 1, s, d, std::nullopt, std::nullopt, std::nullopt);
  };
  CHECK(tcp(kTcpSyn, 0) == kStateRequest);
  CHECK(tcp(kTcpSyn, kTcpSynAck) == kStateAccepted);
  CHECK(tcp(kTcpSyn | kTcpEstablished, kTcpSynAck | kTcpEstablished) == kStateConnected);
  CHECK(tcp(kTcpSyn | kTcpFin, kTcpSynAck) == kStateFin);
  CHECK(tcp(kTcpSyn | kTcpFin, kTcpReset) == kStateReset);
  CHECK(state_of(17, 1, 0, {}, {}, {}, {}, {}) == kStateInitial);
  CHECK(state_of(17, 1, 1, {}, {}, {}, {}, {}) == kStateConnected);
  CHECK(state_of(1, 1, 1, {}, {}, {}, 8, 0) == (kStateIcmp4 | 8));
  CHECK(state_of(1, 1, 0, {}, {}, {}, 3, 3) == (kStateIcmp4Unreach | 3));
  CHECK(state_of(58, 1, 0, {}, {}, {}, 1, 4) == (kStateIcmp6Unreach | 4));
  CHECK_FALSE(state_of({}, 1, 0, {}, {}, {}, {}, {}));
}

TEST_CASE("the direction of a connection without its start is in question") {
  CHECK(direction_of(6, 1, 1, kTcpSyn, 0) == kDirRight);
  CHECK(direction_of(6, 1, 1, 0, 0) == (kDirLeft | kDirRight | kDirUnknown));
  CHECK(direction_of(17, 1, 1, {}, {}) == (kDirLeft | kDirRight));
  CHECK(direction_of(17, 0, 1, {}, {}) == kDirLeft);
  CHECK(direction_of(0x0806, 1, 1, {}, {}) == kDirWho);
}

TEST_CASE("seeds stand in for statistics that a record does not have") {
  const Batch batch = batch_of({row().with(Field::stime, 0).with(Field::ltime, 7),
                                row().with(Field::stime, 0).with(Field::ltime, 7).with(Field::dursum, 100)});
  const Column sums = merge_column(batch, Field::dursum);
  CHECK(sums.at<std::uint64_t>(0) == 7);
  CHECK(sums.at<std::uint64_t>(1) == 100);
  CHECK(merge_inputs(Field::dursum) == FieldSet{Field::stime, Field::ltime});
  CHECK(merge_inputs(Field::spkts).empty());
}
