// -M rmon: every record seen from both ends.
#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/source.h"
#include "flow/where.h"
#include "query/cluster.h"
#include "query/reverse.h"

namespace argus {

namespace {

class DoubleStage final : public Stage {
 public:
  // `where` of one that is bound.
  explicit DoubleStage(SourcePtr input, WherePtr where = nullptr) : Stage(std::move(input)), where_(std::move(where)) {}
  Result<> bind(const Needs& needs, const Resources& resources) override {
    where_ = needs.where;
    Needs below = needs;
    below.where = nullptr;  // which rows are wanted is asked of each end
    below.fields = stored_inputs(needs.fields);
    if (where_) below.fields |= stored_inputs(where_->fields());
    below.fields = with_reverses(below.fields);
    return input_->bind(below, resources);
  }
  Result<Step> next(Batch& out) override {
    if (pending_) {
      out = filtered(reversed(held_), where_.get());
      held_ = Batch();
      pending_ = false;
      return Step::rows;
    }
    ARGUS_TRY_LET(const Step step, input_->next(held_));
    if (step != Step::rows) return step;
    pending_ = true;
    out = filtered(held_, where_.get());
    return Step::rows;
  }
  std::vector<SourcePtr> split(std::size_t n) override {
    std::vector<SourcePtr> out;
    for (SourcePtr& part : input_->split(n)) out.push_back(std::make_unique<DoubleStage>(std::move(part), where_));
    return out;
  }

 private:
  WherePtr where_;
  Batch held_;
  bool pending_ = false;
};

}  // namespace

FieldSet with_reverses(const FieldSet& fields) {
  FieldSet out = fields;
  for (const Field field : fields.list()) out.add(info(field).reverse);
  return out;
}

SourcePtr doubled(SourcePtr input) { return std::make_unique<DoubleStage>(std::move(input)); }

}  // namespace argus
