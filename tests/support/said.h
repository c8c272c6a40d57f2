// What is written to standard error.
#pragma once

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <string>

namespace argus {

// What `run` writes, up to 64 KiB.
template <class Run>
std::string said_by(Run run) {
  std::FILE* const file = std::tmpfile();
  REQUIRE(file != nullptr);
  const int before = ::dup(STDERR_FILENO);
  ::dup2(::fileno(file), STDERR_FILENO);
  run();
  ::dup2(before, STDERR_FILENO);
  ::close(before);
  std::rewind(file);
  std::string out(65536, '\0');
  out.resize(std::fread(out.data(), 1, out.size(), file));
  (void)std::fclose(file);
  return out;
}

}  // namespace argus
