// -M: the classic modes, as far as they mean something here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock_span.h"
#include "base/result.h"
#include "shell/io.h"
#include "shell/options.h"

namespace argus {

// A command's own modes beside those that all have.
struct Modes {
  std::vector<std::string> words;  // "hard", "zero"
  bool step = false;               // also "time 5m", or "5m" alone
  std::string_view help;
};

class ModeOptions {
 public:
  explicit ModeOptions(Modes own = {}) : own_(std::move(own)) {}
  void declare(OptionSet& options);  // into the group that is open
  // Unknown modes are usage errors. Under a classic name its modes that have no effect here are known, too
  // (classic_words.def).
  [[nodiscard]] Result<> check(const Io& io);
  [[nodiscard]] bool rmon() const { return rmon_; }
  [[nodiscard]] bool has(std::string_view word) const;
  [[nodiscard]] const std::optional<ClockStep>& step() const { return step_; }

 private:
  Modes own_;
  OptionSet* options_ = nullptr;  // that it was declared in
  std::vector<std::string> words_;
  std::optional<ClockStep> step_;
  std::string step_word_;
  bool rmon_ = false;
};

}  // namespace argus
