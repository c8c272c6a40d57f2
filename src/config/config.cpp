#include "config/config.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/file.h"
#include "base/log.h"
#include "filter/filter.h"
#include "shell/environment.h"
#include "sink/kinds.h"

namespace argus {

namespace {

constexpr std::size_t kFileMost = std::size_t{1} << 20;
constexpr std::string_view kOfArgus = "ARGUS_";

std::optional<bool> parse_flag(std::string_view text) {
  for (const std::string_view word : {"true", "yes", "on", "1"})
    if (text == word) return true;
  for (const std::string_view word : {"false", "no", "off", "0"})
    if (text == word) return false;
  return std::nullopt;
}

std::optional<unsigned> parse_percent(std::string_view text) {
  if (text.ends_with('%')) text.remove_suffix(1);
  const auto value = parse_unsigned(text);
  return value && *value >= 1 && *value < 100 ? std::optional(static_cast<unsigned>(*value)) : std::nullopt;
}

Result<> check_word(SettingKind kind, const std::string& word) {
  switch (kind) {
    case SettingKind::text:
    case SettingKind::list:
    case SettingKind::texts: return {};
    case SettingKind::flag:
      if (parse_flag(word)) return {};
      return fail(Errc::usage, "'{}' is neither true nor false", escaped(word));
    case SettingKind::duration: ARGUS_TRY(parse_duration(word)); return {};
    case SettingKind::size: ARGUS_TRY(parse_size(word)); return {};
    case SettingKind::rotation:
      if (!parse_unsigned(word) && (parse_duration(word) || parse_size(word))) return {};
      return fail(Errc::usage, "'{}' is neither a time nor a size; write 5m, 1h, 1d or 100M", escaped(word));
    case SettingKind::percent: break;
  }
  if (parse_percent(word)) return {};
  return fail(Errc::usage, "invalid percentage '{}': write 1% to 99%", escaped(word));
}

// A file that somebody other than root and its reader can write would let them choose where the sensor writes, as whom
// and to whom it talks.
Result<> check_safe(const File& file, bool named) {
  struct stat info {};
  if (::fstat(file.fd(), &info) != 0) return fail(Errc::io, "{}: {}", file.path(), system_reason(errno));
  if (!S_ISREG(info.st_mode)) return fail(Errc::usage, "{}: not a regular file", file.path());
  const bool group_writes = (info.st_mode & S_IWGRP) != 0 && info.st_gid != 0 && info.st_gid != ::getegid();
  if ((info.st_mode & S_IWOTH) != 0 || group_writes)
    return fail(Errc::usage, "{}: others can write it (mode {:04o}), so it is not read; chmod go-w it", file.path(),
                static_cast<unsigned>(info.st_mode & 07777));
  const auto sudo_uid = parse_unsigned(environment("SUDO_UID"));
  const bool callers = named && ::geteuid() == 0 && sudo_uid && *sudo_uid == info.st_uid;
  if (info.st_uid != 0 && info.st_uid != ::geteuid() && !callers)
    return fail(Errc::usage, "{}: belongs to uid {}, so it is not read; it must be root's or yours", file.path(),
                info.st_uid);
  return {};
}

// The whole file, or nothing where it is not there and was not asked for by name.
Result<std::optional<std::string>> read_config(const std::string& path, bool named) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR) && !named) return std::optional<std::string>();
  if (fd < 0) return fail(Errc::io, "{}: {}", escaped(path), system_reason(errno));
  File file(fd, escaped(path));
  ARGUS_TRY(check_safe(file, named));
  std::string text(kFileMost + 1, '\0');
  ARGUS_TRY_LET(const std::size_t size, file.read(text.data(), text.size()));
  if (size > kFileMost) return fail(Errc::usage, "{}: more than {} bytes", file.path(), kFileMost);
  text.resize(size);
  return std::optional(std::move(text));
}

