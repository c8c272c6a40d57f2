// Connections to sensors and relays, as descriptors: whatever the transport is, what comes out of the File is the
// stream of docs/format.md, so that whatever reads files reads sensors.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "base/time.h"

namespace argus {

inline constexpr std::uint16_t kArgusPort = 561;  // IANA: monitor, the classic's too

enum class Transport : std::uint8_t {
  tcp,
  unix_socket,
  ssh,
  classic,  // TCP to a sensor of the classic Argus: plain, and what it sends is its own format
};

// Where a sensor is: "HOST", "HOST:PORT", "[2001:db8::1]:PORT", "unix:PATH", "ssh:HOST", "ssh:USER@HOST",
// "classic:HOST:PORT".
struct Endpoint {
  Transport transport = Transport::tcp;
  std::string host;  // or the socket's path
  std::uint16_t port = kArgusPort;
  std::string text;  // as the user gave it, for messages
};
// Usage error naming what would be right.
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view text);

struct DialOptions {
  std::string keys_path;  // where `argus key add` keeps keys; empty: the user's own (sensor_keys_path())
  Nanos timeout = 10 * kSecond;
  const std::atomic<bool>* stop = nullptr;  // set: gives up soon, with Errc::interrupted; may be null
};

// A connected descriptor to read from and write to; closing it ends the connection. TCP to loopback is plain; to any
// other address it is TLS 1.3 with the pre-shared key kept for `endpoint.text` or its host (RFC 8446 section 2.2,
// psk_dhe_ke), and without a key an error that says how to get one; to a classic sensor it is always plain. For ssh it
// runs `ssh -- HOST argus serve --stdio` by its words, without a shell. Errors tell the reason and leave the endpoint
// for the caller to name: Errc::denied where the sensor takes another key, or none by that name; Errc::turned_away
// where it had no place for one more call, also after some tries; Errc::io for others: refused, no such host, no key
// kept, timed out.
[[nodiscard]] Result<File> dial(const Endpoint& endpoint, const DialOptions& options);
// A TCP connection as it is, to whatever answers there: no key, no TLS, nothing said. Errc::io, Errc::interrupted.
[[nodiscard]] Result<File> dial_plain(const Endpoint& endpoint, const DialOptions& options);

}  // namespace argus
