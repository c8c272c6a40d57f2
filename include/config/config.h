// Settings from files, the environment and the command line, each with its origin. Later beats earlier: built in,
// /etc/argus/argus.toml, /etc/argus/conf.d/*.toml in name order, $XDG_CONFIG_HOME/argus/argus.toml (neither for root
// nor for services), ARGUS_* variables, options. The classic argus.conf is read where -F names one, or as
// /etc/argus.conf where no argus.toml says anything. One table, all_settings(), says what there is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "shell/options.h"

namespace argus {

enum class SettingKind : std::uint8_t {
  text,      // any
  list,      // words
  texts,     // one text, or several in a list
  flag,      // true or false
  duration,  // parse_duration
  size,      // parse_size
  rotation,  // a duration or a size
  percent,   // "5%", 1 to 99
};

[[nodiscard]] bool takes_list(SettingKind kind);

enum class SettingGroup : std::uint8_t {
  files,  // where records go, and for how long
  plan,   // what else makes the sensor that runs as a service, and nobody else's
  any,
};

class Settings;
using SettingCheck = Result<> (*)(const Settings&, const std::vector<std::string>&);

struct SettingInfo {
  std::string_view key;  // "capture.write"
  SettingKind kind;
  std::string_view initial;  // built in; empty: not set
  std::string_view service;  // built in for a service, where different; "$S" is its state folder
  std::string_view sample;   // an example for the sample file, where there is nothing built in
  std::string_view doc;      // one line
  std::string_view classic;  // its variable in the classic argus.conf, if any
  std::string_view option;   // that beats it: "--write"; "-" is the filter, "--no-x" makes a flag false
  SettingGroup group;
  SettingCheck check;  // a usage error for what the kind does not tell
};
[[nodiscard]] std::span<const SettingInfo> all_settings();
[[nodiscard]] const SettingInfo* find_setting(std::string_view key);
// "ARGUS_CAPTURE_KEEP_SIZE" of capture.keep-size.
[[nodiscard]] std::string setting_variable(const SettingInfo& setting);

enum class Origin : std::uint8_t {
  none,        // not set
  built_in,    // for everybody
  in_service,  // built in for a service
  file,
  variable,  // of the environment
};

struct Remote {
  std::string name, address, where;  // "/etc/argus/argus.toml:7"
};

class Settings {
 public:
  // Keys are those of all_settings(), others are a bug. What was read has been checked, so nothing here fails.
  [[nodiscard]] std::string text(std::string_view key) const;  // "" when not set
  [[nodiscard]] const std::vector<std::string>& list(std::string_view key) const;
  [[nodiscard]] bool flag(std::string_view key) const;
  [[nodiscard]] Nanos duration(std::string_view key) const;      // 0 when not set
  [[nodiscard]] std::uint64_t size(std::string_view key) const;  // 0 when not set
  [[nodiscard]] unsigned percent(std::string_view key) const;    // 0 when not set
  [[nodiscard]] bool is_set(std::string_view key) const;         // by anybody, or built in
  [[nodiscard]] Origin origin(std::string_view key) const;
  [[nodiscard]] const std::string& where(std::string_view key) const;  // it was set: "/etc/argus/argus.toml:7"
  [[nodiscard]] const std::string& place(std::string_view key) const;  // the same with the column of the value, if any

  [[nodiscard]] bool anybody_set() const;  // anything that is not built in

  [[nodiscard]] const std::vector<Remote>& remotes() const { return remotes_; }
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }        // that were read
  [[nodiscard]] const std::string& files_text() const { return described_; }            // the same in words
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }  // sentences for the log, once

  // Checks and keeps a value; usage error, with set() beginning with the place, when it is none of that kind. An empty
  // place is `where`.
  [[nodiscard]] static Result<> check(const SettingInfo& setting, const std::vector<std::string>& words);
  [[nodiscard]] Result<> set(std::string_view key, std::vector<std::string> words, Origin origin, std::string where,
                             std::string place = {});
  [[nodiscard]] Result<> set_remote(Remote remote);
  // Once all was read: what is built in for a service about its files goes when somebody else names the file.
  void settle_files();
  // As if files had set nothing that makes the sensor of a service.
  void forget_plan();
  void warn(std::string sentence) { warnings_.push_back(std::move(sentence)); }
  void read_from(std::string path, bool classic) {
    if (!described_.empty()) described_ += ", ";
    described_ += escaped(path) + (classic ? " (classic)" : "");
    files_.push_back(std::move(path));
  }

  // Options that were not given take their values from the settings, where anybody set them (what is built in for a
  // service counts as that). Where -w or a text format was given, files and their rotation are the command line's
  // alone. Errors begin with the place.
  [[nodiscard]] Result<> fill(OptionSet& options) const;
  // The command line says it instead.
  [[nodiscard]] static bool is_overruled(const SettingInfo& setting, const OptionSet& options);

 private:
  struct Value {
    std::vector<std::string> words;
    Origin origin = Origin::none;
    std::string where, place;
  };
  [[nodiscard]] const Value& value(std::string_view key) const;
  std::map<std::string, Value, std::less<>> values_;
  std::vector<Remote> remotes_;
  std::vector<std::string> files_, warnings_;
  std::string described_;
};

// Neither root nor a service.
[[nodiscard]] bool is_person();

struct LoadOptions {
  std::string toml;              // --config: this file alone, no others; empty: $ARGUS_CONFIG, else the usual ones
  std::string classic;           // -F: this classic file and no others
  std::string etc = "/etc";      // elsewhere in tests
  bool people = is_person();     // the files of a person as well; known before rights are given up
  bool with_environment = true;  // ARGUS_* variables, $XDG_CONFIG_HOME, $STATE_DIRECTORY
};

// Usage errors begin with FILE:LINE:COLUMN and suggest what was meant; a file that others can write is refused. A
// usual file that is not there is nothing, a named one an error.
[[nodiscard]] Result<Settings> load_settings(const LoadOptions& options);

// What the kind of a setting does not tell: addresses, users, filters of the kernel, patterns, keys, bounds. Usage
// errors begin with the place. Nothing is opened or changed, but names are looked up. With options, only what they
// leave to the settings.
[[nodiscard]] Result<> check_settings(const Settings& settings, const OptionSet* options = nullptr);

// What [remotes.NAME] says, from the usual files; nothing when there is no such name, or the files are unusable.
[[nodiscard]] Result<std::optional<std::string>> remote_address(std::string_view name);

// The files as text. `path` is for messages; values go into `settings`.
[[nodiscard]] Result<> read_toml(std::string_view text, const std::string& path, Settings& settings);
[[nodiscard]] Result<> read_classic(std::string_view text, const std::string& path, Settings& settings);

[[nodiscard]] std::string settings_text(const Settings& settings);  // argus config --show
[[nodiscard]] std::string sample_toml();                            // argus config --sample
[[nodiscard]] std::string settings_markdown();                      // docs/settings.md

}  // namespace argus
