// The table of settings: reading, checking, `argus config`, the sample file and docs/settings.md come from it.
#include <algorithm>
#include <array>
#include <cctype>

#include "config/checks.h"
#include "config/config.h"

namespace argus {

namespace {

using K = SettingKind;

constexpr auto kSettings = std::to_array<SettingInfo>({
#define SETTING(name, kind, built_in, service, sample, doc, classic, option, group, check, part, value) \
  {"capture." name, K::kind, built_in, service, sample, doc, classic, option, SettingGroup::group, &check},
#define SOURCE_SETTING(name, kind, built_in, service, sample, doc, classic, option, group, check, value) \
  SETTING(name, kind, built_in, service, sample, doc, classic, option, group, check, source, value)
#include "sensor/settings.def"
    // Of other commands.
    {"graph.local", K::list, "", "", "192.0.2.0/24",
     "your own networks: traffic towards them is drawn above the axis; networks for private use if not set", "",
     "--local", SettingGroup::any, &unchecked},
});

std::string shown(const SettingInfo& setting) {
  const std::string_view value = setting.initial.empty() ? setting.sample : setting.initial;
  switch (setting.kind) {
    case K::flag: return std::string(value);
    case K::list: return fmt::format("[\"{}\"]", value);
    default: return fmt::format("\"{}\"", value);
  }
}

std::string_view kind_text(SettingKind kind) {
  switch (kind) {
    case K::text: return "text";
    case K::list: return "list of texts";
    case K::texts: return "text, or a list of texts";
    case K::flag: return "true or false";
    case K::duration: return "time: 30s, 5m, 2d";
    case K::size: return "number: 500k, 2G, 64MiB";
    case K::rotation: return "time or size";
    case K::percent: break;
  }
  return "percent";
}

}  // namespace

std::span<const SettingInfo> all_settings() { return kSettings; }

bool takes_list(SettingKind kind) { return kind == SettingKind::list || kind == SettingKind::texts; }

const SettingInfo* find_setting(std::string_view key) {
  const auto at = std::find_if(kSettings.begin(), kSettings.end(), [&](const auto& s) { return s.key == key; });
  return at == kSettings.end() ? nullptr : &*at;
}

std::string setting_variable(const SettingInfo& setting) {
  std::string out = "ARGUS_";
  for (const char c : setting.key)
    out += c == '.' || c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::string sample_toml() {
  std::string out =
      "# Settings of argus. Each line shows the built-in value, or an example; remove the '#' to set it.\n"
      "# argus config --check checks the file; argus config --show prints what is in effect and where it was set.\n";
  std::string_view section;
  for (const SettingInfo& setting : all_settings()) {
    const auto dot = setting.key.find('.');
    if (setting.key.substr(0, dot) != section) {
      section = setting.key.substr(0, dot);
      out += fmt::format("\n[{}]\n", section);
    }
    std::string doc(setting.doc);
    doc[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(doc[0])));
    out += fmt::format(
        "\n# {}.{}\n#{} = {}\n", doc,
        setting.service.empty()
            ? ""
            : fmt::format(" The service uses {} by default.",
                          setting.service.starts_with("$S/") ? "this below /var/lib/argus/INTERFACE" : setting.service),
        setting.key.substr(dot + 1), shown(setting));
  }
  out +=
      "\n# Sensors elsewhere, by name: argus show --remote sensor1\n"
      "#[remotes.sensor1]\n#address = \"192.0.2.7:561\"\n";
  return out;
}

std::string settings_markdown() {
  std::string out =
      "# Settings\n\n"
      "<!-- Made by `argus help settings --markdown` from the table in `include/sensor/settings.def`; a test compares. "
      "-->\n\n"
      "[Operating argus](operating.md#configuration) says which files are read and which of them wins.\n\n"
      "| setting | value | built in | for a service | meaning | option | variable | in the classic argus.conf |\n"
      "|---|---|---|---|---|---|---|---|\n";
  const auto code = [](std::string_view text) { return text.empty() ? std::string() : fmt::format("`{}`", text); };
  for (const SettingInfo& setting : all_settings()) {
    std::string service(setting.service);
    if (service.starts_with("$S")) service.replace(0, 2, "$STATE_DIRECTORY");
    out += fmt::format("| `{}` | {} | {} | {} | {} | {} | `{}` | {} |\n", setting.key, kind_text(setting.kind),
                       code(setting.initial), code(service), setting.doc,
                       setting.option == "-" ? "the filter" : code(setting.option), setting_variable(setting),
                       code(setting.classic));
  }
  out += "| `remotes.NAME.address` | text | | | address of sensor NAME: HOST, HOST:PORT, unix:PATH, ssh:HOST | | | |\n";
  return out;
}

}  // namespace argus
