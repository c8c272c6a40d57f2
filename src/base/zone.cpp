#include "base/zone.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "base/text.h"

namespace argus {

namespace {

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool has_zone_file(std::string_view name) {
  const char* folder = std::getenv("TZDIR");
  std::string path(name);
  if (!name.starts_with('/')) path = std::string(folder != nullptr ? folder : "/usr/share/zoneinfo") + '/' + path;
  // RFC 8536, 3.1: it begins with these four bytes.
  std::array<char, 4> head{};
  const auto file = open_read(path);
  const auto n = file ? file->read_at(head.data(), head.size(), 0) : Result<std::size_t>(std::size_t{0});
  return n && *n == head.size() && std::string_view(head.data(), head.size()) == "TZif";
}

// A rule of POSIX.1-2017, 8.3, as far as its first offset: "CET-1CEST,M3.5.0", "<+0330>-3:30".
bool is_rule(std::string_view text) {
  std::size_t at = 0;
  if (text.starts_with('<')) {
    at = text.find('>');
    if (at == std::string_view::npos) return false;
    at++;
  } else {
    while (at < text.size() && is_letter(text[at])) at++;
    if (at < 3) return false;
  }
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) at++;
  return at < text.size() && is_digit(text[at]);
}

constexpr const char* kMachines = ":/etc/localtime";

std::optional<std::string_view> zone_variable() {
  const char* value = std::getenv("TZ");
  if (value == nullptr || std::string_view(value) == kMachines) return std::nullopt;
  std::string_view out(value);
  if (out.starts_with(':')) out.remove_prefix(1);
  return out;
}

// "/usr/share/zoneinfo/Europe/Berlin" without its folder; empty where none is named.
std::string_view name_in_path(std::string_view path) {
  constexpr std::string_view kFolder = "/zoneinfo/";
  const auto at = path.find(kFolder);
  return at == std::string_view::npos ? std::string_view() : path.substr(at + kFolder.size());
}

std::string abbreviations() {
  ::tzset();
  std::string out = ::tzname[0];
  if (::daylight != 0 && out != ::tzname[1]) out += std::string("/") + ::tzname[1];
  return out;
}

// "UTC+02:00" for a rule such as "UTC-2", which counts the other way round.
std::string offset_from_utc() {
  const long minutes = -::timezone / 60;
  return fmt::format("UTC{}{:02}:{:02}", minutes < 0 ? '-' : '+', std::labs(minutes) / 60, std::labs(minutes) % 60);
}

}  // namespace

void keep_zone() {
  if (std::getenv("TZ") == nullptr) (void)::setenv("TZ", kMachines, 1);
}

void set_zone(const std::string& zone) {
  (void)::setenv("TZ", zone.c_str(), 1);
  ::tzset();
}

std::string zone_name() {
  const std::string known = abbreviations();
  const bool is_utc = ::timezone == 0;
  if (known == "UTC" && is_utc) return known;
  const auto variable = zone_variable();
  std::array<char, 512> link{};
  std::string_view name;
  if (!variable) {
    const auto size = ::readlink("/etc/localtime", link.data(), link.size());
    if (size > 0) name = name_in_path({link.data(), static_cast<std::size_t>(size)});
  } else if (has_zone_file(*variable)) {
    name = variable->starts_with('/') ? name_in_path(*variable) : *variable;
  } else if (!is_rule(*variable)) {
    return "UTC";
  }
  if (name.empty() && !is_utc && (known == "UTC" || known == "GMT")) return offset_from_utc();
  return escaped(name.empty() ? known : name);
}

std::optional<std::string> unknown_zone() {
  const auto variable = zone_variable();
  if (!variable || variable->empty() || *variable == "UTC" || *variable == "GMT") return std::nullopt;
  if (has_zone_file(*variable) || is_rule(*variable)) return std::nullopt;
  return std::string(*variable);
}

}  // namespace argus
