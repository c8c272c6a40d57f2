// A name server on the loopback interface that says whatever a test wants it to.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace argus {

class NameServer {
 public:
  // The labels of the name of an address as it is asked for ("1.2.0.192.in-addr.arpa"), any bytes; none: there is no
  // such name.
  using Names = std::function<std::vector<std::string>(const std::string& asked)>;
  explicit NameServer(Names names, bool answers = true);
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;
  ~NameServer();

  [[nodiscard]] std::string address() const;  // "127.0.0.1:40000"
  [[nodiscard]] std::size_t questions() const { return questions_; }

 private:
  void serve();

  Names names_;
  bool answers_;
  int socket_ = -1, end_ = -1, told_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> questions_ = 0;
  std::thread thread_;
};

// A port of the loopback interface at which nobody listens.
[[nodiscard]] std::string deaf_address();

}  // namespace argus
