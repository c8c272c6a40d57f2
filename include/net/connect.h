// Plain connections to other programs: TCP and UDP, by host and port.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "base/time.h"

namespace argus {

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};
// "192.0.2.1:4739", "[2001:db8::1]:4739", "collector.example:4739"; usage error for anything else.
[[nodiscard]] Result<HostPort> parse_host_port(std::string_view text);

enum class Wire : std::uint8_t { stream, datagrams };

struct ConnectOptions {
  Nanos timeout = 5 * kSecond;              // for a connection, and for the other side to take what is sent
  const std::atomic<bool>* stop = nullptr;  // set: gives up soon, with Errc::interrupted; may be null
};

// A connected socket that does not block. Of several addresses the first that answers. Errc::io with the reason, which
// names the address but not the host.
[[nodiscard]] Result<File> connect_plainly(const HostPort& to, Wire wire, const ConnectOptions& options);

// All of `bytes`; of datagrams, one. Errc::io: the other side is gone, refuses, or took nothing for the timeout.
[[nodiscard]] Result<> send_all(const File& socket, std::string_view bytes, const ConnectOptions& options);
// Who is connected has closed its end, or an error waits.
[[nodiscard]] bool has_left(const File& socket);

}  // namespace argus
