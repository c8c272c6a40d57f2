// Sends the frames of a capture, over and over, at a rate: through a ring that the kernel reads (packet_mmap), so that
// the sender is not what a measurement of sensors ends at. Made and run by scripts/bench live.
//
// usage: send_packets INTERFACE CAPTURE PACKETS_A_SECOND PACKETS
// Prints "sent N packets, R a second". The capture: pcap of this machine's byte order, Ethernet.
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>
#include <thread>
#include <vector>

namespace {

using Frames = std::vector<std::span<const char>>;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kSlotBytes = 2048, kSlots = 4096, kBlockBytes = 1u << 16;
constexpr std::size_t kFrameMost = 1600, kFrameLeast = 14;
constexpr std::uint64_t kAtOnce = 256;  // frames between two looks at the clock

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

std::uint32_t number_at(const std::vector<char>& bytes, std::size_t at) {
  std::uint32_t out = 0;
  std::memcpy(&out, bytes.data() + at, sizeof out);
  return out;
}

Frames frames_of(const std::vector<char>& capture) {
  constexpr std::size_t kFileHead = 24, kFrameHead = 16;
  Frames out;
  for (std::size_t at = kFileHead; at + kFrameHead <= capture.size();) {
    const std::size_t size = number_at(capture, at + 8);
    at += kFrameHead;
    if (size > capture.size() - at) break;
    if (size >= kFrameLeast && size <= kFrameMost) out.push_back(std::span(capture).subspan(at, size));
    at += size;
  }
  return out;
}

class Ring {
 public:
  explicit Ring(const char* interface) : fd_(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)) {
    const int version = TPACKET_V2, on = 1;
    tpacket_req wish{};
    wish.tp_block_size = kBlockBytes;
    wish.tp_frame_size = kSlotBytes;
    wish.tp_frame_nr = kSlots;
    wish.tp_block_nr = kSlots / (kBlockBytes / kSlotBytes);
    sockaddr_ll place{};
    place.sll_family = AF_PACKET;
    place.sll_protocol = htons(ETH_P_ALL);
    place.sll_ifindex = static_cast<int>(::if_nametoindex(interface));
    if (fd_ < 0 || ::setsockopt(fd_, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0 ||
        ::setsockopt(fd_, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) != 0 ||
        ::setsockopt(fd_, SOL_PACKET, PACKET_TX_RING, &wish, sizeof wish) != 0 ||
        ::bind(fd_, reinterpret_cast<const sockaddr*>(&place), sizeof place) != 0)
      give_up(interface);
    void* map = ::mmap(nullptr, std::size_t{kSlotBytes} * kSlots, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
    if (map == MAP_FAILED) give_up("mmap");
    slots_ = static_cast<char*>(map);
  }

  void put(std::span<const char> frame) {
    char* slot = slots_ + std::size_t{next_} * kSlotBytes;
    auto* head = reinterpret_cast<tpacket2_hdr*>(slot);
    while (__atomic_load_n(&head->tp_status, __ATOMIC_ACQUIRE) != TP_STATUS_AVAILABLE) send();
    std::memcpy(slot + TPACKET2_HDRLEN - sizeof(sockaddr_ll), frame.data(), frame.size());
    head->tp_len = static_cast<std::uint32_t>(frame.size());
    __atomic_store_n(&head->tp_status, std::uint32_t{TP_STATUS_SEND_REQUEST}, __ATOMIC_RELEASE);
    next_ = (next_ + 1) % kSlots;
  }
  void send() const {
    if (::send(fd_, nullptr, 0, 0) < 0 && errno != ENOBUFS && errno != EAGAIN) give_up("send");
  }

 private:
  int fd_;
  char* slots_ = nullptr;
  std::uint32_t next_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: send_packets INTERFACE CAPTURE PACKETS_A_SECOND PACKETS\n");
    return 2;
  }
  std::ifstream file(argv[2], std::ios::binary);
  const std::vector<char> capture{std::istreambuf_iterator<char>(file), {}};
  const Frames frames = frames_of(capture);
  const double rate = std::atof(argv[3]);
  const auto count = static_cast<std::uint64_t>(std::atoll(argv[4]));
  if (frames.empty() || rate <= 0) {
    std::fprintf(stderr, "send_packets: no frames in %s, or no rate\n", argv[2]);
    return 1;
  }
  Ring ring(argv[1]);
  const auto begun = Clock::now();
  for (std::uint64_t sent = 0; sent < count;) {
    const double passed = std::chrono::duration<double>(Clock::now() - begun).count();
    const auto due = std::min(count, static_cast<std::uint64_t>(passed * rate) + 1);
    if (sent >= due) {
      std::this_thread::sleep_for(std::chrono::microseconds(50));
      continue;
    }
    for (const std::uint64_t until = std::min(due, sent + kAtOnce); sent < until; sent++)
      ring.put(frames[sent % frames.size()]);
    ring.send();
  }
  const double passed = std::chrono::duration<double>(Clock::now() - begun).count();
  std::printf("sent %llu packets, %.0f a second\n", static_cast<unsigned long long>(count),
              static_cast<double>(count) / passed);
  return 0;
}
