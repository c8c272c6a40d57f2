// Random filters over random records, against a model that looks at one row at a time.
#include <catch2/catch.hpp>
#include <functional>
#include <random>

#include "base/address.h"
#include "base/int128.h"
#include "base/text.h"
#include "filter/filter.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/type.h"
#include "flow/where.h"
#include "support/flow_builder.h"
#include "support/scratch_folder.h"

using namespace argus;

namespace {

using Random = std::mt19937_64;
using Passes = std::function<bool(const Row&)>;

// A filter as text, what it must do, and how tightly its text holds together: 0 or, 1 and, 2 alone.
struct Made {
  std::string text;
  Passes passes;
  int grip = 2;
};

std::uint64_t pick(Random& random, std::uint64_t below) { return random() % below; }

Made number_test(Random& random) {
  static const Field fields[] = {Field::sport, Field::dport, Field::spkts, Field::dbytes, Field::sttl, Field::svlan};
  static const std::pair<const char*, int> ops[] = {{"=", 0},  {"eq", 0},  {"==", 0}, {"!=", 1}, {"<", 2},   {"lt", 2},
                                                    {"<=", 3}, {"lte", 3}, {">", 4},  {"gt", 4}, {"gte", 5}, {">=", 5}};
  const Field field = fields[pick(random, std::size(fields))];
  const auto [word, op] = ops[pick(random, std::size(ops))];
  const std::uint64_t value = pick(random, 5);
  const auto passes = [field, op = op, value](const Row& row) {
    if (!row.has(field)) return false;
    const std::uint64_t x = row.number(field);
    const bool results[] = {x == value, x != value, x<value, x <= value, x> value, x >= value};
    return results[op];
  };
  return {fmt::format("{} {} {}", info(field).name, word, value), passes};
}

Made set_test(Random& random) {
  static const Field fields[] = {Field::dport, Field::spkts, Field::dttl, Field::records};
  const Field field = fields[pick(random, std::size(fields))];
  const bool outside = pick(random, 3) == 0;
  std::vector<std::uint64_t> values;
  std::vector<std::string> words;
  for (std::uint64_t i = 0; i <= pick(random, 5); i++) {
    values.push_back(2 * pick(random, 6));
    words.push_back(std::to_string(values.back()));
  }
  const auto passes = [=](const Row& row) {
    if (!row.has(field)) return false;
    return (std::find(values.begin(), values.end(), row.number(field)) != values.end()) != outside;
  };
  return {fmt::format("{} {} {{{}}}", info(field).name, outside ? "not in" : "in", joined(words, ",")), passes};
}

Passes at_sides(int side, const Passes& on_src, const Passes& on_dst) {
  switch (side) {
    case 0: return on_src;
    case 1: return on_dst;
    case 2: return [=](const Row& row) { return on_src(row) && on_dst(row); };
    default: return [=](const Row& row) { return on_src(row) || on_dst(row); };
  }
}
constexpr const char* kSides[] = {"src ", "dst ", "src and dst ", "src or dst ", ""};

Made port_test(Random& random) {
  const int side = static_cast<int>(pick(random, 5));
  const std::uint64_t low = pick(random, 5), high = low + pick(random, 3);
  const auto on = [low, high](Field field) {
    return [=](const Row& row) { return row.has(field) && row.number(field) >= low && row.number(field) <= high; };
  };
  const std::string range = low == high ? std::to_string(low) : fmt::format("{}-{}", low, high);
  return {fmt::format("{}port {}", kSides[side], range), at_sides(side, on(Field::sport), on(Field::dport))};
}

// Without a side: an end has it, and no end that has it has this value.
Made unequal_test(Random& random) {
  static const std::tuple<const char*, Field, Field> pairs[] = {{"port", Field::sport, Field::dport},
                                                                {"ttl", Field::sttl, Field::dttl}};
  const auto [word, src, dst] = pairs[pick(random, std::size(pairs))];
  const std::uint64_t value = pick(random, 5);
  const bool set = pick(random, 2) == 0;
  const auto passes = [src = src, dst = dst, value](const Row& row) {
    const auto has = [&](Field field) { return row.has(field) && row.number(field) == value; };
    return (row.has(src) || row.has(dst)) && !has(src) && !has(dst);
  };
  return {fmt::format("{} {}", word, set ? fmt::format("not in {{{}}}", value) : fmt::format("!= {}", value)), passes};
}

Made address_test(Random& random, const std::vector<Row>& rows) {
  const Row& row = rows[pick(random, rows.size())];
  const Field from = pick(random, 2) == 0 ? Field::saddr : Field::daddr;
  if (!row.has(from)) return {"has inode", [](const Row& r) { return r.has(Field::inode); }};
  const Address address = std::get<Address>(row.cell(from));
  const int side = static_cast<int>(pick(random, 5));
  const bool net = pick(random, 2) == 0 && address.family() != Family::mac;
  const unsigned length = static_cast<unsigned>(pick(random, bits_of(address.family()) + 1));
  const Prefix prefix{masked(address, length), static_cast<std::uint8_t>(length)};
  const auto on = [=](Field field) -> Passes {
    return [=](const Row& r) {
      if (!r.has(field)) return false;
      const Address& own = std::get<Address>(r.cell(field));
      return net ? contains(prefix, own) : own == address;
    };
  };
  const std::string what = net ? fmt::format("net {}/{}", to_text(prefix.address), length) : "host " + to_text(address);
  return {kSides[side] + what, at_sides(side, on(Field::saddr), on(Field::daddr))};
}

// A file of addresses, networks and ranges around those of the rows, with values beside it or not.
Made file_test(Random& random, const std::vector<Row>& rows) {
  static const ScratchFolder folder;
  static int files = 0;
  std::vector<Prefix> nets;
  std::string text = "# made\n";
  for (std::uint64_t i = pick(random, 5); i > 0; i--) {
    const Row& row = rows[pick(random, rows.size())];
    if (!row.has(Field::saddr)) continue;
    const Address address = std::get<Address>(row.cell(Field::saddr));
    const unsigned bits = bits_of(address.family());
    const auto length =
        pick(random, 2) == 0 || address.family() == Family::mac ? bits : static_cast<unsigned>(pick(random, bits + 1));
    nets.push_back({masked(address, length), static_cast<std::uint8_t>(length)});
    text += to_text(nets.back().address) + (length == bits ? "" : "/" + std::to_string(length)) + " label\r\n";
  }
  const int side = static_cast<int>(pick(random, 5));
  const bool outside = side < 4 && pick(random, 3) == 0;
  const auto on = [=](Field field) -> Passes {
    return [=](const Row& r) {
      if (!r.has(field)) return false;
      const Address& own = std::get<Address>(r.cell(field));
      const bool in = std::any_of(nets.begin(), nets.end(), [&](const Prefix& net) { return contains(net, own); });
      return in != outside;
    };
  };
  const std::string path = folder.write(std::to_string(files++ % 64), text);
  return {fmt::format("{}host {}in @{}", kSides[side], outside ? "not " : "", path),
          at_sides(side, on(Field::saddr), on(Field::daddr))};
}

Made pattern_test(Random& random) {
  const bool unlike = pick(random, 2) == 0;
  const char* const op = unlike ? "!~" : "=~";
  switch (pick(random, 4)) {
    case 0: {
      const char letter = static_cast<char>('a' + pick(random, 4));
      return {fmt::format("srcid {} /^{}/", op, letter), [=](const Row& row) {
                return row.has(Field::srcid) &&
                       std::get<std::string>(row.cell(Field::srcid)).starts_with(letter) != unlike;
              }};
    }
    case 1:
      return {fmt::format("sflags {} /s/i", op), [=](const Row& row) {
                return row.has(Field::sflags) && ((row.number(Field::sflags) & 2) != 0) != unlike;
              }};
    case 2:
      return {fmt::format("proto {} /^(icmp|igmp)$/", op), [=](const Row& row) {
                return row.has(Field::proto) &&
                       (row.number(Field::proto) == 1 || row.number(Field::proto) == 2) != unlike;
              }};
    default:
      return {fmt::format("daddr {} \":\"", op), [=](const Row& row) {
                return row.has(Field::daddr) && !std::get<Address>(row.cell(Field::daddr)).is_v4() != unlike;
              }};
  }
}

// Lists without braces, ranges, units.
Made list_test(Random& random) {
  const bool outside = pick(random, 3) == 0;
  const std::uint64_t low = pick(random, 4), high = low + pick(random, 3), one = pick(random, 2000);
  const bool in_units = pick(random, 2) == 0;
  const auto passes = [=](const Row& row) {
    if (!row.has(Field::sbytes)) return false;
    const std::uint64_t x = row.number(Field::sbytes);
    return ((x >= low && x <= high) || x == one * (in_units ? 1024 : 1)) != outside;
  };
  return {fmt::format("sbytes {}in {}..{}, {}{}", outside ? "not " : "", low, high, one, in_units ? "KiB" : "B"),
          passes};
}

Made other_test(Random& random) {
  switch (pick(random, 6)) {
    case 0: {
      const std::uint64_t bound = pick(random, 9);
      // A half that is not there counts as nothing; without either there is no sum.
      return {fmt::format("bytes > {}", bound), [=](const Row& row) {
                u128 sum = 0;
                for (const Field half : {Field::sbytes, Field::dbytes})
                  if (row.has(half)) sum += row.number(half);
                return (row.has(Field::sbytes) || row.has(Field::dbytes)) && sum > bound;
              }};
    }
    case 1: {
      const std::uint64_t nanos = pick(random, 4);
      return {fmt::format("dur >= 0.00000000{}", nanos), [=](const Row& row) {
                return row.has(Field::stime) && row.number(Field::ltime) - row.number(Field::stime) >= nanos;
              }};
    }
    case 2: {
      const std::uint64_t mask = pick(random, 8);
      return {fmt::format("sflags & {}", mask),
              [=](const Row& row) { return row.has(Field::sflags) && (row.number(Field::sflags) & mask) != 0; }};
    }
    case 3:
      return {"src syn", [](const Row& row) { return row.has(Field::sevents) && row.number(Field::sevents) % 2 != 0; }};
    case 4: {
      const bool unequal = pick(random, 2) == 0;
      return {unequal ? "srcid != b" : "srcid b", [=](const Row& row) {
                return row.has(Field::srcid) && (std::get<std::string>(row.cell(Field::srcid)) == "b") != unequal;
              }};
    }
    default: {
      const std::uint64_t nanos = pick(random, 8);
      return {fmt::format("stime < 1.00000000{}", nanos), [=](const Row& row) {
                return row.has(Field::stime) && row.number(Field::stime) < 1'000'000'000 + nanos;
              }};
    }
  }
}

Made made(Random& random, const std::vector<Row>& rows, int depth);

std::string gripped(const Made& part, int grip) { return part.grip < grip ? "(" + part.text + ")" : part.text; }

Made combined(Random& random, const std::vector<Row>& rows, int depth) {
  const Made a = made(random, rows, depth - 1), b = made(random, rows, depth - 1);
  if (pick(random, 2) == 0)
    return {gripped(a, 1) + (pick(random, 2) == 0 ? " and " : " && ") + gripped(b, 1),
            [=](const Row& row) { return a.passes(row) && b.passes(row); }, 1};
  return {a.text + (pick(random, 2) == 0 ? " or " : " || ") + b.text,
          [=](const Row& row) { return a.passes(row) || b.passes(row); }, 0};
}

Made made(Random& random, const std::vector<Row>& rows, int depth) {
  if (depth > 0 && pick(random, 3) != 0) {
    if (pick(random, 4) != 0) return combined(random, rows, depth);
    const Made inner = made(random, rows, depth - 1);
    return {(pick(random, 2) == 0 ? "not " : "!") + gripped(inner, 2),
            [=](const Row& row) { return !inner.passes(row); }};
  }
  switch (pick(random, 9)) {
    case 0: return number_test(random);
    case 5: return unequal_test(random);
    case 6: return file_test(random, rows);
    case 7: return pattern_test(random);
    case 8: return list_test(random);
    case 1: return set_test(random);
    case 2: return port_test(random);
    case 3: return address_test(random, rows);
    default: return other_test(random);
  }
}

// Exactly what a frame's directory could say of the rows, and a membership filter that lets nothing wrong through.
class StatsOf final : public FrameStats {
 public:
  explicit StatsOf(const std::vector<Row>& rows) : rows_(rows) {}
  std::optional<Range> range(Field field) const override {
    if (!is_stored(field) || info(field).type == Type::bytes) return std::nullopt;
    Range out;
    for (const Row& row : rows_) {
      if (!row.has(field)) {
        out.absent = true;
        continue;
      }
      const u128 x = image(row, field);
      out.least = out.any ? std::min(out.least, x) : x;
      out.most = out.any ? std::max(out.most, x) : x;
      out.any = true;
    }
    return out;
  }
  bool may_contain(Field field, const Address& address) const override {
    return std::any_of(rows_.begin(), rows_.end(),
                       [&](const Row& row) { return row.has(field) && std::get<Address>(row.cell(field)) == address; });
  }

