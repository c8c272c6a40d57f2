#include "base/pages.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace argus {

ReservedPages::ReservedPages(std::size_t bytes) : bytes_(std::max<std::size_t>(bytes, 1)) {
  start_ = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start_ == MAP_FAILED) {
    std::fprintf(stderr, "argus: no address space for %zu bytes of flows; lower --flows\n", bytes_);
    std::abort();
  }
  (void)::madvise(start_, bytes_, MADV_HUGEPAGE);  // a wish
}

ReservedPages::~ReservedPages() { ::munmap(start_, bytes_); }

}  // namespace argus
