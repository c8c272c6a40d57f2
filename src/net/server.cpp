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
#include <csignal>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "net/admission.h"
#include "net/connection.h"
#include "net/listen.h"
#include "net/socket.h"

namespace argus {

namespace {

constexpr std::size_t kClientsMax = 256;      // sockets in all
constexpr Nanos kRound = 100 * kMillisecond;  // the longest wait; limits of time and heartbeats run on it
constexpr std::size_t kPiecesARound = 8;      // for one reader, before the next one's turn
constexpr std::size_t kReadBytes = 64 * 1024;

struct Client {
  File socket;
  std::unique_ptr<Connection> connection;
  std::string place;     // where it came in
  std::string source;    // of an address off this machine; empty: local
  bool blocked = false;  // the kernel takes no more for now
  bool settled = false;  // counted as a reader, or refused
  bool reads = false;    // counted as a reader
};

class Net final : public NetServer {
 public:
  explicit Net(NetOptions options)
      : options_(std::move(options)), admission_(options_.limits), complaints_(options_.warn), keys_(options_.keys) {}
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
  void make_room(const std::string& source, Nanos now);
  void serve(Client& client, bool readable, Nanos now);
  void read(Client& client, Nanos now);
  bool write(Client& client, Nanos now);
  void settle(Client& client, Nanos now);
  void leave(Client& client, Nanos now);
  [[nodiscard]] const ReaderKey* find(std::string_view name) const;

  NetOptions options_;
  Admission admission_;
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
    if (is_gone(client.place)) client.connection->close("readers are not served there any more");
}

Result<> Net::start(MakeSession make) {
  make_ = std::move(make);
  // Signals are for the thread that the program began with.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  Result<> done;
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error& error) {
    done = fail(Errc::io, "no thread for readers: {}", error.what());
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return done;
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
      client.connection->close("its key was taken away or changed");
  }
}

// The oldest strangers give way: whoever is honest needs a moment only, whoever is not has had it.
void Net::make_room(const std::string& source, Nanos now) {
  const auto oldest = [&](bool same_source, std::size_t most) {
    Client* out = nullptr;
    std::size_t count = 0;
    for (Client& client : clients_) {
      const Connection& one = *client.connection;
      const bool counts = same_source ? client.source == source : client.source.empty() == source.empty();
      const bool has_key = !client.source.empty() && one.session() != nullptr;
      if (one.is_over() || !one.is_stranger() || has_key || !counts) continue;
      count++;
      if (out == nullptr || one.since() < out->connection->since()) out = &client;
    }
    return count >= most ? out : nullptr;
  };
  const NetLimits& limits = options_.limits;
  Client* leaves = source.empty() ? nullptr : oldest(true, limits.strangers_a_source);
  if (leaves == nullptr) leaves = oldest(false, limits.strangers);
  if (leaves == nullptr) return;
  complaints_.say(Complaints::Kind::limit,
                  fmt::format("{}: not let in yet and the oldest of too many: closed", leaves->connection->peer().text),
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
  const bool local = is_unix || (is_loopback(here) && is_loopback(there));
  const std::string source = local ? std::string() : source_of(there);
  if (!local && admission_.is_ignored(source, now)) {
    refused_++;
    (void)complaints_.say(
        Complaints::Kind::limit,
        fmt::format("{}: ignored for a while: it came too often without the right key", to_text(there)), now);
    return;
  }
  make_room(source, now);
  if (clients_.size() >= kClientsMax) {
    refused_++;
    return;
  }
  const int on = 1;
  if (!is_unix) (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  Connection::Setup setup;
  setup.peer = is_unix ? "unix socket" : to_text(there);
  setup.encrypted = !local;
  setup.find = [this](std::string_view name) { return find(name); };
  setup.make = make_;
  setup.limits = &options_.limits;
  setup.now = now;
  auto connection = Connection::open(std::move(setup));
  if (!connection) return (void)complaints_.say(Complaints::Kind::system, connection.error().text, now);
  Client client;
  client.socket = std::move(socket);
  client.connection = *std::move(connection);
  client.place = listener.place;
  client.source = source;
  clients_.push_back(std::move(client));
}

void Net::accept_all(Listener& listener, Nanos now) {
  constexpr int kCallsARound = 64;
  for (int n = 0; n < kCallsARound; n++) {
    const int fd = ::accept4(listener.file.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) {
      take(File(fd, "reader"), listener, now);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      complaints_.say(Complaints::Kind::system, fmt::format("no more readers: {}", system_reason(errno)), now);
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
  client.blocked = false;
  for (std::size_t n = 0; n < kPiecesARound; n++) {
    const Bytes bytes = client.connection->outgoing(now);
    if (bytes.empty()) return false;
    const ssize_t put = ::send(client.socket.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put >= 0) {
      client.connection->sent(static_cast<std::size_t>(put), now);
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

// Whether a stranger has become a reader, and may.
void Net::settle(Client& client, Nanos now) {
  Connection& connection = *client.connection;
  if (client.settled || connection.is_over() || connection.is_stranger()) return;
  client.settled = client.reads = true;
  std::size_t readers = 0, same_key = 0;
  for (const Client& other : clients_) {
    if (!other.reads || other.connection->is_over()) continue;
    readers++;
    if (other.connection->peer().key == connection.peer().key) same_key++;
  }
  const NetLimits& limits = options_.limits;
  std::string why;
  if (readers > limits.readers) why = fmt::format("{} readers are served already, which is the limit", limits.readers);
  else if (!connection.peer().key.empty() && same_key > limits.readers_a_key)
    why = fmt::format("{} readers have the key '{}' already, which is the limit", limits.readers_a_key,
                      connection.peer().key);
  if (why.empty()) {
    accepted_++;
    readers_++;
    return;
  }
  client.reads = false;
  refused_++;
  connection.session()->refuse(why);
  complaints_.say(Complaints::Kind::limit, fmt::format("{}: refused: {}", connection.peer().text, why), now);
}

void Net::leave(Client& client, Nanos now) {
  // An alert, or a refusal, for what it is worth.
  const Bytes bytes = client.connection->outgoing(now);
  if (!bytes.empty()) (void)!::send(client.socket.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  const Connection& connection = *client.connection;
  if (client.reads) readers_--;
  if (connection.failed_handshake() && !client.source.empty()) admission_.failed(client.source, now);
  if (connection.why().empty()) return;
  if (!client.reads) refused_++;
  using Kind = Complaints::Kind;
  const Kind kind = connection.session() == nullptr ? Kind::handshake : client.reads ? Kind::stalled : Kind::request;
  const std::string key = connection.peer().key.empty() ? "" : fmt::format(" (key '{}')", connection.peer().key);
  const bool said =
      complaints_.say(kind, fmt::format("{}{}: closed: {}", connection.peer().text, key, connection.why()), now);
  if (const std::string detail = connection.detail(); said && !detail.empty() && options_.detail)
    options_.detail(fmt::format("{}: {}", connection.peer().text, detail));
}

void Net::wait(bool at_once) {
  polled_.clear();
  polled_.push_back({wake_.fd(), POLLIN, 0});
  const bool deaf = stop_at_ != 0 || steady_now() < deaf_until_;
  for (const Listener& one : listeners_) polled_.push_back({deaf ? -1 : one.file.fd(), POLLIN, 0});
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
