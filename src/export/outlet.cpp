#include "export/outlet.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "net/connect.h"

namespace argus {

namespace {

class OpenFile final : public Outlet {
 public:
  explicit OpenFile(File file) : file_(std::move(file)) {}
  Result<> send(std::string_view piece) override { return file_.write(piece); }
  Result<> finish() override { return {}; }

 private:
  File file_;
};

class NewFile final : public Outlet {
 public:
  NewFile(Replacement file, std::function<bool()> is_cut) : file_(std::move(file)), is_cut_(std::move(is_cut)) {}
  Result<> send(std::string_view piece) override { return file_.file().write(piece); }
  Result<> finish() override { return is_cut_ && is_cut_() ? Result<>() : file_.commit(); }

 private:
  Replacement file_;
  std::function<bool()> is_cut_;
};

class Connection : public Outlet {
 public:
  Connection(Wire wire, HostPort to, std::string name, const OutletOptions& options)
      : wire_(wire), to_(std::move(to)), name_(std::move(name)) {
    options_.stop = options.stop;
  }
  Result<std::uint64_t> session() override {
    if (socket_.is_open() && wire_ == Wire::stream && has_left(socket_)) (void)socket_.close();
    if (socket_.is_open()) return session_;
    auto socket = connect_plainly(to_, wire_, options_);
    if (!socket) return while_doing(name_, std::move(socket.error()));
    socket_ = *std::move(socket);
    return ++session_;
  }
  Result<> send(std::string_view piece) override {
    ARGUS_TRY(session());
    auto done = send_all(socket_, piece, options_);
    if (done) return {};
    (void)socket_.close();
    return while_doing(name_, std::move(done.error()));
  }
  Result<> finish() override { return socket_.close(); }

 private:
  Wire wire_;
  HostPort to_;
  std::string name_;  // as the user gave it
  ConnectOptions options_;
  File socket_;
  std::uint64_t session_ = 0;
};

class Datagrams final : public Outlet {
 public:
  Datagrams(HostPort to, std::string name, const OutletOptions& options)
      : connection_(Wire::datagrams, std::move(to), std::move(name), options),
        every_(options.datagrams_a_second == 0 ? 0 : kSecond / static_cast<Nanos>(options.datagrams_a_second)) {}
  std::size_t piece_max() const override { return 65'507; }
  Result<std::uint64_t> session() override { return connection_.session(); }
  Result<> send(std::string_view piece) override {
    if (every_ != 0) wait_for_turn();
    return connection_.send(piece);
  }
  Result<> finish() override { return connection_.finish(); }

 private:
  // Turns that were missed while nothing was to be sent are made up for, but not many at once.
  void wait_for_turn() {
    constexpr Nanos kMissedMost = 5 * kMillisecond, kWorthSleeping = kMillisecond;
    const Nanos now = steady_now();
    next_ = std::max(next_, now - kMissedMost);
    if (next_ - now >= kWorthSleeping) std::this_thread::sleep_for(std::chrono::nanoseconds(next_ - now));
    next_ += every_;
  }

  Connection connection_;
  Nanos every_;
  Nanos next_ = 0;
};

Result<OutletPtr> open_stream(std::string_view place, const std::string& name, const OutletOptions& options) {
  ARGUS_TRY_LET(HostPort to, parse_host_port(place));
  return OutletPtr(std::make_unique<Connection>(Wire::stream, std::move(to), name, options));
}

Result<OutletPtr> open_datagrams(std::string_view place, const std::string& name, const OutletOptions& options) {
  ARGUS_TRY_LET(HostPort to, parse_host_port(place));
  return OutletPtr(std::make_unique<Datagrams>(std::move(to), name, options));
}

struct Scheme {
  std::string_view begins;
  Result<OutletPtr> (*open)(std::string_view place, const std::string& name, const OutletOptions& options);
};
constexpr auto kSchemes = std::to_array<Scheme>({{"tcp://", &open_stream}, {"udp://", &open_datagrams}});

}  // namespace

bool is_socket_target(std::string_view target) {
  return std::any_of(kSchemes.begin(), kSchemes.end(),
                     [&](const Scheme& one) { return target.starts_with(one.begins); });
}

Result<OutletPtr> open_outlet(const std::string& target, const OutletOptions& options) {
  for (const Scheme& scheme : kSchemes)
    if (target.starts_with(scheme.begins))
      return scheme.open(std::string_view(target).substr(scheme.begins.size()), target, options);
  if (target.find("://") != std::string::npos)
    return fail(Errc::usage, "'{}': write a path, -, udp://HOST:PORT or tcp://HOST:PORT", escaped(target));
  if (target == "-") return OutletPtr(std::make_unique<OpenFile>(standard_output()));
  ARGUS_TRY_LET(Replacement file, Replacement::create(target));
  return OutletPtr(std::make_unique<NewFile>(std::move(file), options.is_cut));
}

}  // namespace argus
