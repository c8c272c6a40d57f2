// Names of addresses, asked of name servers (DNS: RFC 1035, 3596).
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/result.h"
#include "base/time.h"

struct ares_channeldata;

namespace argus {

class Resolver {
 public:
  // `server`: an address, also with a port, the only one asked: "192.0.2.1", "192.0.2.1:53", "[2001:db8::1]:53".
  // Empty: what this system is set up for, its name servers and its file of hosts. Usage error for anything else.
  [[nodiscard]] static Result<Resolver> open(const std::string& server);
  Resolver(Resolver&&) noexcept = default;
  Resolver& operator=(Resolver&&) noexcept = default;
  ~Resolver() = default;

  // What the servers say an address is called: anything that a stranger wrote, or nothing where it has no name. The
  // view is good for the call alone.
  using TakeName = std::function<void(const Address& address, std::string_view name)>;
  // Asks for all of them, many at a time, and gives each answer to `take` on this thread. Returns when all are
  // answered, after `wait` (ns) at the latest, and soon once *stop is set (null: it never is); questions that are open
  // then are given up. How many were not answered. No name is asked for MAC addresses, multicast ones and those of no
  // host: they have none.
  std::size_t look_up(std::span<const Address> addresses, Nanos wait, const std::atomic<bool>* stop,
                      const TakeName& take);

 private:
  struct Close {
    void operator()(ares_channeldata* channel) const;
  };
  using Channel = std::unique_ptr<ares_channeldata, Close>;
  Resolver(Channel channel, bool reads_hosts) : channel_(std::move(channel)), reads_hosts_(reads_hosts) {}

  Channel channel_;
  bool reads_hosts_;  // the file of hosts, before servers are asked
};

}  // namespace argus
