#include "query/sort.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "base/address.h"
#include "base/result.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/source.h"
#include "flow/where.h"
#include "query/packed.h"
#include "query/sort_words.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

std::vector<Row> sorted_rows(std::vector<Batch> batches, const std::vector<std::string>& words,
                             std::optional<std::uint64_t> first = std::nullopt, bool reverse_all = false,
                             WherePtr where = nullptr) {
  const SourcePtr flows = sorted(source_of(std::move(batches)), sort_keys(words), first, reverse_all);
  return rows_of(*flows, {FieldSet::all_stored(), std::move(where), {}});
}

// -1, 0, 1 for a value against another, absent last both ways.
int compared(const Row& a, const Row& b, const SortKey& key) {
  const Column x = column_of(batch_of({a}), key.field), y = column_of(batch_of({b}), key.field);
  const bool has_x = x.has(0), has_y = y.has(0);
  if (!has_x || !has_y) return has_x == has_y ? 0 : has_x ? -1 : 1;
  const int order = with_type(info(key.field).type, [&]<class T>() {
    const T &v = x.at<T>(0), &w = y.at<T>(0);
    if constexpr (std::is_same_v<T, Address>)
      return rank_image(v) < rank_image(w) ? -1 : rank_image(w) < rank_image(v) ? 1 : 0;
    else return v < w ? -1 : w < v ? 1 : 0;
  });
  return key.descending ? -order : order;
}

std::vector<Row> model(std::vector<Row> rows, const std::vector<SortKey>& by) {
  std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
    for (const SortKey& key : by)
      if (const int order = compared(a, b, key); order != 0) return order < 0;
    return false;
  });
  return rows;
}

std::vector<std::uint64_t> numbers(const std::vector<Row>& rows, Field field) {
  std::vector<std::uint64_t> out;
  for (const Row& one : rows) out.push_back(one.has(field) ? one.number(field) : 999);
  return out;
}

class Even final : public Where {
 public:
  FieldSet fields() const override { return {Field::spkts}; }
  void select(const Batch& batch, std::span<std::uint8_t> keep) const override {
    for (std::size_t i = 0; i < keep.size(); i++)
      if (!batch[Field::spkts].has(i) || batch[Field::spkts].at<std::uint64_t>(i) % 2 != 0) keep[i] = 0;
  }
};

using Numbers = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("sorting equals a stable sort, for every field up and down") {
  std::mt19937_64 random(7);
  std::vector<std::vector<std::string>> lists;
  for (const FieldInfo& about : all_fields()) {
    lists.push_back({std::string(about.name)});
    lists.push_back({"-" + std::string(about.name)});
  }
  lists.push_back({"proto", "-saddr", "bytes"});
  lists.push_back({"srcid", "load", "dport", "-dursq", "stime"});
  for (const auto& words : lists) {
    CAPTURE(words);
    std::vector<Row> rows;
    while (rows.size() < 60) rows.push_back(random_row(random, random() % 2 == 0));
    const Batch batch = batch_of(rows);
    std::vector<std::uint32_t> head(25), tail(35);
    std::iota(head.begin(), head.end(), 0u);
    std::iota(tail.begin(), tail.end(), 25u);
    const std::vector<Row> out = sorted_rows({gathered(batch, head), gathered(with_dictionaries(batch), tail)}, words);
    REQUIRE(out == model(rows, sort_keys(words)));
  }
}

TEST_CASE("the first rows are those of the whole order, whatever is let go on the way") {
  std::mt19937_64 random(8);
  std::vector<Batch> batches;
  std::vector<Row> rows;
  const std::vector<std::string> sensors = {"zeta", "alpha", "mid"};
  for (std::size_t b = 0; b < 3; b++) {
    std::vector<std::uint64_t> bytes(kBatchRowsMax), number(kBatchRowsMax);
    for (std::size_t i = 0; i < bytes.size(); i++) {
      bytes[i] = random() % 5000;
      number[i] = b * kBatchRowsMax + i;
      rows.push_back(row().with(Field::sbytes, bytes[i]).with(Field::spkts, number[i]).with(Field::srcid, sensors[b]));
    }
    Batch batch(kBatchRowsMax);
    batch.set(Field::sbytes, Column::flat(std::move(bytes)));
    batch.set(Field::spkts, Column::flat(std::move(number)));
    batch.set(Field::srcid, Column::constant(sensors[b]));
    batches.push_back(std::move(batch));
  }
  const auto expect_first = [&](const std::vector<std::string>& words, std::size_t count, auto&& before) {
    std::vector<Row> expected = rows;
    std::stable_sort(expected.begin(), expected.end(), before);
    expected.resize(count);
    const SourcePtr flows = sorted(source_of(batches), sort_keys(words), count);
    REQUIRE(rows_of(*flows, {{Field::sbytes, Field::spkts, Field::srcid}, nullptr, {}}) == expected);
  };
  expect_first({"sbytes"}, 100,
               [](const Row& a, const Row& b) { return a.number(Field::sbytes) > b.number(Field::sbytes); });
  expect_first({"srcid", "sbytes"}, 1000, [](const Row& a, const Row& b) {
    const auto &s = std::get<std::string>(a.cell(Field::srcid)), &t = std::get<std::string>(b.cell(Field::srcid));
    return s != t ? s < t : a.number(Field::sbytes) > b.number(Field::sbytes);
  });
}

