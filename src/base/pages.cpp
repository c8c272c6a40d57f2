#include "base/pages.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace argus {

Result<ReservedPages> ReservedPages::create(std::size_t bytes) {
  bytes = std::max<std::size_t>(bytes, 1);
  void* const start =
      ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) return fail(Errc::limit, "this process may not have {} MiB of memory", bytes >> 20);
  (void)::madvise(start, bytes, MADV_HUGEPAGE);  // a wish
  return ReservedPages(start, bytes);
}

ReservedPages::~ReservedPages() {
  if (start_ != nullptr) ::munmap(start_, bytes_);
}

void prepare_heap() {
  constexpr int kMegabyte = 1 << 20;
  constexpr int kStep = 64 * kMegabyte;
  constexpr std::uintptr_t kLargePage = 2 * kMegabyte;
  mallopt(M_TOP_PAD, kStep);
  mallopt(M_TRIM_THRESHOLD, 2 * kStep);
  mallopt(M_MMAP_THRESHOLD, 4 * kMegabyte);
  const auto heap_end = [] { return reinterpret_cast<std::uintptr_t>(::sbrk(0)); };
  const std::uintptr_t begin = (heap_end() + kLargePage - 1) / kLargePage * kLargePage;
  void* volatile step = std::malloc(kMegabyte);  // more than there is yet
  std::free(step);
  const std::uintptr_t end = heap_end() / kLargePage * kLargePage;
  if (end > begin && end - begin <= 2 * static_cast<std::uintptr_t>(kStep))
    (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);  // a wish
}

void shrink_heap() { (void)malloc_trim(0); }

}  // namespace argus
