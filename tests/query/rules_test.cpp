#include "query/rules.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>

#include "base/address.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

RuleSet rules(std::string_view text) {
  auto parsed = parse_rules(text, "r.conf");
  if (!parsed) FAIL(parsed.error().text);
  return *std::move(parsed);
}

std::string fault(std::string_view text) {
  const auto parsed = parse_rules(text, "r.conf");
  if (parsed) return "accepted";
  CHECK(parsed.error().code == Errc::usage);
  return parsed.error().text;
}

bool starts(const std::string& text, std::string_view head) {
  CAPTURE(text, std::string(head));
  CHECK(text.substr(0, head.size()) == head);
  return true;
}

std::vector<Row> by_rules(const std::vector<Row>& rows, std::string_view text, bool rmon = false) {
  const SourcePtr flows = clustered_by(source_of({batch_of(rows)}), rules(text), rmon);
  return rows_of(*flows);
}

Row at_second(std::int64_t second, std::uint64_t packets = 1) {
  return tcp_row("10.0.0.1", 1, "10.0.0.2", 80, packets)
      .with(Field::stime, second * kSecond)
      .with(Field::ltime, second * kSecond);
}

std::vector<Row> office() {
  return {tcp_row("192.168.1.2", 5000, "10.0.0.1", 80, 1, 2), tcp_row("192.168.9.3", 5001, "10.0.0.1", 80, 3, 4),
          tcp_row("172.16.0.9", 5002, "192.168.1.2", 443, 5, 6), tcp_row("8.8.8.8", 53, "9.9.9.9", 53, 7, 8)};
}

// Live input: gives its steps one by one.
class Scripted final : public Source {
 public:
  explicit Scripted(std::vector<std::optional<Batch>> steps) : steps_(std::move(steps)) { header_.live = true; }
  Result<> bind(const Needs&, const Resources&) override { return {}; }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override {
    if (at_ == steps_.size()) return Step::end;
    const auto& step = steps_[at_++];
    if (!step) return Step::tick;
    out = *step;
    return Step::rows;
  }
  void drain(Journal&) override {}
  std::vector<Error> problems() const override { return {}; }

 private:
  std::vector<std::optional<Batch>> steps_;
  StreamHeader header_;
  std::size_t at_ = 0;
};

}  // namespace

TEST_CASE("the rules of the article are read as printed") {
  const RuleSet set = rules(
      "# comment\n"
      "RACLUSTER_MODEL_NAME=\"site\"\n"
      "RACLUSTER_PRESERVE_FIELDS=yes\n"
      "RACLUSTER_REPORT_AGGREGATION=yes\n"
      "RACLUSTER_AUTO_CORRECTION=no\r\n"
      "RACLUSTER_AGG_METRIC=dur\n"
      "\n"
      "  filter=\"src net ( 192.168.0.0/16 )\" model=\"saddr/8 proto dport\"\n"
      "filter=\"dst net ( 192.168.0.0/16 )\" model=\"proto sport daddr/8\"");
  REQUIRE(set.rules.size() == 2);
  CHECK(set.rules[0].filter != nullptr);
  CHECK(set.rules[0].line == 8);
  REQUIRE(set.rules[0].key.keys.size() == 3);
  CHECK(set.rules[0].key.keys[0].prefix4 == 8);
  CHECK(set.rules[1].key.keys[2].field == Field::daddr);
}

TEST_CASE("items stand in any order, quoted or not") {
  const RuleSet set =
      rules("cont idle=2h, label='web \"x\"' status=120s model=saddr filter=tcp grep=\"a\\\"b\" # all\n");
  REQUIRE(set.rules.size() == 1);
  const Rule& rule = set.rules[0];
  CHECK(rule.cont);
  CHECK(rule.idle == 2 * kHour);
  CHECK(rule.status == 120 * kSecond);
  CHECK(rule.label == "web \"x\"");
  CHECK(rule.grep == "a\"b");
  CHECK(rule.key.keys[0].field == Field::saddr);
  const RuleSet never = rules("model=saddr status=0 idle=0s\n");
  CHECK(never.rules[0].status == 0);
  CHECK(never.rules[0].idle == 0);
  CHECK(never.rules[0].filter == nullptr);
  CHECK(rules("").rules.empty());
  CHECK(rules("\n\n# only\n").rules.empty());
}

