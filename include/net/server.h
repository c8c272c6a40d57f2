// Readers let in: sockets, handshakes and limits, all on one thread. What is said to a reader once it is let in is a
// Session's matter; nothing that a stranger sends reaches one before (docs/remote.md).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "net/keys.h"

namespace argus {

// Who is at the other end.
struct Peer {
  std::string text;    // address or socket, for messages; safe to print
  std::string key;     // name of its key; empty on a Unix socket and on loopback
  std::string filter;  // of its key: what it may see, as text
};

// One reader's conversation, on the network thread.
class Session {
 public:
  virtual ~Session() = default;
  // What the reader says. An error ends the connection, and is its reason in the log.
  [[nodiscard]] virtual Result<> receive(Bytes bytes) = 0;
  // It has said what it wants: limits on strangers end.
  [[nodiscard]] virtual bool has_asked() const = 0;
  // Serve it no more than this sentence.
  virtual void refuse(const std::string& why) = 0;
  enum class Pulled : std::uint8_t { more, last };
  // Appends what is to be sent next, about a frame of it, or nothing. After `last` the connection is closed when all is
  // sent. Called only when there is room.
  [[nodiscard]] virtual Pulled pull(Nanos now, std::vector<std::byte>& out) = 0;
};
using MakeSession = std::function<std::unique_ptr<Session>(const Peer& peer)>;

struct NetLimits {
  // Connections that have not asked yet; the oldest gives way to a new one. Local ones (Unix sockets and loopback),
  // others, and those of them that have shown a key are counted apart.
  std::size_t strangers = 64;
  std::size_t strangers_a_source = 8;  // off this machine, without a key shown
  std::size_t strangers_a_user = 32;   // of this machine
  Nanos stranger_time = 5 * kSecond;   // to be let in and to ask
  std::size_t stranger_bytes = 4096;   // of a handshake
  std::size_t calls_a_second = 500;    // taken at an address off this machine; others wait in the kernel
  std::size_t readers = 32, readers_a_key = 8, readers_a_user = 16;
  Nanos queue_time = 3 * kSecond;     // to wait for a place; then it is refused
  Nanos yields_after = kSecond;       // without having taken a byte it gives way to one that waits for a place
  Nanos stalled_time = 30 * kSecond;  // without a byte taken of what waits for it
};

struct NetOptions {
  std::vector<std::string> listen;  // "561" (loopback), "HOST:PORT", "[V6]:PORT", "unix:PATH"
  std::vector<ReaderKey> keys;
  NetLimits limits;
  std::function<void(const std::string&)> warn;
  std::function<void(const std::string&)> detail = {};  // what the TLS library says besides; may be empty
};

struct NetCounts {
  std::uint64_t readers = 0, accepted = 0, refused = 0;  // at work, let in so far, turned away so far
};

// Whether somebody off this machine could call at this address, so that keys are needed. Usage error for a place that
// cannot be listened at.
[[nodiscard]] Result<bool> needs_keys(const std::string& listen);

class NetServer {
 public:
  // Opens the sockets. Errc::usage for an address off loopback without keys, Errc::io with what the system says.
  [[nodiscard]] static Result<std::unique_ptr<NetServer>> open(NetOptions options);
  virtual ~NetServer() = default;                              // as stop(0)
  [[nodiscard]] virtual Result<> start(MakeSession make) = 0;  // once; the thread begins
  virtual void wake() = 0;                                     // sessions have something to send; any thread, cheap
  // From now on these places and keys: readers whose place is gone, or whose key is gone or another, are closed; places
  // that stay keep their sockets. After an error, as open() has them, nothing has changed. One thread at a time.
  [[nodiscard]] virtual Result<> listen_at(const std::vector<std::string>& places, std::vector<ReaderKey> keys) = 0;
  // No new readers; waits at most so long until the sessions have said their last.
  virtual void stop(Nanos patience) = 0;
  [[nodiscard]] virtual NetCounts counts() const = 0;
  [[nodiscard]] virtual std::size_t held() const = 0;  // bytes on their way to readers
  // Ports of the addresses that are listened at, for tests that let the system choose (port 0).
  [[nodiscard]] virtual std::vector<std::uint16_t> ports() const = 0;
};

}  // namespace argus
