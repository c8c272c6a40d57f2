// What is known of exporters, in a file that outlives the process (--state).
#pragma once

#include <string>

#include "base/result.h"
#include "collect/collector.h"

namespace argus {

class ExporterState {
 public:
  ExporterState() = default;  // nowhere: nothing is kept
  // In this folder, which is made where it is missing.
  [[nodiscard]] static Result<ExporterState> open(const std::string& folder);
  [[nodiscard]] Result<> restore(Collector& collector) const;
  // Writes it anew where it has changed; a reader finds the old one or the new one, whole.
  [[nodiscard]] Result<> keep(const Collector& collector);

 private:
  std::string path_;
  std::string kept_;  // as it stands there
};

}  // namespace argus
