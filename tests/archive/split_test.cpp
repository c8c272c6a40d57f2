#include "archive/split.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>

#include "archive/split_names.h"
#include "base/clock_span.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/streams.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "flow/where.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"

using namespace argus;
namespace fs = std::filesystem;

namespace {

constexpr Nanos kNoon = Nanos{1'790'000'000} / 3600 * 3600 * kSecond;

SplitOptions options_for(const std::string& path) {
  auto names = SplitNames::parse(path);
  REQUIRE(names);
  SplitOptions out;
  out.step = names->step();
  out.names = *std::move(names);
  return out;
}
std::unique_ptr<SplitSink> begun(SplitOptions options, bool live = false) {
  auto sink = split_sink(std::move(options));
  REQUIRE(sink);
  StreamHeader header;
  header.live = live;
  REQUIRE((*sink)->begin(header));
  return *std::move(sink);
}
Row at_time(Nanos time, unsigned sport = 1) {
  return tcp_row("10.0.0.1", sport, "10.0.0.2", 80).with(Field::stime, time).with(Field::ltime, time);
}
Row of_sensor(const std::string& name) { return at_time(kNoon).with(Field::srcid, name); }

// Rows of every file below a folder; each file must be a whole stream.
std::map<std::string, std::vector<Row>> files_below(const std::string& folder) {
  std::map<std::string, std::vector<Row>> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const Heard got = heard(read_whole_file(entry.path()));
    CHECK(got.damage.said.empty());
    out[fs::relative(entry.path(), folder)] = got.rows;
  }
  return out;
}
std::vector<std::string> names_of(const std::string& pattern, const std::vector<std::string>& values) {
  const auto names = SplitNames::parse(pattern);
  REQUIRE(names);
  return names->names(kNoon, values);
}

}  // namespace

TEST_CASE("names have a base that the user vouches for, and levels made of records") {
  const auto names = SplitNames::parse("../a/b%%$$/c$proto/%Y-${sport}x.flows");
  REQUIRE(names);
  CHECK(names->base() == "../a/b%$");
  CHECK(names->fields() == std::vector<Field>{Field::proto, Field::sport});
  CHECK(names->names(std::nullopt, {"tcp", "80"}) == std::vector<std::string>{"ctcp", "none-80x.flows"});
  for (const char* bad : {"", "a/", "$proto/../x", "$proto/./x", "%Q", "$", "a$nosuch", "${proto", "x%"}) {
    CAPTURE(bad);
    const auto refused = SplitNames::parse(bad);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::usage);
  }
  CHECK(SplitNames::parse("x")->base() == ".");
  CHECK(SplitNames::parse("/x")->base() == "/");
  CHECK_FALSE(SplitNames::parse("x")->step());
  CHECK(SplitNames::parse("%Y/%m/%d")->step() == ClockStep{kDay, 0});
  CHECK(SplitNames::parse("%Y/%m")->step() == ClockStep{0, 1});
  CHECK(SplitNames::parse("%F/%R")->step() == ClockStep{kMinute, 0});
}

TEST_CASE("letters that count files sort as they were made") {
  CHECK(series_letters(0, 2) == "aa");
  CHECK(series_letters(27, 2) == "bb");
  CHECK(series_letters(649, 2) == "yz");
  CHECK(series_letters(650, 2) == "zaaa");
  std::string last;
  for (std::uint64_t n = 0; n < 40'000; n++) {
    const std::string next = series_letters(n, 1);
    REQUIRE(last < next);
    last = next;
  }
}

TEST_CASE("a value is one name below its folder, whatever it is") {
  CHECK(name_part("") == "none");
  CHECK(name_part("sensor1") == "sensor1");
  CHECK(name_part("..") == "%2E.");
  CHECK(name_part("a/b") == "a%2Fb");
  CHECK(name_part(std::string("a\0\x1b%", 4)) == "a%00%1B%25");
  CHECK(name_part(std::string(64, 'x')) == std::string(64, 'x'));
  CHECK(name_part(std::string(65, 'x')) != name_part(std::string(66, 'x')));
  std::mt19937_64 random(7);
  const std::string alphabet("./\\%$~\0\n\x7f\xc3\xa9\xf0 ab", 15);
  for (int i = 0; i < 10'000; i++) {
    std::string value;
    for (std::size_t n = random() % 300; n > 0; n--) value += alphabet[random() % alphabet.size()];
    const std::string part = name_part(value);
    REQUIRE(part.size() <= kNameValueMax);
    REQUIRE(part.find('/') == std::string::npos);
    REQUIRE(part.find('\0') == std::string::npos);
    REQUIRE(part[0] != '.');
    REQUIRE(names_of("x/$srcid$srcid$srcid$srcid$srcid/$srcid", {value})[0].size() <= kNameMax);
  }
}

