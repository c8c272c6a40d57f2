#include "argus/run.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>

#include "argus/account.h"
#include "argus/output_options.h"
#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/progress.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "shell/io.h"
#include "support/flow_builder.h"
#include "support/said.h"
#include "support/written.h"

using namespace argus;

namespace {

// Gives its batches, and has the entries and problems that it is made with.
class MadeSource final : public Source {
 public:
  Result<> bind(const Needs& needs, const Resources& resources) override {
    bound = needs;
    given = resources;
    return {};
  }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override {
    if (rows == 0) return Step::end;
    out = Batch(std::exchange(rows, 0));
    return Step::rows;
  }
  void drain(Journal& out) override {
    for (const LedgerEntry& entry : std::exchange(entries, {})) out.add(entry);
  }
  std::vector<Error> problems() const override { return met; }

  std::size_t rows = 0;
  std::vector<LedgerEntry> entries;
  std::vector<Error> met;
  Needs bound;
  Resources given;

 private:
  StreamHeader header_;
};

class MadeSink final : public RowSink {
 public:
  FieldSet fields() const override { return {Field::pkts}; }
  Result<> begin(const StreamHeader&) override { return {}; }
  Result<> write(const Batch& batch) override {
    rows += batch.rows();
    return written;
  }
  Result<> finish() override {
    finished = true;
    return {};
  }

  std::size_t rows = 0;
  bool finished = false;
  Result<> written;
};

struct Ran {
  Result<Outcome> done;
  std::string out, said;
};

Ran ran(MadeSource source, const RunOptions& options, Io&& io = {}, Result<> written = {}) {
  MadeSink sink;
  sink.written = std::move(written);
  io.out = memory_file();
  Ran out{Outcome(), {}, {}};
  out.said = said_by([&] { out.done = run_pipeline(io, source, sink, options); });
  out.out = contents(io.out);
  return out;
}

Exit exit_with(std::vector<Error> problems, const Account& account = {}, std::vector<LedgerEntry> entries = {}) {
  MadeSource source;
  source.rows = 1;
  source.met = std::move(problems);
  source.entries = std::move(entries);
  const Ran run = ran(std::move(source), {.account = account});
  REQUIRE(run.done);
  return run.done->exit;
}

const Error kDamaged = fail(Errc::corrupt, "damaged"), kMissing = fail(Errc::io, "not there");
const LedgerEntry kDropped = {"north", 0, 0, LedgerItem::kernel_dropped, 3};

}  // namespace

TEST_CASE("what could not be done outranks what was damaged, and both outrank losses") {
  CHECK(exit_with({}) == Exit::done);
  CHECK(exit_with({kDamaged}) == Exit::damaged);
  CHECK(exit_with({kDamaged, kMissing, kDamaged}) == Exit::could_not);
  CHECK(exit_with({}, {}, {kDropped}) == Exit::done);
  Account account;
  account.fail_on_loss = true;
  CHECK(exit_with({}, account, {kDropped}) == Exit::damaged);
  CHECK(exit_with({kMissing}, account, {kDropped}) == Exit::could_not);
  CHECK(exit_with({}, account) == Exit::done);
}

TEST_CASE("no rows are a failure where that is asked for, and damage outranks it") {
  Account account;
  account.fail_empty = true;
  CHECK(exit_with({}, account) == Exit::done);
  const Ran nothing = ran({}, {.account = account});
  REQUIRE(nothing.done);
  CHECK(nothing.done->exit == Exit::nothing);
  MadeSource damaged;
  damaged.met = {kDamaged};
  const Ran both = ran(std::move(damaged), {.account = account});
  REQUIRE(both.done);
  CHECK(both.done->exit == Exit::damaged);
}

