// A sorted run on the disk: pieces of it, written and then read from the first to the last. Nobody but the process that
// wrote it ever reads it, so that it is as plain as memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "flow/batch.h"

namespace argus {

class ScratchRun {
 public:
  // In the scratch folder (base/scratch.h), whose errors all of these have.
  [[nodiscard]] static Result<ScratchRun> create();
  [[nodiscard]] Result<> write(const Batch& rows, std::span<const std::uint64_t> entries);
  // Null and nothing behind the last.
  [[nodiscard]] Result<> read(std::shared_ptr<const Batch>& rows, std::vector<std::uint64_t>& entries);

 private:
  explicit ScratchRun(File file) : file_(std::move(file)) {}

  File file_;
  std::vector<std::size_t> sizes_;  // of the pieces
  std::size_t next_ = 0;
  std::uint64_t offset_ = 0;  // of the next
};

}  // namespace argus
