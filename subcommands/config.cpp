// config: which settings hold, and whether a file is right.
#include "config/config.h"
#include "base/result.h"
#include "shell/io.h"
#include "shell/options.h"

#include "argus/command.h"
#include "argus/offers.h"
#include "base/log.h"

namespace argus {

namespace {

class Config final : public Command {
 public:
  Page page() const override {
    return {
        "[--show] | --check [FILE] | --sample",
        "Shows the settings in effect and where each was set, checks the files, or prints a sample file with every\n"
        "setting.",
        {{"argus config", "every setting, its value and its origin"},
         {"argus config --check", "check the files that would be read"},
         {"argus config --check my.toml", "check this file"},
         {"argus config -F /etc/argus.conf --show", "how a classic file is interpreted"},
         {"argus config --sample > argus.toml", "a file to start from"}},
        "[Settings](../settings.md) lists every setting. [Operating](../operating.md#configuration) says which files\n"
        "are read and which of them wins."};
  }
  void declare(OptionSet& options) override {
    options.group("what to do");
    options.flag("--show", show_, "print each setting with its value and where it was set");
    options.common();
    options.flag("--check", check_, "print nothing if all is correct, otherwise FILE:LINE:COLUMN and the error");
    options.common();
    options.flag("--sample", sample_, "print a commented /etc/argus/argus.toml");
    options.common();
    options.group("what to read");
    options.value("--config", "FILE", toml_, "read this file alone, in place of /etc/argus/argus.toml and the others");
    options.common(), options.offer(&offered_files);
    options.value("-F", "FILE", classic_, "read this classic argus.conf alone");
    options.common(), options.offer(&offered_files);
    options.words(files_, &offered_files);
  }
  Result<Exit> run(Io& io) override {
    if (static_cast<int>(show_) + static_cast<int>(check_) + static_cast<int>(sample_) > 1)
      return fail(Errc::usage, "--show, --check and --sample exclude each other");
    if (files_.size() > 1 || (!files_.empty() && !check_)) return fail(Errc::usage, "give one FILE, after --check");
    if (sample_) {
      ARGUS_TRY(io.out.write(sample_toml()));
      return Exit::done;
    }
    LoadOptions load{.toml = toml_, .classic = classic_};
    if (!files_.empty()) (files_[0].ends_with(".conf") ? load.classic : load.toml) = files_[0];
    ARGUS_TRY_LET(const Settings settings, load_settings(load));
    for (const std::string& sentence : settings.warnings()) log_warning(sentence);
    if (check_) ARGUS_TRY(check(settings));
    else ARGUS_TRY(io.out.write(settings_text(settings)));
    return Exit::done;
  }

 private:
  static Result<> check(const Settings& settings) {
    // The options of the sensor know the bounds of their values.
    const CommandPtr capture = find_command("capture")->make();
    OptionSet options;
    capture->declare(options);
    ARGUS_TRY(settings.fill(options));
    return check_settings(settings);
  }

  bool show_ = false, check_ = false, sample_ = false;
  std::string toml_, classic_;
  std::vector<std::string> files_;
};

}  // namespace

ARGUS_COMMAND(config, Config)

}  // namespace argus