 private:
  static u128 image(const Row& row, Field field) {
    const Cell& cell = row.cell(field);
    if (const auto* wide = std::get_if<u128>(&cell)) return *wide;
    if (const auto* address = std::get_if<Address>(&cell)) return ordered_image(*address);
    const auto number = std::get<std::uint64_t>(cell);
    return info(field).type == Type::i64 ? ordered_image(static_cast<std::int64_t>(number)) : u128{number};
  }
  const std::vector<Row>& rows_;
};

std::vector<std::uint8_t> selected(const Where* where, const Batch& batch) {
  std::vector<std::uint8_t> keep(batch.rows(), 1);
  if (where != nullptr) where->select(batch, keep);
  return keep;
}

// The program as it is listed for people, which is a filter.
std::string lines_of(const std::string& text) {
  const auto listing = list_filter(text);
  REQUIRE(listing);
  std::string out;
  for (const FilterLine& line : listing->lines) out += line.text + '\n';
  return out;
}

}  // namespace

TEST_CASE("random filters choose the rows that a model chooses, whatever the shape of the columns") {
  Random random(20261124);
  std::size_t none = 0, all = 0, kept = 0, seen = 0;
  for (int round = 0; round < 1500; round++) {
    std::vector<Row> rows;
    const std::size_t count = pick(random, 3) == 0 ? 1 : 1 + pick(random, 24);
    for (std::size_t i = 0; i < count; i++) rows.push_back(random_row(random, pick(random, 4) == 0));
    const Made filter = made(random, rows, 4);
    CAPTURE(filter.text);
    const auto where = compile_filter(filter.text, nullptr, SetFiles::read);
    REQUIRE(where);
    std::vector<std::uint8_t> expected;
    for (const Row& row : rows) expected.push_back(filter.passes(row) ? 1 : 0);
    const Batch batch = batch_of(rows);
    REQUIRE(selected(where->get(), batch) == expected);
    REQUIRE(selected(where->get(), with_dictionaries(batch)) == expected);

    const auto text = explain_filter(filter.text);
    REQUIRE(text);
    CAPTURE(*text);
    const auto again = compile_filter(*text, nullptr, SetFiles::read);
    REQUIRE(again);
    REQUIRE(selected(again->get(), batch) == expected);
    REQUIRE(*explain_filter(*text) == *text);
    const std::string lines = lines_of(filter.text);
    CAPTURE(lines);
    const auto listed = compile_filter(lines, nullptr, SetFiles::read);
    REQUIRE(listed);
    REQUIRE(selected(listed->get(), batch) == expected);
    REQUIRE(lines_of(lines) == lines);

    const auto portable = portable_filter(filter.text, kFilterBytesMax);
    REQUIRE(portable);
    const auto sent = compile_filter(*portable);
    REQUIRE(sent);
    const std::vector<std::uint8_t> wider = selected(sent->get(), batch);
    for (std::size_t i = 0; i < rows.size(); i++) REQUIRE(wider[i] >= expected[i]);

    if (*where == nullptr) continue;
    const Verdict verdict = (*where)->judge(StatsOf(rows));
    const auto hits = static_cast<std::size_t>(std::count(expected.begin(), expected.end(), 1));
    if (verdict == Verdict::none) REQUIRE(hits == 0);
    if (verdict == Verdict::all) REQUIRE(hits == rows.size());
    none += verdict == Verdict::none ? 1 : 0;
    all += verdict == Verdict::all ? 1 : 0;
    kept += hits, seen += rows.size();
  }
  CHECK(none > 100);  // the verdicts are worth asking for
  CHECK(all > 50);
  CHECK((kept > seen / 10 && kept < seen * 9 / 10));
}