TEST_CASE("problems come first, then losses, the interruption and the closing line") {
  std::atomic<bool> stop = true;
  std::atomic<int> number = SIGTERM;
  Io io;
  io.stop = &stop;
  io.signal = &number;
  *io.progress = {.cut = true, .bytes = 10, .bytes_whole = 40};
  MadeSource source;
  source.rows = 2;
  source.entries = {kDropped};
  source.met = {kDamaged};
  Account account;
  account.cut = "x.flows is unchanged";
  account.closing = [](const Outcome& done) {
    return fmt::format("{} rows{}", done.rows, done.interrupted ? "!" : "");
  };
  const Ran run = ran(std::move(source), {.account = account}, std::move(io));
  REQUIRE(run.done);
  CHECK(run.done->interrupted);
  CHECK(run.done->exit == Exit::terminated);
  const std::size_t problem = run.said.find("damaged"), loss = run.said.find("3 packets dropped by the kernel"),
                    cut = run.said.find("interrupted after 10 of 40 bytes; x.flows is unchanged"),
                    closing = run.said.find("2 rows!");
  CHECK(problem < loss);
  CHECK(loss < cut);
  CHECK(cut < closing);
  CHECK(closing != std::string::npos);
  number = SIGINT;
  CHECK(io.interrupted() == Exit::interrupted);
}

TEST_CASE("an interrupted answer has the status of the signal, whatever else there is to say") {
  for (const auto& [signal, status] : {std::pair{SIGINT, Exit::interrupted}, std::pair{SIGTERM, Exit::terminated}}) {
    const std::atomic<int> number = signal;
    const auto exit = [&](std::vector<Error> problems, std::vector<LedgerEntry> entries) {
      std::atomic<bool> stop = true;
      Io io;
      io.stop = &stop;
      io.signal = &number;
      io.progress->cut = true;
      MadeSource source;
      source.met = std::move(problems);
      source.entries = std::move(entries);
      Account account;
      account.fail_on_loss = account.fail_empty = true;
      const Ran run = ran(std::move(source), {.account = account}, std::move(io));
      REQUIRE(run.done);
      CHECK(run.done->interrupted);
      return run.done->exit;
    };
    CHECK(exit({}, {}) == status);  // no row came
    CHECK(exit({kDamaged, kMissing}, {}) == status);
    CHECK(exit({}, {kDropped}) == status);
  }
  CHECK(static_cast<int>(Exit::interrupted) == 130);
  CHECK(static_cast<int>(Exit::terminated) == 143);
}

TEST_CASE("what was read is said behind all else, where it is asked for, by a source that knows") {
  class Knowing final : public Stage, public MeasuredSource {
   public:
    using Stage::Stage;
    Result<Step> next(Batch& out) override { return input_->next(out); }
    const MeasuredSource* measured() const override { return this; }
    Progress progress() const override { return {.bytes = 3, .bytes_whole = 9, .read = {.files = 1}}; }
  };
  const auto said = [](bool explain) {
    auto made = std::make_unique<MadeSource>();
    made->met = {kDamaged};
    Knowing source(std::move(made));
    MadeSink sink;
    Io io;
    Account account;
    account.closing = [](const Outcome&) { return "closing"; };
    return said_by(
        [&] { REQUIRE(run_pipeline(io, source, sink, {.input = {.explain = explain}, .account = account})); });
  };
  const std::string asked = said(true);
  CHECK(asked.find("was read: 1 input") > asked.find("closing"));
  CHECK(asked.find("bytes     3 read of 9") != std::string::npos);
  CHECK(said(false).find("was read") == std::string::npos);
}

TEST_CASE("how far an interrupted run came is said in what is known") {
  const auto said = [](Progress progress) {
    Io io;
    return said_by([&] { (void)conclude(io, {}, &progress, {}); });
  };
  CHECK(said({.cut = true, .bytes = 1, .bytes_whole = 2}).find("interrupted after 1 of 2 bytes\n") !=
        std::string::npos);
  CHECK(said({.cut = true, .packets = 5}).find("interrupted after 5 packets\n") != std::string::npos);
  CHECK(said({.cut = true, .records = 7}).find("interrupted after 7 records\n") != std::string::npos);
  CHECK(said({.cut = true}).find("interrupted after 0 records\n") != std::string::npos);
}

