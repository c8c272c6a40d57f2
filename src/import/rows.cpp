#include "import/rows.h"

namespace argus {

void Rows::undo() {
#define FIELD(name, ...) name.cut(at_);
#include "flow/fields.def"
}

void Rows::want(const FieldSet& fields) {
#define FIELD(name, ...) name.keep(fields.has(Field::name));
#include "flow/fields.def"
}

Batch Rows::take() {
  Batch out(at_);
#define FIELD(name, ...) out.set(Field::name, name.finish(at_));
#include "flow/fields.def"
  at_ = 0;
  return out;
}

}  // namespace argus
