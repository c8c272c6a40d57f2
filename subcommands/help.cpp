// help: the commands, one command, the fields, the settings.
#include "argus/help.h"

#include "argus/config.h"
#include "base/text.h"
#include "filter/primitives.h"

namespace argus {

namespace {

class Help final : public Command {
 public:
  Page page() const override {
    return {"[COMMAND | fields | filter | settings]",
            "Lists the commands, explains one, or lists the fields of a record, the words of filters or the settings.",
            {{"argus help cluster", "the same as argus cluster -h"},
             {"argus help fields", "every field of a record"},
             {"source <(argus help --completion bash)", "this shell completes commands, options and fields"}},
            ""};
  }
  void declare(OptionSet& options) override {
    options.words(topics_);
    options.flag("--markdown", markdown_, "as the page in docs");
    options.flag("--man", man_, "as the manual page, for scdoc");
    options.value("--completion", "SHELL", shell_, "what bash, zsh or fish needs to complete words");
  }
  Result<Exit> run(Io& io) override {
    ARGUS_TRY_LET(const std::string text, topic());
    ARGUS_TRY(io.out.write(text));
    return Exit::done;
  }

 private:
  Result<std::string> topic() const {
    if (!shell_.empty()) return completion(shell_);
    if (topics_.empty()) return overview();
    if (topics_.size() > 1) return fail(Errc::usage, "one topic at a time");
    if (topics_[0] == "fields") return markdown_ ? fields_markdown() : fields_text();
    if (topics_[0] == "filter" || topics_[0] == "filters") return filter_help();
    if (topics_[0] == "commands") return overview();
    if (topics_[0] == "settings") return markdown_ ? settings_markdown() : sample_toml();
    if (const CommandEntry* entry = find_command(topics_[0]))
      return man_ ? page_scdoc(*entry) : markdown_ ? page_markdown(*entry) : short_help(*entry);
    std::vector<std::string> known = {"fields", "filter", "settings"};
    for (const CommandEntry& entry : all_commands()) known.emplace_back(entry.name);
    return fail(Errc::usage, "no help on '{}'{}", escaped(topics_[0]), did_you_mean(topics_[0], known));
  }

  std::vector<std::string> topics_;
  bool markdown_ = false, man_ = false;
  std::string shell_;
};

}  // namespace

ARGUS_COMMAND(help, Help)

}  // namespace argus
