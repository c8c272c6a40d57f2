// What the kind of a setting does not tell: those who use a value are asked, and their answers get its place.
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "archive/file_pattern.h"
#include "archive/live_file.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "config/checks.h"
#include "config/config.h"
#include "net/datagrams.h"
#include "net/keys.h"
#include "net/server.h"
#include "sensor/output.h"
#include "sensor/rights.h"
#include "shell/options.h"
#include "source/live.h"

namespace argus {

namespace {

using Words = std::vector<std::string>;

// The unit tells times and sizes apart; 0: a size.
Nanos rotates_every(const Settings& settings) {
  const std::string text = settings.text("capture.rotate");
  return !text.empty() && std::string_view("smhdw").find(text.back()) != std::string_view::npos
             ? settings.duration("capture.rotate")
             : 0;
}

}  // namespace

Result<> unchecked(const Settings&, const Words&) { return {}; }

Result<> check_interfaces(const Settings&, const Words& names) {
  for (const std::string& name : names)
    if (std::count(names.begin(), names.end(), name) > 1)
      return fail(Errc::usage, "'{}' is listed twice", escaped(name));
  if (names.size() > 1 && std::find(names.begin(), names.end(), "any") != names.end())
    return fail(Errc::usage, "'any' is all interfaces; write it alone");
  return {};
}

Result<> check_collect(const Settings&, const Words& places) {
  for (const std::string& place : places) ARGUS_TRY(check_datagram_place(place));
  return {};
}

Result<> check_write(const Settings& settings, const Words& words) {
  Rotation rotation;
  rotation.every = rotates_every(settings);
  if (rotation.every == 0) rotation.size = settings.size("capture.rotate");
  if (rotation.every != 0 && !check_span(rotation.every)) rotation.every = kHour;  // told of rotate
  ARGUS_TRY_LET(const std::vector<SensorOutput> outputs, parse_outputs(words));
  for (const SensorOutput& output : outputs) ARGUS_TRY(check_rotation(output.path, rotation));
  return {};
}

Result<> check_rotate(const Settings& settings, const Words&) {
  if (const Nanos every = rotates_every(settings); every != 0) ARGUS_TRY(check_span(every));
  if (settings.is_set("capture.write")) return {};
  return fail(Errc::usage, "no files are written; write = \"/var/lib/argus/%Y/%m/%d/argus.%H%M.flows\" names them");
}

Result<> check_removal(const Settings& settings, const Words&) {
  if (settings.is_set("capture.rotate")) return {};
  return fail(Errc::usage, "no file is ever finished, so none can be removed; rotate = \"1h\" begins new files");
}

Result<> check_listen(const Settings& settings, const Words& places) {
  bool keys_needed = false;
  for (const std::string& text : places) {
    ARGUS_TRY_LET(const bool needs, needs_keys(text));
    keys_needed |= needs;
  }
  if (!keys_needed) return {};
  const std::string given = settings.text("capture.keys");
  const std::string path = given.empty() ? reader_keys_path() : given;
  // Root's keys are nothing that others may read, and their files are right as far as they can tell.
  if (::access(path.c_str(), R_OK) != 0 && errno == EACCES) return {};
  ARGUS_TRY_LET(const std::vector<ReaderKey> keys, read_reader_keys(path));
  if (!keys.empty()) return {};
  return fail(Errc::usage, "off loopback every reader needs a key, and {} has none; argus key new NAME makes one",
              escaped(path));
}

Result<> check_user(const Settings&, const Words& words) {
  return is_user(words[0]) ? Result<>() : fail(Errc::usage, "there is no user '{}'", escaped(words[0]));
}

Result<> check_group(const Settings& settings, const Words& words) {
  if (!settings.is_set("capture.user")) return fail(Errc::usage, "the group needs a user; set user too");
  return is_group(words[0]) ? Result<>() : fail(Errc::usage, "there is no group '{}'", escaped(words[0]));
}

Result<> check_sensor(const Settings&, const Words& words) {
  constexpr std::size_t kMost = 32;
  return words[0].size() <= kMost ? Result<>() : fail(Errc::usage, "a name has {} bytes at most", kMost);
}

Result<> check_key(const Settings&, const Words& words) {
  for (const std::string& word : words)
    if (word != "+vlan") return fail(Errc::usage, "'{}' is not +vlan", escaped(word));
  return {};
}

Result<> check_tunnels(const Settings&, const Words& words) {
  if (words[0] == "inner" || words[0] == "outer") return {};
  return fail(Errc::usage, "'{}' is neither inner nor outer", escaped(words[0]));
}

Result<> check_filter(const Settings&, const Words& words) { return check_kernel_filter(words[0]); }

Result<> check_settings(const Settings& settings, const OptionSet* options) {
  for (const SettingInfo& setting : all_settings()) {
    if (!settings.is_set(setting.key)) continue;
    if (options != nullptr && Settings::is_overruled(setting, *options)) continue;
    auto good = setting.check(settings, settings.list(setting.key));
    if (good) continue;
    good.error().code = Errc::usage;
    return while_doing(settings.place(setting.key), while_doing(setting.key, std::move(good.error())));
  }
  return {};
}

}  // namespace argus
