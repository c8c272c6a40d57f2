// Memory from the kernel, in large pages where it has them.
#pragma once

#include <cstddef>

namespace argus {

// Address space reserved at once; memory comes page by page when it is touched.
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

// Lets the heap grow in long steps of large pages and keep what is freed: batches come and go by the megabyte, and each
// page that the kernel gives and takes costs more than what is done with it. To be called first of all.
void prepare_heap();

}  // namespace argus
