// Work on several threads: workers that take tasks, and a door that one of them passes at a time. Threads meet here and
// in base/channel, and nowhere else.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/channel.h"

namespace argus {

inline constexpr std::size_t kThreadsMost = 64;  // of one pool

// How many threads this process may have at work at the same time: the cores that it may use, at least 1 and at most
// kThreadsMost.
[[nodiscard]] std::size_t usable_cores();

class Pool {
 public:
  // `threads`, the caller's own among them, up to kThreadsMost; fewer where the system makes no more.
  explicit Pool(std::size_t threads);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool();

  [[nodiscard]] std::size_t threads() const { return workers_.size() + 1; }
  // Calls task(0) to task(n - 1), each once, on whatever thread is free, the caller's among them. Returns when all have
  // ended, and what they did is seen then. A task that waits for another one may wait for ever.
  void run(std::size_t n, const std::function<void(std::size_t)>& task);

 private:
  Channel<std::function<void()>> tasks_;
  std::vector<std::thread> workers_;
};

// Tasks that are begun in the order in which they are given, on threads of their own, while the giver goes on.
class Ahead {
 public:
  // `threads`, the giver's own among them, up to kThreadsMost; fewer where the system makes no more.
  explicit Ahead(std::size_t threads);
  Ahead(const Ahead&) = delete;
  Ahead& operator=(const Ahead&) = delete;
  ~Ahead();  // tasks that nobody has begun are never done

  class Task;
  using Ticket = std::shared_ptr<Task>;
  [[nodiscard]] Ticket give(std::function<void()> work);
  // Until it is done, which the caller does itself where nobody has begun it. While it is at work elsewhere, the caller
  // does those that were given next. What it did is seen then.
  void finish(const Ticket& ticket);

 private:
  Channel<Ticket> tasks_;
  std::vector<std::thread> workers_;
};

// A value that several threads work with, one after the other.
template <class T>
class Guarded {
 public:
  template <class... Args>
  explicit Guarded(Args&&... args) : value_(std::forward<Args>(args)...) {}

  // What work(value) gives, done while nobody else is at it.
  template <class Work>
  auto use(Work&& work) {
    const std::lock_guard lock(mutex_);
    const Waking waking(changed_);
    return work(value_);
  }
  // The same, once ready(value): it is asked again each time that somebody has used it.
  template <class Ready, class Work>
  auto use_when(Ready&& ready, Work&& work) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ready(value_); });
    const Waking waking(changed_);
    return work(value_);
  }

 private:
  struct Waking {  // of those that wait, when it goes
    explicit Waking(std::condition_variable& changed) : changed_(changed) {}
    Waking(const Waking&) = delete;
    Waking& operator=(const Waking&) = delete;
    ~Waking() { changed_.notify_all(); }
    std::condition_variable& changed_;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  T value_;
};

}  // namespace argus
