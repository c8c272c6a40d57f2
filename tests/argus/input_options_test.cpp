#include "argus/input_options.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "base/time.h"
#include "flow/field.h"
#include "flow/source.h"
#include "meter/meter.h"
#include "shell/io.h"
#include "shell/options.h"

using namespace argus;

namespace {

using Declare = void (InputOptions::*)(OptionSet&);

// What the words are bound to; `wrong`: what is said of them, empty: nothing.
InputOptions with(const std::vector<std::string>& words, Declare declare = &InputOptions::declare_reading,
                  std::string* wrong = nullptr) {
  InputOptions input;
  OptionSet options;
  (input.*declare)(options);
  const auto done = options.parse(words);
  if (wrong != nullptr) *wrong = done ? "" : done.error().text;
  else if (!done) FAIL(done.error().text);
  return input;
}

std::string refused(const std::vector<std::string>& words, Declare declare = &InputOptions::declare_reading) {
  std::string wrong;
  (void)with(words, declare, &wrong);
  return wrong;
}

// What opening says is wrong. Nothing of it is there.
std::string fault(const std::vector<std::string>& words, Declare declare = &InputOptions::declare_reading) {
  Io io;
  std::vector<std::string> all = words;
  all.insert(all.begin(), "--no-system-call-filter");  // the other tests go on
  const auto opened = with(all, declare).open(io);
  return opened ? "" : opened.error().text;
}

}  // namespace

TEST_CASE("inputs that exclude each other are told before any is opened") {
  CHECK(fault({"-r", "none.flows", "--remote", "none"}).starts_with("-r and --remote exclude each other"));
  const Declare watching = &InputOptions::declare_watching;
  CHECK(fault({"-i", "none0", "-r", "none.flows"}, watching).starts_with("-i excludes -r and --remote"));
  CHECK(fault({"-i", "none0", "--remote", "none"}, watching).starts_with("-i excludes -r and --remote"));
  CHECK(fault({"-r", "none.flows"}).find("none.flows: no such file") != std::string::npos);
}

TEST_CASE("a wrong filter, range or sensor is found before any input") {
  CHECK(fault({"-r", "none.flows", "-", "prot", "5"}).find("unknown word 'prot'") != std::string::npos);
  CHECK(fault({"-r", "none.flows", "-t", "yesteryear"}).starts_with("-t: "));
  CHECK(fault({"--remote", "unix:"}).starts_with("--remote: "));
  CHECK(refused({"--flows", "3"}).find("invalid value '3': give 16 to 1000000000 live flows") != std::string::npos);
  CHECK_FALSE(refused({"--status", "x"}).empty());
  CHECK_FALSE(refused({"-T", "x"}).empty());
}

TEST_CASE("a command has the letters that it declared, and no others") {
  const Declare files = &InputOptions::declare, reading = &InputOptions::declare_reading,
                watching = &InputOptions::declare_watching;
  CHECK_FALSE(refused({"--remote", "x"}, files).empty());
  CHECK(refused({"--remote", "x"}, reading).empty());
  CHECK_FALSE(refused({"-i", "eth0"}, reading).empty());
  CHECK(refused({"-i", "eth0"}, watching).empty());
}

TEST_CASE("what is read is known from the words") {
  CHECK(with({}).reads_stdin());
  CHECK(with({"-r", "-"}).reads_stdin());
  CHECK_FALSE(with({"-r", "a.flows"}).reads_stdin());
  CHECK(with({"-r", "a.flows"}).reads_files());
  CHECK(with({"--remote", "a"}).reads_sensors());
  CHECK_FALSE(with({"--remote", "a"}).reads_files());
  CHECK(with({"-i", "eth0"}, &InputOptions::declare_watching).reads_interfaces());
  CHECK(with({}).describe() == "standard input");
  CHECK(with({"-r", "-"}).describe() == "standard input");
  CHECK(with({"-r", "x/a.flows", "y/"}).describe() == "a.flows y");
  CHECK(with({"-r", "a", "b", "c", "d"}).describe() == "4 inputs");
  CHECK(with({"--remote", "north", "south"}).describe() == "north south");
}

TEST_CASE("filter and range are what the rows are chosen by") {
  InputOptions all = with({});
  const auto every = all.wanted();
  REQUIRE(every);
  CHECK_FALSE(*every);
  InputOptions some = with({"-t", "2026/09/21", "-", "port", "443"});
  const auto where = some.wanted();
  REQUIRE(where);
  REQUIRE(*where);
  CHECK((*where)->fields().has(Field::sport));
  CHECK((*where)->fields().has(Field::stime));
  CHECK(some.filter_text() == "port 443");
  CHECK(some.has_time_range());
  CHECK(some.span().end - some.span().begin == kDay);
  some.forget_time_range();
  CHECK_FALSE(some.has_time_range());
  CHECK(some.span().begin == TimeSpan().begin);
}

TEST_CASE("since and until are a range, beside which there is no other, and cutting needs one") {
  InputOptions both = with({"--since", "2026/09/21", "--until", "2026/09/22"});
  CHECK(both.has_time_range());
  REQUIRE(both.wanted());
  CHECK(both.span().end - both.span().begin == kDay);
  both.forget_time_range();
  CHECK_FALSE(both.has_time_range());
  InputOptions one = with({"--since", "-1h"});
  REQUIRE(one.wanted());
  CHECK((one.span().begin != INT64_MIN && one.span().end == INT64_MAX));
  const auto fault = [](const std::vector<std::string>& words) { return with(words).wanted().error().text; };
  CHECK(fault({"-t", "12", "--until", "13"}) == "-t and --until are two time ranges; give one");
  CHECK(fault({"--since", "13:00", "--until", "12:00"}) == "--until: '12:00' is not later than '13:00' of --since");
  CHECK_THAT(fault({"--cut"}), Catch::StartsWith("--cut cuts at the ends of a time range"));
  CHECK_THAT(fault({"--cut", "-t", "x12"}), Catch::StartsWith("--cut: 'x12' has no ends to cut at"));
  CHECK(with({"--cut", "-t", "12"}).wanted());
}

TEST_CASE("how captures are metered is in the words, and a key that nobody knows is refused") {
  const auto plain = with({}).meter_options();
  REQUIRE(plain);
  CHECK(plain->status_interval == MeterOptions().status_interval);
  const auto chosen = with({"--status", "5s", "--flows", "1k", "--key", "+vlan", "--sensor", "north"}).meter_options();
  REQUIRE(chosen);
  CHECK(chosen->status_interval == 5 * kSecond);
  CHECK(chosen->flows_max == 1000);
  CHECK(chosen->key_vlan);
  CHECK(chosen->sensor == "north");
  CHECK_FALSE(with({"--key", "+mac"}).meter_options());
  CHECK_FALSE(with({"--sensor", std::string(33, 'x')}).meter_options());
}

TEST_CASE("rights are bound, and given up by whoever opened interfaces") {
  CHECK_FALSE(with({"-i", "lo"}, &InputOptions::declare_watching).rights().stay_root);
  CHECK(with({"-i", "lo", "--stay-root"}, &InputOptions::declare_watching).rights().stay_root);
  CHECK(with({}).limits_calls());
  CHECK_FALSE(with({"--no-system-call-filter"}).limits_calls());
}