TEST_CASE("errors name the file, the line and the column of the bad word") {
  starts(fault("model=\"saddr\"\nfliter=\"tcp\" model=\"saddr\"\n"),
         "r.conf:2:1: no item 'fliter'; did you mean 'filter'?");
  starts(fault("model=\"saddr byts\""), "r.conf:1:14: no field 'byts'; did you mean 'bytes'");
  starts(fault("  model=\"saddr/129\""), "r.conf:1:10: ");
  starts(fault("model=\"none saddr\""), "r.conf:1:8: 'none' merges nothing");
  starts(fault("\n\nmodel=\"saddr"), "r.conf:3:7: the quote that opens here is never closed");
  starts(fault("model=saddr status=5x"), "r.conf:1:20: status=5x");
  starts(fault("model=saddr model=daddr"), "r.conf:1:13: model is given twice");
  starts(fault("filter"), "r.conf:1:7: filter needs a value");
  starts(fault("filter=\"\""), "r.conf:1:9: filter needs a value");
  starts(fault("=5"), "r.conf:1:1: a name is missing");
  starts(fault("filter=src net 10.0.0.0/8"), "r.conf:1:");
  starts(fault("RACLUSTER_AGG_METRICS=dur"),
         "r.conf:1:1: no setting 'RACLUSTER_AGG_METRICS'; did you mean 'RACLUSTER_AGG_METRIC'?");
  starts(fault("RACLUSTER_AUTO_CORRECTION=maybe"), "r.conf:1:27: RACLUSTER_AUTO_CORRECTION is yes or no");
  starts(fault("RACLUSTER_AUTO_CORRECTION"), "r.conf:1:26: RACLUSTER_AUTO_CORRECTION needs a value");
  starts(fault("RACLUSTER_AUTO_CORRECTION=no yes"), "r.conf:1:30: nothing can follow");
}

TEST_CASE("the column of a bad filter points into the filter") {
  const auto is_at = [](std::string_view text, std::string_view place) {
    const std::string message = fault(text);
    CAPTURE(message);
    CHECK(message.substr(0, place.size()) == place);
  };
  is_at("model=saddr\nmodel=\"proto\" filter=\"tcp and prot\"\n", "r.conf:2:31: ");
  is_at("filter=\"prot\"", "r.conf:1:9: ");
}

TEST_CASE("too many rules and too long files are refused") {
  std::string many;
  for (std::size_t i = 0; i <= kRulesMax; i++) many += "model=saddr\n";
  CHECK(fault(many).find("more than") != std::string::npos);
  CHECK(fault(std::string(kRulesBytesMax + 1, '#')).find("too many") != std::string::npos);
}

TEST_CASE("a rules file cut anywhere is rules or a usage error") {
  const std::string whole =
      "RACLUSTER_MODEL_NAME=\"x\"\nfilter=\"src net ( 10.0.0.0/8 )\" model='saddr/8 proto' status=1m idle=5s "
      "label=\"l\" cont\nmodel=none\n";
  for (std::size_t size = 0; size <= whole.size(); size++) {
    const auto parsed = parse_rules(std::string_view(whole).substr(0, size), "r.conf");
    if (!parsed) CHECK(parsed.error().code == Errc::usage);
  }
}

