#include "clickhouse/place.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/file.h"
#include "base/text.h"

namespace argus {

namespace {

constexpr std::string_view kPlain = "clickhouse://", kTls = "clickhouses://";
constexpr std::uint16_t kPlainPort = 8123, kTlsPort = 8443;
constexpr std::size_t kServersMax = 256, kNameMax = 64, kPasswordMax = 1024, kUrlMax = 16 * 1024;
constexpr std::uint64_t kTimeoutMax = 86'400;
constexpr const char* kVariable = "ARGUS_CLICKHOUSE_PASSWORD";
constexpr std::string_view kForm = "write clickhouse://USER@HOST:8123/DATABASE, or HOST1,HOST2 for two shards";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kNameMax && !is_digit(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}
bool is_host(std::string_view text) {
  return !text.empty() && text.size() < 256 && text.front() != '-' && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_' || c == ':' || c == '%';
  });
}

Error wrong(std::string_view what, std::string_view text) {
  return hinted(fail(Errc::usage, "'{}' is not {}", escaped(text), what), fmt::format("  {}", kForm));
}

std::vector<std::string_view> pieces(std::string_view text, char between) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto at = text.find(between);
    out.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

Result<ClickHousePlace::Server> server_of(std::string_view text, bool tls) {
  std::string_view host = text, port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return wrong("a server", text);
    host = text.substr(1, end - 1), port = text.substr(end + 1);
  } else if (const auto at = text.find(':'); at != std::string_view::npos) {
    host = text.substr(0, at), port = text.substr(at);
    if (port.find(':', 1) != std::string_view::npos) return wrong("a server; IPv6 addresses stand in brackets", text);
  }
  if (!is_host(host)) return wrong("a server", text);
  ClickHousePlace::Server out{std::string(host), tls ? kTlsPort : kPlainPort};
  if (port.empty()) return out;
  const auto number = port.starts_with(':') ? parse_unsigned(port.substr(1)) : std::nullopt;
  if (!number || *number == 0 || *number > UINT16_MAX) return wrong("a server and its port", text);
  out.port = static_cast<std::uint16_t>(*number);
  return out;
}

Result<> take_servers(std::string_view text, ClickHousePlace& place) {
  std::size_t count = 0;
  for (const std::string_view shard : pieces(text, ',')) {
    std::vector<ClickHousePlace::Server> replicas;
    for (const std::string_view one : pieces(shard, '+')) {
      if (++count > kServersMax) return fail(Errc::usage, "more than {} servers", kServersMax);
      ARGUS_TRY_LET(ClickHousePlace::Server server, server_of(one, place.tls));
      for (const auto& known : place.shards)
        if (std::find(known.begin(), known.end(), server) != known.end())
          return fail(Errc::usage, "{} is named as two shards; its records would count twice", escaped(one));
      replicas.push_back(std::move(server));
    }
    place.shards.push_back(std::move(replicas));
  }
  return {};
}

Result<> take_password(std::string_view path, ClickHousePlace& place) {
  ARGUS_TRY_LET(File file, open_read(std::string(path)));
  std::string text(kPasswordMax + 1, '\0');
  ARGUS_TRY_LET(const std::size_t n, file.read(text.data(), text.size()));
  text.resize(std::min(n, text.find_first_of("\r\n")));
  if (text.size() > kPasswordMax) return fail(Errc::usage, "{}: a password has {} bytes at most", path, kPasswordMax);
  place.password = std::move(text);
  return {};
}

Result<> take_table(std::string_view value, ClickHousePlace& place) {
  if (!is_name(value)) return wrong("the name of a table", value);
  place.table = value;
  return {};
}

Result<> take_ca(std::string_view value, ClickHousePlace& place) {
  if (!place.tls) return fail(Errc::usage, "ca= needs TLS; write clickhouses://");
  place.ca = value;
  return {};
}

Result<> take_timeout(std::string_view value, ClickHousePlace& place) {
  const auto seconds = parse_unsigned(value);
  if (!seconds || *seconds == 0 || *seconds > kTimeoutMax)
    return fail(Errc::usage, "timeout='{}': from 1 to {} seconds", escaped(value), kTimeoutMax);
  place.silent_after = static_cast<Nanos>(*seconds) * kSecond;
  return {};
}

struct Parameter {
  std::string_view name;
  Result<> (*take)(std::string_view value, ClickHousePlace& place);
};
constexpr auto kParameters = std::to_array<Parameter>(
    {{"table", &take_table}, {"password-file", &take_password}, {"ca", &take_ca}, {"timeout", &take_timeout}});

Result<> take_parameters(std::string_view text, ClickHousePlace& place) {
  for (const std::string_view one : split_words(text, "&")) {
    const auto at = one.find('=');
    const auto* known = std::find_if(kParameters.begin(), kParameters.end(),
                                     [&](const Parameter& row) { return row.name == one.substr(0, at); });
    if (at == std::string_view::npos || known == kParameters.end()) {
      std::vector<std::string> names;
      for (const Parameter& row : kParameters) names.emplace_back(row.name);
      return fail(Errc::usage, "'{}' in the URL is unknown; there are {}", escaped(one.substr(0, at)),
                  joined(names, ", "));
    }
    ARGUS_TRY(known->take(one.substr(at + 1), place));
  }
  return {};
}

}  // namespace

std::string ClickHousePlace::Server::text() const {
  return host.find(':') != std::string::npos ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

std::string ClickHousePlace::describe() const {
  std::string out;
  for (const auto& replicas : shards) {
    if (!out.empty()) out += ',';
    for (const Server& one : replicas) out += (&one == replicas.data() ? "" : "+") + one.text();
  }
  return out + '/' + database + (table == "flows" ? "" : "." + table);
}

bool is_clickhouse_url(std::string_view text) { return text.starts_with(kPlain) || text.starts_with(kTls); }

Result<ClickHousePlace> parse_clickhouse_url(std::string_view text) {
  if (text.size() > kUrlMax) return fail(Errc::usage, "a URL of more than {} bytes", kUrlMax);
  ClickHousePlace out;
  out.tls = text.starts_with(kTls);
  text.remove_prefix(out.tls ? kTls.size() : kPlain.size());
  const auto asked = text.find('?');
  std::string_view rest = text.substr(0, asked);
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    out.user = rest.substr(0, at);
    if (out.user.find(':') != std::string::npos)
      return hinted(fail(Errc::usage, "a URL must not have a password: others see the command line"),
                    fmt::format("  set {}, or name a file: ?password-file=FILE", kVariable));
    if (out.user.size() > kNameMax || escaped(out.user) != out.user) return wrong("a user", out.user);
    rest.remove_prefix(at + 1);
  }
  const auto slash = rest.find('/');
  out.database = slash == std::string_view::npos ? "default" : std::string(rest.substr(slash + 1));
  if (out.database.empty()) out.database = "default";
  if (!is_name(out.database)) return wrong("the name of a database", out.database);
  ARGUS_TRY(take_servers(rest.substr(0, slash), out));
  if (const char* password = std::getenv(kVariable); password != nullptr) out.password = password;
  if (asked != std::string_view::npos) ARGUS_TRY(take_parameters(text.substr(asked + 1), out));
  const auto unsafe = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(out.password.begin(), out.password.end(), unsafe))
    return fail(Errc::usage, "the password has control characters");
  return out;
}

}  // namespace argus
