#include "support/refused_close.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace argus {

int& refused_close() {
  thread_local int why = 0;
  return why;
}

}  // namespace argus

extern "C" int close(int fd) {
  const auto done = static_cast<int>(::syscall(SYS_close, fd));
  const int why = std::exchange(argus::refused_close(), 0);
  if (why == 0) return done;
  errno = why;
  return -1;
}
