#include "config/config.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/result.h"
#include "base/time.h"
#include "shell/options.h"

using namespace argus;
using Words = std::vector<std::string>;

namespace {

// An /etc of its own, removed with all that is in it.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "argus-config-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string put(const std::string& name, const std::string& text, mode_t mode = 0644) const {
    const std::string path = path_ + "/" + name;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    return path;
  }
  Result<Settings> load() const {
    return load_settings({.toml = {}, .classic = {}, .etc = path_, .with_environment = false});
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Variable {
  std::string name;
  Variable(const char* n, const std::string& value) : name(n) { ::setenv(n, value.c_str(), 1); }
  ~Variable() { ::unsetenv(name.c_str()); }
};

std::string toml_error(std::string_view text) {
  Settings settings;
  const auto done = read_toml(text, "a.toml", settings);
  if (done) return "none";
  CHECK(done.error().code == Errc::usage);
  return done.error().text;
}

Settings classic(std::string_view text) {
  Settings settings;
  const auto done = read_classic(text, "argus.conf", settings);
  if (!done) FAIL(done.error().text);
  return settings;
}

std::string classic_error(std::string_view text) {
  Settings settings;
  const auto done = read_classic(text, "argus.conf", settings);
  return done ? "none" : done.error().text;
}

// A good value of each kind, as TOML.
std::string good(SettingKind kind) {
  switch (kind) {
    case SettingKind::text: return "\"tcp\"";  // also as a filter
    case SettingKind::texts: return "[\"a\", \"b - udp port 53\"]";
    case SettingKind::list: return "[\"a\", \"b\"]";
    case SettingKind::flag: return "false";
    case SettingKind::duration: return "\"5m\"";
    case SettingKind::size: return "4096";
    case SettingKind::rotation: return "\"100M\"";
    case SettingKind::percent: break;
  }
  return "\"7%\"";
}

std::string section_line(const SettingInfo& setting, const std::string& value) {
  const auto dot = setting.key.find('.');
  return fmt::format("[{}]\n{} = {}\n", setting.key.substr(0, dot), setting.key.substr(dot + 1), value);
}

}  // namespace

TEST_CASE("every setting is read from a file, keeps its line, and refuses what it is not") {
  for (const SettingInfo& setting : all_settings()) {
    CAPTURE(setting.key);
    Settings settings;
    REQUIRE(read_toml(section_line(setting, good(setting.kind)), "a.toml", settings));
    CHECK(settings.is_set(setting.key));
    CHECK(settings.where(setting.key) == "a.toml:2");
    CHECK(toml_error(section_line(setting, "1979-05-27")).starts_with("a.toml:2:"));
    CHECK(toml_error(section_line(setting, "\"\"")) != "none");
    const bool text = setting.kind == SettingKind::text && setting.option != "-";
    const bool words = text || takes_list(setting.kind);
    CHECK((toml_error(section_line(setting, "\"5 x\"")) == "none") == words);
  }
}

TEST_CASE("every value that is built in is right, and so is the sample") {
  for (const SettingInfo& setting : all_settings())
    for (const std::string_view value : {setting.initial, setting.service, setting.sample}) {
      CAPTURE(setting.key, value);
      if (!value.empty()) CHECK(Settings::check(setting, {std::string(value)}));
    }
  std::string set = sample_toml();
  CHECK(toml_error(set) == "none");
  for (std::size_t at = set.find("\n#"); at != std::string::npos; at = set.find("\n#", at + 1))
    if (set[at + 2] != ' ') set.erase(at + 1, 1);
  Settings settings;
  REQUIRE(read_toml(set, "sample", settings));
  for (const SettingInfo& setting : all_settings()) CHECK(settings.is_set(setting.key));
  CHECK(settings.remotes().size() == 1);
}

