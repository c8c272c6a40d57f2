// What a process may still ask of the kernel once it has what it needs: before bytes of strangers are read, it gives up
// the system calls that its work never takes (docs/decisions/system-calls.md).
#pragma once

#include "base/result.h"

namespace argus {

enum class Duty : std::uint8_t {
  sensor,  // everything is open: nothing but what is listed is allowed
  reader,  // files, sensors, pictures, terminals: nothing that makes programs, rights, mounts or kernel parts
};

// For the whole process, for good; also sets no_new_privs. A call that is refused by name is told on standard error,
// and fails for whoever made it. Errc::unsupported with the reason where the kernel or a container takes no filter: the
// process is then as it was.
[[nodiscard]] Result<> limit_system_calls(Duty duty);

}  // namespace argus
