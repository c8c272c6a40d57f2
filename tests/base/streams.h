// What the tests of streams have in common: data, streams of it, and reading one to its end.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <random>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/stream.h"
#include "support/capture_writer.h"

namespace argus {

using Data = std::vector<std::byte>;

// Bytes that compress somewhat and differ everywhere.
inline Data some_data(std::size_t size, unsigned seed = 1) {
  std::mt19937 random(seed);
  Data data(size);
  for (std::byte& byte : data) byte = static_cast<std::byte>(random() % 23);
  return data;
}

inline Data joined(const Data& a, const Data& b) {
  Data both = a;
  both.insert(both.end(), b.begin(), b.end());
  return both;
}

inline InputStream open_stream(Bytes bytes) {
  auto input = InputStream::open(file_of(bytes));
  REQUIRE(input);
  return *std::move(input);
}

struct All {
  Data data;
  bool failed = false;
  Errc code = Errc::usage;
};
inline All read_all(InputStream& input, std::size_t step = 70'000) {
  All all;
  for (;;) {
    const auto piece = input.peek(step);
    if (!piece) {
      all.failed = true;
      all.code = piece.error().code;
      return all;
    }
    if (piece->empty()) return all;
    const std::size_t size = piece->size();
    all.data.insert(all.data.end(), piece->begin(), piece->end());
    const auto skipped = input.skip(size);
    REQUIRE(skipped);
    REQUIRE(*skipped == size);
  }
}

// Two packed pieces of data, cut anywhere: a beginning of the data, and whether it was cut.
inline void check_cut_anywhere(const Data& packed, const Data& data) {
  const Data whole = joined(data, data);
  for (std::size_t size = 4; size < packed.size(); size++) {
    CAPTURE(size);
    InputStream input = open_stream(Bytes(packed).first(size));
    const All all = read_all(input);
    REQUIRE(all.data.size() <= whole.size());
    CHECK(std::equal(all.data.begin(), all.data.end(), whole.begin()));
    CHECK_FALSE(all.failed);
    const bool between = all.data.size() == data.size() && !input.cut_short();
    CHECK((input.cut_short() || between));
    if (size > packed.size() / 2) CHECK(all.data.size() >= data.size());
  }
}

}  // namespace argus
