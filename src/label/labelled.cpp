#include <memory>
#include <utility>
#include <vector>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/source.h"
#include "flow/where.h"
#include "label/labels.h"

namespace argus {

namespace {

bool meets(const FieldSet& a, const FieldSet& b) {
  for (const Field field : a.list())
    if (b.has(field)) return true;
  return false;
}

class Labelled final : public Stage {
 public:
  Labelled(SourcePtr input, std::shared_ptr<const Labels> labels, FieldSet wanted = {}, WherePtr where = nullptr)
      : Stage(std::move(input)), labels_(std::move(labels)), wanted_(std::move(wanted)), where_(std::move(where)) {}

  Result<> bind(const Needs& needs, const Resources& resources) override {
    Needs below = needs;
    below.fields = stored_inputs(needs.fields);
    // A filter of labels is asked here; any other one below, where it saves reading.
    if (needs.where && meets(stored_inputs(needs.where->fields()), labels_->fields())) {
      where_ = needs.where;
      below.where = nullptr;
      below.fields |= stored_inputs(where_->fields());
    }
    for (const Field field : below.fields.list())
      if (labels_->fields().has(field)) wanted_.add(field);
    below.fields |= labels_->inputs(wanted_);
    return input_->bind(below, resources);
  }
  Result<Step> next(Batch& out) override {
    ARGUS_TRY_LET(const Step step, input_->next(out));
    if (step != Step::rows || out.rows() == 0) return step;
    labels_->fill(out, wanted_);
    out = filtered(out, where_.get());
    return step;
  }
  std::vector<SourcePtr> split(std::size_t n) override {
    std::vector<SourcePtr> out;
    for (SourcePtr& part : input_->split(n))
      out.push_back(std::make_unique<Labelled>(std::move(part), labels_, wanted_, where_));
    return out;
  }

 private:
  std::shared_ptr<const Labels> labels_;
  FieldSet wanted_;
  WherePtr where_;
};

}  // namespace

SourcePtr labelled(SourcePtr input, std::shared_ptr<const Labels> labels) {
  return std::make_unique<Labelled>(std::move(input), std::move(labels));
}

}  // namespace argus
