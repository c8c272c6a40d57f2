// Memory from the kernel, in large pages where it has them.
#pragma once

#include <cstddef>
#include <utility>

#include "base/result.h"

namespace argus {

// Address space reserved at once; memory comes page by page when it is touched.
class ReservedPages {
 public:
  // Zeros. Errc::limit where the process may not have so much address space.
  [[nodiscard]] static Result<ReservedPages> create(std::size_t bytes);
  ~ReservedPages();
  ReservedPages(ReservedPages&& other) noexcept
      : start_(std::exchange(other.start_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  ReservedPages& operator=(ReservedPages&&) = delete;
  [[nodiscard]] void* start() const { return start_; }

 private:
  ReservedPages(void* start, std::size_t bytes) : start_(start), bytes_(bytes) {}
  void* start_ = nullptr;
  std::size_t bytes_ = 0;
};

// Lets the heap grow in long steps of large pages and keep what is freed: batches come and go by the megabyte, and each
// page that the kernel gives and takes costs more than what is done with it. To be called first of all.
void prepare_heap();

// Gives back what is free between the pieces of a heap that has grown and will not need it soon.
void shrink_heap();

}  // namespace argus
