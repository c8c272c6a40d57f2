#include "base/pool.h"

#include <sched.h>

#include <algorithm>
#include <atomic>

#include "base/thread.h"
#include "base/time.h"

namespace argus {

namespace {

// Ends once all helpers have, however it is left.
class Helpers {
 public:
  explicit Helpers(std::size_t count) : left_(count) {}
  Helpers(const Helpers&) = delete;
  Helpers& operator=(const Helpers&) = delete;
  ~Helpers() {
    left_.use_when([](std::size_t left) { return left == 0; }, [](std::size_t) {});
  }
  void leave() {
    left_.use([](std::size_t& left) { left--; });
  }

 private:
  Guarded<std::size_t> left_;
};

}  // namespace

std::size_t usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const int count = ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  return std::clamp<std::size_t>(static_cast<std::size_t>(count), 1, kThreadsMost);
}

Pool::Pool(std::size_t threads) : tasks_(kThreadsMost) {
  const std::size_t workers = std::clamp<std::size_t>(threads, 1, kThreadsMost) - 1;
  while (workers_.size() < workers) {
    auto worker = start_thread("a share of the work", [this] {
      while (!tasks_.finished())
        if (const auto task = tasks_.pop(kSecond)) (*task)();
    });
    if (!worker) break;
    workers_.push_back(*std::move(worker));
  }
}

Pool::~Pool() {
  tasks_.close();
  for (std::thread& worker : workers_) worker.join();
}

void Pool::run(std::size_t n, const std::function<void(std::size_t)>& task) {
  if (n == 0) return;
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < n; i = next++) task(i);
  };
  Helpers helpers(std::min(workers_.size(), n - 1));
  for (std::size_t i = std::min(workers_.size(), n - 1); i != 0; i--)
    tasks_.push([&] {
      work();
      helpers.leave();
    });
  work();
}

}  // namespace argus