TEST_CASE("rows that are no longer wanted stay unwanted") {
  Random random(7);
  std::vector<Row> rows;
  for (int i = 0; i < 64; i++) rows.push_back(random_row(random));
  const Batch batch = batch_of(rows);
  for (const char* text :
       {"not has sport", "sport = 1 or sport != 1 or not has sport", "all", "spkts > 1 or srcid b", "srcid =~ /[ab]/",
        "saddr !~ /1/ or srcid =~ /c/", "saddr in {::/1, 10.0.0.0/8, 0.0.0.0/1}"}) {
    const auto where = compile_filter(text);
    REQUIRE(where);
    if (*where == nullptr) continue;
    std::vector<std::uint8_t> whole(64, 1), half(64, 1), nothing(64, 0);
    for (std::size_t i = 0; i < 64; i += 2) half[i] = 0;
    (*where)->select(batch, whole);
    (*where)->select(batch, half);
    (*where)->select(batch, nothing);
    for (std::size_t i = 0; i < 64; i++) CHECK(half[i] == (i % 2 == 0 ? 0 : whole[i]));
    CHECK(std::count(nothing.begin(), nothing.end(), 1) == 0);
  }
}

TEST_CASE("an absent field fails every comparison, and 'not' turns that round") {
  const Batch batch = batch_of({row().with(Field::spkts, 1), row().with(Field::sport, 5).with(Field::spkts, 1)});
  const auto rows = [&](const char* text) {
    const auto where = compile_filter(text);
    REQUIRE(where);
    return selected(where->get(), batch);
  };
  using Keep = std::vector<std::uint8_t>;
  CHECK(rows("sport = 5") == Keep{0, 1});
  CHECK(rows("sport != 5") == Keep{0, 0});
  CHECK(rows("not sport = 5") == Keep{1, 0});
  CHECK(rows("sport >= 0") == Keep{0, 1});
  CHECK(rows("sport not in {6, 7}") == Keep{0, 1});
  CHECK(rows("has sport") == Keep{0, 1});
  CHECK(rows("not has sport") == Keep{1, 0});
  CHECK(rows("srcid != x") == Keep{0, 0});
  CHECK(rows("port != 5") == Keep{0, 0});
  CHECK(rows("port != 6") == Keep{0, 1});
  CHECK(rows("src and dst port != 6") == Keep{0, 0});
  CHECK(rows("not srcid x") == Keep{1, 1});
  CHECK(rows("dport = 5 or not dport = 5") == Keep{1, 1});
  CHECK(rows("load > 0 or load <= 0") == Keep{0, 0});
}

