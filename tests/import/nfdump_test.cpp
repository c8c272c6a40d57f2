#include "import/nfdump.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/names.h"
#include "base/result.h"
#include "flow/field.h"
#include "import/read.h"
#include "support/bytes.h"
#include "support/flow_builder.h"
#include "support/source_dir.h"

using namespace argus;

namespace {

// Files that nfdump wrote.
std::vector<std::byte> written(const std::string& name) {
  std::ifstream file(source_dir() + "/tests/fuzz/seeds/import_nfdump/" + name, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  REQUIRE_FALSE(text.empty());
  return bytes_of(text);
}

ReadRecords read(const std::vector<std::byte>& bytes) {
  auto reader = read_nfdump(stream_of(bytes));
  REQUIRE(reader);
  return read_all(**reader);
}

}  // namespace

TEST_CASE("an nfdump file is known by its first bytes") {
  CHECK(looks_like_nfdump(written("plain4")));
  CHECK_FALSE(looks_like_nfdump(raw({0x0c, 0xa5, 0x01, 0x00})));
  CHECK_FALSE(looks_like_nfdump(Bytes(written("plain4")).first(39)));
}

TEST_CASE("a record of nfdump has all that fields hold, in every compression") {
  const ReadRecords plain = read(written("plain4"));
  REQUIRE(plain.rows.size() == 1);
  CHECK(plain.facts.problems.empty());
  const Row& row = plain.rows[0];
  CHECK(row.cell(Field::saddr) == argus::row().with(Field::saddr, "10.1.1.1").cell(Field::saddr));
  CHECK(row.cell(Field::daddr) == argus::row().with(Field::daddr, "10.2.2.2").cell(Field::daddr));
  CHECK(row.number(Field::stime) == 1'796'069'581'000'000'000u);
  CHECK(row.number(Field::ltime) == 1'796'069'591'000'000'000u);
  CHECK(row.number(Field::proto) == kProtoTcp);
  CHECK(row.number(Field::sport) == 4369);
  CHECK(row.number(Field::dport) == 80);
  CHECK(row.number(Field::sflags) == 0x1b);
  CHECK(row.number(Field::stos) == 40);
  CHECK(row.number(Field::spkts) == 257);
  CHECK(row.number(Field::sbytes) == 66051);
  CHECK(row.number(Field::dpkts) == 85);
  CHECK(row.number(Field::dbytes) == 26231);
  CHECK(row.number(Field::trans) == 5);
  CHECK(row.number(Field::svlan) == 291);
  CHECK(row.number(Field::dvlan) == 564);
  CHECK(row.number(Field::smpls) == 74565);
  CHECK(row.number(Field::smac) == 0x020000000001);
  CHECK(row.number(Field::dmac) == 0x020000000002);
  CHECK(std::get<std::string>(row.cell(Field::srcid)) == "127.0.0.1");
  CHECK(row.number(Field::input) == 658188);
  CHECK(row.number(Field::output) == 855567);
  CHECK(row.number(Field::sroute) == 24);
  CHECK(row.number(Field::droute) == 16);
  CHECK(row.number(Field::sas) == 65809);
  CHECK(row.number(Field::das) == 131618);
  CHECK(row.cell(Field::sbgphop) == argus::row().with(Field::sbgphop, "10.4.4.4").cell(Field::sbgphop));
  CHECK(row.cell(Field::snexthop) == argus::row().with(Field::snexthop, "10.3.3.3").cell(Field::snexthop));
  CHECK(row.cell(Field::natsaddr) == argus::row().with(Field::natsaddr, "192.0.2.1").cell(Field::natsaddr));
  CHECK(row.cell(Field::natdaddr) == argus::row().with(Field::natdaddr, "192.0.2.2").cell(Field::natdaddr));
  CHECK(row.number(Field::natsport) == 30583);
  CHECK(row.number(Field::natdport) == 34952);
  CHECK(row.number(Field::svrf) == 153);
  CHECK(row.number(Field::dvrf) == 170);
  CHECK(plain.facts.unheld.at("neighbouring AS numbers") == 1);
  for (const char* name : {"lzo", "bzip2", "lz4"}) {
    CAPTURE(name);
    CHECK(read(written(name)).rows == plain.rows);
  }
  const ReadRecords six = read(written("plain6"));
  REQUIRE(six.rows.size() == 1);
  CHECK(six.rows[0].cell(Field::saddr) == argus::row().with(Field::saddr, "2001:db8::1").cell(Field::saddr));
  CHECK(six.rows[0].cell(Field::snexthop) == argus::row().with(Field::snexthop, "2001:db8::3").cell(Field::snexthop));
  CHECK(six.rows[0].cell(Field::sbgphop) == argus::row().with(Field::sbgphop, "2001:db8::4").cell(Field::sbgphop));
}

TEST_CASE("an nfdump file cut anywhere in its records says so") {
  for (const char* name : {"plain4", "lz4"}) {
    const std::vector<std::byte> whole = written(name);
    const std::size_t end = 40 + 12 + (static_cast<std::size_t>(whole[44]) | static_cast<std::size_t>(whole[45]) << 8);
    for (std::size_t size = 40; size < end; size++) {
      CAPTURE(size);
      const ReadRecords got = read({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
      CHECK(got.rows.empty());
      CHECK(got.facts.lost >= 1);
      CHECK(got.facts.problems.size() == 1);
    }
  }
}

TEST_CASE("every byte of an nfdump file may be any other one") {
  for (const char* name : {"plain4", "plain6", "lzo", "bzip2", "lz4"}) {
    const std::vector<std::byte> whole = written(name);
    for (std::size_t at = 4; at < whole.size(); at++)
      for (const int value : {0x00, 0x01, 0x7f, 0xff}) {
        std::vector<std::byte> bytes = whole;
        bytes[at] = static_cast<std::byte>(value);
        auto reader = read_nfdump(stream_of(bytes));
        if (reader) CHECK(read_all(**reader).rows.size() <= 3);
      }
  }
}

TEST_CASE("what nfdump encrypted, or compressed in a way that is not known, is refused") {
  for (const std::size_t at : {16u, 17u}) {
    std::vector<std::byte> bytes = written("plain4");
    bytes[at] = std::byte{9};
    const auto reader = read_nfdump(stream_of(bytes));
    REQUIRE_FALSE(reader);
    CHECK(reader.error().code == Errc::unsupported);
  }
}
