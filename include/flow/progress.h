// How far inputs were read, for those who have to say so.
#pragma once

#include <cstdint>

namespace argus {

// What is not known is 0.
struct Progress {
  bool cut = false;                          // stopped before the end; never what is live
  std::uint64_t bytes = 0, bytes_whole = 0;  // of files as they are on disk, and all that they have
  std::uint64_t packets = 0, records = 0;
  bool ended = false;  // the end of it was seen, whatever stopped then
};

// A source that knows how far it is.
class Measured {
 public:
  virtual ~Measured() = default;
  [[nodiscard]] virtual Progress progress() const = 0;
};

}  // namespace argus