TEST_CASE("no value makes a name that looks like an option") {
  CHECK(names_of("$srcid", {"-rf"})[0] == "%2Drf");
  CHECK(names_of("x/$srcid.flows", {"--help"})[0] == "%2D-help.flows");
  CHECK(names_of("x-$srcid", {"-rf"})[0] == "x--rf");
  CHECK(names_of("$srcid", {"%2Drf"})[0] != names_of("$srcid", {"-rf"})[0]);
}

TEST_CASE("hostile values make files in the folder and nowhere else") {
  const std::string folder = scratch_folder();
  const auto sink = begun(options_for(folder + "/in/$srcid/f"));
  const std::vector<std::string> hostile = {
      "../../out",           "..",      ".",   "/etc/x", "a\nb", std::string("a\0b", 3),
      std::string(255, 'A'), "\x1b[2J", "%2E", "~",      "-r"};
  for (std::size_t i = 0; i < hostile.size(); i++) REQUIRE(sink->write(batch_of({of_sensor("plain"), at_time(kNoon)})));
  for (const std::string& name : hostile) {
    Batch one = batch_of({at_time(kNoon)});
    one.set(Field::srcid, Column::constant(name));
    REQUIRE(sink->write(one));
  }
  REQUIRE(sink->finish());
  CHECK(sink->counts().files == hostile.size() + 2);
  CHECK(sink->counts().records == 3 * hostile.size());
  for (const auto& entry : fs::directory_iterator(folder)) CHECK(entry.path().filename() == "in");
  const auto files = files_below(folder + "/in");
  CHECK(files.size() == hostile.size() + 2);
  CHECK(files.at("none/f").size() == hostile.size());
}

TEST_CASE("no symbolic link below the base is followed") {
  const std::string folder = scratch_folder();
  fs::create_directories(folder + "/base");
  fs::create_directories(folder + "/target");
  fs::create_symlink(folder + "/target", folder + "/base/a");
  fs::create_symlink(folder + "/target/f", folder + "/base/f");
  for (const char* pattern : {"/base/$srcid/f", "/base/f"}) {
    for (const ExistingFiles existing : {ExistingFiles::replaced, ExistingFiles::appended}) {
      auto options = options_for(folder + pattern);
      options.existing = existing;
      auto sink = split_sink(std::move(options));
      REQUIRE(sink);
      const bool done = (*sink)->begin({}) && (*sink)->write(batch_of({of_sensor("a")})) && (*sink)->finish();
      CHECK_FALSE(done);
    }
  }
  CHECK(fs::is_empty(folder + "/target"));
}