Result<> add_file(const std::string& path, bool named, Settings& settings, decltype(read_toml) read) {
  if (!named && ::access(path.c_str(), R_OK) != 0 && errno == EACCES) {
    settings.warn(fmt::format("{}: this user cannot read it; skipped", escaped(path)));
    return {};
  }
  ARGUS_TRY_LET(const std::optional<std::string> text, read_config(path, named));
  if (!text) return {};
  settings.read_from(path, read == read_classic);
  return read(*text, escaped(path), settings);
}

std::vector<std::string> toml_files_in(const std::string& folder) {
  std::vector<std::string> out;
  DIR* listing = ::opendir(folder.c_str());
  if (listing == nullptr) return out;
  while (const dirent* entry = ::readdir(listing)) {
    const std::string_view name = entry->d_name;
    if (name.ends_with(".toml") && name[0] != '.') out.push_back(folder + "/" + std::string(name));
  }
  ::closedir(listing);
  std::sort(out.begin(), out.end());
  return out;
}

Result<> add_usual_files(const LoadOptions& options, Settings& settings) {
  ARGUS_TRY(add_file(options.etc + "/argus/argus.toml", false, settings, read_toml));
  for (const std::string& path : toml_files_in(options.etc + "/argus/conf.d"))
    ARGUS_TRY(add_file(path, false, settings, read_toml));
  // The package's sample, all comments, is no reason to pass over a classic file.
  // Nor is one that the classic package left behind a plan for our service.
  if (!settings.anybody_set() && environment("STATE_DIRECTORY").empty())
    ARGUS_TRY(add_file(options.etc + "/argus.conf", false, settings, read_classic));
  if (!options.with_environment || !options.people) return {};
  std::string home = environment("XDG_CONFIG_HOME");
  if (home.empty() && !environment("HOME").empty()) home = environment("HOME") + "/.config";
  if (home.starts_with('/')) ARGUS_TRY(add_file(home + "/argus/argus.toml", false, settings, read_toml));
  return {};
}

// A variable of a group of settings that is none of them is a misspelt one.
Result<> check_variables() {
  std::vector<std::string> known;
  for (const SettingInfo& setting : all_settings()) known.push_back(setting_variable(setting));
  std::vector<std::string> groups;
  for (const std::string& name : known) groups.push_back(name.substr(0, name.find('_', kOfArgus.size()) + 1));
  for (const std::string& name : environment_names(kOfArgus)) {
    const bool of_group =
        std::any_of(groups.begin(), groups.end(), [&](const std::string& group) { return name.starts_with(group); });
    if (of_group && std::find(known.begin(), known.end(), name) == known.end())
      return fail(Errc::usage, "no setting has the variable '{}'{}", escaped(name), did_you_mean(name, known));
  }
  return {};
}

Result<> add_variables(Settings& settings) {
  ARGUS_TRY(check_variables());
  for (const SettingInfo& setting : all_settings()) {
    const std::string name = setting_variable(setting);
    const std::string value = environment(name.c_str());
    if (value.empty()) continue;
    std::vector<std::string> words = {value};
    if (setting.kind == SettingKind::list) {
      words.clear();
      for (const std::string_view word : split_words(value, ", ")) words.emplace_back(word);
    }
    ARGUS_TRY(settings.set(setting.key, std::move(words), Origin::variable, name));
  }
  return {};
}

Result<Settings> built_in(bool with_environment) {
  Settings out;
  std::string state = with_environment ? environment("STATE_DIRECTORY") : "";
  state = state.substr(0, state.find(':'));
  for (const SettingInfo& setting : all_settings()) {
    const bool service = !state.empty() && !setting.service.empty();
    std::string value(service ? setting.service : setting.initial);
    if (value.starts_with("$S")) value.replace(0, 2, state);
    if (value.empty()) continue;
    ARGUS_TRY(service ? out.set(setting.key, {value}, Origin::in_service, "built in, for a service")
                      : out.set(setting.key, {value}, Origin::built_in, "built in"));
  }
  return out;
}

