#include "demo/demo_traffic.h"

#include <algorithm>

#include "base/bytes.h"
#include "demo/demo_frames.h"

namespace argus {

namespace {

constexpr Nanos kSpan = 10 * kMinute;
constexpr std::uint8_t kFinFlag = 1, kSynFlag = 2, kRstFlag = 4, kPshFlag = 8, kAckFlag = 16;

// splitmix64
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
  }
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>((next() >> 32) * n >> 32); }
  std::uint32_t between(std::uint32_t low, std::uint32_t high) { return low + below(high - low + 1); }
  Nanos span(Nanos most) { return static_cast<Nanos>(next() % static_cast<std::uint64_t>(most)); }

 private:
  std::uint64_t state_;
};

constexpr std::uint32_t v4(unsigned a, unsigned b, unsigned c, unsigned d) { return a << 24 | b << 16 | c << 8 | d; }

DemoHost host(std::uint32_t address, std::uint64_t mac, std::uint8_t ttl) {
  DemoHost out;
  out.v4 = address;
  out.mac = mac;
  out.ttl = ttl;
  out.v6 = {0x20, 0x01, 0x0d, 0xb8, 0, static_cast<std::uint8_t>(ttl == 64 ? 1 : 2)};
  for (std::size_t i = 0; i < 4; i++) out.v6[12 + i] = static_cast<std::uint8_t>(address >> (24 - 8 * i));
  return out;
}

// The host as it speaks to neighbours: never routed (RFC 4861 7.1, RFC 6762 11).
DemoHost on_link(DemoHost of) {
  of.ttl = 255;
  return of;
}

constexpr std::uint64_t kRouterMac = 0x00005e000101, kClientMacs = 0x020000000100;

class Office {
 public:
  explicit Office(const DemoTraffic& traffic) : random_(traffic.seed), start_(traffic.start) {
    for (unsigned i = 0; i < 24; i++) clients_.push_back(host(v4(192, 168, 1, 20 + i), kClientMacs + i, 64));
    for (unsigned i = 0; i < 40; i++) servers_.push_back(host(v4(198, 51, 100, 10 + i), kRouterMac, 52));
    router_ = host(v4(192, 168, 1, 1), kRouterMac, 64);
    files_ = host(v4(192, 168, 1, 10), kClientMacs + 0x50, 64);
    printer_ = host(v4(192, 168, 1, 12), kClientMacs + 0x52, 64);
    backdoor_ = host(v4(203, 0, 113, 66), kRouterMac, 47);
  }

