#include "net/tls_pump.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "base/bytes.h"
#include "base/thread.h"
#include "net/tls.h"

namespace argus {

namespace {

constexpr std::size_t kCarriedAtOnce = 64 * 1024;
constexpr std::size_t kHeldMax = 256 * 1024;  // bytes on their way in one direction

// Bytes that wait to be written to a descriptor that does not block.
struct SendQueue {
  std::vector<std::byte> bytes;
  std::size_t done = 0;

  [[nodiscard]] std::size_t left() const { return bytes.size() - done; }
  // False when the other side is gone.
  bool flush(int fd) {
    while (left() != 0) {
      const ssize_t put = ::send(fd, bytes.data() + done, left(), MSG_NOSIGNAL);
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return errno == EAGAIN;
      done += static_cast<std::size_t>(put);
    }
    bytes.clear();
    done = 0;
    return true;
  }
};

struct TlsPump {
  Tls tls;
  File wire, plain;
  SendQueue to_wire, to_plain;
  bool wire_ended = false;
};

enum class ReadOutcome : std::uint8_t { some, nothing, end };
ReadOutcome read_some(int fd, std::array<std::byte, kCarriedAtOnce>& buffer, Bytes& out) {
  const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
  out = Bytes(buffer).first(got > 0 ? static_cast<std::size_t>(got) : 0);
  if (got > 0) return ReadOutcome::some;
  return got < 0 && (errno == EAGAIN || errno == EINTR) ? ReadOutcome::nothing : ReadOutcome::end;
}

void take_outgoing(Tls& tls, SendQueue& out) {
  const std::vector<std::byte> bytes = tls.outgoing();
  out.bytes.insert(out.bytes.end(), bytes.begin(), bytes.end());
}

// One round; false when it is over.
bool carry(TlsPump& p, std::array<std::byte, kCarriedAtOnce>& buffer) {
  const auto wanted = [](bool in, bool out) { return static_cast<short>((in ? POLLIN : 0) | (out ? POLLOUT : 0)); };
  std::array<pollfd, 2> ends = {
      pollfd{p.wire_ended ? -1 : p.wire.fd(), wanted(p.to_plain.left() < kHeldMax, p.to_wire.left() != 0), 0},
      pollfd{p.plain.fd(), wanted(p.to_wire.left() < kHeldMax, p.to_plain.left() != 0), 0}};
  if (::poll(ends.data(), ends.size(), -1) < 0) return errno == EINTR;
  Bytes some;
  if ((ends[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
    const ReadOutcome got = read_some(p.wire.fd(), buffer, some);
    if (got == ReadOutcome::end || (got == ReadOutcome::some && !p.tls.receive(some, p.to_plain.bytes)) ||
        p.tls.is_closed())
      p.wire_ended = true;
  }
  if ((ends[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
    const ReadOutcome got = read_some(p.plain.fd(), buffer, some);
    if (got == ReadOutcome::end || (got == ReadOutcome::some && !p.wire_ended && !p.tls.send(some))) return false;
  }
  take_outgoing(p.tls, p.to_wire);
  if (!p.to_plain.flush(p.plain.fd())) return false;
  if (p.wire_ended) return p.to_plain.left() != 0;
  if (!p.to_wire.flush(p.wire.fd())) p.wire_ended = true;
  return true;
}

void run(TlsPump& p) {
  std::array<std::byte, kCarriedAtOnce> buffer{};
  while (carry(p, buffer)) continue;
  if (p.wire_ended) return;
  p.tls.close();
  take_outgoing(p.tls, p.to_wire);
  (void)p.to_wire.flush(p.wire.fd());
}

Result<> shake_hands(TlsPump& p, const Patience& patience) {
  std::array<std::byte, kCarriedAtOnce> buffer{};
  for (;;) {
    take_outgoing(p.tls, p.to_wire);
    if (!p.to_wire.flush(p.wire.fd())) return fail(Errc::io, "connection closed by the sensor");
    if (p.tls.is_open() && p.to_wire.left() == 0) return {};
    const short events = p.to_wire.left() != 0 ? POLLIN | POLLOUT : POLLIN;
    ARGUS_TRY(wait_for(p.wire.fd(), events, patience));
    Bytes some;
    const ReadOutcome got = read_some(p.wire.fd(), buffer, some);
    if (got == ReadOutcome::end)
      return fail(Errc::turned_away,
                  "connection closed by the sensor before it compared keys, as it does after many refused ones from "
                  "one address");
    if (got == ReadOutcome::some) ARGUS_TRY(p.tls.receive(some, p.to_plain.bytes));
  }
}

}  // namespace

Result<File> encrypted(File wire, const SharedKey& key, const Patience& patience) {
  ARGUS_TRY_LET(Tls tls, Tls::client(key));
  const std::string path = wire.path();
  // A body of a thread can be copied, a connection cannot.
  const auto pump = std::make_shared<TlsPump>(TlsPump{std::move(tls), std::move(wire), File(), {}, {}});
  TlsPump& p = *pump;
  ARGUS_TRY(shake_hands(p, patience));
  std::array<int, 2> ends = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return fail(Errc::io, "{}", system_reason(errno));
  File ours(ends[0], path);
  p.plain = File(ends[1], path);
  if (!set_blocking(p.plain.fd(), false)) return fail(Errc::io, "{}", system_reason(errno));
  ARGUS_TRY_LET(std::thread thread, start_thread("the connection", [pump] { run(*pump); }));
  thread.detach();
  return ours;
}

}  // namespace argus