TEST_CASE("amounts and durations come largest first, names, addresses, instants and protocols smallest first") {
  const auto descends = [](const char* word) { return sort_keys({word})[0].descending; };
  for (const char* word : {"bytes", "sbytes", "pkts", "dpkts", "trans", "records", "load", "srate", "loss", "ploss",
                           "tcprtt", "pcr", "swin", "appbytes", "sgap", "dur", "mean"}) {
    CAPTURE(word);
    CHECK(descends(word));
    CHECK_FALSE(descends((std::string("-") + word).c_str()));
    CHECK(descends((std::string("+") + word).c_str()));
  }
  for (const char* word :
       {"stime", "ltime", "saddr", "dport", "proto", "srcid", "smac", "sttl", "state", "svid", "stos"}) {
    CAPTURE(word);
    CHECK_FALSE(descends(word));
    CHECK(descends((std::string("-") + word).c_str()));
  }
}

TEST_CASE("absent sorts last both ways and ties stay in input order") {
  const auto rows = [] {
    std::vector<Row> out;
    std::uint64_t number = 0;
    for (const std::uint64_t bytes : {5u, 0u, 9u, 5u})
      out.push_back(row().with(Field::spkts, number++).with(Field::sbytes, bytes));
    out.insert(out.begin() + 1, row().with(Field::spkts, 77));
    return out;
  }();
  CHECK(numbers(sorted_rows({batch_of(rows)}, {"sbytes"}), Field::spkts) == Numbers{2, 0, 3, 1, 77});
  CHECK(numbers(sorted_rows({batch_of(rows)}, {"-sbytes"}), Field::spkts) == Numbers{1, 0, 3, 2, 77});
  CHECK(numbers(sorted_rows({batch_of(rows)}, {"sbytes"}, std::nullopt, true), Field::spkts) ==
        Numbers{1, 0, 3, 2, 77});
}

TEST_CASE("no words sort by start, and wrong words are named") {
  CHECK(sort_keys({})[0].field == Field::stime);
  CHECK(sort_keys({"bytes,proto", "-saddr"}).size() == 3);
  CHECK(sort_keys({"src_addr"})[0].field == Field::saddr);
  const auto bad = parse_sort_keys({"byts"});
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == Errc::usage);
  CHECK(bad.error().text.find("no field 'byts'; did you mean 'bytes'") == 0);
  CHECK_FALSE(parse_sort_keys({"-"}));
  CHECK_FALSE(parse_sort_keys({"saddr/24"}));
}

TEST_CASE("a filter above the first rows does not change which are the first") {
  std::vector<Row> rows;
  for (std::uint64_t i = 0; i < 10; i++) rows.push_back(row().with(Field::spkts, i));
  const auto even = std::make_shared<Even>();
  CHECK(numbers(sorted_rows({batch_of(rows)}, {"spkts"}, 3, false, even), Field::spkts) == Numbers{8});
  CHECK(numbers(sorted_rows({batch_of(rows)}, {"spkts"}, std::nullopt, false, even), Field::spkts) ==
        Numbers{8, 6, 4, 2, 0});
}

TEST_CASE("limited gives the rows from begin to end, counted before any filter above it") {
  std::vector<Batch> batches;
  for (std::uint64_t b = 0; b < 4; b++) {
    std::vector<Row> rows;
    for (std::uint64_t i = 0; i < 5; i++) rows.push_back(row().with(Field::spkts, 5 * b + i));
    batches.push_back(batch_of(rows));
  }
  for (std::uint64_t begin = 0; begin <= 21; begin++)
    for (std::uint64_t end = begin; end <= 22; end++) {
      const SourcePtr flows = limited(source_of(batches), begin, end);
      const Numbers out = numbers(rows_of(*flows, {{Field::spkts}, nullptr, {}}), Field::spkts);
      Numbers expected;
      for (std::uint64_t i = begin; i < std::min<std::uint64_t>(end, 20); i++) expected.push_back(i);
      REQUIRE(out == expected);
    }
  const SourcePtr flows = limited(source_of(batches), 3, 8);
  CHECK(numbers(rows_of(*flows, {{Field::spkts}, std::make_shared<Even>(), {}}), Field::spkts) == Numbers{4, 6});
}

TEST_CASE("nothing sorted is nothing") {
  CHECK(sorted_rows({}, {"bytes"}).empty());
  CHECK(sorted_rows({batch_of({})}, {"bytes"}, 5).empty());
  CHECK(sorted_rows({batch_of({row().with(Field::spkts, 1)})}, {"bytes"}, 0).empty());
}
