// Unix sockets say it themselves; of loopback it is asked by sock_diag(7), for the socket at the other end.
#include "net/peer.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <array>
#include <cstring>
#include <utility>

namespace argus {

namespace {

struct Ends {
  SocketAddress here, there;
};

std::optional<Ends> ends_of(int fd) {
  Ends out;
  out.here.size = out.there.size = sizeof out.here.storage;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&out.here.storage), &out.here.size) != 0 ||
      ::getpeername(fd, reinterpret_cast<sockaddr*>(&out.there.storage), &out.there.size) != 0)
    return std::nullopt;
  return out;
}

bool is_loopback_pair(const Ends& ends) { return is_loopback(ends.here) && is_loopback(ends.there); }

// An address as sock_diag has it; the port comes along in the network's order.
std::pair<std::array<std::uint32_t, 4>, std::uint16_t> words_of(const SocketAddress& address) {
  std::array<std::uint32_t, 4> out{};
  if (address.family() == AF_INET6) {
    const auto& ip6 = reinterpret_cast<const sockaddr_in6&>(address.storage);
    std::memcpy(out.data(), &ip6.sin6_addr, sizeof out);
    return {out, ip6.sin6_port};
  }
  const auto& ip4 = reinterpret_cast<const sockaddr_in&>(address.storage);
  out[0] = ip4.sin_addr.s_addr;
  return {out, ip4.sin_port};
}

struct Question {
  nlmsghdr head{};
  inet_diag_req_v2 of{};
};

Question question_about(const SocketAddress& socket, const SocketAddress& connected_to) {
  Question out;
  out.head.nlmsg_len = sizeof out;
  out.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  out.head.nlmsg_flags = NLM_F_REQUEST;
  out.of.sdiag_family = static_cast<std::uint8_t>(socket.family());
  out.of.sdiag_protocol = IPPROTO_TCP;
  out.of.idiag_states = ~0u;
  const auto [source, sport] = words_of(socket);
  const auto [destination, dport] = words_of(connected_to);
  std::memcpy(out.of.id.idiag_src, source.data(), sizeof out.of.id.idiag_src);
  std::memcpy(out.of.id.idiag_dst, destination.data(), sizeof out.of.id.idiag_dst);
  out.of.id.idiag_sport = sport;
  out.of.id.idiag_dport = dport;
  out.of.id.idiag_cookie[0] = out.of.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return out;
}

}  // namespace

std::optional<LocalPeers::End> LocalPeers::other_end(const SocketAddress& here, const SocketAddress& there) {
  if (refused_) return std::nullopt;
  if (!netlink_.is_open()) {
    const int fd = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    refused_ = fd < 0;
    if (refused_) return std::nullopt;
    netlink_ = File(fd, "sock_diag");
  }
  const Question question = question_about(there, here);
  if (::send(netlink_.fd(), &question, sizeof question, 0) != static_cast<ssize_t>(sizeof question))
    return std::nullopt;
  // The kernel answers before send() returns.
  alignas(nlmsghdr) std::array<std::byte, 1024> answer{};
  const ssize_t got = ::recv(netlink_.fd(), answer.data(), answer.size(), MSG_DONTWAIT);
  nlmsghdr head{};
  inet_diag_msg about{};
  if (got < static_cast<ssize_t>(sizeof head)) return std::nullopt;
  std::memcpy(&head, answer.data(), sizeof head);
  if (head.nlmsg_type != SOCK_DIAG_BY_FAMILY || got < static_cast<ssize_t>(NLMSG_HDRLEN + sizeof about))
    return std::nullopt;
  std::memcpy(&about, answer.data() + NLMSG_HDRLEN, sizeof about);
  return End{about.idiag_uid, about.idiag_rqueue};
}

std::optional<uid_t> LocalPeers::user(int fd) {
  const auto ends = ends_of(fd);
  if (!ends) return std::nullopt;
  if (ends->here.family() == AF_UNIX) {
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return std::nullopt;
    return who.uid;
  }
  if (!is_loopback_pair(*ends)) return std::nullopt;
  const auto end = other_end(ends->here, ends->there);
  return end ? std::optional(end->user) : std::nullopt;
}

std::size_t LocalPeers::unread(int fd) {
  int out = 0;
  if (::ioctl(fd, SIOCOUTQ, &out) != 0 || out < 0) out = 0;
  const auto ends = ends_of(fd);
  if (!ends || !is_loopback_pair(*ends)) return static_cast<std::size_t>(out);
  const auto end = other_end(ends->here, ends->there);
  return static_cast<std::size_t>(out) + (end ? end->unread : 0);
}

}  // namespace argus