TEST_CASE("what is wrong is named with line, column and what would be right") {
  CHECK(toml_error("[capture]\nwrte = \"x\"\n") == "a.toml:2:1: no setting 'capture.wrte'; did you mean 'write'?");
  CHECK(toml_error("[capure]\n").find("a.toml:1:2: no section 'capure'; did you mean 'capture'?") == 0);
  CHECK(toml_error("\n[capture]\n  keep = \"5x\"\n").starts_with("a.toml:3:10: capture.keep: invalid duration '5x'"));
  CHECK(toml_error("[capture]\npromiscuous = \"no\"\n") ==
        "a.toml:2:15: capture.promiscuous: write true or false, without quotes");
  CHECK(toml_error("[capture]\nwrite = 5\n") == "a.toml:2:9: capture.write: write a text in quotes");
  CHECK(toml_error("[capture]\nkeys = [\"a\"]\n") == "a.toml:2:8: capture.keys: write a text in quotes");
  CHECK(toml_error("capture = 5\n").starts_with("a.toml:1:1: 'capture' is a section"));
  CHECK(toml_error("[capture\n").starts_with("a.toml:1:9: "));
  CHECK(toml_error("[capture]\nwrite = \"a\"\nwrite = \"b\"\n").starts_with("a.toml:3:"));
  CHECK(toml_error("[remotes.a]\n") == "a.toml:1:10: remotes.a: the address is missing");
  CHECK(toml_error("[remotes.a]\nadress = \"x\"\n").starts_with("a.toml:2:1: no setting 'remotes.a.adress'"));
  CHECK(toml_error("[remotes]\na = \"x\"\n") == "a.toml:2:1: write [remotes.a]");
}

TEST_CASE("a file cut anywhere is right or wrong, never more") {
  const std::string whole =
      "[capture]\ninterface = [\"eth0\", \"eth1\"]\nkeep = \"30d\"\n[remotes.x]\naddress = \"h\"\n";
  for (std::size_t size = 0; size <= whole.size(); size++) {
    const std::string error = toml_error(whole.substr(0, size));
    CHECK((error == "none" || error.starts_with("a.toml:")));
  }
}

TEST_CASE("later files beat earlier ones, and classic files count only where no other says anything") {
  const Folder etc;
  etc.put("argus.conf", "ARGUS_OUTPUT_FILE=/classic\n");
  etc.put("argus/argus.toml", sample_toml());
  auto settings = etc.load();
  REQUIRE(settings);
  CHECK(settings->text("capture.write") == "/classic");
  CHECK(settings->where("capture.write") == etc.path() + "/argus.conf:1");
  CHECK(settings->where("capture.status") == "built in");

  etc.put("argus/argus.toml", "[capture]\nwrite = \"one\"\nkeep = \"1d\"\n");
  etc.put("argus/conf.d/20.toml", "[capture]\nwrite = \"three\"\n");
  etc.put("argus/conf.d/10.toml", "[capture]\nwrite = \"two\"\n[remotes.s]\naddress = \"unix:/x\"\n");
  etc.put("argus/conf.d/ignored", "[[");
  settings = etc.load();
  REQUIRE(settings);
  CHECK(settings->text("capture.write") == "three");
  CHECK(settings->duration("capture.keep") == kDay);
  CHECK(settings->files().size() == 3);
  REQUIRE(settings->remotes().size() == 1);
  CHECK(settings->remotes()[0].address == "unix:/x");
}

TEST_CASE("a variable that is no setting is an error with a suggestion, those of others are not") {
  const Variable other("ARGUS_CAPTURES", "/captures"), source("ARGUS_SOURCE_DIR", "/source");
  REQUIRE(load_settings({}));
  const Variable misspelt("ARGUS_CAPTURE_WRIT", "x.flows");
  const auto settings = load_settings({});
  REQUIRE_FALSE(settings);
  CHECK(settings.error().code == Errc::usage);
  CHECK(settings.error().text ==
        "no setting has the variable 'ARGUS_CAPTURE_WRIT'; did you mean 'ARGUS_CAPTURE_WRITE'?");
  LoadOptions without;
  without.with_environment = false;
  CHECK(load_settings(without));
}

