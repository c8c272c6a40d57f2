#include "net/server.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <optional>

#include "base/count_text.h"
#include "base/file.h"
#include "base/thread.h"
#include "net/admission.h"
#include "net/connection.h"
#include "net/listen.h"
#include "net/peer.h"
#include "net/socket.h"

namespace argus {

namespace {

constexpr std::size_t kClientsMax = 256;      // sockets in all
constexpr Nanos kRound = 100 * kMillisecond;  // the longest wait; limits of time and heartbeats run on it
constexpr std::size_t kPiecesARound = 8;      // for one reader, before the next one's turn
constexpr std::size_t kReadBytes = 64 * 1024;
constexpr Nanos kLookEvery = 250 * kMillisecond;  // whether readers take what they are sent
constexpr std::size_t kQueueMost = 32;            // readers of one holder that wait for a place

struct Client {
  File socket;
  std::unique_ptr<Connection> connection;
  std::string place;       // where it came in
  bool local = false;      // a Unix socket or loopback
  std::string source;      // the address it counts for, or "user 1000"
  bool blocked = false;    // the kernel takes no more for now
  bool settled = false;    // counted as a reader, or refused
  bool reads = false;      // counted as a reader
  Nanos asked = 0;         // when it was first looked at for a place
  std::size_t unread = 0;  // of what was sent, when it was last looked at
  Nanos took = 0;          // when it was last seen to take something
  [[nodiscard]] bool waits() const { return asked != 0 && !settled; }
  // Whose readers are counted together.
  [[nodiscard]] std::string holder() const {
    const std::string& key = connection->peer().key;
    return key.empty() ? source : fmt::format("the key '{}'", key);
  }
};

class Net final : public NetServer {
 public:
  explicit Net(NetOptions options)
      : options_(std::move(options)),
        pace_(options_.limits.calls_a_second),
        complaints_(options_.warn),
        keys_(options_.keys) {}
  ~Net() override {
    stop(0);
    for (const Listener& one : listeners_) leave_place(one);
  }
  Result<> listen();
  Result<> start(MakeSession make) override;
  void wake() override {
    if (awake_.exchange(true)) return;
    const std::uint64_t one = 1;
    (void)!::write(wake_.fd(), &one, sizeof one);
  }
  Result<> listen_at(const std::vector<std::string>& places, std::vector<ReaderKey> keys) override;
  void stop(Nanos patience) override {
    if (!thread_.joinable()) return;
    stop_at_ = steady_now() + patience;
    awake_ = false;
    wake();
    thread_.join();
  }
  NetCounts counts() const override { return {readers_, accepted_, refused_}; }
  std::size_t held() const override { return held_; }
  std::vector<std::uint16_t> ports() const override;

 private:
  void run();
  void wait(bool at_once);
  static void leave_place(const Listener& listener) {
    if (!listener.path.empty()) ::unlink(listener.path.c_str());
  }
  void hear_owner();
  void change_places();
  void accept_all(Listener& listener, Nanos now);
  void take(File socket, const Listener& listener, Nanos now);
  void make_room(const Client& newcomer, Nanos now);
  void give_way(Client* leaves, Nanos now);
  void watch_readers(Nanos now);
  void serve(Client& client, bool readable, Nanos now);
  void read(Client& client, Nanos now);
  bool write(Client& client, Nanos now);
  void settle(Client& client, Nanos now);
  [[nodiscard]] std::string no_place_for(const Client& client, Nanos now);
  void leave(Client& client, Nanos now);
  [[nodiscard]] const ReaderKey* find(std::string_view name) const;

