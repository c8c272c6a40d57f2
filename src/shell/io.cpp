#include "shell/io.h"

#include <csignal>

namespace argus {

Exit Io::interrupted() const { return signal != nullptr && *signal == SIGTERM ? Exit::terminated : Exit::interrupted; }

Exit exit_status(Errc code) {
  switch (code) {
    case Errc::usage: return Exit::wrong_request;
    case Errc::corrupt: return Exit::damaged;
    case Errc::closed:
    case Errc::harmless: return Exit::done;
    case Errc::io:
    case Errc::foreign:
    case Errc::unsupported:
    case Errc::limit:
    case Errc::denied:
    case Errc::turned_away: break;
    case Errc::interrupted: return Exit::interrupted;
  }
  return Exit::could_not;
}

Exit worse(Exit a, Exit b) {
  const auto rank = [](Exit e) { return e == Exit::could_not ? 2 : e == Exit::damaged ? 1 : 0; };
  return rank(a) >= rank(b) ? a : b;
}

}  // namespace argus
