// help: the commands, one command, the topics.
#include "argus/help.h"
#include "argus/command.h"
#include "base/result.h"
#include "shell/io.h"
#include "shell/options.h"

#include <algorithm>

#include "argus/help_topics.h"
#include "argus/offers.h"
#include "base/file.h"
#include "base/text.h"
#include "shell/classic.h"

namespace argus {

namespace {

constexpr std::size_t kLineMost = 1 << 20;

// The words of standard input, each with a NUL at its end.
Result<std::vector<std::string>> words_of_stdin(File& in) {
  std::string text(kLineMost, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    ARGUS_TRY_LET(const std::size_t n, in.read(text.data() + size, text.size() - size));
    if (n == 0) break;
    size += n;
  }
  std::vector<std::string> out;
  for (std::size_t at = 0; at < size;) {
    const std::size_t end = std::min(text.find('\0', at), size);
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

class Help final : public Command {
 public:
  Page page() const override {
    std::vector<std::string> topics;
    for (const HelpTopic& topic : help_topics()) topics.push_back(fmt::format("{:<10} {}", topic.name, topic.summary));
    return {"[COMMAND | TOPIC]",
            "Lists the commands and the topics, or explains one.",
            {{"argus help cluster", "the same as argus cluster --help"},
             {"argus help fields", "every field of a record"},
             {"argus help time", "time ranges for -t"},
             {"source <(argus help --completion bash)", "this shell completes what argus takes"}},
            "",
            "topics",
            std::move(topics)};
  }
  void declare(OptionSet& options) override {
    options.words(topics_, &offered_topics);
    options.value("--completion", "", shell_, "print the completion script for this shell");
    options.common(), options.one_of({"bash", "zsh", "fish"});
    options.flag("--markdown", markdown_, "print it as the page in docs");
    options.flag("--man", man_, "print it as the manual page, for scdoc");
    options.flag("--complete", completes_, "print what the last word of standard input may become");
    options.hide();
  }
  Result<Exit> run(Io& io) override {
    ARGUS_TRY_LET(const std::string text, text_wanted(io));
    ARGUS_TRY(io.out.write(text));
    return Exit::done;
  }

 private:
  Result<std::string> text_wanted(Io& io) const {
    if (completes_) {
      ARGUS_TRY_LET(const auto words, words_of_stdin(io.in));
      return candidates_text(words);
    }
    if (!shell_.empty()) return completion(shell_);
    if (topics_.empty()) return long_overview();
    if (topics_.size() > 1) return fail(Errc::usage, "give one topic at a time");
    return about(topics_[0]);
  }
  Result<std::string> about(const std::string& name) const {
    if (name == "commands") return overview();
    if (const HelpTopic* topic = find_topic(name)) {
      if (!man_) return topic_text(*topic, markdown_);
      if (topic->manual.empty()) return fail(Errc::usage, "there is no manual page on '{}'", name);
      return topic_scdoc(*topic);
    }
    if (const CommandEntry* entry = find_command(name))
      return man_ ? page_scdoc(*entry) : markdown_ ? page_markdown(*entry) : long_help(*entry, "argus " + name);
    if (const CommandEntry* entry = find_command(command_of_classic(name))) return long_help(*entry, name);
    std::vector<std::string> known = topic_names();
    for (const CommandEntry& entry : all_commands()) known.emplace_back(entry.name);
    return hinted(fail(Errc::usage, "there is no help on '{}'{}", escaped(name), did_you_mean(name, known)),
                  fmt::format("  topics: {}, and every command", joined(topic_names(), ", ")));
  }

  std::vector<std::string> topics_;
  bool markdown_ = false, man_ = false, completes_ = false;
  std::string shell_;
};

}  // namespace

ARGUS_COMMAND(help, Help)

}  // namespace argus
