// key: who may read a sensor of this machine, and which sensors this user may read.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "argus/command.h"
#include "argus/offers.h"
#include "base/log.h"
#include "base/result.h"
#include "base/text.h"
#include "filter/filter.h"
#include "net/dial.h"
#include "net/keys.h"
#include "shell/io.h"
#include "shell/options.h"

namespace argus {

namespace {

bool is_there(const std::string& path) { return !path.empty() && ::access(path.c_str(), F_OK) == 0; }

// What readers call this machine by, most likely.
std::string own_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "SENSOR";
  return name.data();
}

Candidates offered_key_words(const Words& before) {
  if (before.empty()) return offered_words({"new", "add", "list", "remove"})(before);
  Candidates out;
  if (before.size() > 1 || before[0] != "remove") return out;
  if (const auto readers = read_reader_keys(reader_keys_path()))
    for (const ReaderKey& one : *readers) out.words.push_back({one.key.name, "a reader of this sensor"});
  if (const auto sensors = read_sensor_keys(sensor_keys_path()))
    for (const SensorKey& one : *sensors) out.words.push_back({one.sensor, "a sensor"});
  return out;
}

class KeyCommand final : public Command {
 public:
  Page page() const override {
    return {
        "new NAME [- filter] | add SENSOR KEY | list | remove NAME",
        "Manages the keys with which readers on other machines connect. Each reader has a key, which is made on the\n"
        "sensor and kept on both machines: 'new' prints the line to type on the reader's machine. A reader whose key\n"
        "has a filter, after a lone '-', sees only the records that match it.",
        {{"argus key new laptop", "on the sensor: make a key for a reader"},
         {"argus key add sensor1 laptop:KEY", "on the reader's machine: the line that was printed"},
         {"argus key new noc - net 10.1.0.0/16", "a reader that sees one network only"},
         {"argus key remove laptop", "the key is revoked; reload argus capture (SIGHUP) to apply it"}},
        "A sensor's keys are in /etc/argus/keys, or in the user's configuration folder if argus does not run as root.\n"
        "The keys for the sensors that a user reads are in ~/.config/argus/sensors. Argus refuses either file if\n"
        "users other than its owner can read it. [remote](../remote.md) explains how the pieces fit."};
  }
  void declare(OptionSet& options) override {
    options.words(words_, &offered_key_words);
    options.filter(filter_);
    options.value("--keys", "FILE", path_, "use this file of keys instead of the usual one");
    options.common(), options.offer(&offered_files);
  }
  Result<Exit> run(Io& io) override {
    const std::string verb = words_.empty() ? "" : words_[0];
    if (filter_ && verb != "new") return fail(Errc::usage, "only 'new' takes a filter");
    if (verb == "new" && words_.size() == 2) return make(io, words_[1]);
    if (verb == "add" && words_.size() == 3) return add(words_[1], words_[2]);
    if (verb == "list" && words_.size() == 1) return list(io);
    if (verb == "remove" && words_.size() == 2) return remove(words_[1]);
    return fail(Errc::usage, "write: argus key new NAME, key add SENSOR KEY, key list, or key remove NAME");
  }

 private:
  Result<Exit> make(Io& io, const std::string& name) {
    ReaderKey reader;
    ARGUS_TRY_LET(reader.key, make_key(name));
    reader.filter = filter_.value_or("");
    ARGUS_TRY(compile_filter(reader.filter));
    if (reader.filter.find('\n') != std::string::npos) return fail(Errc::usage, "the filter must be one line");
    const std::string path = path_.empty() ? reader_keys_path() : path_;
    ARGUS_TRY(add_reader_key(path, reader));
    log_note(fmt::format("'{}' may read this sensor ({}); on the reader's machine, type:", name, path));
    ARGUS_TRY(io.out.write(fmt::format("argus key add {} {}\n", own_name(), to_text(reader.key))));
    return Exit::done;
  }
  Result<Exit> add(const std::string& sensor, const std::string& text) {
    ARGUS_TRY_LET(const Endpoint endpoint, parse_endpoint(sensor));
    if (endpoint.transport != Transport::tcp)
      return fail(Errc::usage, "'{}' needs no key; keys are for HOST or HOST:PORT", escaped(sensor));
    ARGUS_TRY_LET(SharedKey key, parse_key(text));
    const std::string path = path_.empty() ? sensor_keys_path() : path_;
    ARGUS_TRY(add_sensor_key(path, {sensor, std::move(key)}));
    log_note(fmt::format("saved in {}; try: argus show --remote {}", path, sensor));
    return Exit::done;
  }
  // Never the keys themselves.
  Result<Exit> list(Io& io) {
    const std::string readers = path_.empty() ? reader_keys_path() : path_;
    const std::string sensors = path_.empty() ? sensor_keys_path() : path_;
    std::string text;
    const auto as_readers = is_there(readers) ? read_reader_keys(readers) : std::vector<ReaderKey>();
    const auto as_sensors = is_there(sensors) ? read_sensor_keys(sensors) : std::vector<SensorKey>();
    if (!as_readers && (path_.empty() || !as_sensors)) return as_readers.error();
    if (!as_sensors && path_.empty()) return as_sensors.error();
    if (as_readers)
      for (const ReaderKey& one : *as_readers)
        text += fmt::format("reader  {}{}{}\n", one.key.name, one.filter.empty() ? "" : "  - ", escaped(one.filter));
    if (as_sensors)
      for (const SensorKey& one : *as_sensors)
        text += fmt::format("sensor  {}  as {}\n", escaped(one.sensor), one.key.name);
    ARGUS_TRY(io.out.write(text));
    return Exit::done;
  }
  Result<Exit> remove(const std::string& name) {
    const std::vector<std::string> paths =
        path_.empty() ? std::vector{reader_keys_path(), sensor_keys_path()} : std::vector{path_};
    bool found = false;
    for (const std::string& path : paths) {
      if (!is_there(path)) continue;
      ARGUS_TRY_LET(const bool here, remove_key(path, name));
      if (here) log_note(fmt::format("'{}' removed from {}", escaped(name), path));
      found |= here;
    }
    if (!found) return fail(Errc::usage, "no key for '{}' in {}; argus key list", escaped(name), joined(paths, " or "));
    return Exit::done;
  }

  std::vector<std::string> words_;
  std::optional<std::string> filter_;
  std::string path_;
};

}  // namespace

ARGUS_COMMAND(key, KeyCommand)

}  // namespace argus
