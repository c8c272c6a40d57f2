// The table of settings: reading, checking, `argus config`, the sample file and docs/settings.md come from it.
#include <algorithm>
#include <array>
#include <cctype>

#include "config/config.h"

namespace argus {

namespace {

using K = SettingKind;

// key, kind, built in, built in for a service, sample, doc, classic variable, option
constexpr auto kSettings = std::to_array<SettingInfo>({
    {"capture.interface", K::list, "", "", "eth0", "interfaces to read; several make one stream, 'any' is all of them",
     "ARGUS_INTERFACE", "-i"},
    {"capture.write", K::text, "", "$S/%Y/%m/%d/argus.%H%M.flows", "%Y/%m/%d/argus.%H%M.flows",
     "flow file, or a strftime pattern of files; relative to the folder where argus was started", "ARGUS_OUTPUT_FILE",
     "-w"},
    {"capture.rotate", K::rotation, "", "5m", "5m", "when a pattern begins its next file: by the clock or by size", "",
     "--rotate"},
    {"capture.keep", K::duration, "", "30d", "30d", "finished files older than this are removed", "", "--keep"},
    {"capture.keep-size", K::size, "", "", "50G", "bytes of finished files; the oldest beyond it are removed", "",
     "--keep-size"},
    {"capture.min-free", K::percent, "", "5%", "5%", "of the disk; the oldest finished files are removed below it", "",
     "--min-free"},
    {"capture.listen", K::list, "", "", "unix:/run/argus/argus.sock",
     "where readers may connect: a port of loopback, HOST:PORT (needs keys), unix:PATH", "ARGUS_ACCESS_PORT",
     "--listen"},
    {"capture.keys", K::text, "", "/etc/argus/keys", "/etc/argus/keys",
     "the file of keys that readers elsewhere must know", "", "--keys"},
    {"capture.user", K::text, "", "", "argus", "who the process becomes when root started it", "ARGUS_SETUSER_ID",
     "--user"},
    {"capture.group", K::text, "", "", "argus", "its group; the user's own when not given", "ARGUS_SETGROUP_ID",
     "--group"},
    {"capture.stay-root", K::flag, "false", "", "",
     "started by root, stay root without capabilities in place of becoming another user", "", "--stay-root"},
    {"capture.sensor", K::text, "", "", "edge-1", "name that the records carry as srcid", "ARGUS_MONITOR_ID",
     "--sensor"},
    {"capture.status", K::duration, "60s", "", "", "live flows are reported at least this often",
     "ARGUS_FLOW_STATUS_INTERVAL", "--status"},
    {"capture.flows", K::size, "1M", "", "", "live flows at most; the longest idle are written early beyond it", "",
     "--flows"},
    {"capture.key", K::list, "", "", "+vlan", "+vlan makes the VLAN id part of a flow's identity", "", "--key"},
    {"capture.buffer", K::size, "32MiB", "", "", "ring of packets in the kernel, for each interface", "", "--buffer"},
    {"capture.snaplen", K::size, "256", "", "", "bytes of each packet that are looked at", "", "--snaplen"},
    {"capture.promiscuous", K::flag, "true", "", "", "read also what is not addressed to this machine",
     "ARGUS_GO_PROMISCUOUS", "--no-promiscuous"},
    {"capture.kernel-filter", K::text, "", "", "not port 2049", "packets that are wanted at all, as in pcap-filter(7)",
     "ARGUS_FILTER", "--kernel-filter"},
    {"capture.filter", K::text, "", "", "not host 192.0.2.1", "records that are kept, as after '-'", "", "-"},
    {"capture.reopen", K::flag, "false", "true", "", "keep CAP_NET_RAW, for interfaces that come and go", "",
     "--reopen"},
    {"capture.pid-file", K::text, "", "", "/run/argus/argus.pid", "where the number of the process is written",
     "ARGUS_PID_PATH", "--pid-file"},
    {"graph.local", K::list, "", "", "192.0.2.0/24",
     "one's own networks: what comes towards them is drawn above the axis; those for private use when not set", "",
     "--local"},
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
      "# Settings of argus. Each line shows what is built in, or an example; take away the '#' to set it.\n"
      "# argus config --check tells whether the file is right, argus config --show what holds and where it was said.\n";
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
            : fmt::format(" The service has {} unless told.",
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
      "Made by `argus help settings --markdown` from the table in `src/config/settings.cpp`; a test compares.\n"
      "[Operating argus](operating.md#configuration) says which files there are and what beats what.\n\n"
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
  out +=
      "| `remotes.NAME.address` | text | | | where the sensor NAME is: HOST, HOST:PORT, unix:PATH, ssh:HOST | | | |\n";
  return out;
}

}  // namespace argus