TEST_CASE("variables beat files, and options beat variables") {
  const Folder etc;
  const Variable config("ARGUS_CONFIG", etc.put("a.toml", "[capture]\nwrite = \"file\"\nrotate = \"1h\"\n"));
  const Variable write("ARGUS_CAPTURE_WRITE", "variable");
  const Variable interfaces("ARGUS_CAPTURE_INTERFACE", "eth0, eth1");
  auto settings = load_settings({});
  REQUIRE(settings);
  CHECK(settings->text("capture.write") == "variable");
  CHECK(settings->where("capture.write") == "ARGUS_CAPTURE_WRITE");
  CHECK(settings->list("capture.interface") == Words{"eth0", "eth1"});

  std::string path, rotate = "none", status = "none";
  std::optional<std::string> filter;
  bool calm = false;
  Words words;
  OptionSet options;
  options.value("-w,--write", "FILE", path, "");
  options.value("--rotate", "TIME", rotate, "");
  options.value("--status", "TIME", status, "");
  options.flag("--no-promiscuous", calm, "");
  options.list("-i", "NAME...", words, ListWords::plain, "");
  options.filter(filter);
  REQUIRE(options.parse({"-w", "option", "--no-promiscuous", "-", "tcp"}));
  REQUIRE(settings->fill(options));
  CHECK(path == "option");
  CHECK(rotate == "none");  // goes with the file that the configuration names
  CHECK(status == "none");  // what is built in is the option's own business
  CHECK(words == Words{"eth0", "eth1"});
}

