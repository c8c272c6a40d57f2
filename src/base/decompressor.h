// One compressed format behind InputStream.
#pragma once

#include <memory>
#include <span>

#include "base/bytes.h"
#include "base/result.h"

namespace argus {

class Decompressor {
 public:
  struct Step {
    std::size_t taken = 0, made = 0;
  };
  virtual ~Decompressor() = default;
  // Takes some of `from` and writes some of `to`; both are not empty. Neither taken nor made means: give more input.
  // What an error comes with in the same step is lost, so a step stops before what it cannot read.
  [[nodiscard]] virtual Result<Step> step(Bytes from, std::span<std::byte> to) = 0;
  // The input may end here: all members or frames so far are whole.
  [[nodiscard]] virtual bool at_end() const = 0;
};

[[nodiscard]] std::unique_ptr<Decompressor> gzip_decompressor();   // RFC 1952, any number of members
[[nodiscard]] std::unique_ptr<Decompressor> zstd_decompressor();   // RFC 8878, any number of frames
[[nodiscard]] std::unique_ptr<Decompressor> bzip2_decompressor();  // any number of streams
[[nodiscard]] std::unique_ptr<Decompressor> xz_decompressor();     // any number of streams
[[nodiscard]] std::unique_ptr<Decompressor> lz4_decompressor();    // any number of frames

// The decompressor for input that begins with these bytes; none when it is not compressed.
[[nodiscard]] std::unique_ptr<Decompressor> find_decompressor(Bytes head);

}  // namespace argus
