// Datagrams of a socket, many at a time.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/file.h"
#include "collect/collector.h"

namespace argus {

class DatagramReader {
 public:
  DatagramReader();
  // What the socket holds, as far as it fits; `take` gets each. How many there were; 0: none, or the socket is broken.
  // `dropped` is the kernel's count of the socket's life, where it told one.
  [[nodiscard]] std::size_t read(const File& socket, const std::function<void(const Datagram&)>& take,
                                 std::uint32_t& dropped);

 private:
  static constexpr std::size_t kAtOnce = 64;
  static constexpr std::size_t kBytesMost = 65'536;  // of a datagram
  struct Envelope {
    sockaddr_storage from;
    alignas(cmsghdr) std::array<std::byte, 128> control;
  };
  std::vector<std::byte> bytes_;
  std::array<Envelope, kAtOnce> envelopes_;
  std::array<iovec, kAtOnce> places_;
  std::array<mmsghdr, kAtOnce> messages_;
};

}  // namespace argus
