// The program's own pthread_create comes before that of the C library and of a sanitizer.
#include "support/no_threads.h"

#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>

namespace {

std::atomic<bool> refuses = false;
std::atomic<int> left = 0;

}  // namespace

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                              void* argument) noexcept {
  if (refuses && left-- <= 0) return EAGAIN;
  using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const auto next = reinterpret_cast<Create>(::dlsym(RTLD_NEXT, "pthread_create"));
  return next(thread, attributes, start, argument);
}

namespace argus {

NoThreads::NoThreads(int made) {
  left = made;
  refuses = true;
}
NoThreads::~NoThreads() { refuses = false; }

}  // namespace argus
