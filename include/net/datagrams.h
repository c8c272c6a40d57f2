// Sockets that datagrams come to, opened.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace argus {

// The sockets of "udp://ADDRESS:PORT", which do not block: "udp://:2055" is every address of this machine, and a name
// may have several. `buffer`: bytes that the kernel may hold for each, as far as it allows. The kernel says with each
// datagram how many it dropped (SO_RXQ_OVFL) and when it came (SO_TIMESTAMPNS). Usage error for other words; Errc::io.
// What the kernel granted is datagram_buffer().
[[nodiscard]] Result<std::vector<File>> open_datagram_sockets(const std::string& text, std::uint64_t buffer);
// Usage error where it is no such place; nothing is opened or looked up.
[[nodiscard]] Result<> check_datagram_place(const std::string& text);
[[nodiscard]] std::uint64_t datagram_buffer(const File& socket);

}  // namespace argus
