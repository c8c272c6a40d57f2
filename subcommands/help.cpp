// help: the commands, one command, the topics.
#include "argus/help.h"
#include "argus/command.h"
#include "base/result.h"
#include "shell/io.h"
#include "shell/options.h"

#include "argus/help_topics.h"
#include "base/text.h"

namespace argus {

namespace {

class Help final : public Command {
 public:
  Page page() const override {
    std::vector<std::string> topics;
    for (const HelpTopic& topic : help_topics()) topics.push_back(fmt::format("{:<10} {}", topic.name, topic.summary));
    return {"[COMMAND | TOPIC]",
            "Lists the commands and the topics, or explains one.",
            {{"argus help cluster", "the same as argus cluster -h"},
             {"argus help fields", "every field of a record"},
             {"argus help time", "time ranges for -t"},
             {"source <(argus help --completion bash)", "this shell completes commands, options and fields"}},
            "",
            "topics",
            std::move(topics)};
  }
  void declare(OptionSet& options) override {
    options.words(topics_);
    options.flag("--markdown", markdown_, "print it as the page in docs");
    options.flag("--man", man_, "print it as the manual page, for scdoc");
    options.value("--completion", "SHELL", shell_, "print the completion script for bash, zsh or fish");
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
    if (topics_.size() > 1) return fail(Errc::usage, "give one topic at a time");
    if (topics_[0] == "commands") return overview();
    if (const HelpTopic* topic = find_topic(topics_[0])) return topic_text(*topic, markdown_);
    if (const CommandEntry* entry = find_command(topics_[0]))
      return man_ ? page_scdoc(*entry) : markdown_ ? page_markdown(*entry) : short_help(*entry);
    std::vector<std::string> known = topic_names();
    for (const CommandEntry& entry : all_commands()) known.emplace_back(entry.name);
    return hinted(fail(Errc::usage, "there is no help on '{}'{}", escaped(topics_[0]), did_you_mean(topics_[0], known)),
                  fmt::format("  topics: {}, and every command", joined(topic_names(), ", ")));
  }

  std::vector<std::string> topics_;
  bool markdown_ = false, man_ = false;
  std::string shell_;
};

}  // namespace

ARGUS_COMMAND(help, Help)

}  // namespace argus
