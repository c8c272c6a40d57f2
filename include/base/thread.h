// How threads begin. A system that makes no more is outside trouble, and signals are for the thread that the program
// began with.
#pragma once

#include <functional>
#include <string_view>
#include <thread>

#include "base/result.h"

namespace argus {

// A thread that runs `body`, in which the program's signals are blocked; those of faults are not. Errc::io "no thread
// for PURPOSE: ..." where the system makes no more: `body` was not run then.
[[nodiscard]] Result<std::thread> start_thread(std::string_view purpose, std::function<void()> body);

}  // namespace argus
