#include "base/pool.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <utility>

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

// Beside the caller's thread; fewer where the system makes no more.
std::vector<std::thread> workers_beside(std::size_t threads, const std::function<void()>& body) {
  std::vector<std::thread> out;
  while (out.size() + 1 < std::min(threads, kThreadsMost)) {
    auto worker = start_thread("a share of the work", body);
    if (!worker) break;
    out.push_back(*std::move(worker));
  }
  return out;
}

}  // namespace

std::size_t usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const int count = ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  return std::clamp<std::size_t>(static_cast<std::size_t>(count), 1, kThreadsMost);
}

Pool::Pool(std::size_t threads) : tasks_(kThreadsMost) {
  workers_ = workers_beside(threads, [this] {
    while (!tasks_.finished())
      if (const auto task = tasks_.pop(kSecond)) (*task)();
  });
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

class Ahead::Task {
 public:
  explicit Task(std::function<void()> work) : work_(std::move(work)) {}
  // Unless somebody has begun it.
  void work() {
    if (begun_.exchange(true)) return;
    work_();
    work_ = nullptr;  // with what it holds
    done_.use([](bool& done) { done = true; });
  }
  void wait() {
    done_.use_when([](bool done) { return done; }, [](bool) {});
  }
  [[nodiscard]] bool is_done() {
    return done_.use([](bool done) { return done; });
  }

 private:
  std::function<void()> work_;
  std::atomic<bool> begun_ = false;
  Guarded<bool> done_{false};
};

Ahead::Ahead(std::size_t threads) : tasks_(SIZE_MAX) {
  workers_ = workers_beside(threads, [this] {
    while (!tasks_.finished())
      if (const auto task = tasks_.pop(kSecond)) (*task)->work();
  });
}

Ahead::~Ahead() {
  while (tasks_.pop(0)) continue;
  tasks_.close();
  for (std::thread& worker : workers_) worker.join();
}

Ahead::Ticket Ahead::give(std::function<void()> work) {
  auto ticket = std::make_shared<Task>(std::move(work));
  if (!workers_.empty()) tasks_.push(ticket);
  return ticket;
}

void Ahead::finish(const Ticket& ticket) {
  ticket->work();
  while (!ticket->is_done()) {
    const auto next = tasks_.pop(0);
    if (!next) return ticket->wait();
    (*next)->work();
  }
}

}  // namespace argus
