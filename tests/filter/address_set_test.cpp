// Sets of addresses: as tables, as files, and in filters.
#include "filter/address_set.h"

#include <catch2/catch.hpp>
#include <random>

#include "base/address.h"
#include "base/int128.h"
#include "base/result.h"
#include "filter/address_file.h"
#include "filter/filter.h"
#include "filter/span.h"
#include "flow/where.h"
#include "support/flow_builder.h"
#include "support/scratch_folder.h"

using namespace argus;

namespace {

using Holds = AddressSet::Holds;
using Random = std::mt19937_64;

Result<AddressSet> read(std::string_view text, std::size_t piece = std::string_view::npos,
                        std::size_t most = kSetRangesMax) {
  AddressLines lines("bad.txt", most);
  while (!text.empty()) {
    const std::string_view some = text.substr(0, piece);
    if (auto done = lines.take(some); !done) return std::move(done.error());
    text.remove_prefix(some.size());
  }
  return lines.finish();
}

std::string fault_of(std::string_view text) {
  const auto out = read(text);
  REQUIRE_FALSE(out);
  CHECK(out.error().code == Errc::usage);
  return out.error().text;
}

bool has(const AddressSet& set, const char* address) { return set.contains(*parse_address(address)); }

Address near(Random& random) {
  const std::uint64_t number = random() % 64;
  if (random() % 3 == 0) return Address::from_mac(number);
  if (random() % 2 == 0)
    return Address::from_v4(std::array<std::uint8_t, 4>{10, 0, 0, static_cast<std::uint8_t>(number)}.data());
  std::array<std::uint8_t, 16> bytes{0x20, 0x01};
  bytes[15] = static_cast<std::uint8_t>(number);
  return Address::from_v6(bytes.data());
}

}  // namespace

