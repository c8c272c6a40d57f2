#include "support/name_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string_view>

#include "flow/format.h"

namespace argus {

namespace {

constexpr std::size_t kHead = 12, kQuestionEnd = 5;  // bytes: the root label, type and class

int loopback_socket(std::uint16_t& port) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  if (fd < 0 || ::bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) != 0)
    std::abort();
  port = ntohs(at.sin_port);
  return fd;
}

// The name in a question, and where it ends.
std::string asked_name(std::string_view question, std::size_t& at) {
  std::string out;
  for (at = kHead; at < question.size() && question[at] != 0;) {
    const auto size = static_cast<std::size_t>(static_cast<unsigned char>(question[at]));
    if (!out.empty()) out += '.';
    out += question.substr(at + 1, size);
    at += size + 1;
  }
  return out;
}

std::string answer_to(std::string_view question, const NameServer::Names& names) {
  std::size_t end = 0;
  const std::vector<std::string> labels = names(asked_name(question, end));
  std::string out(question.substr(0, 2));
  out += std::string("\x81", 1) + (labels.empty() ? '\x83' : '\x80');  // no such name, or no error
  out += std::string("\0\1\0", 3) + (labels.empty() ? '\0' : '\1') + std::string(4, '\0');
  out += question.substr(kHead, end + kQuestionEnd - kHead);
  if (labels.empty()) return out;
  std::string name;
  for (const std::string& label : labels) name += static_cast<char>(label.size()) + label;
  name += '\0';
  out += std::string("\xc0\x0c\0\x0c\0\1\0\0\0\x3c", 10);
  out += static_cast<char>(name.size() >> 8);
  out += static_cast<char>(name.size() & 255);
  return out + name;
}

}  // namespace

NameServer::NameServer(Names names, bool answers) : names_(std::move(names)), answers_(answers) {
  socket_ = loopback_socket(port_);
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) std::abort();
  end_ = ends[0], told_ = ends[1];
  thread_ = std::thread([this] { serve(); });
}

NameServer::~NameServer() {
  ::close(told_);
  thread_.join();
  ::close(end_);
  ::close(socket_);
}

std::string NameServer::address() const { return "127.0.0.1:" + std::to_string(port_); }

void NameServer::serve() {
  for (;;) {
    std::array<pollfd, 2> polled = {{{socket_, POLLIN, 0}, {end_, POLLIN, 0}}};
    if (::poll(polled.data(), polled.size(), -1) < 0) continue;
    if (polled[1].revents != 0) return;
    std::array<char, 512> question{};
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const ssize_t n =
        ::recvfrom(socket_, question.data(), question.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (n < static_cast<ssize_t>(kHead + kQuestionEnd)) continue;
    questions_++;
    if (!answers_) continue;
    const std::string answer = answer_to({question.data(), static_cast<std::size_t>(n)}, names_);
    (void)!::sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<const sockaddr*>(&from), size);
  }
}

std::string deaf_address() {
  std::uint16_t port = 0;
  ::close(loopback_socket(port));
  return "127.0.0.1:" + std::to_string(port);
}

}  // namespace argus
