#include "base/result.h"
#include "base/text.h"
#include "net/dial.h"

namespace argus {

namespace {

constexpr std::string_view kForms = "write HOST, HOST:PORT, [ADDRESS]:PORT, unix:PATH, ssh:HOST or classic:HOST";

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

Error wrong(std::string_view text) {
  return fail(Errc::usage, "'{}' is not a place to read from; {}", escaped(text), kForms);
}

// What a name may hold: letters, digits, and signs that no resolver and no ssh takes for something else.
bool is_host(std::string_view host, std::string_view more) {
  if (host.empty() || host.size() > 255 || host.front() == '-') return false;
  for (const char c : host) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
    if (!plain && std::string_view("-._").find(c) == std::string_view::npos && more.find(c) == std::string_view::npos)
      return false;
  }
  return true;
}

Result<Endpoint> parse_path(std::string_view text, std::string_view path) {
  constexpr std::size_t kPathMax = 107;  // of a socket's name in Linux
  if (path.empty() || path.find('\0') != std::string_view::npos) return wrong(text);
  if (path.size() > kPathMax)
    return fail(Errc::usage, "'{}': the path of a socket has {} bytes at most", escaped(text), kPathMax);
  return Endpoint{Transport::unix_socket, std::string(path), 0, std::string(text)};
}

Result<Endpoint> parse_ssh(std::string_view text, std::string_view host) {
  if (starts(host, "//")) host.remove_prefix(2);
  if (!is_host(host, "@:%")) return wrong(text);
  return Endpoint{Transport::ssh, std::string(host), 0, std::string(text)};
}

// `place`: what of the text names host and port.
Result<Endpoint> parse_host(std::string_view text, std::string_view place, Transport transport) {
  std::string_view host = place, port;
  bool has_port = false;
  if (starts(place, "[")) {
    const std::size_t close = place.find(']');
    if (close == std::string_view::npos) return wrong(text);
    host = place.substr(1, close - 1);
    const std::string_view behind = place.substr(close + 1);
    has_port = !behind.empty();
    if (has_port && behind.front() != ':') return wrong(text);
    if (has_port) port = behind.substr(1);
  } else if (const std::size_t colon = place.find(':');
             colon != std::string_view::npos && place.find(':', colon + 1) == std::string_view::npos) {
    host = place.substr(0, colon);
    port = place.substr(colon + 1);
    has_port = true;
  }
  if (!is_host(host, ":%")) return wrong(text);
  Endpoint out{transport, std::string(host), kArgusPort, std::string(text)};
  if (!has_port) return out;
  const auto number = parse_unsigned(port);
  if (!number || *number == 0 || *number > 65'535)
    return fail(Errc::usage, "'{}': a port is a number from 1 to 65535", escaped(text));
  out.port = static_cast<std::uint16_t>(*number);
  return out;
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
  constexpr std::string_view kUnix = "unix:", kSsh = "ssh:", kClassic = "classic:";
  if (starts(text, kUnix)) return parse_path(text, text.substr(kUnix.size()));
  if (starts(text, kSsh)) return parse_ssh(text, text.substr(kSsh.size()));
  if (starts(text, kClassic)) return parse_host(text, text.substr(kClassic.size()), Transport::classic);
  return parse_host(text, text, Transport::tcp);
}

}  // namespace argus
