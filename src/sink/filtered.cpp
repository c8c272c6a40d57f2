#include "sink/filtered.h"

namespace argus {

FieldSet FilteredSink::fields() const {
  FieldSet out = inner_->fields();
  if (where_) out |= where_->fields();
  return out;
}

Result<> FilteredSink::write(const Batch& batch) {
  const Batch wanted = filtered(batch, where_.get());
  return wanted.rows() == 0 ? Result<>() : inner_->write(wanted);
}

}  // namespace argus
