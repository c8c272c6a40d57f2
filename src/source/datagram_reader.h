// Datagrams of a socket, many at a time.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "base/file.h"
#include "collect/collector.h"

namespace argus {

// How many datagrams the kernel dropped of one socket. It counts them over the socket's life, in 32 bits that turn
// over, and tells the count with a datagram, as it was when that came, or when it is asked.
class DroppedDatagrams {
 public:
  // A count that is older than one before it adds nothing.
  void tell(std::uint32_t count) {
    const std::uint32_t ahead = count - last_;
    if (ahead > INT32_MAX) return;
    last_ = count, sum_ += ahead;
  }
  // Asks the kernel: datagrams that were dropped after the last one that came are in no other count. A kernel that
  // does not answer leaves the sum as it is.
  void ask(const File& socket);
  // Since the last call.
  [[nodiscard]] std::uint64_t take() { return std::exchange(sum_, 0); }

 private:
  std::uint32_t last_ = 0;
  std::uint64_t sum_ = 0;
};

class DatagramReader {
 public:
  DatagramReader();
  // What the socket holds, as far as it fits; `take` gets each. How many there were; 0: none, or the socket is broken.
  [[nodiscard]] std::size_t read(const File& socket, const std::function<void(const Datagram&)>& take,
                                 DroppedDatagrams& dropped);

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
