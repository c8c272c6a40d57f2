// Which rows may be among the first of an order, as far as is known: asked of a source, so that it reads the other
// columns of few rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/pool.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/where.h"
#include "query/packed.h"

namespace argus {

class FirstRows final : public Where {
 public:
  // Keys without strings, of which `fields` are the fields.
  FirstRows(std::vector<KeyPacker::Spec> specs, std::vector<Field> fields)
      : specs_(std::move(specs)), fields_(std::move(fields)) {}

  // On any thread: rows with a key above this one are not among them.
  void bound(std::span<const std::uint64_t> key);

  FieldSet fields() const override;
  // On any thread. Rows that have the bound's key stay.
  void select(const Batch& batch, std::span<std::uint8_t> keep) const override;

 private:
  using Key = std::shared_ptr<const std::vector<std::uint64_t>>;

  std::vector<KeyPacker::Spec> specs_;
  std::vector<Field> fields_;
  mutable Guarded<Key> bound_;  // null: nothing is known yet
};

}  // namespace argus