  NetOptions options_;
  Pace pace_;  // of calls from elsewhere
  LocalPeers peers_;
  Nanos looked_ = 0;  // at what readers take
  Complaints complaints_;
  std::vector<ReaderKey> keys_;
  std::vector<Listener> listeners_;
  std::vector<Client> clients_;
  std::vector<pollfd> polled_;
  std::array<std::byte, kReadBytes> buffer_{};
  MakeSession make_;
  File wake_;
  Nanos deaf_until_ = 0;  // no accepting while the system has no descriptors
  std::thread thread_;
  std::mutex mutex_;
  std::optional<std::vector<ReaderKey>> new_keys_;
  // Listeners that are new, and all places that hold from then on.
  struct Places {
    std::vector<Listener> opened;
    std::vector<std::string> all;
  };
  std::optional<Places> new_places_;
  std::atomic<bool> awake_ = false;
  std::atomic<Nanos> stop_at_ = 0;
  std::atomic<std::uint64_t> readers_ = 0, accepted_ = 0, refused_ = 0;
  std::atomic<std::size_t> held_ = 0;
};

// The listeners of a place, if there are the keys that it needs.
Result<> add_place(const std::string& text, const std::vector<ReaderKey>& keys, std::vector<Listener>& out) {
  ARGUS_TRY_LET(const bool keys_needed, needs_keys(text));
  if (keys_needed && keys.empty())
    return fail(Errc::usage, "--listen {}: off loopback every reader needs a key; argus key new NAME makes one", text);
  ARGUS_TRY_LET(std::vector<Listener> opened, open_listeners(text));
  for (Listener& one : opened) out.push_back(std::move(one));
  return {};
}

Result<> Net::listen() {
  for (const std::string& text : options_.listen) ARGUS_TRY(add_place(text, keys_, listeners_));
  const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) return fail(Errc::io, "eventfd: {}", system_reason(errno));
  wake_ = File(fd, "eventfd");
  return {};
}

Result<> Net::listen_at(const std::vector<std::string>& places, std::vector<ReaderKey> keys) {
  Places now;
  now.all = places;
  const auto has = [](const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  };
  for (const std::string& text : places) {
    if (has(options_.listen, text)) continue;
    auto added = add_place(text, keys, now.opened);
    if (added) continue;
    for (const Listener& one : now.opened) leave_place(one);
    return added;
  }
  options_.listen = places;
  {
    const std::scoped_lock lock(mutex_);
    // What the thread has not taken over yet is taken over with this.
    if (new_places_)
      for (Listener& one : new_places_->opened) now.opened.push_back(std::move(one));
    new_places_ = std::move(now);
    new_keys_ = std::move(keys);
  }
  wake();
  return {};
}

// Between two rounds, when nothing is numbered by the listeners.
void Net::change_places() {
  std::optional<Places> now;
  {
    const std::scoped_lock lock(mutex_);
    now = std::exchange(new_places_, std::nullopt);
  }
  if (!now) return;
  for (Listener& one : now->opened) listeners_.push_back(std::move(one));
  const auto is_gone = [&](const std::string& place) {
    return std::find(now->all.begin(), now->all.end(), place) == now->all.end();
  };
  for (const Listener& one : listeners_)
    if (is_gone(one.place)) leave_place(one);
  std::erase_if(listeners_, [&](const Listener& one) { return is_gone(one.place); });
  for (Client& client : clients_)
    if (is_gone(client.place)) client.connection->close("this address no longer serves readers");
}

Result<> Net::start(MakeSession make) {
  make_ = std::move(make);
  ARGUS_TRY_LET(thread_, start_thread("readers", [this] { run(); }));
  return {};
}

std::vector<std::uint16_t> Net::ports() const {
  std::vector<std::uint16_t> out;
  for (const Listener& one : listeners_) {
    SocketAddress address;
    address.size = sizeof address.storage;
    if (one.is_unix || ::getsockname(one.file.fd(), reinterpret_cast<sockaddr*>(&address.storage), &address.size) != 0)
      continue;
    // The port stands at the same place in both families.
    out.push_back(ntohs(reinterpret_cast<const sockaddr_in&>(address.storage).sin_port));
  }
  return out;
}

const ReaderKey* Net::find(std::string_view name) const {
  const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const ReaderKey& k) { return k.key.name == name; });
  return found == keys_.end() ? nullptr : &*found;
}

