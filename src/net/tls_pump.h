// Carries bytes between an encrypted connection and a descriptor that is as plain as a pipe.
#pragma once

#include "base/file.h"
#include "base/result.h"
#include "net/keys.h"
#include "net/socket.h"

namespace argus {

// What an error says when the server hung up on a stranger: it has too many of them at the moment.
inline constexpr std::string_view kTurnedAway =
    "connection closed by the sensor before the keys were compared, as after many refused ones from one address";

// Handshakes with the server at the other end of `wire` (not blocking) with `patience`, then gives a
// descriptor whose bytes a thread carries to and fro; it ends when either side closes.
[[nodiscard]] Result<File> encrypted(File wire, const SharedKey& key, const Patience& patience);

}  // namespace argus
