// Where exported records go as bytes: a file that is whole or not there, standard output, TCP, UDP.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace argus {

class Outlet {
 public:
  virtual ~Outlet() = default;
  // Bytes that one call of send() may have, and that arrive together or not at all; a stream has no such limit.
  [[nodiscard]] virtual std::size_t piece_max() const { return SIZE_MAX; }
  // Of the connection, from 1: who reads behind a new one knows nothing of what was sent before. Call it before what is
  // sent is made, as it connects where nothing is connected. Errc::io with the reason: away, or it refuses.
  [[nodiscard]] virtual Result<std::uint64_t> session() { return std::uint64_t{1}; }
  // All of it or an error: Errc::closed when the reader of a pipe went away, Errc::io when a connection broke or a
  // device is full. Of a piece that failed a part may have arrived.
  [[nodiscard]] virtual Result<> send(std::string_view piece) = 0;
  // Once, at the end. A file takes its name.
  [[nodiscard]] virtual Result<> finish() = 0;
};
using OutletPtr = std::unique_ptr<Outlet>;

struct OutletOptions {
  std::uint64_t datagrams_a_second = 0;     // over UDP, at most; 0: as fast as they are made
  std::function<bool()> is_cut = {};        // asked at the end: a file does not take its name where it is
  const std::atomic<bool>* stop = nullptr;  // set: gives up waiting soon; may be null
};

// "-" for standard output, "udp://HOST:PORT", "tcp://HOST:PORT", or the path of a file, which is written under another
// name first. Hosts in brackets or not: "udp://[2001:db8::1]:4739". Usage error for a target without a port or of
// another scheme; Errc::io for a file that cannot be made, or a host without an address.
[[nodiscard]] Result<OutletPtr> open_outlet(const std::string& target, const OutletOptions& options);
// It goes to another machine or program that may be away, not to a file or standard output.
[[nodiscard]] bool is_socket_target(std::string_view target);

}  // namespace argus
