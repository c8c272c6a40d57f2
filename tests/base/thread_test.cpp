#include "base/thread.h"

#include <pthread.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "base/result.h"
#include "support/no_threads.h"

using namespace argus;

TEST_CASE("a thread leaves the program's signals to others, and hears of its own faults") {
  sigset_t before, after, seen;
  ::sigemptyset(&seen);
  ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
  auto thread = start_thread("a test", [&seen] { ::pthread_sigmask(SIG_SETMASK, nullptr, &seen); });
  REQUIRE(thread);
  thread->join();
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGWINCH, SIGALRM})
    CHECK(::sigismember(&seen, signal) == 1);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGSYS}) CHECK(::sigismember(&seen, fault) == 0);
  ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
  CHECK(::sigismember(&after, SIGTERM) == ::sigismember(&before, SIGTERM));
}

TEST_CASE("a thread that cannot be made is an error with a reason") {
  const NoThreads none;
  bool ran = false;
  const auto thread = start_thread("readers", [&ran] { ran = true; });
  REQUIRE_FALSE(thread);
  CHECK(thread.error().code == Errc::io);
  CHECK(thread.error().text == "no thread for readers: resource temporarily unavailable");
  CHECK_FALSE(ran);
}
