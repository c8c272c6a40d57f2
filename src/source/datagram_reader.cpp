#include "source/datagram_reader.h"

#include <linux/sock_diag.h>

#include <cstring>
#include <ctime>

#include "base/address.h"
#include "base/bytes.h"
#include "base/time.h"

namespace argus {

namespace {

struct Sender {
  Address address;
  std::uint16_t port = 0;
};

Sender sender_of(const sockaddr_storage& from) {
  Sender out;
  if (from.ss_family == AF_INET) {
    sockaddr_in four;
    std::memcpy(&four, &from, sizeof four);
    out.address = Address::from_v4(&four.sin_addr), out.port = ntohs(four.sin_port);
  } else if (from.ss_family == AF_INET6) {
    sockaddr_in6 six;  // IPv4 is mapped, as it is in Address
    std::memcpy(&six, &from, sizeof six);
    out.address = Address::from_v6(&six.sin6_addr), out.port = ntohs(six.sin6_port);
  }
  return out;
}

struct Notes {
  Nanos time = 0;
  std::uint32_t dropped = 0;
  bool has_dropped = false;
};

Notes notes_of(msghdr& message) {
  Notes out;
  for (cmsghdr* one = CMSG_FIRSTHDR(&message); one != nullptr; one = CMSG_NXTHDR(&message, one)) {
    if (one->cmsg_level != SOL_SOCKET) continue;
    if (one->cmsg_type == SO_TIMESTAMPNS) {
      timespec time;
      std::memcpy(&time, CMSG_DATA(one), sizeof time);
      out.time = Nanos{time.tv_sec} * kSecond + time.tv_nsec;
    } else if (one->cmsg_type == SO_RXQ_OVFL) {
      std::memcpy(&out.dropped, CMSG_DATA(one), sizeof out.dropped);
      out.has_dropped = true;
    }
  }
  return out;
}

}  // namespace

void DroppedDatagrams::ask(const File& socket) {
  std::array<std::uint32_t, SK_MEMINFO_VARS> counts{};
  socklen_t size = sizeof counts;
  if (::getsockopt(socket.fd(), SOL_SOCKET, SO_MEMINFO, counts.data(), &size) == 0 &&
      size > SK_MEMINFO_DROPS * sizeof counts[0])
    tell(counts[SK_MEMINFO_DROPS]);
}

DatagramReader::DatagramReader() : bytes_(kAtOnce * kBytesMost) {
  for (std::size_t i = 0; i < kAtOnce; i++) places_[i] = {bytes_.data() + i * kBytesMost, kBytesMost};
}

std::size_t DatagramReader::read(const File& socket, const std::function<void(const Datagram&)>& take,
                                 DroppedDatagrams& dropped) {
  for (std::size_t i = 0; i < kAtOnce; i++) {
    msghdr& head = messages_[i].msg_hdr;
    head = {};
    head.msg_name = &envelopes_[i].from, head.msg_namelen = sizeof envelopes_[i].from;
    head.msg_iov = &places_[i], head.msg_iovlen = 1;
    head.msg_control = envelopes_[i].control.data(), head.msg_controllen = envelopes_[i].control.size();
  }
  const int n = ::recvmmsg(socket.fd(), messages_.data(), kAtOnce, MSG_DONTWAIT, nullptr);
  for (int i = 0; i < n; i++) {
    const auto at = static_cast<std::size_t>(i);
    const Notes notes = notes_of(messages_[at].msg_hdr);
    if (notes.has_dropped) dropped.tell(notes.dropped);
    const Sender sender = sender_of(envelopes_[at].from);
    const Bytes payload = Bytes(bytes_).subspan(at * kBytesMost, messages_[at].msg_len);
    take({payload, sender.address, sender.port, notes.time != 0 ? notes.time : wall_now()});
  }
  return n > 0 ? static_cast<std::size_t>(n) : 0;
}

}  // namespace argus