  std::vector<DemoFrame> frames() {
    web();
    names();
    housekeeping();
    work();
    scan();
    backdoor();
    ping_burst();
    tunnel();
    std::stable_sort(frames_.begin(), frames_.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
    return std::move(frames_);
  }

 private:
  struct Talk {
    DemoFamily family = DemoFamily::v4;
    Nanos rtt = 20 * kMillisecond;
    std::uint32_t request = 400, answer = 6000, rounds = 1;
    Nanos pause = 0;  // between rounds
    bool reset = false;
    unsigned loss = 0;  // one segment of so many is lost and sent again; 0: none
  };

  void put(DemoFrame frame) { frames_.push_back(std::move(frame)); }
  DemoHost& client() { return clients_[random_.below(static_cast<std::uint32_t>(clients_.size()))]; }
  DemoHost& server() { return servers_[random_.below(static_cast<std::uint32_t>(servers_.size()))]; }
  Nanos any_time() { return start_ + random_.span(kSpan - 20 * kSecond); }
  std::uint16_t port() { return static_cast<std::uint16_t>(random_.between(32768, 60999)); }

  void tcp(Nanos t, const DemoHost& from, const DemoHost& to, std::uint16_t dport, const Talk& talk);
  void ask_name(Nanos t, const DemoHost& from, std::uint32_t question, std::uint32_t answer);
  void web();
  void names();
  void housekeeping();
  void work();
  void scan();
  void backdoor();
  void ping_burst();
  void tunnel();

  Random random_;
  Nanos start_;
  std::vector<DemoHost> clients_, servers_;
  DemoHost router_, files_, printer_, backdoor_;
  std::vector<DemoFrame> frames_;
};

// A whole connection: handshake, rounds of request and answer, an ACK for every second segment, and its end.
void Office::tcp(Nanos t, const DemoHost& from, const DemoHost& to, std::uint16_t dport, const Talk& talk) {
  constexpr std::uint32_t kSegment = 1448;
  const std::uint16_t sport = port();
  std::uint32_t seq = static_cast<std::uint32_t>(random_.next()), ack = static_cast<std::uint32_t>(random_.next());
  const auto up = [&](std::uint8_t flags, std::uint32_t n) {
    put(demo_tcp(t, from, to, talk.family, {sport, dport, seq, ack, flags}, n));
    seq += n + ((flags & (kSynFlag | kFinFlag)) != 0 ? 1 : 0);
  };
  const auto down = [&](std::uint8_t flags, std::uint32_t n) {
    put(demo_tcp(t, to, from, talk.family, {dport, sport, ack, seq, flags}, n));
    ack += n + ((flags & (kSynFlag | kFinFlag)) != 0 ? 1 : 0);
  };
  put(demo_tcp(t, from, to, talk.family, {sport, dport, seq, 0, kSynFlag}, 0));
  seq++;
  t += talk.rtt;
  down(kSynFlag | kAckFlag, 0);
  t += 60 * kMicrosecond;
  up(kAckFlag, 0);
  for (std::uint32_t round = 0; round < talk.rounds; round++) {
    t += kMillisecond + talk.pause;
    up(kAckFlag | kPshFlag, talk.request);
    t += talk.rtt + random_.span(5 * kMillisecond);
    std::uint32_t left = talk.answer, sent = 0;
    while (left > 0) {
      const std::uint32_t n = std::min(left, kSegment);
      left -= n;
      t += 120 * kMicrosecond;
      const bool again = talk.loss != 0 && random_.below(talk.loss) == 0;
      down(static_cast<std::uint8_t>(kAckFlag | (left == 0 ? kPshFlag : 0)), n);
      if (again) {
        t += 200 * kMillisecond;
        put(demo_tcp(t, to, from, talk.family, {dport, sport, ack - n, seq, kAckFlag}, n));
      }
      if (++sent % 2 == 0 || left == 0) t += 40 * kMicrosecond, up(kAckFlag, 0);
    }
  }
  t += 2 * kMillisecond;
  if (talk.reset) return up(kRstFlag | kAckFlag, 0);
  up(kFinFlag | kAckFlag, 0);
  t += talk.rtt;
  down(kFinFlag | kAckFlag, 0);
  t += 60 * kMicrosecond;
  up(kAckFlag, 0);
}

void Office::ask_name(Nanos t, const DemoHost& from, std::uint32_t question, std::uint32_t answer) {
  const std::uint16_t sport = port();
  put(demo_udp(t, from, router_, DemoFamily::v4, sport, 53, question));
  put(demo_udp(t + 300 * kMicrosecond + random_.span(20 * kMillisecond), router_, from, DemoFamily::v4, 53, sport,
               answer));
}

void Office::web() {
  for (int i = 0; i < 520; i++) {
    Talk talk;
    talk.family = random_.below(4) == 0 ? DemoFamily::v6 : DemoFamily::v4;
    talk.rtt = 8 * kMillisecond + random_.span(60 * kMillisecond);
    talk.request = random_.between(300, 1200);
    talk.answer = random_.between(1500, 18'000);
    talk.rounds = random_.between(1, 2);
    talk.loss = 60;
    talk.reset = random_.below(12) == 0;
    // Twice as much of it in the second half.
    const bool late = random_.below(3) != 0;
    const Nanos t = start_ + (late ? kSpan / 2 : 0) + random_.span(kSpan / 2 - 10 * kSecond);
    if (late) talk.answer *= 2;
    tcp(t, client(), server(), random_.below(8) == 0 ? 80 : 443, talk);
  }
}

void Office::names() {
  for (int i = 0; i < 1500; i++) ask_name(any_time(), client(), random_.between(28, 60), random_.between(60, 300));
}

void Office::housekeeping() {
  for (Nanos t = 0; t < kSpan; t += 2 * kSecond) put(demo_stp(start_ + t, kRouterMac + 0x10));
  for (Nanos t = kSecond; t < kSpan; t += 30 * kSecond) put(demo_lldp(start_ + t, kRouterMac + 0x11));
  for (int i = 0; i < 180; i++) {
    const DemoHost& asks = client();
    const Nanos t = any_time();
    put(demo_arp(t, asks, router_, false));
    put(demo_arp(t + 400 * kMicrosecond, router_, asks, true));
  }
  for (int i = 0; i < 100; i++) {
    const DemoHost &asks = client(), &clock = servers_[3];
    const Nanos t = any_time();
    put(demo_udp(t, asks, clock, DemoFamily::v4, 123, 123, 48));
    put(demo_udp(t + 18 * kMillisecond, clock, asks, DemoFamily::v4, 123, 123, 48));
  }
  for (int i = 0; i < 40; i++) {
    const DemoHost& asks = client();
    const Nanos t = any_time();
    const auto id = static_cast<std::uint16_t>(random_.next());
    for (std::uint16_t seq = 1; seq <= 4; seq++) {
      put(demo_icmp(t + seq * kSecond, asks, router_, DemoFamily::v4, 8, 0, id, seq, 56));
      put(demo_icmp(t + seq * kSecond + 700 * kMicrosecond, router_, asks, DemoFamily::v4, 0, 0, id, seq, 56));
    }
  }
  for (int i = 0; i < 60; i++) {
    const DemoHost asks = on_link(client()), answers = on_link(router_);
    const Nanos t = any_time();
    put(demo_icmp(t, asks, answers, DemoFamily::v6, 135, 0, 0, 0, 24));
    put(demo_icmp(t + 500 * kMicrosecond, answers, asks, DemoFamily::v6, 136, 0, 0, 0, 24));
  }
  for (int i = 0; i < 24; i++) put(demo_igmp(any_time(), client(), v4(239, 255, 255, 250)));
  for (int i = 0; i < 60; i++) {
    DemoHost group = host(v4(224, 0, 0, 251), 0x01005e0000fb, 64);
    put(demo_udp(any_time(), on_link(client()), group, DemoFamily::v4, 5353, 5353, random_.between(40, 200)));
  }
}

void Office::work() {
  for (int i = 0; i < 6; i++) {
    Talk shell;
    shell.rtt = 400 * kMicrosecond;
    shell.request = 52;
    shell.answer = 120;
    shell.rounds = 60;
    shell.pause = 4 * kSecond;
    tcp(start_ + random_.span(2 * kMinute), client(), files_, 22, shell);
  }
  for (int i = 0; i < 60; i++) {
    Talk share;
    share.rtt = 350 * kMicrosecond;
    share.answer = random_.between(4000, 40'000);
    tcp(any_time(), client(), files_, 445, share);
  }
  for (int i = 0; i < 30; i++) {
    Talk mail;
    mail.request = random_.between(200, 1400);
    mail.answer = random_.between(200, 3000);
    mail.rounds = 3;
    tcp(any_time(), client(), servers_[5], 993, mail);
  }
  for (int i = 0; i < 6; i++) {
    Talk page;
    page.rtt = 600 * kMicrosecond;
    page.request = 1400;
    page.answer = 60;
    page.rounds = 20;
    tcp(any_time(), client(), printer_, 9100, page);
  }
}

// One client tries a thousand ports of the file server; a handful answer.
void Office::scan() {
  const DemoHost& from = clients_[17];
  Nanos t = start_ + 3 * kMinute;
  for (std::uint16_t tried = 1; tried <= 1000; tried++) {
    const std::uint16_t sport = port();
    const auto seq = static_cast<std::uint32_t>(random_.next());
    t += 2 * kMillisecond + random_.span(2 * kMillisecond);
    put(demo_tcp(t, from, files_, DemoFamily::v4, {sport, tried, seq, 0, kSynFlag}, 0));
    const bool open = tried == 22 || tried == 139 || tried == 445;
    const auto answer = static_cast<std::uint8_t>(open ? kSynFlag | kAckFlag : kRstFlag | kAckFlag);
    put(demo_tcp(t + 300 * kMicrosecond, files_, from, DemoFamily::v4, {tried, sport, 1, seq + 1, answer}, 0));
    if (open)
      put(demo_tcp(t + 400 * kMicrosecond, from, files_, DemoFamily::v4, {sport, tried, seq + 1, 2, kRstFlag}, 0));
  }
}

// A machine that reports to port 4444 of a strange host every twenty seconds, and once sends a lot.
void Office::backdoor() {
  for (Nanos t = 10 * kSecond; t < kSpan - 10 * kSecond; t += 20 * kSecond) {
    Talk talk;
    talk.rtt = 130 * kMillisecond;
    talk.request = 180;
    talk.answer = 90;
    if (t > 8 * kMinute) talk.request = 1400, talk.rounds = 12;
    tcp(start_ + t + random_.span(kSecond), clients_[6], backdoor_, 4444, talk);
  }
}

void Office::ping_burst() {
  const Nanos t = start_ + 6 * kMinute;
  for (std::uint16_t i = 0; i < 400; i++)
    put(demo_icmp(t + i * 5 * kMillisecond, clients_[11], servers_[i % 40], DemoFamily::v4, 8, 0, 0x4242, i, 1000));
}

// Long names asked for without a pause: something travels inside them.
void Office::tunnel() {
  for (int i = 0; i < 450; i++)
    ask_name(start_ + kMinute + i * kSecond, clients_[2], random_.between(180, 230), random_.between(300, 480));
}

}  // namespace

std::vector<std::byte> demo_capture(const DemoTraffic& traffic) {
  ByteWriter out;
  out.le(std::uint32_t{0xa1b2c3d4});
  out.le(std::uint16_t{2});
  out.le(std::uint16_t{4});
  out.le(std::uint64_t{0});
  out.le(kDemoSnap);
  out.le(std::uint32_t{1});
  for (const DemoFrame& frame : Office(traffic).frames()) {
    out.le(static_cast<std::uint32_t>(frame.time / kSecond));
    out.le(static_cast<std::uint32_t>(frame.time % kSecond / kMicrosecond));
    out.le(static_cast<std::uint32_t>(frame.captured.size()));
    out.le(frame.length);
    out.bytes(frame.captured);
  }
  return std::move(out.buffer());
}

}  // namespace argus
