// Where this machine can be called from others.
#pragma once

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <memory>
#include <string>

#include "net/socket.h"

namespace argus {

// An address of this machine that others could call; empty when it has none.
inline std::string outer_address() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owned(list, ::freeifaddrs);
  for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET) continue;
    SocketAddress address;
    address.size = sizeof(sockaddr_in);
    std::memcpy(&address.storage, one->ifa_addr, sizeof(sockaddr_in));
    const std::string text = to_text(address);
    if (!is_loopback(address)) return text.substr(0, text.find(' '));
  }
  return {};
}

}  // namespace argus