// New keys close the readers that have none of them.
void Net::hear_owner() {
  awake_ = false;  // first: who wakes after this is heard in this round or writes again
  std::uint64_t count = 0;
  (void)!::read(wake_.fd(), &count, sizeof count);
  const std::scoped_lock lock(mutex_);
  if (!new_keys_) return;
  keys_ = *std::exchange(new_keys_, std::nullopt);
  for (Client& client : clients_) {
    const Connection& connection = *client.connection;
    if (connection.peer().key.empty()) continue;
    const ReaderKey* reader = find(connection.peer().key);
    if (reader == nullptr || reader->key.secret != connection.key().secret ||
        reader->filter != connection.peer().filter)
      client.connection->close("its key was revoked or changed");
  }
}

// The oldest strangers give way: whoever is honest needs a moment only, whoever is not has had it. Who has shown a key
// is not among those that its address is counted by, so that nobody else there can keep it out.
void Net::make_room(const Client& newcomer, Nanos now) {
  const auto oldest = [&](std::size_t most, const auto& counts) {
    Client* out = nullptr;
    std::size_t count = 0;
    for (Client& client : clients_) {
      const Connection& one = *client.connection;
      if (one.is_over() || !one.is_stranger() || client.local != newcomer.local || !counts(client)) continue;
      count++;
      if (out == nullptr || one.since() < out->connection->since()) out = &client;
    }
    return count >= most ? out : nullptr;
  };
  const auto has_key = [](const Client& client) {
    return client.connection->has_shown_key() || (!client.local && client.connection->session() != nullptr);
  };
  const NetLimits& limits = options_.limits;
  give_way(oldest(newcomer.local ? limits.strangers_a_user : limits.strangers_a_source,
                  [&](const Client& one) { return one.source == newcomer.source && !has_key(one); }),
           now);
  give_way(oldest(limits.strangers, [&](const Client& one) { return !has_key(one); }), now);
  give_way(oldest(limits.strangers, has_key), now);
}

void Net::give_way(Client* leaves, Nanos now) {
  if (leaves == nullptr) return;
  complaints_.complain(Complaints::Kind::limit,
                       fmt::format("{}: closed: too many connections have shown no key yet, and this is the oldest",
                                   leaves->connection->peer().text),
                       now);
  leaves->connection->close({});
  refused_++;
}

