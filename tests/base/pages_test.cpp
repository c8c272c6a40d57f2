#include "base/pages.h"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <string>

#include "base/result.h"

using namespace argus;

namespace {

// Bytes of address space that the process has.
rlim_t address_space() {
  std::ifstream in("/proc/self/statm");
  rlim_t pages = 0;
  in >> pages;
  return pages * 4096;
}

}  // namespace

TEST_CASE("pages are zeros, also of one byte") {
  const auto pages = ReservedPages::create(0);
  REQUIRE(pages);
  CHECK(*static_cast<const unsigned char*>(pages->start()) == 0);
}

TEST_CASE("address space that cannot be had is an error") {
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_AS, &before) == 0);
  rlimit less = before;
  less.rlim_cur = address_space() + (512u << 20);
  REQUIRE(::setrlimit(RLIMIT_AS, &less) == 0);
  const auto pages = ReservedPages::create(std::size_t{1} << 40);
  REQUIRE(::setrlimit(RLIMIT_AS, &before) == 0);
  REQUIRE_FALSE(pages);
  CHECK(pages.error().code == Errc::limit);
  CHECK(pages.error().text == "this process may not have 1048576 MiB of memory");
}
