#include "flow/parts.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>
#include <vector>

#include "base/pool.h"

namespace argus {

namespace {

struct Failure {
  Ordinal at;
  Error error;
};

class Pull {
 public:
  Pull(std::vector<SourcePtr> parts, const std::function<Result<>(std::size_t, const Batch&)>& take)
      : parts_(std::move(parts)), take_(take) {}

  void run(Pool& pool) {
    pool.run(parts_.size(), [&](std::size_t worker) {
      auto failure = pull(worker);
      if (failure) fail_with(*std::move(failure));
      parts_[worker].reset();
    });
  }
  // Of the first batch.
  [[nodiscard]] std::optional<Failure> failure() {
    return failure_.use([](std::optional<Failure>& first) { return std::move(first); });
  }

 private:
  std::optional<Failure> pull(std::size_t worker) {
    while (!failed_) {
      Batch batch;
      const auto step = parts_[worker]->next(batch);
      if (!step) return Failure{{UINT64_MAX, UINT64_MAX}, step.error()};
      if (*step == Step::end) break;
      if (batch.rows() == 0) continue;
      auto done = take_(worker, batch);
      if (!done) return Failure{batch.ordinal(), std::move(done.error())};
    }
    return std::nullopt;
  }
  void fail_with(Failure failure) {
    failed_ = true;
    failure_.use([&](std::optional<Failure>& first) {
      if (!first || failure.at < first->at) first = std::move(failure);
    });
  }

  std::vector<SourcePtr> parts_;
  const std::function<Result<>(std::size_t, const Batch&)>& take_;
  std::atomic<bool> failed_ = false;
  Guarded<std::optional<Failure>> failure_;
};

}  // namespace

Result<bool> pull_parts(Source& source, std::size_t threads,
                        const std::function<Result<>(std::size_t worker, const Batch&)>& take) {
  if (threads < 2) return false;
  std::vector<SourcePtr> parts = source.split(threads);
  if (parts.empty()) return false;
  Pool pool(parts.size());
  Pull pull(std::move(parts), take);
  pull.run(pool);
  if (auto failure = pull.failure()) return std::move(failure->error);
  return true;
}

}  // namespace argus
