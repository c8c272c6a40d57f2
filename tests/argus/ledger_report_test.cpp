#include "argus/ledger_report.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "argus/output_options.h"
#include "argus/run.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/ledger.h"
#include "flow/pump.h"
#include "flow/source.h"
#include "shell/io.h"
#include "shell/options.h"
#include "support/source_dir.h"
#include "support/written.h"

using namespace argus;

namespace {

// Says what it is told, and has no rows.
class Told final : public Source {
 public:
  explicit Told(std::vector<LedgerEntry> entries) : entries_(std::move(entries)) {}
  Result<> bind(const Needs&, const Resources&) override { return {}; }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch&) override { return Step::end; }
  void drain(Journal& out) override {
    for (const LedgerEntry& entry : std::exchange(entries_, {})) out.add(entry);
  }
  std::vector<Error> problems() const override { return {}; }

 private:
  StreamHeader header_;
  std::vector<LedgerEntry> entries_;
};

struct Ran {
  Exit exit;
  std::string out;
};

Ran ran(const std::vector<std::string>& words, std::vector<LedgerEntry> entries) {
  OutputOptions output;
  OptionSet options;
  output.declare(options);
  REQUIRE(options.parse(words));
  Io io;
  io.out = memory_file();
  const auto done = run_output(io, std::make_unique<Told>(std::move(entries)), output, {}, {});
  REQUIRE(done);
  return {done->exit, contents(io.out)};
}

}  // namespace

TEST_CASE("the ledger is a line of JSON: totals by name, and who said them") {
  Pumped done;
  done.rows = 7;
  done.journal.sum({"north", kSecond, 2 * kSecond, LedgerItem::kernel_dropped, 3});
  done.journal.sum({"south", 0, 0, LedgerItem::kernel_dropped, 4});
  done.journal.sum({"", 0, 0, LedgerItem::received, 100});
  done.journal.sum({"", 0, 0, static_cast<LedgerItem>(77), 5});
  done.problems.push_back(fail(Errc::corrupt, "a \"b\": damaged"));
  CHECK(ledger_json(done) ==
        "{\"type\":\"ledger\",\"rows\":7,\"received\":100,\"kernel_dropped\":7,\"code_77\":5,\"entries\":["
        "{\"item\":\"kernel_dropped\",\"count\":3,\"sensor\":\"north\",\"begin\":\"1970-01-01T00:00:01.000000000Z\","
        "\"end\":\"1970-01-01T00:00:02.000000000Z\"},{\"item\":\"kernel_dropped\",\"count\":4,\"sensor\":\"south\"},"
        "{\"item\":\"received\",\"count\":100},{\"item\":\"code_77\",\"count\":5}],"
        "\"troubles\":[{\"status\":3,\"text\":\"a \\\"b\\\": damaged\"}]}\n");
  CHECK(ledger_json({}) == "{\"type\":\"ledger\",\"rows\":0,\"entries\":[],\"troubles\":[]}\n");
}

TEST_CASE("the ledger is printed only when asked for, and --fail-on-loss asks about what is missing") {
  const std::vector<LedgerEntry> dropped = {{"north", 0, 0, LedgerItem::kernel_dropped, 3}};
  CHECK(ran({"--json"}, dropped).out.empty());
  CHECK(ran({"--json", "--ledger"}, dropped).out.starts_with("{\"type\":\"ledger\",\"rows\":0,\"kernel_dropped\":3,"));
  CHECK(ran({"--csv", "-s", "pkts", "--ledger"}, dropped).out == "pkts\n");
  CHECK(ran({"--json", "--ledger", "-q"}, dropped).out.starts_with("{\"type\":\"ledger\""));
  CHECK(ran({"--text"}, dropped).exit == Exit::done);
  CHECK(ran({"--text", "--fail-on-loss"}, dropped).exit == Exit::damaged);
  CHECK(ran({"--text", "--fail-on-loss"}, {{"", 0, 0, LedgerItem::sensor_silent, 1}}).exit == Exit::damaged);
  CHECK(ran({"--text", "--fail-on-loss"}, {{"", 0, 0, LedgerItem::received, 1}}).exit == Exit::done);
  CHECK(ran({"--text", "--fail-on-loss"}, {{"", 0, 0, LedgerItem::malformed, 1}}).exit == Exit::done);
}

TEST_CASE("docs/output.md tells of every item of the ledger") {
  std::ifstream in(source_dir() + "/docs/output.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  for (int code = 1; code < 256; code++)
    if (const std::string_view name = ledger_name(static_cast<LedgerItem>(code)); !name.empty()) {
      CAPTURE(name);
      CHECK(page.find(fmt::format("`{}`", name)) != std::string::npos);
    }
}
