#include "store/flow_store.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>
#include <vector>

#include "flow/buffered_source.h"
#include "flow/column.h"
#include "flow/field.h"

namespace argus {

namespace {

constexpr std::size_t kRowsTogether = 16'384;  // small batches grow to this
constexpr std::size_t kRowsLeast = 64;         // and are not cut below this
constexpr std::uint64_t kPartsLeast = 16;      // of the limit: no batch is larger than one of them, if it can be cut

std::uint64_t sum_of(const Batch& batch, Field field) {
  const Flat<std::uint64_t> column = flat<std::uint64_t>(batch[field], batch.rows());
  return std::accumulate(column.values.begin(), column.values.end(), std::uint64_t{0});
}

}  // namespace

void FlowStore::add(const Batch& batch) {
  if (batch.rows() == 0) return;
  if (bytes_of(batch) <= bytes_max_ / kPartsLeast || batch.rows() <= kRowsLeast) return keep(batch);
  std::vector<std::uint32_t> rows(batch.rows());
  std::iota(rows.begin(), rows.end(), 0u);
  const std::size_t half = rows.size() / 2;
  add(gathered(batch, std::span(rows).first(half)));
  add(gathered(batch, std::span(rows).subspan(half)));
}

// Equals are put together, as in merging runs: a row is copied a few times in its life, however small batches come.
void FlowStore::keep(Batch batch) {
  rows_ += batch.rows();
  while (!kept_.empty()) {
    const KeptBatch& last = kept_.back();
    const std::size_t rows = last.batch.rows() + batch.rows();
    if (last.batch.rows() > batch.rows() || rows > kRowsTogether) break;
    if (last.bytes + bytes_of(batch) > bytes_max_ / kPartsLeast) break;
    const std::array<Batch, 2> parts = {last.batch, batch};
    batch = concatenated(parts);
    bytes_ -= last.bytes;
    kept_.pop_back();
  }
  const std::uint64_t bytes = bytes_of(batch);
  bytes_ += bytes;
  kept_.push_back({std::move(batch), bytes});
  while (bytes_ > bytes_max_ && !kept_.empty()) {
    let_go(kept_.front().batch);
    rows_ -= kept_.front().batch.rows();
    bytes_ -= kept_.front().bytes;
    kept_.pop_front();
  }
}

void FlowStore::let_go(const Batch& batch) {
  gone_.rows += batch.rows();
  gone_.packets += sum_of(batch, Field::spkts) + sum_of(batch, Field::dpkts);
  gone_.bytes += sum_of(batch, Field::sbytes) + sum_of(batch, Field::dbytes);
  const Flat<Nanos> stime = flat<Nanos>(batch[Field::stime], batch.rows());
  const Flat<Nanos> ltime = flat<Nanos>(batch[Field::ltime], batch.rows());
  for (std::size_t i = 0; i < batch.rows(); i++) {
    if (stime.has(i)) gone_.since = std::min(gone_.since, stime.values[i]);
    if (ltime.has(i)) gone_.until = std::max(gone_.until, ltime.values[i]);
  }
}

void FlowStore::clear() {
  kept_.clear();
  rows_ = bytes_ = 0;
  gone_ = {};
}

SourcePtr FlowStore::scan() const {
  std::deque<Batch> batches;
  for (const KeptBatch& one : kept_) batches.push_back(one.batch);
  return std::make_unique<BufferedSource>(std::move(batches));
}

}  // namespace argus
