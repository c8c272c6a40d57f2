#include "clickhouse/native.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "base/address.h"
#include "base/bytes.h"
#include "base/int128.h"
#include "base/result.h"
#include "clickhouse/dialect.h"
#include "clickhouse/server_error.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"

using namespace argus;

namespace {

NativeReader reader_of(Bytes bytes, std::size_t step) {
  return NativeReader([bytes, step, at = std::size_t{0}](std::span<std::byte> to) mutable -> Result<std::size_t> {
    const std::size_t n = std::min({step, to.size(), bytes.size() - at});
    std::memcpy(to.data(), bytes.data() + at, n);
    at += n;
    return n;
  });
}

OriginRows some_rows() {
  OriginRows out;
  Batch batch(3);
  batch.set(Field::stime, Column::flat<std::int64_t>({-1, 0, 1'700'000'000'000'000'000}));
  batch.set(Field::sport, Column::flat<std::uint16_t>({80, 0, 65'535}, {1, 0, 1}));
  batch.set(Field::saddr,
            Column::flat<Address>({*parse_address("192.0.2.1"), *parse_address("2001:db8::1"), Address{}}, {1, 1, 0}));
  batch.set(Field::dursq, Column::flat<u128>({u128{1} << 100, 0, 7}, {1, 0, 1}));
  batch.set(Field::srcid, Column::constant<std::string>("sensor 1"));
  batch.set(Field::proto, Column::constant<std::uint16_t>(6));
  out.batch = batch;
  out.stream = 5, out.frame = 2, out.seq = {10, 11, 13};
  return out;
}

std::vector<std::byte> encoded(const Dialect& dialect) {
  const std::vector<OriginRows> pieces = {some_rows(), some_rows()};
  return encode_native(pieces, fields_of(pieces), dialect);
}

}  // namespace

TEST_CASE("rows come back from FORMAT Native as they were, in both dialects and however they arrive") {
  for (const Dialect& dialect : dialects())
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{100'000}}) {
      const std::vector<std::byte> bytes = encoded(dialect);
      NativeReader reader = reader_of(bytes, step);
      NativeBlock block;
      auto some = reader.next(block);
      REQUIRE(some);
      REQUIRE(*some);
      CHECK(block.rows == 6);
      REQUIRE(block.columns.size() == 9);
      const OriginRows rows = some_rows();
      for (const NativeColumn& column : block.columns) {
        const auto field = find_field(column.name);
        if (!field) continue;
        CAPTURE(column.name);
        for (std::size_t i = 0; i < 6; i++) {
          REQUIRE(column.column.has(i) == rows.batch[*field].has(i % 3));
          if (column.column.has(i))
            with_type(info(*field).type,
                      [&]<class T>() { CHECK(column.column.at<T>(i) == rows.batch[*field].at<T>(i % 3)); });
        }
      }
      CHECK(block.columns[1].column.at<std::uint64_t>(5) == 13);
      some = reader.next(block);
      REQUIRE(some);
      CHECK_FALSE(*some);
    }
}

TEST_CASE("a block cut anywhere is an error, not a crash") {
  const std::vector<std::byte> whole = encoded(dialects().front());
  for (std::size_t size = 1; size < whole.size(); size++) {
    CAPTURE(size);
    NativeReader reader = reader_of(Bytes(whole).first(size), 100'000);
    NativeBlock block;
    const auto done = reader.next(block);
    REQUIRE_FALSE(done);
    CHECK(done.error().code == Errc::corrupt);
  }
}

TEST_CASE("a block that claims more than bytes can hold takes no memory for it") {
  const auto claimed = [](std::initializer_list<int> bytes) {
    std::vector<std::byte> out;
    for (const int one : bytes) out.push_back(static_cast<std::byte>(one));
    return out;
  };
  struct Case {
    std::vector<std::byte> bytes;
    Errc code;
  };
  for (const Case& c : {
           Case{claimed({0xff, 0xff, 0x03, 1}), Errc::corrupt},                 // columns
           Case{claimed({1, 0xff, 0xff, 0xff, 0xff, 0x0f}), Errc::limit},       // rows
           Case{claimed({1, 1, 0xff, 0xff, 0xff, 0xff, 0x0f}), Errc::corrupt},  // a name
           Case{claimed({1, 1, 1, 'a', 1, 'b'}), Errc::foreign},                // a type
           Case{claimed({1, 0xff, 0xff, 0x7f, 1, 'a', 5, 'U', 'I', 'n', 't', '8'}), Errc::corrupt},
           Case{claimed({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), Errc::corrupt},
       }) {
    NativeReader reader = reader_of(c.bytes, 100'000);
    NativeBlock block;
    const auto done = reader.next(block);
    REQUIRE_FALSE(done);
    CHECK(done.error().code == c.code);
  }
}

TEST_CASE("what a server says in the middle of its answer is its error") {
  std::vector<std::byte> bytes = encoded(dialects().front());
  const std::string_view text = "Code: 241. DB::Exception: Memory limit (for query) exceeded";
  for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
  NativeReader reader = reader_of(bytes, 64);
  NativeBlock block;
  REQUIRE(reader.next(block));
  const auto done = reader.next(block);
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Errc::turned_away);
}

TEST_CASE("errors of servers are sentences") {
  CHECK(server_error_code(
            "Code: 60, e.displayText() = DB::Exception: Table default.x doesn't exist., e.what() = DB::Exception") ==
        60);
  CHECK(server_error_code("Code: 60. DB::Exception: ...") == 60);
  CHECK(server_error_code("<html>") == 0);
  const Error table = server_error(
      "Code: 60, e.displayText() = DB::Exception: Table net.flows doesn't exist., e.what() = DB::Exception");
  CHECK(table.code == Errc::foreign);
  CHECK(table.text == "the table does not exist: Table net.flows doesn't exist");
  CHECK(server_error("Code: 9999. DB::Exception: Odd \x1b[31m thing. (ODD) (version 26.7.2.1)").text ==
        "the server says: Odd \\x1b[31m thing. (ODD)");
  CHECK(server_error("Code: 516. DB::Exception: u: Authentication failed").code == Errc::denied);
}