std::string toml_value(const SettingInfo& setting, const std::vector<std::string>& words) {
  const auto quoted = [](const std::string& word) {
    std::string out;
    append_json_string(word, out);  // a TOML basic string is written like one
    return out;
  };
  if (setting.kind == SettingKind::flag) return parse_flag(words[0]).value_or(false) ? "true" : "false";
  if (setting.kind != SettingKind::list && words.size() == 1) return quoted(words[0]);
  std::vector<std::string> out;
  for (const std::string& word : words) out.push_back(quoted(word));
  return "[" + joined(out, ", ") + "]";
}

// Whoever says on the command line what is written is not given the files of a configuration on top.
bool says_output(const OptionSet& options) {
  const auto is_given = [&](std::string_view name) {
    const Option* option = options.find(name);
    return option != nullptr && !options.given(*option).empty();
  };
  const auto kinds = text_kinds();
  return is_given("-w") || is_given("-s") || is_given("-c") ||
         std::any_of(kinds.begin(), kinds.end(), [&](const TextKind& kind) { return is_given(kind.option); });
}

// The words as the option takes them: a flag that says no is given when the value is false.
std::optional<std::vector<std::string>> words_for(const SettingInfo& setting, const Option& option,
                                                  const std::vector<std::string>& words) {
  if (option.kind != OptionKind::flag) return words;
  const bool wanted = !setting.option.starts_with("--no-");
  if (parse_flag(words[0]) != wanted) return std::nullopt;
  return std::vector<std::string>{""};
}

}  // namespace

Result<> Settings::check(const SettingInfo& setting, const std::vector<std::string>& words) {
  if (!takes_list(setting.kind) && words.size() != 1) return fail(Errc::usage, "give one value, not a list");
  for (const std::string& word : words) {
    if (word.empty()) return fail(Errc::usage, "the value is empty");
    if (word.find('\0') != std::string::npos) return fail(Errc::usage, "the value has a zero byte");
    ARGUS_TRY(check_word(setting.kind, word));
  }
  if (setting.option == "-") {
    if (auto filter = compile_filter(words[0], nullptr, SetFiles::read); !filter) return std::move(filter.error());
  }
  return {};
}

Result<> Settings::set(std::string_view key, std::vector<std::string> words, Origin origin, std::string where,
                       std::string place) {
  if (place.empty()) place = where;
  if (auto good = check(*find_setting(key), words); !good)
    return while_doing(place, while_doing(key, std::move(good.error())));
  values_[std::string(key)] = {std::move(words), origin, std::move(where), std::move(place)};
  return {};
}

Result<> Settings::set_remote(Remote remote) {
  if (remote.address.empty())
    return fail(Errc::usage, "{}: remotes.{}: the address is missing", remote.where, remote.name);
  std::erase_if(remotes_, [&](const Remote& known) { return known.name == remote.name; });
  remotes_.push_back(std::move(remote));
  return {};
}

const Settings::Value& Settings::value(std::string_view key) const {
  static const Value none;
  const auto at = values_.find(key);
  return at == values_.end() ? none : at->second;
}

void Settings::forget_plan() {
  for (const SettingInfo& setting : all_settings())
    if (setting.group != SettingGroup::any && origin(setting.key) == Origin::file)
      values_.erase(std::string(setting.key));
}

std::string Settings::text(std::string_view key) const { return joined(value(key).words, " "); }
const std::vector<std::string>& Settings::list(std::string_view key) const { return value(key).words; }
bool Settings::flag(std::string_view key) const { return parse_flag(text(key)).value_or(false); }
bool Settings::is_set(std::string_view key) const { return !value(key).words.empty(); }
Origin Settings::origin(std::string_view key) const { return value(key).origin; }
const std::string& Settings::where(std::string_view key) const { return value(key).where; }
const std::string& Settings::place(std::string_view key) const { return value(key).place; }

