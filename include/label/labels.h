// What files of the user's say about addresses and flows: countries, cities, networks by name, services.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/source.h"

namespace argus {

inline constexpr std::size_t kLabelFilesMax = 64;
inline constexpr std::uint64_t kLabelBytesMax = 256u << 20;  // of one file of text
inline constexpr std::size_t kLabelRangesMax = 4 * 1024 * 1024;
inline constexpr std::size_t kLabelRulesMax = 4096;
inline constexpr std::size_t kLabelTextMax = 255;  // bytes of a name; longer ones are cut

// Read once; may be asked by several threads.
class Labels {
 public:
  // Each file is what its content says: a MaxMind database (.mmdb), or text with the lines of docs/labels.md. Of
  // several files that know the same, the one named first counts. Usage errors with file and line.
  [[nodiscard]] static Result<std::shared_ptr<const Labels>> read(const std::vector<std::string>& paths);
  virtual ~Labels() = default;

  // What it may know.
  [[nodiscard]] virtual FieldSet fields() const = 0;
  // The stored fields that finding `wanted` takes.
  [[nodiscard]] virtual FieldSet inputs(const FieldSet& wanted) const = 0;
  // Sets those of `wanted` that it knows; where it knows nothing, a record keeps what it has.
  virtual void fill(Batch& batch, const FieldSet& wanted) const = 0;
};

// The records with these labels, which filters and keys behind it find like any other field.
[[nodiscard]] SourcePtr labelled(SourcePtr input, std::shared_ptr<const Labels> labels);

}  // namespace argus
