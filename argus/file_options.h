// When a writer of files begins the next one, and which finished ones are removed: the same letters in capture and
// expire.
#pragma once

#include <string>

#include "archive/live_file.h"
#include "base/result.h"
#include "shell/options.h"

namespace argus {

class FileOptions {
 public:
  void declare(OptionSet& options);          // --rotate and those of declare_removal
  void declare_removal(OptionSet& options);  // --keep, --keep-size, --min-free
  // For what -w says; usage errors name the option that is missing. An empty path and "-" are no files.
  [[nodiscard]] Result<Rotation> rotation(const std::string& path) const;
  // As given.
  [[nodiscard]] const Rotation& rules() const { return rules_; }

 private:
  [[nodiscard]] Result<> take_rotate(const std::string& text);
  Rotation rules_;
};

}  // namespace argus