TEST_CASE("a table of ranges holds what its ranges hold, whatever their number and place") {
  Random random(11);
  for (int round = 0; round < 300; round++) {
    const std::uint64_t base = random(), span = 1 + random() % (round % 2 == 0 ? 40 : 100'000);
    std::vector<RangeTable<u128>::Range> ranges;
    for (std::uint64_t i = random() % 50; i > 0; i--) {
      const u128 least = (u128{base} << (random() % 60)) + random() % span;
      ranges.push_back({least, least + random() % 5});
    }
    const auto naive = [&](u128 value) {
      return std::any_of(ranges.begin(), ranges.end(),
                         [=](const auto& r) { return value >= r.least && value <= r.most; });
    };
    const RangeTable<u128> table(ranges);
    const auto same = [&](u128 value) { return table.contains(value) == naive(value); };
    bool all = same(0) && same(~u128{0}) && same(base);
    for (const auto& range : ranges)
      for (const u128 value : {range.least - 1, range.least, range.most, range.most + 1, range.most + 4})
        all &= same(value);
    CHECK(all);
  }
}

TEST_CASE("what a set says of a span is true of its addresses") {
  Random random(12);
  std::size_t none = 0, every = 0;
  for (int round = 0; round < 2000; round++) {
    std::string text;
    std::vector<std::pair<Address, Address>> ranges;
    for (std::uint64_t i = random() % 4; i > 0; i--) {
      Address least = near(random), most = random() % 2 == 0 ? least : near(random);
      if (least.family() != most.family()) continue;
      if (most < least) std::swap(least, most);
      ranges.emplace_back(least, most);
      text += to_text(least) + (least == most ? "" : " - " + to_text(most)) + "\n";
    }
    const auto set = read(text);
    REQUIRE(set);
    Address least = near(random), most = near(random);
    if (most < least) std::swap(least, most);
    const Span span{ordered_image(least), ordered_image(most)};
    const Holds holds = set->holds(span);
    std::size_t in = 0, seen = 0;
    for (int i = 0; i < 200; i++) {
      const Address one = i == 0 ? least : i == 1 ? most : near(random);
      if (one < least || most < one) continue;
      const bool held = std::any_of(ranges.begin(), ranges.end(),
                                    [&](const auto& r) { return !(one < r.first) && !(r.second < one); });
      REQUIRE(set->contains(one) == held);
      seen++, in += held ? 1 : 0;
      const auto singles = set->singles(span, 64);
      if (held && !singles.empty()) REQUIRE(std::find(singles.begin(), singles.end(), one) != singles.end());
    }
    if (holds == Holds::none) REQUIRE(in == 0);
    if (holds == Holds::all) REQUIRE(in == seen);
    none += holds == Holds::none ? 1 : 0, every += holds == Holds::all ? 1 : 0;
  }
  CHECK(none > 200);
  CHECK(every > 5);
}

TEST_CASE("a file of addresses has single ones, networks and ranges, with comments and labels") {
  const std::string text =
      "\xef\xbb\xbf# a list\r\n"
      "\r\n"
      "192.0.2.1\r\n"
      "  192.0.2.5 the printer\t\n"
      "198.51.100.0/24 ; SBL1\n"
      ";comment\n"
      "203.0.113.7-203.0.113.9\n"
      "203.0.113.20 - 203.0.113.22 three of them\n"
      "10.0.0.0/8,internal\n"
      "2001:db8::/32#documentation\n"
      "2001:DB9::1\n"
      "02:00:00:00:00:01\n"
      "2001:dba::-2001:dba::ff";
  for (const std::size_t piece : {std::string_view::npos, std::size_t{1}, std::size_t{7}}) {
    const auto set = read(text, piece);
    REQUIRE(set);
    CHECK(set->ranges() == 10);
    for (const char* in : {"192.0.2.1", "192.0.2.5", "198.51.100.255", "203.0.113.8", "203.0.113.21", "10.200.1.1",
                           "2001:db8:ffff::1", "2001:db9::1", "02:00:00:00:00:01", "2001:dba::80"})
      CHECK(has(*set, in));
    for (const char* out : {"192.0.2.2", "198.51.101.0", "203.0.113.10", "203.0.113.19", "11.0.0.0", "2001:db9::2",
                            "02:00:00:00:00:02", "2001:dba::100", "::1"})
      CHECK_FALSE(has(*set, out));
  }
  CHECK(read("")->ranges() == 0);
  CHECK_FALSE(has(*read("::/0"), "10.0.0.1"));  // IPv6 is not IPv4
  CHECK_FALSE(has(*read("::/0"), "02:00:00:00:00:01"));
  CHECK(has(*read("::/0"), "::1"));
  CHECK(has(*read("0.0.0.0/0\n255.255.255.255"), "255.255.255.255"));
}

TEST_CASE("a bad line is an error that names file and line, with its text made safe") {
  CHECK(fault_of("10.0.0.1\n\nevil.example\n") == "bad.txt:3: 'evil.example' is not an address, a network or a range");
  CHECK(fault_of("10.0.0.1/8") == "bad.txt:1: 10.0.0.1/8 has bits set outside its mask; 10.0.0.0/8 is the network");
  CHECK(fault_of("10.0.0.0/33") == "bad.txt:1: '10.0.0.0/33' is not a network");
  CHECK(fault_of("10.0.0.9-10.0.0.1") == "bad.txt:1: 10.0.0.9-10.0.0.1 ends before it begins");
  CHECK(fault_of("10.0.0.9-2001:db8::") == "bad.txt:1: 10.0.0.9 and 2001:db8:: are of different families");
  CHECK(fault_of("10.0.0.9 - 10.0.0.300 x") ==
        "bad.txt:1: '10.0.0.9 - 10.0.0.300' is not an address, a network or a range");
  CHECK(fault_of("\x1b[31mred\n") == "bad.txt:1: '\\x1b[31mred' is not an address, a network or a range");
  CHECK(fault_of(std::string("\xff\xfe") + "1") == "bad.txt:1: '\\xff\\xfe1' is not an address, a network or a range");
  CHECK(fault_of("10") == "bad.txt:1: '10' is not an address, a network or a range");
  CHECK(fault_of(std::string(5000, 'x')) == "bad.txt:1: a line of more than 4096 bytes");
  CHECK(fault_of("10.0.0.1 " + std::string(5000, 'x')) == "bad.txt:1: a line of more than 4096 bytes");
}

TEST_CASE("what overlaps takes no room, and what is apart has a limit") {
  std::string text;
  for (int i = 0; i < 3000; i++)
    for (unsigned length = 0; length <= 128; length++) text += "::/" + std::to_string(length) + "\n";
  CHECK(read(text)->ranges() == 3);  // around IPv4 and MAC addresses
  std::string apart;
  for (int i = 0; i < 200; i++) apart += fmt::format("10.0.{}.{}\n", i / 100, 2 * (i % 100));
  CHECK(read(apart, std::string::npos, 200)->ranges() == 200);
  const auto more = read(apart, std::string::npos, 199);
  REQUIRE_FALSE(more);
  CHECK(more.error().text == "bad.txt: more than 4194304 ranges of addresses, the most for one filter");
}

TEST_CASE("a filter names files where it may, and says what is wrong with them in their place") {
  const ScratchFolder folder;
  const std::string path = folder.write("bad list.txt", "10.0.0.0/30\n2001:db8::1\n");
  const std::string missing = folder.file("none.txt");
  const auto compiled = [](const std::string& text, SetFiles may = SetFiles::read) {
    FilterFault fault;
    auto out = compile_filter(text, &fault, may);
    return out ? std::string() : fault.text;
  };
  const std::string file = "@\"" + path + "\"";
  for (const char* form : {"src in ", "host in ", "saddr not in ", "dst ", "host = ", "src and dst net in "})
    CHECK(compiled(form + file) == "");
  CHECK(compiled("src in {10.0.0.9, " + file + "," + file + "}") == "");
  CHECK(compiled("src in " + file, SetFiles::named) == "");
  CHECK(compiled("src in " + file, SetFiles::refused).starts_with("a filter may not name a file here"));
  CHECK(compile_filter("src in " + file).error().text.starts_with("filter: a filter may not name a file here"));
  CHECK(compiled("src in @" + missing) == missing + ": no such file or directory");
  CHECK(compiled("src in @-") == "a list of addresses is not read from standard input; name a file, @FILE");
  CHECK(compiled("dport in " + file) == "a file holds addresses, and dport is none");
  CHECK(compiled("saddr > " + file) == "'>' takes one value");
  CHECK(compiled("src in @") == "the name of a file is missing after '@'");
  CHECK(compiled(file) == "a value with nothing to compare it with");
  CHECK(compiled("src in @\"a\\x00b\"") == "a zero byte in the name of a file");
  CHECK(*explain_filter("host not in @bad.txt") ==
        "(((saddr not in @bad.txt) or (daddr not in @bad.txt)) and "
        "(not ((saddr in @bad.txt) or (daddr in @bad.txt))))");
  CHECK(*explain_filter("src in {10.0.0.1, " + file + "}") == "((saddr = 10.0.0.1) or (saddr in " + file + "))");
  folder.write("bad list.txt", "10.0.0.0/30\n2001:db8::1\nx\n");
  CHECK(compiled("src in " + file) == path + ":3: 'x' is not an address, a network or a range");
  std::string many = "src in {";
  for (std::size_t i = 0; i <= kSetFilesMax; i++) many += "@" + std::to_string(i) + " ";
  CHECK(compiled(many + "}", SetFiles::named) == "more than 64 files of addresses");
}

TEST_CASE("what goes to another machine names no file and lets through all that the filter does") {
  const auto portable = [](const char* text, std::size_t most = 200) { return *portable_filter(text, most); };
  CHECK(portable("tcp and  port 80") == "tcp and  port 80");
  CHECK(portable("src in @a") == "");
  CHECK(portable("src in @a and tcp") == "(proto = tcp)");
  CHECK(portable("src not in @a and not dst in @b and tcp") == "(proto = tcp)");
  CHECK(portable("src in @a or tcp") == "");
  CHECK(portable("udp and not (src in @a and tcp)") == "(proto = udp)");
  CHECK(portable("udp and not (src in @a or tcp)") == "((proto = udp) and (not (proto = tcp)))");
  CHECK(portable("tcp and port 80", 5) == "");
  CHECK(portable("tcp and cid 1:LQU9qZlK+B5F3KDmev6m5PMibrg=") == "(proto = tcp)");
  CHECK_FALSE(portable_filter("prot", 100));
}