TEST_CASE("of a set of bits, != is what = is not, wherever there is a set") {
  const Batch batch = batch_of({row(), row().with(Field::senc, 0), row().with(Field::senc, 0x20),
                                row().with(Field::senc, 0x21).with(Field::denc, 0), row().with(Field::denc, 0x04)});
  const auto rows = [&](const char* text) {
    const auto where = compile_filter(text);
    REQUIRE(where);
    return selected(where->get(), batch);
  };
  using Keep = std::vector<std::uint8_t>;
  CHECK(rows("src encaps gre") == Keep{0, 0, 1, 1, 0});
  CHECK(rows("src encaps != gre") == Keep{0, 1, 0, 0, 0});
  CHECK(rows("encaps = gre") == Keep{0, 0, 1, 1, 0});
  CHECK(rows("encaps != gre") == Keep{0, 1, 0, 0, 1});
  CHECK(rows("encaps gre,vlan") == Keep{0, 0, 1, 1, 1});
  CHECK(rows("encaps not in {gre, vlan}") == Keep{0, 1, 0, 0, 0});
  CHECK(rows("src and dst encaps != gre") == Keep{0, 0, 0, 0, 0});
  CHECK(rows("encaps != 0") == Keep{0, 0, 1, 0, 1});
}

TEST_CASE("a sum of two halves is compared when one of them is there") {
  const Batch batch = batch_of({row().with(Field::spkts, 1), row().with(Field::sbytes, 5), row().with(Field::dbytes, 0),
                                row().with(Field::sbytes, 5).with(Field::dbytes, 6)});
  const auto rows = [&](const char* text) {
    const auto where = compile_filter(text);
    REQUIRE(where);
    return selected(where->get(), batch);
  };
  using Keep = std::vector<std::uint8_t>;
  CHECK(rows("bytes > 0") == Keep{0, 1, 0, 1});
  CHECK(rows("!bytes > 0") == Keep{1, 0, 1, 0});
  CHECK(rows("bytes = 5") == Keep{0, 1, 0, 0});
  CHECK(rows("bytes >= 0") == Keep{0, 1, 1, 1});
  CHECK(rows("has bytes") == Keep{0, 1, 1, 1});
  CHECK(rows("bytes > 10") == Keep{0, 0, 0, 1});
}