bool Settings::anybody_set() const {
  return !remotes_.empty() || std::any_of(values_.begin(), values_.end(), [](const auto& value) {
    return value.second.origin == Origin::file || value.second.origin == Origin::variable;
  });
}

Nanos Settings::duration(std::string_view key) const {
  const auto parsed = parse_duration(text(key));
  return parsed ? *parsed : 0;
}

std::uint64_t Settings::size(std::string_view key) const {
  const auto parsed = parse_size(text(key));
  return parsed ? *parsed : 0;
}

unsigned Settings::percent(std::string_view key) const { return parse_percent(text(key)).value_or(0); }

void Settings::settle_files() {
  if (origin("capture.write") == Origin::in_service) return;
  for (const SettingInfo& setting : all_settings())
    if (setting.group == SettingGroup::files && origin(setting.key) == Origin::in_service)
      values_.erase(std::string(setting.key));
}

bool Settings::is_overruled(const SettingInfo& setting, const OptionSet& options) {
  if (setting.group == SettingGroup::files && says_output(options)) return true;
  if (setting.option == "-") return options.filter_given().has_value();
  const Option* option = options.find(setting.option);
  return option != nullptr && !options.given(*option).empty();
}

Result<> Settings::fill(OptionSet& options) const {
  for (const SettingInfo& setting : all_settings()) {
    const Value& known = value(setting.key);
    if (known.words.empty() || known.origin == Origin::built_in) continue;
    if (is_overruled(setting, options)) continue;
    if (setting.option == "-") {
      options.supply_filter(known.words[0]);
      continue;
    }
    const Option* option = options.find(setting.option);
    if (option == nullptr) continue;
    if (const auto words = words_for(setting, *option, known.words)) {
      auto taken = options.supply(*option, *words);
      if (!taken) return while_doing(known.place, while_doing(setting.key, std::move(taken.error())));
    }
  }
  return {};
}

bool is_person() { return ::geteuid() != 0 && environment("NOTIFY_SOCKET").empty(); }

Result<Settings> load_settings(const LoadOptions& options) {
  ARGUS_TRY_LET(Settings out, built_in(options.with_environment));
  const std::string named =
      options.toml.empty() && options.with_environment ? environment("ARGUS_CONFIG") : options.toml;
  if (!options.classic.empty()) {
    ARGUS_TRY(add_file(options.classic, true, out, read_classic));
  } else if (!named.empty()) {
    ARGUS_TRY(add_file(named, true, out, read_toml));
  } else {
    ARGUS_TRY(add_usual_files(options, out));
  }
  if (options.with_environment) ARGUS_TRY(add_variables(out));
  out.settle_files();
  return out;
}

Result<std::optional<std::string>> remote_address(std::string_view name) {
  ARGUS_TRY_LET(const Settings settings, load_settings({}));
  for (const std::string& sentence : settings.warnings()) log_detail(sentence);
  for (const Remote& remote : settings.remotes())
    if (remote.name == name) return std::optional(remote.address);
  return std::optional<std::string>();
}

std::string settings_text(const Settings& settings) {
  std::vector<std::pair<std::string, std::string>> lines;
  for (const SettingInfo& setting : all_settings()) {
    if (settings.is_set(setting.key))
      lines.emplace_back(fmt::format("{} = {}", setting.key, toml_value(setting, settings.list(setting.key))),
                         settings.where(setting.key));
    else lines.emplace_back(fmt::format("#{} =", setting.key), "not set");
  }
  for (const Remote& remote : settings.remotes()) {
    std::string name, address;
    append_json_string(remote.name, name);
    append_json_string(remote.address, address);
    lines.emplace_back(fmt::format("remotes.{}.address = {}", name, address), remote.where);
  }
  std::size_t width = 0;
  for (const auto& [left, right] : lines)
    if (left.size() <= 60) width = std::max(width, left.size());
  std::string out;
  for (const auto& [left, right] : lines) out += fmt::format("{:<{}}  # {}\n", left, width, right);
  return out;
}

}  // namespace argus
