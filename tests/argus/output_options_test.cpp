#include "argus/output_options.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "argus/account.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/source.h"
#include "shell/io.h"
#include "shell/options.h"
#include "sink/flow_file.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"
#include "support/written.h"

using namespace argus;
using Found = OutputTarget::Found;

namespace {

OutputOptions with(const std::vector<std::string>& words) {
  OutputOptions output;
  OptionSet options;
  output.declare(options);
  if (const auto done = options.parse(words); !done) FAIL(done.error().text);
  return output;
}

std::string refused(const std::vector<std::string>& words) {
  OutputOptions output;
  OptionSet options;
  output.declare(options);
  const auto done = options.parse(words);
  return done ? "" : done.error().text;
}

// What opening says is wrong; empty: nothing.
std::string fault(const std::vector<std::string>& words, const std::vector<std::string>& inputs = {}) {
  Io io;
  io.out = memory_file();
  const auto opened = with(words).open_sink(io, {}, inputs);
  return opened ? "" : opened.error().text;
}

// One row as these words print it.
std::string printed(const std::vector<std::string>& words) {
  Io io;
  io.out = memory_file();
  auto opened = with(words).open_sink(io, {}, {});
  if (!opened) return opened.error().text;
  REQUIRE(opened->sink->begin({}));
  REQUIRE(opened->sink->write(batch_of({row().with(Field::spkts, 3).with(Field::sport, 443)})));
  REQUIRE(opened->sink->finish());
  CHECK(opened->target.path.empty());
  return contents(io.out);
}

std::string put(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
  return path;
}

}  // namespace

TEST_CASE("the words choose the form, and two forms exclude each other") {
  CHECK(printed({"--csv", "-s", "spkts", "sport"}) == "spkts,sport\n3,443\n");
  CHECK(printed({"--tsv", "-s", "spkts", "sport"}) == "spkts\tsport\n3\t443\n");
  CHECK(printed({"--json", "-s", "spkts"}) == "{\"spkts\":3}\n");
  CHECK(printed({"-c", ";", "-s", "spkts", "sport", "-L", "-1", "-n"}) == "3;443\n");
  CHECK(printed({"-q"}).empty());
  CHECK(fault({"--csv", "--json"}) == "only one of --csv, --tsv, --json, --text and --as can be given");
  CHECK(fault({"--csv-safe", "--json"}) == "--csv-safe applies only to --csv and --tsv");
  CHECK(*with({"--json"}).form() == OutputOptions::Form::json);
  CHECK(*with({"--csv-safe"}).form() == OutputOptions::Form::separated);
  CHECK(*with({}).form() == OutputOptions::Form::table);
}

TEST_CASE("wrong words are found before anything is read") {
  CHECK(fault({"-s", "nosuch", "--text"}).find("nosuch") != std::string::npos);
  CHECK(fault({"-w", "x.flows", "--csv"}).starts_with("-w writes records; "));
  CHECK(fault({"--append"}) == "--append needs -w FILE");
  CHECK(refused({"-N", "5-3"}).find("'5-3': write a count") != std::string::npos);
  CHECK(refused({"-N", "0-3"}).find("'0-3'") != std::string::npos);
  CHECK(refused({"-L", "x"}).find("invalid value 'x': write 0 for one heading") != std::string::npos);
  CHECK(refused({"-p", "10"}).find("invalid value '10': give 0 to 9 digits") != std::string::npos);
}

TEST_CASE("rows of the output are chosen by -N, and with i those of the input") {
  const auto rows = [](const std::vector<std::string>& words) {
    const OutputOptions output = with(words);
    const auto& range = output.rows_printed();
    return range ? fmt::format("{}-{}", range->begin, range->end) : "all";
  };
  CHECK(rows({}) == "all");
  CHECK(rows({"-N", "10"}) == "0-10");
  CHECK(rows({"-N", "11-20"}) == "10-20");
  CHECK(rows({"-N", "o11+5"}) == "10-15");
  CHECK(rows({"-N", "i7"}) == "all");
  const Batch three = batch_of({row().with(Field::spkts, 1), row().with(Field::spkts, 2), row().with(Field::spkts, 3)});
  const auto left = [&](const OutputOptions& output, bool input) {
    SourcePtr source = source_of({three});
    source = input ? output.records_read(std::move(source)) : output.rows_wanted(std::move(source));
    return rows_of(*source).size();
  };
  CHECK(left(with({"-N", "2"}), false) == 2);
  CHECK(left(with({"-N", "2"}), true) == 3);
  CHECK(left(with({"-N", "i2"}), true) == 2);
  CHECK(left(with({"-N", "i2"}), false) == 3);
}

TEST_CASE("what -w finds is told apart, and inputs, links and what must stay are refused") {
  const std::string folder = scratch_folder() + "/";
  const std::string full = put(folder + "full.flows", "something"), empty = put(folder + "empty.flows", "");
  const auto found = [](const std::string& path, FlowFileMode mode) {
    const auto target = with({"-w", path}).check_target({}, mode);
    REQUIRE(target);
    CHECK(target->path == path);
    return target->found;
  };
  CHECK(found(folder + "fresh.flows", FlowFileMode::replace) == Found::nothing);
  CHECK(found(full, FlowFileMode::replace) == Found::replaced);
  CHECK(found(empty, FlowFileMode::replace) == Found::replaced);
  CHECK(found(full, FlowFileMode::append) == Found::grown);
  CHECK(found(empty, FlowFileMode::append) == Found::nothing);
  CHECK(fault({"-w", full}, {folder + "fresh.flows", full}) == "-w: " + full + " is also an input");
  CHECK(fault({"-w", full, "--no-clobber"}) == full + ": the file exists (--no-clobber)");
  std::filesystem::create_symlink(full, folder + "link.flows");
  CHECK(fault({"-w", folder + "link.flows"}).find("is a symbolic link") != std::string::npos);
}

TEST_CASE("a run has the options' memory and account") {
  const RunOptions plain = with({}).run_options({});
  CHECK_FALSE(plain.account.whole_ledger);
  CHECK_FALSE(plain.account.as_json);
  CHECK_FALSE(plain.account.fail_on_loss);
  CHECK_FALSE(plain.account.fail_empty);
  const RunOptions all =
      with({"--memory", "5M", "--ledger", "--json", "--fail-on-loss", "--fail-empty"}).run_options({{3, 4}, true});
  CHECK(all.memory_max == 5'000'000);
  CHECK(all.input.span.begin == 3);
  CHECK(all.input.span.end == 4);
  CHECK(all.input.explain);
  CHECK(all.account.whole_ledger);
  CHECK(all.account.as_json);
  CHECK(all.account.fail_on_loss);
  CHECK(all.account.fail_empty);
}