TEST_CASE("by time and field, rows are all there, each in its file, in order") {
  const std::string folder = scratch_folder();
  const auto sink = begun(options_for(folder + "/%H/$sport"));
  std::mt19937_64 random(11);
  std::map<std::string, std::vector<Row>> want;
  for (int batch = 0; batch < 6; batch++) {
    std::vector<Row> rows;
    for (int i = 0; i < 2000; i++) {
      const auto any = [&](unsigned most) { return static_cast<unsigned>(random() % most); };
      const unsigned hour = batch < 2 ? 0 : any(20), port = 1 + any(batch < 3 ? 3 : 40);
      Row row = at_time(kNoon + hour * kHour + static_cast<Nanos>(random() % 3600) * kSecond, port);
      const std::string name = fmt::format("{:02}/{}", local_time(kNoon + hour * kHour).tm_hour, port);
      want[name].push_back(row);
      rows.push_back(std::move(row));
    }
    REQUIRE(sink->write(batch_of(rows)));
  }
  REQUIRE(sink->finish());
  CHECK(want.size() > kSplitOpenMost);
  CHECK(sink->counts().files == want.size());
  CHECK(sink->counts().records == 12'000);
  CHECK(files_below(folder) == want);
}

TEST_CASE("a file that exists is replaced at the end, or added to, and an input never written") {
  const std::string folder = scratch_folder(), path = folder + "/f";
  const auto write = [&](ExistingFiles existing, std::vector<std::string> inputs = {}) {
    auto options = options_for(path);
    options.existing = existing;
    options.inputs = std::move(inputs);
    auto sink = split_sink(std::move(options));
    REQUIRE(sink);
    const bool done = (*sink)->begin({}) && (*sink)->write(batch_of({at_time(kNoon)})) && (*sink)->finish();
    return done ? std::optional((*sink)->counts()) : std::nullopt;
  };
  CHECK(write(ExistingFiles::replaced)->replaced == 0);
  CHECK(write(ExistingFiles::replaced)->replaced == 1);
  CHECK(files_below(folder).at("f").size() == 1);
  CHECK(write(ExistingFiles::appended)->appended == 1);
  CHECK(files_below(folder).at("f").size() == 2);
  for (const ExistingFiles existing : {ExistingFiles::replaced, ExistingFiles::appended})
    CHECK_FALSE(write(existing, {path}));
  CHECK(files_below(folder).at("f").size() == 2);
  CHECK(files_below(folder).size() == 1);
}

TEST_CASE("files that were there stay as they were where a run does not finish, or is interrupted") {
  const std::string folder = scratch_folder();
  const auto write = [&](const std::vector<unsigned>& ports) {
    auto sink = begun(options_for(folder + "/$sport"));
    for (const unsigned port : ports) REQUIRE(sink->write(batch_of({at_time(kNoon, port), at_time(kNoon, port)})));
    return sink;
  };
  REQUIRE(write({1, 2})->finish());
  const auto before = files_below(folder);
  write({2, 3}).reset();
  CHECK(files_below(folder).at("2") == before.at("2"));
  SplitOptions options = options_for(folder + "/$sport");
  options.interrupted = [] { return true; };
  const auto cut = begun(std::move(options));
  REQUIRE(cut->write(batch_of({at_time(kNoon + 1, 2), at_time(kNoon, 4)})));
  REQUIRE(cut->finish());
  const auto after = files_below(folder);
  CHECK(after.at("1") == before.at("1"));
  CHECK(after.at("2") == before.at("2"));
  CHECK(after.at("4").size() == 1);
  CHECK(cut->counts().replaced == 0);
  for (const auto& [name, rows] : after) CHECK(name.find("part") == std::string::npos);
}

TEST_CASE("names made of records never replace what is not a flow file") {
  const std::string folder = scratch_folder();
  std::ofstream(folder + "/notes") << "precious";
  const auto sink = begun(options_for(folder + "/$srcid"));
  auto done = sink->write(batch_of({of_sensor("notes")}));
  if (done) done = sink->finish();
  REQUIRE_FALSE(done);
  CHECK_THAT(done.error().text, Catch::Contains("exists and is not a flow file"));
  CHECK(fs::file_size(folder + "/notes") == 8);
}

TEST_CASE("more files than a run may make are an error") {
  auto options = options_for(scratch_folder() + "/$sport");
  options.files_max = 3;
  const auto sink = begun(std::move(options));
  REQUIRE(sink->write(batch_of({at_time(kNoon, 1), at_time(kNoon, 2), at_time(kNoon, 3)})));
  const auto done = sink->write(batch_of({at_time(kNoon, 4)}));
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Errc::limit);
}

TEST_CASE("files follow each other by count, size and records that match") {
  std::vector<Row> rows;
  for (unsigned i = 0; i < 1000; i++) rows.push_back(at_time(kNoon + i, i % 100));
  const auto run = [&](FileSeries series) {
    const std::string folder = scratch_folder();
    auto options = options_for(folder + "/x");
    options.series = std::move(series);
    const auto sink = begun(std::move(options));
    for (std::size_t at = 0; at < rows.size(); at += 250)
      REQUIRE(
          sink->write(batch_of({rows.begin() + static_cast<long>(at), rows.begin() + static_cast<long>(at + 250)})));
    REQUIRE(sink->ledger({{"probe", 1, 2, LedgerItem::received, 5}}));
    REQUIRE(sink->finish());
    const auto files = files_below(folder);
    CHECK(sink->counts().files == files.size());
    std::vector<Row> all;
    for (const auto& [name, some] : files) all.insert(all.end(), some.begin(), some.end());
    CHECK(all == rows);
    return files;
  };
  FileSeries count;
  count.count = 300;
  const auto counted = run(count);
  REQUIRE(counted.size() == 4);
  CHECK(counted.at("xac").size() == 300);
  CHECK(counted.at("xad").size() == 100);
  FileSeries size;
  size.size = 5000;
  CHECK(run(size).size() > 2);
  struct Port7 final : Where {
    FieldSet fields() const override { return {Field::sport}; }
    void select(const Batch& batch, std::span<std::uint8_t> keep) const override {
      for (std::size_t row = 0; row < keep.size(); row++)
        if (batch[Field::sport].at<std::uint16_t>(row) != 7) keep[row] = 0;
    }
  };
  FileSeries flow;
  flow.begins = std::make_shared<Port7>();
  const auto begun_by = run(flow);
  REQUIRE(begun_by.size() == 11);
  CHECK(begun_by.at("xaa").size() == 7);
  CHECK(begun_by.at("xab").front().number(Field::sport) == 7);
}

