// The only door to c-ares.
#include "net/resolver.h"

#include <ares.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <utility>
#include <vector>

#include "base/text.h"

namespace argus {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t kTogether = 64;       // questions on their way
constexpr int kTryMs = 700, kTries = 3;     // of one question, the second after twice the time
constexpr int kLookMs = 50;                 // between two looks at whether to stop
constexpr std::size_t kNameRoom = 256;      // a longer name is none
constexpr int kClassIn = 1, kTypePtr = 12;  // RFC 1035, 3.2

Error bad_server(const std::string& text) {
  return fail(Errc::usage, "'{}' is not the address of a name server: write 192.0.2.1 or 192.0.2.1:53", escaped(text));
}

// "192.0.2.1:53", "[2001:db8::1]:53", as c-ares takes it.
Result<std::string> server_text(const std::string& text) {
  std::string_view host = text, port = "53";
  const auto bracket = text.find(']');
  if (text.starts_with('[') && bracket != std::string::npos) {
    host = std::string_view(text).substr(1, bracket - 1);
    const std::string_view rest = std::string_view(text).substr(bracket + 1);
    if (!rest.empty() && !rest.starts_with(':')) return bad_server(text);
    if (!rest.empty()) port = rest.substr(1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    const auto colon = text.find(':');
    host = std::string_view(text).substr(0, colon), port = std::string_view(text).substr(colon + 1);
  }
  const auto address = parse_address(host);
  const auto number = parse_unsigned(port);
  if (!address || address->family() == Family::mac || !number || *number == 0 || *number > 65'535)
    return bad_server(text);
  return address->is_v4() ? fmt::format("{}:{}", host, *number) : fmt::format("[{}]:{}", host, *number);
}

// Hosts alone are called anything.
bool may_have_name(const Address& address) {
  constexpr std::uint8_t kMulticast4 = 0xe0, kMulticast6 = 0xff;
  switch (address.family()) {
    case Family::mac: return false;
    case Family::ipv4: return address.bytes[12] != 0 && address.bytes[12] < kMulticast4;
    case Family::ipv6: return address.bytes[0] != kMulticast6 && address != Address();
  }
  return false;
}

// "9.2.0.192.in-addr.arpa" (RFC 1035, 3.5), "1.0.0...ip6.arpa" (RFC 3596, 2.5).
std::string reverse_name(const Address& address) {
  std::string out;
  if (address.is_v4()) {
    for (std::size_t i = 16; i-- > 12;) out += std::to_string(address.bytes[i]) + '.';
    return out + "in-addr.arpa";
  }
  for (std::size_t i = 16; i-- > 0;)
    for (const unsigned digit : {address.bytes[i] & 15u, unsigned{address.bytes[i]} >> 4}) {
      out += kHexDigits[digit];
      out += '.';
    }
  return out + "ip6.arpa";
}

// An address as C has it.
struct RawAddress {
  explicit RawAddress(const Address& address)
      : bytes(address.bytes.data() + (address.is_v4() ? 12 : 0)),
        size(address.is_v4() ? 4 : 16),
        family(address.is_v4() ? AF_INET : AF_INET6) {}
  const void* bytes;
  int size, family;
};

// Questions and their answers. c-ares calls back in C: nothing there may throw, so that all room is taken before.
struct Questions {
  struct Question {
    Questions* all;
    Address address;
    std::string reverse;  // what it is asked by
    std::size_t size = 0;
    std::array<char, kNameRoom> name{};

    void take(const hostent* host) {
      if (host == nullptr || host->h_name == nullptr) return;
      const std::size_t found = ::strnlen(host->h_name, kNameRoom);
      if (found < kNameRoom) std::copy_n(host->h_name, found, name.data()), size = found;
    }
    void end(bool answered) {
      all->open--;
      if (answered) all->answered.push_back(this);
      else all->unanswered++;
    }
    void ask_servers() { ares_query(all->channel, reverse.c_str(), kClassIn, kTypePtr, &on_reply, this); }
  };
  ares_channel channel = nullptr;
  std::vector<Question> each;
  std::vector<const Question*> answered;  // and not yet taken
  std::size_t open = 0, unanswered = 0;

  static void on_reply(void* asked, int status, int, unsigned char* bytes, int size) {
    auto& question = *static_cast<Question*>(asked);
    hostent* host = nullptr;
    const RawAddress raw(question.address);
    if (status == ARES_SUCCESS &&
        ares_parse_ptr_reply(bytes, size, raw.bytes, raw.size, raw.family, &host) == ARES_SUCCESS) {
      question.take(host);
      ares_free_hostent(host);
    }
    question.end(status == ARES_SUCCESS || status == ARES_ENOTFOUND || status == ARES_ENODATA);
  }
  // Of the file of hosts.
  static void on_host(void* asked, int status, int, hostent* host) {
    auto& question = *static_cast<Question*>(asked);
    if (status != ARES_SUCCESS) return question.ask_servers();
    question.take(host);
    question.end(true);
  }
};

// Waits for answers, or for the time of a question to be over.
void wait_once(ares_channel channel, int most_ms) {
  std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
  const auto wanted = static_cast<unsigned>(ares_getsock(channel, sockets.data(), ARES_GETSOCK_MAXNUM));
  std::array<pollfd, ARES_GETSOCK_MAXNUM> polled{};
  nfds_t count = 0;
  for (unsigned i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
    short events = 0;
    if (ARES_GETSOCK_READABLE(wanted, i)) events |= POLLIN;
    if (ARES_GETSOCK_WRITABLE(wanted, i)) events |= POLLOUT;
    if (events != 0) polled[count++] = {sockets[i], events, 0};
  }
  timeval most{0, most_ms * 1000}, next{};
  const timeval* until = ares_timeout(channel, &most, &next);
  const auto ms = static_cast<int>(until->tv_sec * 1000 + until->tv_usec / 1000);
  if (::poll(polled.data(), count, std::min(ms, most_ms) + 1) <= 0) {
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    return;
  }
  for (nfds_t i = 0; i < count; i++) {
    const bool in = (polled[i].revents & (POLLIN | POLLERR | POLLHUP)) != 0, out = (polled[i].revents & POLLOUT) != 0;
    if (in || out) ares_process_fd(channel, in ? polled[i].fd : ARES_SOCKET_BAD, out ? polled[i].fd : ARES_SOCKET_BAD);
  }
}

}  // namespace

void Resolver::Close::operator()(ares_channeldata* channel) const { ares_destroy(channel); }

Result<Resolver> Resolver::open(const std::string& server) {
  static const int began = ares_library_init(ARES_LIB_INIT_ALL);
  std::string servers;
  if (!server.empty()) {
    ARGUS_TRY_LET(servers, server_text(server));
  }
  ares_options options{};
  options.timeout = kTryMs;
  options.tries = kTries;
  std::array<char, 2> lookups = {'f', '\0'};  // of hosts by address, which are asked of servers by name then
  options.lookups = lookups.data();
  ares_channel channel = nullptr;
  int status = began;
  if (status == ARES_SUCCESS)
    status = ares_init_options(&channel, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS);
  if (status != ARES_SUCCESS) return fail(Errc::io, "names cannot be looked up: {}", ares_strerror(status));
  Resolver out(Channel(channel), server.empty());
  if (!servers.empty() && ares_set_servers_ports_csv(channel, servers.c_str()) != ARES_SUCCESS)
    return bad_server(server);
  return out;
}

std::size_t Resolver::look_up(std::span<const Address> addresses, Nanos wait, const std::atomic<bool>* stop,
                              const TakeName& take) {
  Questions questions;
  questions.channel = channel_.get();
  questions.each.reserve(addresses.size());
  for (const Address& address : addresses) {
    if (may_have_name(address)) questions.each.push_back({&questions, address, reverse_name(address)});
    else take(address, {});
  }
  questions.answered.reserve(questions.each.size());
  const auto until = steady_clock::now() + std::chrono::nanoseconds(wait);
  std::size_t asked = 0;
  while (asked < questions.each.size() || questions.open != 0) {
    // Where there is no server, all answers are there at once.
    while (asked < questions.each.size() && questions.open < kTogether) {
      Questions::Question& next = questions.each[asked++];
      questions.open++;
      const RawAddress raw(next.address);
      if (reads_hosts_) ares_gethostbyaddr(channel_.get(), raw.bytes, raw.size, raw.family, &Questions::on_host, &next);
      else next.ask_servers();
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - steady_clock::now()).count();
    if (left <= 0 || (stop != nullptr && *stop)) break;
    if (questions.open != 0) wait_once(channel_.get(), static_cast<int>(std::min<std::int64_t>(left, kLookMs)));
    for (const Questions::Question* one : std::exchange(questions.answered, {}))
      take(one->address, {one->name.data(), one->size});
    questions.answered.reserve(questions.each.size());
  }
  ares_cancel(channel_.get());
  for (const Questions::Question* one : questions.answered) take(one->address, {one->name.data(), one->size});
  return questions.unanswered + (questions.each.size() - asked);
}

}  // namespace argus
