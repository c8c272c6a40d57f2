// Carries bytes between an encrypted connection and a descriptor that is as plain as a pipe.
#pragma once

#include "base/file.h"
#include "base/result.h"
#include "net/keys.h"
#include "net/socket.h"

namespace argus {

// Handshakes with the server at the other end of `wire` (not blocking) with `patience`, then gives a
// descriptor whose bytes a thread carries to and fro; it ends when either side closes. Errc::denied: it does not take
// the key; Errc::turned_away: it hung up on a stranger, since it has too many of them at the moment.
[[nodiscard]] Result<File> encrypted(File wire, const SharedKey& key, const Patience& patience);

}  // namespace argus