void Net::take(File socket, const Listener& listener, Nanos now) {
  const bool is_unix = listener.is_unix;
  SocketAddress here, there;
  here.size = there.size = sizeof here.storage;
  const int fd = socket.fd();
  if (!is_unix && (::getsockname(fd, reinterpret_cast<sockaddr*>(&here.storage), &here.size) != 0 ||
                   ::getpeername(fd, reinterpret_cast<sockaddr*>(&there.storage), &there.size) != 0))
    return;
  Client client;
  client.local = is_unix || (is_loopback(here) && is_loopback(there));
  client.source = source_of(there);
  if (client.local) {
    const auto user = peers_.user(fd);
    client.source = user ? fmt::format("user {}", *user) : "this machine";
  }
  make_room(client, now);
  if (clients_.size() >= kClientsMax) {
    refused_++;
    return;
  }
  const int on = 1;
  if (!is_unix) (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  Connection::Setup setup;
  setup.peer = is_unix ? "unix socket" : to_text(there);
  setup.encrypted = !client.local;
  setup.find = [this](std::string_view name) { return find(name); };
  setup.make = make_;
  setup.limits = &options_.limits;
  setup.now = now;
  auto connection = Connection::open(std::move(setup));
  if (!connection) return (void)complaints_.complain(Complaints::Kind::system, connection.error().text, now);
  client.socket = std::move(socket);
  client.connection = *std::move(connection);
  client.place = listener.place;
  clients_.push_back(std::move(client));
  read(clients_.back(), now);  // whoever is honest has spoken already, and is a stranger no longer than it must
}

void Net::accept_all(Listener& listener, Nanos now) {
  constexpr int kCallsARound = 64;
  for (int n = 0; n < kCallsARound && (listener.is_local || pace_.is_ready(now)); n++) {
    const int fd = ::accept4(listener.file.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) {
      if (!listener.is_local) pace_.take(now);
      take(File(fd, "reader"), listener, now);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      complaints_.complain(Complaints::Kind::system, fmt::format("no more readers: {}", system_reason(errno)), now);
      deaf_until_ = now + kRound;
      return;
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return;
    }
  }
}

void Net::read(Client& client, Nanos now) {
  const ssize_t got = ::recv(client.socket.fd(), buffer_.data(), buffer_.size(), 0);
  if (got > 0) client.connection->receive(Bytes(buffer_).first(static_cast<std::size_t>(got)), now);
  else if (got == 0 || (errno != EAGAIN && errno != EINTR)) client.connection->ended();
}

// True when there may be more to send at once.
bool Net::write(Client& client, Nanos now) {
  if (client.waits()) return false;
  const bool was_blocked = std::exchange(client.blocked, false);
  for (std::size_t n = 0; n < kPiecesARound; n++) {
    const Bytes bytes = client.connection->outgoing(now);
    if (bytes.empty()) return false;
    const ssize_t put = ::send(client.socket.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put >= 0) {
      client.connection->sent(static_cast<std::size_t>(put), now);
      if (was_blocked) client.took = now;
    } else if (errno == EAGAIN) {
      client.blocked = true;
      return false;
    } else if (errno != EINTR) {
      client.connection->ended();
      return false;
    }
  }
  return true;
}

// What is sent fits into the kernel's buffers for long: whether anybody takes it out of them is for the kernel to say.
void Net::watch_readers(Nanos now) {
  if (now - looked_ < kLookEvery) return;
  looked_ = now;
  for (Client& client : clients_) {
    if (!client.reads || client.connection->is_over()) continue;
    const std::size_t unread = peers_.unread(client.socket.fd());
    if (unread == 0 || unread < client.unread) client.took = now;
    client.unread = unread;
  }
}

// Empty when there is a place, which a reader that takes nothing may have left.
std::string Net::no_place_for(const Client& client, Nanos now) {
  const NetLimits& limits = options_.limits;
  const std::string holder = client.holder();
  const bool keyed = !client.connection->peer().key.empty();
  const std::size_t own_most = keyed ? limits.readers_a_key : limits.readers_a_user;
  std::size_t readers = 0, own = 0;
  Client* stalled = nullptr;      // for longest
  Client* stalled_own = nullptr;  // the same of its holder
  const auto longer = [&](const Client* than, const Client& one) {
    return now - one.took >= limits.yields_after && (than == nullptr || one.took < than->took);
  };
  for (Client& other : clients_) {
    if (!other.reads || other.connection->is_over()) continue;
    readers++;
    const bool is_own = other.holder() == holder;
    if (is_own) own++;
    if (longer(stalled, other)) stalled = &other;
    if (is_own && longer(stalled_own, other)) stalled_own = &other;
  }
  if (readers < limits.readers && own < own_most) return {};
  Client* const yields = own < own_most ? stalled : stalled_own;
  if (yields != nullptr) {
    yields->connection->close("it stopped reading, and another reader needs its place");
    return {};
  }
  return own < own_most ? fmt::format("{} served already, which is the limit", count_is(readers, "reader"))
                        : fmt::format("{} of {} {} served already, which is the limit", count_text(own, "reader"),
                                      holder, own == 1 ? "is" : "are");
}

// Whether a stranger has become a reader, and may. Where all places are taken it waits for one for a while.
void Net::settle(Client& client, Nanos now) {
  Connection& connection = *client.connection;
  if (client.settled || connection.is_over() || connection.is_stranger()) return;
  if (client.asked == 0) client.asked = now;
  const std::string why = no_place_for(client, now);
  const auto queue = std::count_if(clients_.begin(), clients_.end(), [&](const Client& other) {
    return other.waits() && !other.connection->is_over() && other.holder() == client.holder();
  });
  const bool may_wait =
      now - client.asked < options_.limits.queue_time && static_cast<std::size_t>(queue) <= kQueueMost && stop_at_ == 0;
  if (!why.empty() && may_wait) return;
  client.settled = true;
  if (why.empty()) {
    client.reads = true;
    client.took = now;
    accepted_++;
    readers_++;
    return;
  }
  refused_++;
  connection.session()->refuse(why);
  complaints_.complain(Complaints::Kind::limit, fmt::format("{}: refused: {}", connection.peer().text, why), now);
}

void Net::leave(Client& client, Nanos now) {
  // An alert, or a refusal, for what it is worth.
  const Bytes bytes = client.connection->outgoing(now);
  if (!bytes.empty()) (void)!::send(client.socket.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  const Connection& connection = *client.connection;
  if (client.reads) readers_--;
  if (connection.why().empty()) return;
  if (!client.reads) refused_++;
  using Kind = Complaints::Kind;
  const Kind kind = connection.session() == nullptr ? Kind::handshake : client.reads ? Kind::stalled : Kind::request;
  const std::string key = connection.peer().key.empty() ? "" : fmt::format(" (key '{}')", connection.peer().key);
  const bool said =
      complaints_.complain(kind, fmt::format("{}{}: closed: {}", connection.peer().text, key, connection.why()), now);
  if (const std::string detail = connection.detail(); said && !detail.empty() && options_.detail)
    options_.detail(fmt::format("{}: {}", connection.peer().text, detail));
}

void Net::wait(bool at_once) {
  polled_.clear();
  polled_.push_back({wake_.fd(), POLLIN, 0});
  const Nanos now = steady_now();
  const bool deaf = stop_at_ != 0 || now < deaf_until_;
  for (const Listener& one : listeners_) {
    const bool hears = !deaf && (one.is_local || pace_.is_ready(now));
    polled_.push_back({hears ? one.file.fd() : -1, POLLIN, 0});
  }
  for (const Client& client : clients_) {
    const int events = POLLIN | (client.blocked ? POLLOUT : 0);
    polled_.push_back({client.socket.fd(), static_cast<short>(events), 0});
  }
  if (::poll(polled_.data(), polled_.size(), at_once ? 0 : static_cast<int>(kRound / kMillisecond)) < 0)
    for (pollfd& one : polled_) one.revents = 0;
}

void Net::run() {
  bool busy = false;
  for (;;) {
    change_places();
    wait(busy);
    busy = false;
    const Nanos now = steady_now();
    if (polled_[0].revents != 0) hear_owner();
    const std::size_t before = clients_.size(), first = 1 + listeners_.size();
    std::size_t held = 0;
    watch_readers(now);
    for (std::size_t i = 0; i < before; i++) {
      Client& client = clients_[i];
      if ((polled_[first + i].revents & (POLLIN | POLLHUP | POLLERR)) != 0) read(client, now);
      settle(client, now);
      if (!client.connection->is_over()) busy |= write(client, now);
      client.connection->tick(now);
      held += client.connection->held();
    }
    held_ = held;
    for (std::size_t i = 0; i < listeners_.size(); i++)
      if ((polled_[1 + i].revents & POLLIN) != 0) accept_all(listeners_[i], now);
    for (Client& client : clients_)
      if (client.connection->is_over()) leave(client, now);
    std::erase_if(clients_, [](const Client& client) { return client.connection->is_over(); });
    complaints_.tick(now);
    const Nanos stop_at = stop_at_;
    const bool waits = std::any_of(clients_.begin(), clients_.end(), [](const Client& client) { return client.reads; });
    if (stop_at != 0 && (!waits || now >= stop_at)) break;
  }
  for (Client& client : clients_) leave(client, steady_now());
  clients_.clear();
}

}  // namespace

Result<std::unique_ptr<NetServer>> NetServer::open(NetOptions options) {
  auto out = std::make_unique<Net>(std::move(options));
  ARGUS_TRY(out->listen());
  return std::unique_ptr<NetServer>(std::move(out));
}

}  // namespace argus
