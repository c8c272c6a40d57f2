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
#include "support/refused_close.h"
#include "support/said.h"

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

TEST_CASE("what the system says of standard output only when it is closed is an error") {
  const int before = ::dup(STDOUT_FILENO);
  int status = 0;
  const auto closed_after = [&](int ended, int why) {
    refused_close() = why;
    const std::string said = said_by([&] { status = close_output(ended); });
    ::dup2(before, STDOUT_FILENO);
    return said;
  };
  CHECK(closed_after(0, 0).empty());
  CHECK(status == 0);
  CHECK(closed_after(0, EDQUOT).find("stdout: not all of it may be on the disk: disk quota exceeded") !=
        std::string::npos);
  CHECK(status == 1);
  for (const auto& [ended, expected] : {std::pair{3, 1}, {4, 1}, {1, 1}, {2, 2}, {130, 130}}) {
    CHECK_FALSE(closed_after(ended, EIO).empty());
    CHECK(status == expected);
  }
  CHECK(closed_after(0, EBADF).empty());  // it was closed when the program began
  CHECK(status == 0);
  ::close(before);
}

TEST_CASE("what could not be done outranks what was damaged") {
  CHECK(worse(Exit::done, Exit::damaged) == Exit::damaged);
  CHECK(worse(Exit::damaged, Exit::could_not) == Exit::could_not);
  CHECK(worse(Exit::could_not, Exit::damaged) == Exit::could_not);
}