TEST_CASE("a usual file that this user may not read is passed over, and said") {
  if (::geteuid() != 0) return;  // who would make one
  const Folder etc;
  REQUIRE(::chmod(etc.path().c_str(), 0755) == 0);
  etc.put("argus/conf.d/10.toml", "[capture]\nwrite = \"seen\"\n");
  etc.put("argus/conf.d/20.toml", "[capture]\nwrite = \"secret\"\n", 0600);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0) ::_exit(2);
    const auto settings = load_settings({.toml = {}, .classic = {}, .etc = etc.path(), .with_environment = false});
    ::_exit(settings && settings->text("capture.write") == "seen" && settings->warnings().size() == 1 ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("files of the configuration are for those who do not say what to write") {
  Settings settings;
  REQUIRE(read_toml("[capture]\nwrite = \"%H.flows\"\nrotate = \"1h\"\nstatus = \"5s\"\n", "a.toml", settings));
  const auto filled = [&](const Words& words) {
    std::string path = "none", rotate = "none", status = "none";
    bool json = false;
    OptionSet options;
    options.value("-w,--write", "FILE", path, "");
    options.value("--rotate", "TIME", rotate, "");
    options.value("--status", "TIME", status, "");
    options.flag("--json", json, "");
    REQUIRE(options.parse(words));
    REQUIRE(settings.fill(options));
    return path + " " + rotate + " " + status;
  };
  CHECK(filled({}) == "%H.flows 1h 5s");
  CHECK(filled({"-w", "day.flows"}) == "day.flows none 5s");
  CHECK(filled({"--json"}) == "none none 5s");
  CHECK(filled({"--rotate", "1d"}) == "%H.flows 1d 5s");
}

TEST_CASE("an option that refuses a setting says where the setting was said") {
  const Folder etc;
  const Variable config("ARGUS_CONFIG", etc.put("a.toml", "[capture]\npromiscuous = false\nflows = 3\n"));
  const auto settings = load_settings({});
  REQUIRE(settings);
  bool calm = false;
  OptionSet options;
  options.flag("--no-promiscuous", calm, "");
  options.value(
      "--flows", "N", [](const std::string&) -> Result<> { return fail(Errc::usage, "too few"); }, "");
  REQUIRE(options.parse({}));
  const auto done = settings->fill(options);
  REQUIRE_FALSE(done);
  CHECK(done.error().text == etc.path() + "/a.toml:3:9: capture.flows: too few");
  CHECK_FALSE(calm);  // the first one that is refused ends it
}

TEST_CASE("a service has a folder to write to without being told") {
  const Folder etc;
  const Variable config("ARGUS_CONFIG", etc.put("a.toml", ""));
  const Variable state("STATE_DIRECTORY", "/var/lib/argus/eth0");
  const auto settings = load_settings({});
  REQUIRE(settings);
  CHECK(settings->text("capture.write").starts_with("/var/lib/argus/eth0/%Y"));
  CHECK(settings->where("capture.write") == "built in, for a service");
  CHECK(settings->text("capture.rotate") == "5m");
  const Variable write("ARGUS_CAPTURE_WRITE", "one.flows");
  const auto told = load_settings({});
  REQUIRE(told);
  CHECK_FALSE(told->is_set("capture.rotate"));
  CHECK(told->flag("capture.reopen"));
}

TEST_CASE("who set a setting is told by its origin, not by where") {
  const Folder etc;
  const Variable config("ARGUS_CONFIG", etc.put("a.toml", "[capture]\nkey = [\"+vlan\"]\n"));
  const Variable state("STATE_DIRECTORY", "/var/lib/argus/eth0");
  const Variable status("ARGUS_CAPTURE_STATUS", "5s");
  const auto settings = load_settings({});
  REQUIRE(settings);
  CHECK(settings->origin("capture.key") == Origin::file);
  CHECK(settings->origin("capture.status") == Origin::variable);
  CHECK(settings->origin("capture.write") == Origin::in_service);
  CHECK(settings->origin("capture.flows") == Origin::built_in);
  CHECK(settings->origin("capture.user") == Origin::none);
}

TEST_CASE("what files plan for a service is forgotten for a person, all of it and no more") {
  for (const SettingInfo& setting : all_settings()) {
    CAPTURE(setting.key);
    Settings settings;
    REQUIRE(read_toml(section_line(setting, good(setting.kind)), "a.toml", settings));
    settings.forget_plan();
    CHECK(settings.is_set(setting.key) == (setting.group == SettingGroup::any));
    const std::string value = setting.kind == SettingKind::flag       ? "true"
                              : setting.kind == SettingKind::rotation ? "1h"
                              : setting.option == "-"                 ? "tcp"
                                                                      : "5";
    REQUIRE(settings.set(setting.key, {value}, Origin::variable, "ARGUS_X"));
    settings.forget_plan();
    CHECK(settings.is_set(setting.key));
  }
}

TEST_CASE("every setting has an option, and a sensor's is of one group with what it goes with") {
  const auto group_of = [](std::string_view key) { return find_setting(key)->group; };
  for (const SettingInfo& setting : all_settings()) CHECK_FALSE(setting.option.empty());
  for (const std::string_view key : {"capture.write", "capture.rotate", "capture.keep", "capture.min-free"})
    CHECK(group_of(key) == SettingGroup::files);
  CHECK(group_of("capture.listen") == SettingGroup::plan);
  CHECK(group_of("capture.collect") == SettingGroup::plan);
  CHECK(group_of("capture.status") == SettingGroup::any);
  CHECK(group_of("graph.local") == SettingGroup::any);
}

TEST_CASE("a file that others can write is refused") {
  const Folder etc;
  for (const char* name : {"argus/argus.toml", "argus/conf.d/a.toml", "argus.conf"}) {
    CAPTURE(name);
    const std::string path = etc.put(name, "", 0666);
    const auto settings = etc.load();
    REQUIRE_FALSE(settings);
    CHECK(settings.error().text.starts_with(path + ": others can write it (mode 0666)"));
    ::unlink(path.c_str());
  }
  CHECK_FALSE(load_settings({.toml = etc.path() + "/none.toml", .classic = {}}));
  CHECK_FALSE(load_settings({.toml = etc.path(), .classic = {}}));
}

TEST_CASE("the variables of a classic file are settings here") {
  const Settings s = classic(
      "# the usual\n"
      "ARGUS_INTERFACE=ind:en0/\"edge\",en2\n"
      "ARGUS_OUTPUT_FILE=\"/var/log/argus/argus.out not port 22\"\n"
      "ARGUS_FILTER = \"ip\"   # only IPv4\n"
      "ARGUS_ACCESS_PORT=561\nARGUS_BIND_IP=\"::1,127.0.0.1\"\n"
      "ARGUS_SETUSER_ID=argus\nARGUS_SETGROUP_ID=adm\n"
      "ARGUS_FLOW_STATUS_INTERVAL=5 // seconds\n"
      "ARGUS_GO_PROMISCUOUS=no\nARGUS_SET_PID=yes\nARGUS_PID_PATH=\"/run/x\"\n"
      "ARGUS_GENERATE_MAC_DATA=yes\r\nARGUS_DAEMON=no\nARGUS_CHROOT_DIR=\n");
  CHECK(s.list("capture.interface") == Words{"en0", "en2"});
  CHECK(s.text("capture.sensor") == "edge");
  CHECK(s.list("capture.write") == Words{"/var/log/argus/argus.out - not port 22"});
  CHECK(s.text("capture.kernel-filter") == "ip");
  CHECK_FALSE(s.is_set("capture.filter"));
  CHECK(s.list("capture.listen") == Words{"[::1]:561", "127.0.0.1:561"});
  CHECK(s.text("capture.user") == "argus");
  CHECK(s.text("capture.group") == "adm");
  CHECK(s.duration("capture.status") == 5 * kSecond);
  CHECK(s.where("capture.status") == "argus.conf:9");
  CHECK_FALSE(s.flag("capture.promiscuous"));
  CHECK(s.text("capture.pid-file") == "/run/x/argus.pid");
  CHECK(s.warnings().empty());
}

TEST_CASE("each ARGUS_OUTPUT_FILE is a file of its own, with or without a filter") {
  const Settings s = classic(
      "ARGUS_INTERFACE=en0\nARGUS_OUTPUT_FILE=/a\nARGUS_OUTPUT_FILE=/b \"udp port 53\"\n"
      "ARGUS_OUTPUT_FILE=\"/c tcp or icmp\"\n");
  CHECK(s.list("capture.write") == Words{"/a", "/b - udp port 53", "/c - tcp or icmp"});
  CHECK(s.where("capture.write") == "argus.conf:4");
  CHECK(s.warnings().empty());
  CHECK(settings_text(s).find("capture.write = [\"/a\", \"/b - udp port 53\", \"/c - tcp or icmp\"]") !=
        std::string::npos);
  CHECK(check_settings(s));
  const auto wrong = [](std::string_view text) {
    const auto done = check_settings(classic(text));
    return done ? std::string("none") : done.error().text;
  };
  CHECK(wrong("ARGUS_OUTPUT_FILE=/a\nARGUS_OUTPUT_FILE=/b \"udp prt 53\"\n")
            .starts_with("argus.conf:2:19: capture.write: /b: "));
  CHECK(wrong("ARGUS_OUTPUT_FILE=/a\nARGUS_OUTPUT_FILE=/a tcp\n") ==
        "argus.conf:2:19: capture.write: '/a' is written twice");
}

TEST_CASE("the classic's ways to name interfaces and sensors") {
  CHECK(classic("ARGUS_INTERFACE=any\n").list("capture.interface") == Words{"any"});
  CHECK(classic("ARGUS_INTERFACE=ind:all\n").list("capture.interface") == Words{"any"});
  CHECK(classic("ARGUS_INTERFACE=bond:en0,en1/srcid\n").list("capture.interface") == Words{"en0", "en1"});
  CHECK(classic("ARGUS_INTERFACE=dup:en0,en1\n").list("capture.interface") == Words{"en0", "en1"});
  CHECK(classic("ARGUS_INTERFACE=en0\nARGUS_INTERFACE=en1\n").list("capture.interface") == Words{"en0", "en1"});
  CHECK(classic("ARGUS_INTERFACE=ind:a/1,b/2\n").warnings().size() == 1);
  CHECK(classic("ARGUS_MONITOR_ID=10.2.45.3\n").text("capture.sensor") == "10.2.45.3");
  CHECK(classic("ARGUS_MONITOR_ID=\"en0\"\n").text("capture.sensor") == "en0");
  CHECK_FALSE(classic("ARGUS_MONITOR_ID=`hostname`\n").text("capture.sensor").empty());
  CHECK(
      classic_error("ARGUS_MONITOR_ID=`id`\n").starts_with("argus.conf:1:18: ARGUS_MONITOR_ID: argus runs no program"));
}

TEST_CASE("what a classic file asks to generate and argus does not is named with its line") {
  const Settings s = classic(
      "ARGUS_INTERFACE=en0\nARGUS_KEYSTROKE=yes\nARGUS_GENERATE_START_RECORDS=yes\nARGUS_GENERATE_MAC_DATA=yes\n");
  REQUIRE(s.warnings().size() == 2);
  CHECK(s.warnings()[0].starts_with("argus.conf:2: ARGUS_KEYSTROKE has no effect: "));
  CHECK(s.warnings()[1].starts_with("argus.conf:3: ARGUS_GENERATE_START_RECORDS has no effect: "));
  CHECK(classic("ARGUS_INTERFACE=en0\nARGUS_KEYSTROKE=no\n").warnings().empty());
}

TEST_CASE("what a classic file generates on request are details, which are metered then") {
  for (const char* name : {"ARGUS_GENERATE_JITTER_DATA", "ARGUS_GENERATE_PACKET_SIZE"}) {
    CAPTURE(name);
    const auto details = [&](const char* value) {
      const Settings s = classic("ARGUS_INTERFACE=en0\n" + std::string(name) + "=" + value + "\n");
      CHECK(s.warnings().empty());
      return s.text("capture.details");
    };
    CHECK(details("yes") == "true");
    CHECK(details("no").empty());
  }
}

TEST_CASE("a classic file that names no interface means the first that is up") {
  const Settings s = classic("ARGUS_OUTPUT_FILE=/x\n");
  REQUIRE(s.list("capture.interface").size() <= 1);  // none is up in an empty network namespace
  if (s.is_set("capture.interface"))
    CHECK(s.where("capture.interface") == "argus.conf, the first interface that is up");
}

TEST_CASE("what the classic file says and is not done is named with its line") {
  const auto warning = [](std::string_view text) {
    const Settings s = classic(text);
    return s.warnings().empty() ? std::string("none") : s.warnings()[0];
  };
  CHECK(warning("\n\nARGUS_INTERFAC=en0\n") ==
        "argus.conf:3: there is no variable 'ARGUS_INTERFAC'; did you mean 'ARGUS_INTERFACE'?");
  CHECK(warning("ARGUS_DAEMON=yes\n").starts_with("argus.conf:1: ARGUS_DAEMON has no effect: "));
  CHECK(warning("ARGUS_CHROOT_DIR=/x\n").starts_with("argus.conf:1: ARGUS_CHROOT_DIR has no effect"));
  CHECK(warning("ARGUS_TCP_TIMEOUT=60\n") != "none");
  CHECK(warning("ARGUS_CAPTURE_DATA_LEN=0\n") == "none");
  CHECK(warning("ARGUS_ACCESS_PORT=561\n").find("listens on loopback") != std::string::npos);
  CHECK(classic("ARGUS_ACCESS_PORT=561\n").list("capture.listen") == Words{"561"});
  CHECK(classic_error("ARGUS_OUTPUT_STREAM=argus-udp://224.0.20.21:561\n").starts_with("argus.conf:1:21: "));
  CHECK(classic_error("ARGUS_FLOW_STATUS_INTERVAL=often\n")
            .starts_with("argus.conf:1:28: ARGUS_FLOW_STATUS_INTERVAL: invalid duration 'often'"));
  CHECK(classic_error("ARGUS_ACCESS_PORT=70000\n").starts_with("argus.conf:1:19: "));
  CHECK(classic_error("\n  nonsense\n") == "argus.conf:2:3: a line is NAME=value");
  CHECK(classic_error("ARGUS_FILTER=\"ip\n") == "argus.conf:1:14: ARGUS_FILTER: the quote is never closed");
  CHECK(classic_error(std::string_view("a=b\n\0", 5)) == "argus.conf:2:1: a zero byte: this is not text");
}

TEST_CASE("settings are shown with their origin, as TOML") {
  Settings settings;
  REQUIRE(read_toml("[capture]\ninterface = [\"a\", \"b\"]\npromiscuous = false\n", "a.toml", settings));
  const std::string text = settings_text(settings);
  CHECK(text.find("capture.interface = [\"a\", \"b\"]  # a.toml:2\n") != std::string::npos);
  CHECK(text.find("capture.promiscuous = false ") != std::string::npos);
  CHECK(text.find("#capture.keep = ") != std::string::npos);
  CHECK(toml_error(text) == "none");
}