TEST_CASE("live input that is stopped has come to its end") {
  std::atomic<bool> stop = true;
  Io io;
  io.stop = &stop;  // and the progress is not cut
  const Ran run = ran({}, {}, std::move(io));
  REQUIRE(run.done);
  CHECK_FALSE(run.done->interrupted);
  CHECK(run.done->exit == Exit::done);
  CHECK(run.said.empty());
}

TEST_CASE("nobody who reads ends a run well, and another error of the sink ends it") {
  MadeSource source;
  source.rows = 5;
  source.entries = {kDropped};
  const Ran closed = ran(source, {}, {}, fail(Errc::closed, "gone"));
  REQUIRE(closed.done);
  CHECK(closed.done->exit == Exit::done);
  CHECK(closed.said.find("3 packets dropped") != std::string::npos);
  const Ran full = ran(source, {}, {}, fail(Errc::io, "disk full"));
  REQUIRE_FALSE(full.done);
  CHECK(full.done.error().text == "disk full");
  CHECK(full.said.empty());
}

TEST_CASE("the source is asked for what the sink writes, in the span and the memory of the run") {
  std::atomic<bool> stop = false;
  Io io;
  io.stop = &stop;
  MadeSource source;
  MadeSink sink;
  REQUIRE(run_pipeline(io, source, sink, {.input = {.span = {3, 9}}, .memory_max = 77}));
  CHECK(source.bound.fields == FieldSet{Field::spkts, Field::dpkts});
  CHECK(source.bound.when.begin == 3);
  CHECK(source.bound.when.end == 9);
  CHECK(source.given.memory_max == 77);
  CHECK(source.given.stop == &stop);
  CHECK(sink.finished);
}

TEST_CASE("silence is told of each sensor, and what a stranger wrote forges no line") {
  MadeSource source;
  source.entries = {{"a\nargus: key added for: root", 0, 1, LedgerItem::sensor_silent, 7},
                    {"south", 0, 1, LedgerItem::sensor_silent, 2}};
  const Ran run = ran(source, {});
  CHECK(run.said.find("a\\x0aargus: key added for: root: 7 seconds without") != std::string::npos);
  CHECK(run.said.find("south: 2 seconds without") != std::string::npos);
  CHECK(std::count(run.said.begin(), run.said.end(), '\n') == 2);
}

TEST_CASE("the whole ledger is in words on standard error, or a line of JSON on standard output") {
  MadeSource source;
  source.entries = {{"", 0, 0, LedgerItem::received, 100}, kDropped};
  Account account;
  account.whole_ledger = true;
  const Ran words = ran(source, {.account = account});
  CHECK(words.out.empty());
  CHECK(words.said.find("100 packets received") != std::string::npos);
  account.as_json = true;
  const Ran json = ran(source, {.account = account});
  CHECK(json.out.starts_with("{\"type\":\"ledger\",\"rows\":0,\"received\":100,\"kernel_dropped\":3,"));
  CHECK(json.said.find("100 packets received") == std::string::npos);
  CHECK(json.said.find("3 packets dropped") != std::string::npos);
  account.whole_ledger = false;
  CHECK(ran(source, {.account = account}).out.empty());
}

TEST_CASE("what an interruption leaves of a file is said in its words") {
  using Found = OutputTarget::Found;
  CHECK(OutputTarget{}.left_when_cut().empty());
  CHECK(OutputTarget{"x", Found::nothing}.left_when_cut() == "x has the records read before that");
  CHECK(OutputTarget{"x", Found::replaced}.left_when_cut() == "x is unchanged");
  CHECK(OutputTarget{"x", Found::grown}.left_when_cut() == "x has the records read before that");
  CHECK(OutputTarget{"x", Found::nothing}.written() == "written to x");
  CHECK(OutputTarget{"x", Found::replaced}.written() == "written to x (replaced)");
  CHECK(OutputTarget{"x", Found::grown}.written() == "appended to x");
}
