// A system that makes no more threads, for as long as one of these lives.
#pragma once

namespace argus {

class NoThreads {
 public:
  explicit NoThreads(int made = 0);  // so many are still made
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;
  ~NoThreads();
};

}  // namespace argus
