// The classic argus.conf: NAME=value, one a line, '#' before comments. What it asks for and is always so here is
// accepted silently; what is not offered is named with its line.
#include <ifaddrs.h>
#include <net/if.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/result.h"
#include "base/text.h"
#include "config/config.h"

namespace argus {

namespace {

// A variable that a row of the settings names, and that is not here, is that setting's value.
enum class Means : std::uint8_t {
  special,    // has a function here
  always,     // is so anyway
  no_effect,  // says why, unless the value switches it off
  refused,    // an error: what it asks for must not be missing unnoticed
};

struct Variable {
  std::string_view name;
  Means means;
  std::string_view says;  // for no_effect and refused
};

constexpr std::string_view kPayload = "payloads are not kept";
constexpr std::string_view kTimers = "flows end after argus's own idle times";
constexpr std::string_view kKeystrokes = "keystrokes are not detected";
constexpr std::string_view kPackets = "packets are not kept; a capture program beside argus does that";
constexpr std::string_view kSasl = "keys take the place of SASL: argus key new NAME";

constexpr auto kVariables = std::to_array<Variable>({
    {"ARGUS_INTERFACE", Means::special, ""},
    {"ARGUS_OUTPUT_FILE", Means::special, ""},
    {"ARGUS_ACCESS_PORT", Means::special, ""},
    {"ARGUS_BIND_IP", Means::special, ""},
    {"ARGUS_MONITOR_ID", Means::special, ""},
    {"ARGUS_SET_PID", Means::special, ""},
    {"ARGUS_PID_PATH", Means::special, ""},
    {"ARGUS_MAR_STATUS_INTERVAL", Means::always, ""},
    {"ARGUS_GENERATE_RESPONSE_TIME_DATA", Means::always, ""},
    {"ARGUS_GENERATE_MAC_DATA", Means::always, ""},
    {"ARGUS_GENERATE_APPBYTE_METRIC", Means::always, ""},
    {"ARGUS_GENERATE_TCP_PERF_METRIC", Means::always, ""},
    {"ARGUS_GENERATE_BIDIRECTIONAL_TIMESTAMPS", Means::always, ""},
    {"ARGUS_FILTER_OPTIMIZER", Means::always, ""},
    {"ARGUS_SELF_SYNCHRONIZE", Means::always, ""},
    {"ARGUS_DEBUG_LEVEL", Means::always, ""},
    {"ARGUS_FLOW_TYPE", Means::special, ""},
    {"ARGUS_FLOW_KEY", Means::special, ""},
    {"ARGUS_GENERATE_JITTER_DATA", Means::special, ""},
    {"ARGUS_GENERATE_PACKET_SIZE", Means::special, ""},
    {"ARGUS_GENERATE_START_RECORDS", Means::no_effect, "a flow has no record of its own for its start; trans marks it"},
    {"ARGUS_DAEMON", Means::no_effect, "argus stays in the foreground; argus-capture@.service keeps it running"},
    {"ARGUS_CHROOT_DIR", Means::no_effect, "argus does not change its root folder; it drops its privileges instead"},
    {"ARGUS_CAPTURE_DATA_LEN", Means::no_effect, kPayload},
    {"ARGUS_CAPTURE_FULL_CONTROL_DATA", Means::no_effect, kPayload},
    {"ARGUS_PACKET_CAPTURE_FILE", Means::no_effect, kPackets},
    {"ARGUS_PACKET_CAPTURE_ON_ERROR", Means::no_effect, kPackets},
    {"ARGUS_MIN_SSF", Means::no_effect, kSasl},
    {"ARGUS_MAX_SSF", Means::no_effect, kSasl},
    {"ARGUS_TUNNEL_DISCOVERY", Means::no_effect, "tunnels are not looked through"},
    {"ARGUS_TRACK_DUPLICATES", Means::no_effect, "duplicates are not detected"},
    {"ARGUS_KEYSTROKE", Means::no_effect, kKeystrokes},
    {"ARGUS_KEYSTROKE_CONF", Means::no_effect, kKeystrokes},
    {"ARGUS_JITTER_HISTOGRAM", Means::no_effect, "there are no histograms"},
    {"ARGUS_EVENT_DATA", Means::no_effect, "argus runs no other program"},
    {"ARGUS_PCAP_BUF_SIZE", Means::no_effect, "write buffer = \"64MiB\" in argus.toml"},
    {"ARGUS_ENV", Means::no_effect, "the environment is not changed"},
    {"ARGUS_IP_TIMEOUT", Means::no_effect, kTimers},
    {"ARGUS_TCP_TIMEOUT", Means::no_effect, kTimers},
    {"ARGUS_ICMP_TIMEOUT", Means::no_effect, kTimers},
    {"ARGUS_IGMP_TIMEOUT", Means::no_effect, kTimers},
    {"ARGUS_FRAG_TIMEOUT", Means::no_effect, kTimers},
    {"ARGUS_ARP_TIMEOUT", Means::no_effect, kTimers},
    {"ARGUS_OTHER_TIMEOUT", Means::no_effect, kTimers},
    {"ARGUS_OUTPUT_STREAM", Means::refused, "argus does not send records; readers connect to it: ARGUS_ACCESS_PORT"},
    {"ARGUS_COLLECTOR", Means::refused, "argus does not send records; readers connect to it: ARGUS_ACCESS_PORT"},
});

const Variable* find_variable(std::string_view name) {
  const auto at = std::find_if(kVariables.begin(), kVariables.end(), [&](const auto& v) { return v.name == name; });
  return at == kVariables.end() ? nullptr : &*at;
}

bool is_off(std::string_view value) { return value.empty() || value == "no" || value == "0" || value == "none"; }

std::string unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return std::string(text);
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.data();
}

// The one that the classic reads when none is named: up, and not loopback where there is another.
std::string first_interface() {
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return {};
  std::string out;
  for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next) {
    if ((one->ifa_flags & IFF_UP) == 0) continue;
    const bool loopback = (one->ifa_flags & IFF_LOOPBACK) != 0;
    if (out.empty() || !loopback) out = one->ifa_name;
    if (!loopback) break;
  }
  ::freeifaddrs(all);
  return out;
}

