// A source that deals its batches out to any number of parts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/pool.h"
#include "base/result.h"
#include "flow/batch.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "support/flow_builder.h"

namespace argus {

class Dealt final : public Stage {
 public:
  using Stage::Stage;
  Result<Step> next(Batch& out) override { return input_->next(out); }
  std::vector<SourcePtr> split(std::size_t n) override {
    const auto shared = std::make_shared<Guarded<Deck>>(input_.get());
    std::vector<SourcePtr> out;
    while (out.size() < n) out.push_back(std::make_unique<Part>(shared));
    return out;
  }

 private:
  struct Deck {
    explicit Deck(Source* source) : source(source) {}
    Source* source;
    std::uint64_t dealt = 0;
  };
  class Part final : public Source {
   public:
    explicit Part(std::shared_ptr<Guarded<Deck>> all) : all_(std::move(all)) {}
    Result<> bind(const Needs&, const Resources&) override { return {}; }
    const StreamHeader& header() const override { return header_; }
    Result<Step> next(Batch& out) override {
      return all_->use([&](Deck& deck) { return ended_ ? Result<Step>(Step::end) : pull(deck, out); });
    }
    void drain(Journal&) override {}
    std::vector<Error> problems() const override { return {}; }

   private:
    Result<Step> pull(Deck& deck, Batch& out) {
      auto step = deck.source->next(out);
      out.set_ordinal({0, ++deck.dealt});
      ended_ = !step || *step == Step::end;
      return step;
    }
    std::shared_ptr<Guarded<Deck>> all_;
    StreamHeader header_;
    bool ended_ = false;
  };
};

inline SourcePtr dealt(std::vector<Batch> batches) { return std::make_unique<Dealt>(source_of(std::move(batches))); }

}  // namespace argus
