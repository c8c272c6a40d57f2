// -M: the classic modes, as far as they mean something here.
#pragma once

#include <string>
#include <vector>

#include "argus/options.h"

namespace argus {

class ModeOptions {
 public:
  void declare(OptionSet& options);
  // Unknown modes are usage errors.
  [[nodiscard]] Result<> check();
  [[nodiscard]] bool rmon() const { return rmon_; }

 private:
  std::vector<std::string> words_;
  bool rmon_ = false;
};

}  // namespace argus