class ClassicFile {
 public:
  ClassicFile(const std::string& path, Settings& settings) : path_(path), settings_(settings) {}

  Result<> read(std::string_view text) {
    for (line_ = 1; !text.empty(); line_++) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(line.size() + 1, text.size()));
      ARGUS_TRY(read_line(line));
    }
    return finish();
  }

 private:
  std::string at_line() const { return fmt::format("{}:{}", path_, line_); }
  std::string place() const { return fmt::format("{}:{}:{}", path_, line_, column_); }
  Error wrong(std::size_t column, std::string_view name, std::string_view what) const {
    return fail(Errc::usage, "{}:{}:{}: {}{}{}", path_, line_, column, name, name.empty() ? "" : ": ", what);
  }
  void warn(std::string_view what) { settings_.warn(fmt::format("{}: {}", at_line(), what)); }

  Result<> read_line(std::string_view line) {
    const std::string_view text = without_blanks(line);
    if (text.empty() || text[0] == '#') return {};
    const auto offset = static_cast<std::size_t>(text.data() - line.data());
    const auto equals = text.find('=');
    const std::string_view name = without_blanks(text.substr(0, equals));
    if (equals == std::string_view::npos) return wrong(offset + 1, "", "a line is NAME=value");
    std::string_view value = without_blanks(text.substr(equals + 1));
    column_ = value.empty() ? offset + equals + 2 : static_cast<std::size_t>(value.data() - line.data()) + 1;
    if (value.starts_with('"')) {
      const auto end = value.find('"', 1);
      if (end == std::string_view::npos) return wrong(column_, name, "the quote is never closed");
      value = value.substr(1, end - 1);
    } else {
      // A comment behind a value: "no // why", "no # why".
      for (const std::string_view mark : {" #", "\t#", " //", "\t//"}) value = value.substr(0, value.find(mark));
      value = without_blanks(value);
    }
    return take(name, std::string(value));
  }

  Result<> take(std::string_view name, const std::string& value) {
    const Variable* variable = find_variable(name);
    if (variable == nullptr) {
      std::vector<std::string> known;
      for (const SettingInfo& setting : all_settings()) {
        if (setting.classic.empty() || find_variable(setting.classic) != nullptr) continue;
        if (setting.classic == name) return value.empty() ? Result<>() : set(setting.key, {value});
        known.emplace_back(setting.classic);
      }
      for (const Variable& other : kVariables) known.emplace_back(other.name);
      warn(fmt::format("there is no variable '{}'{}", escaped(name), did_you_mean(name, known)));
      return {};
    }
    switch (variable->means) {
      case Means::always: return {};
      case Means::no_effect:
        if (!is_off(value)) warn(fmt::format("{} has no effect: {}", name, variable->says));
        return {};
      case Means::refused:
        if (is_off(value)) return {};
        return wrong(column_, name, variable->says);
      case Means::special: break;
    }
    return value.empty() ? Result<>() : special(name, value);
  }

  Result<> set(std::string_view key, std::vector<std::string> words) {
    if (auto good = Settings::check(*find_setting(key), words); !good)
      return while_doing(place(), while_doing(find_setting(key)->classic, std::move(good.error())));
    return settings_.set(key, std::move(words), Origin::file, at_line(), place());
  }

  Result<> special(std::string_view name, const std::string& value) {
    if (name == "ARGUS_INTERFACE") return interfaces(value);
    if (name == "ARGUS_OUTPUT_FILE") return output_file(value);
    if (name == "ARGUS_MONITOR_ID") return sensor(value);
    if (name == "ARGUS_ACCESS_PORT") return access_port(value);
    if (name == "ARGUS_GENERATE_JITTER_DATA" || name == "ARGUS_GENERATE_PACKET_SIZE")
      return is_off(value) ? Result<>() : set("capture.details", {"true"});
    if (name == "ARGUS_BIND_IP") {
      for (const std::string_view address : split_words(value, ", ")) bind_.emplace_back(address);
    } else if (name == "ARGUS_SET_PID") {
      sets_pid_ = !is_off(value);
      pid_line_ = at_line(), pid_place_ = place();
    } else if (name == "ARGUS_PID_PATH") {
      pid_folder_ = value;
      pid_line_ = at_line(), pid_place_ = place();
    } else if (name == "ARGUS_FLOW_TYPE" && value != "Bidirectional") {
      warn("ARGUS_FLOW_TYPE has no effect: flows are bidirectional");
    } else if (name == "ARGUS_FLOW_KEY" && value != "CLASSIC_5_TUPLE") {
      warn(
          "ARGUS_FLOW_KEY has no effect: flows are identified by the classic five fields; key = [\"+vlan\"] in "
          "argus.toml adds the VLAN id");
    }
    return {};
  }

  // "en0", "ind:en0/srcid,en2/srcid", "dup:en0,en2", "bond:en0,en2", "ind:all"
  Result<> interfaces(std::string_view value) {
    for (const std::string_view kind : {"ind:", "dup:", "bond:"})
      if (value.starts_with(kind)) value.remove_prefix(kind.size());
    for (const std::string_view word : split_words(value, ", ")) {
      const auto slash = word.find('/');
      const std::string interface = unquoted(word.substr(0, slash));
      if (interface.empty()) return wrong(column_, "ARGUS_INTERFACE", "an interface has no name");
      interfaces_.push_back(interface == "all" ? "any" : interface);
      if (slash == std::string_view::npos) continue;
      const std::string sensor = unquoted(word.substr(slash + 1));
      if (!settings_.is_set("capture.sensor")) ARGUS_TRY(set("capture.sensor", {sensor}));
      else if (settings_.text("capture.sensor") != sensor)
        warn(fmt::format("a sensor has one name: '{}' of {} is ignored", escaped(sensor), escaped(interface)));
    }
    return interfaces_.empty() ? wrong(column_, "ARGUS_INTERFACE", "no interface is named")
                               : set("capture.interface", interfaces_);
  }

  // "/path/of/file", or with a filter behind it, in quotes of its own where the whole is in none
  Result<> output_file(std::string_view value) {
    const auto blank = value.find_first_of(" \t");
    std::string output(value.substr(0, blank));
    if (blank != std::string_view::npos) output += " - " + unquoted(without_blanks(value.substr(blank)));
    outputs_.push_back(std::move(output));
    return set("capture.write", outputs_);
  }

  Result<> sensor(std::string_view value) {
    if (value == "`hostname`") return set("capture.sensor", {host_name().substr(0, 32)});
    if (value.starts_with('`'))
      return wrong(column_, "ARGUS_MONITOR_ID", "argus runs no program here; write the name, or `hostname`");
    return set("capture.sensor", {unquoted(value)});
  }

  Result<> access_port(const std::string& value) {
    const auto port = parse_unsigned(value);
    if (!port || *port > 65535) return wrong(column_, "ARGUS_ACCESS_PORT", "'" + escaped(value) + "' is not a port");
    port_ = static_cast<unsigned>(*port);
    port_line_ = at_line(), port_place_ = place();
    return {};
  }

  // What depends on several lines.
  Result<> finish() {
    if (port_ != 0) {
      std::vector<std::string> listen;
      for (const std::string& address : bind_)
        listen.push_back(address.find(':') == std::string::npos ? fmt::format("{}:{}", address, port_)
                                                                : fmt::format("[{}]:{}", address, port_));
      if (listen.empty()) {
        listen.push_back(fmt::format("{}", port_));
        settings_.warn(
            fmt::format("{}: ARGUS_ACCESS_PORT alone listens on loopback; ARGUS_BIND_IP, with keys, opens it to others",
                        port_line_));
      }
      ARGUS_TRY(settings_.set("capture.listen", std::move(listen), Origin::file, port_line_, port_place_));
    }
    if (const std::string interface = first_interface(); !settings_.is_set("capture.interface") && !interface.empty())
      ARGUS_TRY(
          settings_.set("capture.interface", {interface}, Origin::file, path_ + ", the first interface that is up"));
    if (sets_pid_.value_or(!pid_folder_.empty()))
      ARGUS_TRY(settings_.set("capture.pid-file", {(pid_folder_.empty() ? "/var/run" : pid_folder_) + "/argus.pid"},
                              Origin::file, pid_line_, pid_place_));
    return {};
  }

  const std::string& path_;
  Settings& settings_;
  std::size_t line_ = 0, column_ = 1;
  std::vector<std::string> interfaces_, outputs_, bind_;
  std::string pid_folder_, pid_line_, pid_place_, port_line_, port_place_;
  std::optional<bool> sets_pid_;
  unsigned port_ = 0;
};

}  // namespace

Result<> read_classic(std::string_view text, const std::string& path, Settings& settings) {
  if (const auto zero = text.find('\0'); zero != std::string_view::npos)
    return fail(Errc::usage, "{}:{}:1: a zero byte: this is not text", path,
                1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(zero), '\n'));
  return ClassicFile(path, settings).read(text);
}

}  // namespace argus