TEST_CASE("words of the classic language choose what they say") {
  Row syn = tcp_row("10.0.0.1", 1025, "192.0.2.1", 80);
  syn.with(Field::sevents, 1).with(Field::devents, 0);
  Row ping =
      row().with(Field::proto, 1).with(Field::saddr, "10.0.0.1").with(Field::daddr, "10.0.0.2").with(Field::itype, 8);
  Row six = row()
                .with(Field::proto, 17)
                .with(Field::saddr, "2001:db8::1")
                .with(Field::daddr, "ff02::1")
                .with(Field::sport, 5353);
  Row arp = row()
                .with(Field::proto, 0x806)
                .with(Field::etype, 0x806)
                .with(Field::saddr, "10.0.0.9")
                .with(Field::daddr, "10.0.0.1");
  Row frame =
      row().with(Field::proto, 0x88cc).with(Field::saddr, "02:00:00:00:00:01").with(Field::daddr, "01:80:c2:00:00:0e");
  frame.with(Field::smac, 0x020000000001u).with(Field::dmac, 0x0180c200000eu);
  const Batch batch = batch_of({syn, ping, six, arp, frame});
  const std::pair<const char*, const char*> table[] = {
      {"ip", "11100"},
      {"ip4", "11000"},
      {"ip6", "00100"},
      {"arp", "00010"},
      {"icmp", "01000"},
      {"lldp", "00001"},
      {"host 10.0.0.1", "11010"},
      {"net ::/0", "00100"},
      {"echo", "01000"},
      {"syn", "10000"},
      {"src syn", "10000"},
      {"dst syn", "00000"},
      {"multicast", "00101"},
      {"src multicast", "00000"},
      {"port http", "10000"},
      {"not ip", "00011"},
      {"ether multicast", "00001"},
      {"ether dst 01:80:c2:00:00:0e", "00001"},
      {"dst host 10.0.0.1", "00010"},
      {"ip and not man", "11100"},
      {"host 02:00:00:00:00:01", "00001"},
      {"port != 80", "00100"},
  };
  for (const auto& [text, expected] : table) {
    CAPTURE(text);
    const auto where = compile_filter(text);
    REQUIRE(where);
    std::string chosen;
    for (const std::uint8_t keep : selected(where->get(), batch)) chosen += keep != 0 ? '1' : '0';
    CHECK(chosen == expected);
  }
}