TEST_CASE("the first matching rule takes a record, the rest goes by flow, and nothing is lost") {
  const std::string_view text =
      "filter=\"src net ( 192.168.0.0/16 )\" model=\"saddr/8 proto dport\"\n"
      "filter=\"dst net ( 192.168.0.0/16 )\" model=\"saddr/8 proto dport\"\n";
  const std::vector<Row> out = by_rules(office(), text);
  REQUIRE(out.size() == 3);
  CHECK(to_text(std::get<Address>(out[0].cell(Field::saddr))) == "192.0.0.0");
  CHECK(out[0].number(Field::smask) == 8);
  CHECK(out[0].number(Field::spkts) == 4);
  CHECK(to_text(std::get<Address>(out[1].cell(Field::saddr))) == "172.0.0.0");
  CHECK(to_text(std::get<Address>(out[2].cell(Field::saddr))) == "8.8.8.8");
  for (const Field field : {Field::spkts, Field::dpkts, Field::sbytes, Field::dbytes, Field::trans, Field::records})
    CHECK(total(out, field) == total(office(), field));
}

TEST_CASE("sums over the rows of any rules are the totals of the input") {
  std::mt19937_64 random(5);
  const std::vector<std::string> lines = {"filter=\"tcp\" model=\"proto dport\"\n",
                                          "filter=\"dst port 80\" model=\"daddr/24\" idle=3s\n",
                                          "filter=\"src net 10.0.0.0/24\" model=matrix status=2s\n",
                                          "filter=\"udp\" model=none\n", "model=\"saddr proto\" grep=\"never\"\n"};
  for (int round = 0; round < 40; round++) {
    std::string text;
    for (const std::string& line : lines)
      if (random() % 2 == 0) text += line;
    std::vector<Row> rows;
    while (rows.size() < 80) {
      const auto address = [&] { return "10.0." + std::to_string(random() % 2) + "." + std::to_string(random() % 4); };
      const auto second = static_cast<std::int64_t>(random() % 12);
      rows.push_back(tcp_row(address().c_str(), static_cast<unsigned>(random() % 3), address().c_str(),
                             random() % 2 == 0 ? 80 : 53, random() % 9, random() % 9)
                         .with(Field::proto, random() % 2 == 0 ? 6 : 17)
                         .with(Field::stime, second * kSecond)
                         .with(Field::ltime, (second + 1) * kSecond));
    }
    CAPTURE(text);
    const std::vector<Row> out = by_rules(rows, text);
    for (const Field field : {Field::trans, Field::records}) REQUIRE(total(out, field) == total(rows, field));
    for (const auto& [s, d] : {std::pair{Field::spkts, Field::dpkts}, std::pair{Field::sbytes, Field::dbytes}})
      REQUIRE(total(out, s) + total(out, d) == total(rows, s) + total(rows, d));
  }
}

TEST_CASE("with cont a record is counted here and by what follows") {
  const std::vector<Row> out = by_rules(office(), "model=proto cont\nfilter=\"dst port 80\" model=dport\n");
  CHECK(total(out, Field::spkts) == 2 * total(office(), Field::spkts));
  CHECK(out[0].number(Field::spkts) == 16);
}

TEST_CASE("the output of one rule follows that of the rule before, in key order") {
  const std::vector<Row> out = by_rules(office(), "filter=\"dst port 443 or dst port 53\" model=dport\nmodel=dport\n");
  REQUIRE(out.size() == 3);
  CHECK(out[0].number(Field::dport) == 53);
  CHECK(out[1].number(Field::dport) == 443);
  CHECK(out[2].number(Field::dport) == 80);
}

TEST_CASE("a rule over labels matches no record without one") {
  const std::vector<Row> out = by_rules(office(), "grep=\".\" model=proto\n");
  CHECK(out.size() == office().size());
}

TEST_CASE("status cuts a group into pieces of that time") {
  std::vector<Row> rows;
  for (std::int64_t second = 0; second < 300; second += 20) rows.push_back(at_second(second));
  const std::vector<Row> out = by_rules(rows, "model=\"saddr\" status=60s\n");
  REQUIRE(out.size() == 5);
  for (std::size_t i = 0; i < out.size(); i++) {
    CHECK(out[i].number(Field::stime) == i * 60 * kSecond);
    CHECK(out[i].number(Field::spkts) == 3);
  }
}

