#include "argus/program.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <exception>
#include <new>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "shell/io.h"

using namespace argus;

TEST_CASE("memory and threads that cannot be had are said, and exit status 1") {
  CHECK(guarded([] { return 3; }) == 3);
  CHECK(guarded([]() -> int { throw std::bad_alloc(); }) == 1);
  CHECK(guarded([]() -> int { throw std::length_error("more than there could ever be"); }) == 1);
  CHECK(guarded([]() -> int { throw std::system_error(EAGAIN, std::generic_category()); }) == 1);
}

TEST_CASE("memory that a thread cannot have ends the program with exit status 1, not with a core dump") {
  const pid_t child = ::fork();
  if (child == 0) {
    std::set_terminate(end_without_memory);
    std::thread([] { throw std::bad_alloc(); }).join();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 1);
}

TEST_CASE("what could not be done outranks what was damaged") {
  CHECK(worse(Exit::done, Exit::damaged) == Exit::damaged);
  CHECK(worse(Exit::damaged, Exit::could_not) == Exit::could_not);
  CHECK(worse(Exit::could_not, Exit::damaged) == Exit::could_not);
}
