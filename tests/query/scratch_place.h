// For what goes to the scratch folder when memory has no room: another folder, a full one, and results to the byte.
#pragma once

#include <stdlib.h>
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "codec/block.h"
#include "codec/frame.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/source.h"

namespace argus {

// All that comes, batch by batch.
inline Result<std::vector<std::vector<std::byte>>> frames(Source& source, const Resources& given) {
  ARGUS_TRY(source.bind({FieldSet::all_stored(), nullptr, {}}, given));
  std::vector<std::vector<std::byte>> out;
  for (;;) {
    Batch batch;
    ARGUS_TRY_LET(const Step step, source.next(batch));
    if (step == Step::end) return out;
    FrameHead head;
    if (batch.rows() != 0) out.push_back(encode_block(batch, head));
  }
}

// Scratch files go there.
class ScratchPlace {
 public:
  explicit ScratchPlace(const char* path) {
    if (const char* now = ::getenv("TMPDIR")) before_ = now;
    ::setenv("TMPDIR", path, 1);
  }
  ScratchPlace(const ScratchPlace&) = delete;
  ScratchPlace& operator=(const ScratchPlace&) = delete;
  ~ScratchPlace() {
    if (before_) ::setenv("TMPDIR", before_->c_str(), 1);
    else ::unsetenv("TMPDIR");
  }

 private:
  std::optional<std::string> before_;
};

// What run() gives while no file may grow beyond 100 KB.
template <class Run>
auto with_full_disk(Run&& run) {
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto heard = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit little{100'000, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &little) == 0);
  auto out = run();
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, heard);
  return out;
}

}  // namespace argus