TEST_CASE("live records are visible on a tick, and a file whose time is over is closed without traffic") {
  const std::string folder = scratch_folder();
  Nanos now = kNoon;
  auto options = options_for(folder + "/%H");
  options.now = [&] { return now; };
  const auto sink = begun(std::move(options), true);
  REQUIRE(sink->write(batch_of({at_time(kNoon)})));
  REQUIRE(sink->tick());
  const std::string path = fs::directory_iterator(folder)->path();
  CHECK(heard(read_whole_file(path)).rows.size() == 1);
  const auto size = fs::file_size(path);
  now = kNoon + kHour;
  REQUIRE(sink->tick());
  CHECK(fs::file_size(path) > size);  // its end
  const auto closed = fs::file_size(path);
  REQUIRE(sink->write(batch_of({at_time(kNoon + 5)})));  // a late one
  REQUIRE(sink->tick());
  CHECK(fs::file_size(path) > closed);
  CHECK(files_below(folder).begin()->second.size() == 2);
  REQUIRE(sink->finish());
}

TEST_CASE("what a ledger counts is in one file, once") {
  const std::string folder = scratch_folder();
  const auto sink = begun(options_for(folder + "/$sport"));
  REQUIRE(sink->ledger({{"probe", 1, 2, LedgerItem::received, 5}}));
  REQUIRE(sink->write(batch_of({at_time(kNoon, 1), at_time(kNoon, 2)})));
  REQUIRE(sink->finish());
  std::size_t entries = 0;
  for (const char* name : {"/1", "/2"}) entries += heard(read_whole_file(folder + name)).ledger.size();
  CHECK(entries == 1);
}

TEST_CASE("frames of which all rows go to one file are taken as they are") {
  const std::string folder = scratch_folder();
  const auto rows = [](Nanos from, Nanos to, const char* sensor) {
    std::vector<Row> out;
    for (Nanos i = 0; i < 5000; i++)
      out.push_back(at_time(from + (to - from) / 5000 * i, static_cast<unsigned>(i)).with(Field::srcid, sensor));
    return out;
  };
  std::vector<Row> noon = rows(kNoon, kNoon + kHour, "a"), later = rows(kNoon + kHour, kNoon + kHour + 5, "b");
  const auto sink = begun(options_for(folder + "/$srcid.%H"));
  const auto wish = sink->raw_frame_request();
  REQUIRE(wish);
  CHECK(wish->columns.list() == FieldSet{Field::stime, Field::srcid}.list());
  const auto wanted = [&](const std::vector<Row>& some) {
    return wish->wanted(*StatsOf(batch_of(some)).directory, some.size());
  };
  CHECK(wanted(noon));
  CHECK(wanted(later));
  CHECK_FALSE(wanted({noon.begin(), noon.begin() + 10}));
  CHECK_FALSE(wanted(rows(kNoon, kNoon + kHour + kSecond, "a")));
  std::vector<Row> mixed = noon;
  mixed[17].with(Field::srcid, "b");
  CHECK_FALSE(wanted(mixed));
  mixed = noon;
  mixed[17].without(Field::stime);
  CHECK_FALSE(wanted(mixed));
  REQUIRE(sink->write(batch_of({noon[0]})));
  REQUIRE(sink->write(coded_batch(batch_of(noon), wish->columns)));
  REQUIRE(sink->write(coded_batch(batch_of(later), wish->columns)));
  REQUIRE(sink->finish());
  noon.insert(noon.begin(), noon[0]);
  const auto files = files_below(folder);
  REQUIRE(files.size() == 2);
  CHECK(files.begin()->second == noon);
  CHECK(files.rbegin()->second == later);
}