TEST_CASE("idle ends a group that was silent, and only that") {
  const std::vector<Row> rows = {at_second(0, 1), at_second(9, 2), at_second(19, 4), at_second(20, 8)};
  const std::vector<Row> out = by_rules(rows, "model=saddr idle=10s\n");
  REQUIRE(out.size() == 2);
  CHECK(out[0].number(Field::spkts) == 3);
  CHECK(out[1].number(Field::spkts) == 12);
  CHECK(by_rules(rows, "model=saddr idle=11s\n").size() == 1);
}

TEST_CASE("live, a group that idle ends is written when the time has come, and the rest at the end") {
  const Row other =
      tcp_row("10.0.0.7", 1, "10.0.0.2", 80, 64).with(Field::stime, 100 * kSecond).with(Field::ltime, 100 * kSecond);
  const Row back = at_second(101, 16);
  const SourcePtr flows = clustered_by(std::make_unique<Scripted>(std::vector<std::optional<Batch>>{
                                           batch_of({at_second(0), at_second(1)}), std::nullopt, batch_of({other}),
                                           std::nullopt, batch_of({back}), std::nullopt}),
                                       rules("model=saddr idle=10s\n"), false);
  REQUIRE(flows->bind({FieldSet::all_stored(), nullptr, {}}, {}));
  Batch batch;
  CHECK(*flows->next(batch) == Step::tick);
  REQUIRE(*flows->next(batch) == Step::rows);
  REQUIRE(batch.rows() == 1);
  CHECK(row_of(batch, 0).number(Field::spkts) == 2);
  CHECK(*flows->next(batch) == Step::tick);
  REQUIRE(*flows->next(batch) == Step::rows);
  const std::vector<Row> rest = rows_of(batch);
  REQUIRE(rest.size() == 2);
  CHECK(rest[0].number(Field::spkts) == 16);
  CHECK(rest[1].number(Field::spkts) == 64);
  CHECK(*flows->next(batch) == Step::end);
}

TEST_CASE("live groups that end and come again for long add up") {
  std::vector<std::optional<Batch>> steps;
  std::uint64_t packets = 0;
  for (std::int64_t second = 0; second < 400; second++) {
    const std::string address = "10.0.0." + std::to_string(second * 7 % 13);
    steps.push_back(batch_of({tcp_row(address.c_str(), 1, "10.0.1.1", 80, 2)
                                  .with(Field::srcid, "s" + std::to_string(second % 3))
                                  .with(Field::svlan, static_cast<unsigned>(second % 2))
                                  .with(Field::stime, second * kSecond)
                                  .with(Field::ltime, second * kSecond)}));
    packets += 2;
    if (second % 5 == 0) steps.push_back(std::nullopt);
  }
  const SourcePtr flows =
      clustered_by(std::make_unique<Scripted>(steps), rules("model=\"srcid saddr svid\" idle=20s status=40s\n"), false);
  const std::vector<Row> out = rows_of(*flows);
  CHECK(total(out, Field::spkts) == packets);
  CHECK(out.size() > 100);
  for (const Row& one : out) CHECK((one.has(Field::srcid) && one.has(Field::saddr) && one.has(Field::svlan)));
}

TEST_CASE("rmon doubles the totals under rules, and a model of objects doubles its own records") {
  CHECK(total(by_rules(office(), "model=\"saddr\"\n", true), Field::spkts) == 16 + 20);
  const std::vector<Row> hosts = by_rules(office(), "filter=\"dst port 53\" model=addr\n");
  CHECK(total(hosts, Field::spkts) == 15 + 9);
  const std::vector<Row> both_ways = by_rules(office(), "filter=\"src net 192.168.0.0/16\" model=proto\n", true);
  CHECK(both_ways[0].number(Field::spkts) == 1 + 3 + 6);
  // A rule without a model merges as no rule does.
  CHECK(by_rules(office(), "filter=\"ip\"\n", true) == by_rules(office(), "", true));
}
