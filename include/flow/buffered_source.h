// Batches that are there, as a source.
#pragma once

#include <deque>
#include <utility>
#include <vector>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "flow/where.h"

namespace argus {

// Gives them one by one and lets go of each, with all their columns and the rows that are wanted. It is read to its end
// whatever stops others: it waits for nothing.
class BufferedSource final : public Source {
 public:
  explicit BufferedSource(std::deque<Batch> batches, StreamHeader header = {})
      : batches_(std::move(batches)), header_(std::move(header)) {}

  Result<> bind(const Needs& needs, const Resources&) override {
    needs_ = needs;
    return {};
  }
  const StreamHeader& header() const override { return header_; }
  Result<Step> next(Batch& out) override {
    if (batches_.empty()) return Step::end;
    out = filtered(batches_.front(), needs_.where.get());
    batches_.pop_front();
    return Step::rows;
  }
  void drain(Journal&) override {}
  std::vector<Error> problems() const override { return {}; }
  [[nodiscard]] const Needs& needs() const { return needs_; }  // as it was bound

 private:
  std::deque<Batch> batches_;
  StreamHeader header_;
  Needs needs_;
};

}  // namespace argus
