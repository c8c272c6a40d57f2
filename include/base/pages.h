// Address space reserved at once; memory comes page by page when it is touched, in large pages where the kernel has
// them.
#pragma once

#include <cstddef>

namespace argus {

class ReservedPages {
 public:
  // Zeros. Ends the process when the address space cannot be had: there is nothing to go on with.
  explicit ReservedPages(std::size_t bytes);
  ~ReservedPages();
  ReservedPages(const ReservedPages&) = delete;
  ReservedPages& operator=(const ReservedPages&) = delete;
  [[nodiscard]] void* start() const { return start_; }

 private:
  void* start_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace argus
