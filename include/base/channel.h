// Where threads meet: a queue with a bound, from any number of writers to one reader.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "base/time.h"

namespace argus {

template <class T>
class Channel {
 public:
  explicit Channel(std::size_t items_max) : items_max_(items_max) {}

  // Waits for room. False when the channel is closed: the item went nowhere.
  bool push(T item) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return closed_ || items_.size() < items_max_; });
    if (closed_) return false;
    items_.push_back(std::move(item));
    filled_.notify_one();
    return true;
  }
  // Does not wait: false when there is no room, or it is closed, and the item is as it was.
  bool try_push(T& item) {
    const std::lock_guard lock(mutex_);
    if (closed_ || items_.size() >= items_max_) return false;
    items_.push_back(std::move(item));
    filled_.notify_one();
    return true;
  }
  // The oldest item; nothing when none came for `wait`, or none will come any more.
  [[nodiscard]] std::optional<T> pop(Nanos wait) {
    std::unique_lock lock(mutex_);
    filled_.wait_for(lock, std::chrono::nanoseconds(wait), [&] { return closed_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    std::optional<T> out(std::move(items_.front()));
    items_.pop_front();
    room_.notify_one();
    return out;
  }
  // No further item is taken; those that wait in it are still given.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    room_.notify_all();
    filled_.notify_all();
  }
  // Closed, and everything was given.
  [[nodiscard]] bool finished() const {
    const std::lock_guard lock(mutex_);
    return closed_ && items_.empty();
  }

 private:
  std::size_t items_max_;
  mutable std::mutex mutex_;
  std::condition_variable room_, filled_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace argus
