// What a sink writes, as one string.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "base/file.h"
#include "flow/batch.h"
#include "flow/sink.h"
#include "flow/source.h"

namespace argus {

inline File memory_file() {
  const int fd = ::memfd_create("written", MFD_CLOEXEC);
  REQUIRE(fd >= 0);
  return File(fd, "written");
}

inline std::string contents(const File& file) {
  std::string out;
  char piece[65536];
  for (std::uint64_t at = 0;;) {
    const auto n = file.read_at(piece, sizeof piece, at);
    REQUIRE(n);
    if (*n == 0) return out;
    out.append(piece, *n);
    at += *n;
  }
}

using MakeSink = std::function<SinkPtr(File&)>;

inline std::string written(const MakeSink& make, const std::vector<Batch>& batches, const StreamHeader& header = {}) {
  File file = memory_file();
  const SinkPtr sink = make(file);
  REQUIRE(sink->begin(header));
  for (const Batch& batch : batches) REQUIRE(sink->write(batch));
  REQUIRE(sink->finish());
  return contents(file);
}

}  // namespace argus
