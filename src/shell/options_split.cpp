// The splitter before the option library: classic command lines give several words to one option, take a lone '-' as
// the start of the filter, and write values that begin with '-'.
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "base/result.h"
#include "base/text.h"
#include "flow/field.h"
#include "shell/elsewhere.h"
#include "shell/options.h"

namespace argus {

namespace {

bool is_signed_field(std::string_view word) {
  if (word.size() < 2 || (word[0] != '-' && word[0] != '+')) return false;
  word.remove_prefix(1);
  while (!word.empty() && is_digit(word[0])) word.remove_prefix(1);
  const auto end = std::min(word.find_first_of(":,"), word.size());
  return find_field(word.substr(0, end)).has_value();
}

// "bytes", "saddr/24"
bool is_key(std::string_view word) { return find_field(word.substr(0, word.find_first_of("/,"))).has_value(); }

bool is_option_word(const std::string& word) { return word.size() > 1 && word[0] == '-'; }

class Splitter {
 public:
  Splitter(const std::vector<std::string>& words, const OptionSet& options) : words_(words), options_(options) {}

  Result<SplitLine> run() {
    while (at_ < words_.size() && !out_.help) {
      const std::string& word = words_[at_];
      if (word == "-" || word == "--") {
        ARGUS_TRY(take_filter());
        break;
      }
      if (!is_option_word(word)) {
        if (!options_.takes_words()) return stray(word);
        out_.plain.push_back(word);
        at_++;
        continue;
      }
      at_++;
      if (word[1] == '-') ARGUS_TRY(long_option(word));
      else ARGUS_TRY(short_options(word));
    }
    return std::move(out_);
  }

 private:
  Result<> take_filter() {
    if (!options_.takes_filter()) return fail(Errc::usage, "this command takes no filter");
    std::string text;
    for (at_++; at_ < words_.size(); at_++) {
      if (!text.empty()) text += ' ';
      text += words_[at_];
    }
    out_.filter = std::move(text);
    return {};
  }

  // What a shell would offer for the option.
  [[nodiscard]] static bool is_value_of(const Option& option, const std::string& word) {
    if (!option.offer) return false;
    const std::vector<Candidate> values = option.offer({}).words;
    return std::any_of(values.begin(), values.end(), [&](const Candidate& value) { return value.word == word; });
  }
  Error stray(const std::string& word) const {
    if (at_ >= 2 && is_digit(word[0]) && (words_[at_ - 2] == "-t" || words_[at_ - 2] == "--time"))
      return fail(Errc::usage, "'{0}' is not an option; a time with a blank in it needs quotes: {1} '{2} {0}'",
                  escaped(word), words_[at_ - 2], escaped(words_[at_ - 1]));
    struct stat info {};
    if (::stat(word.c_str(), &info) == 0) return fail(Errc::usage, "'{0}' is a file: write -r {0}", escaped(word));
    if (const Option* by = options_.find("-m"); by != nullptr && by->kind == OptionKind::list && is_key(word))
      return fail(Errc::usage, "'{0}' is not an option; did you mean -m {0}?", escaped(word));
    for (const Option* of : {options_.find("--format"), options_.find("-M")})
      if (of != nullptr && is_value_of(*of, word))
        return fail(Errc::usage, "'{0}' is not an option; did you mean {1} {0}?", escaped(word), of->names.front());
    if (!options_.takes_filter()) return fail(Errc::usage, "'{}' is not an option", escaped(word));
    return fail(Errc::usage, "'{}' is not an option; put a lone '-' before a filter", escaped(word));
  }

  // Other programs name the format behind an option.
  [[nodiscard]] const Option* format_asked(const std::string& name, std::string value) const {
    if (name != "-o" && name != "--output" && name != "--format") return nullptr;
    if (value.empty() && at_ < words_.size()) value = words_[at_];
    return value.empty() ? nullptr : options_.find("--" + value);
  }
  // What the option may have been meant to be; or empty.
  [[nodiscard]] std::string meant(const std::string& name) const {
    if (const std::string_view here = found_elsewhere(name); !here.empty()) return fmt::format("; {}", here);
    if (const Option* format = options_.find("--format");
        format != nullptr && name.size() > 2 && format->metavar.find(name.substr(2)) != std::string::npos)
      return fmt::format("; write '-w FILE.{0}', or '--format {0} -w -'", name.substr(2));
    // "--r", "--rr"
    if (name.size() > 2 && name.find_first_not_of(name.back(), 2) == std::string::npos &&
        options_.find(name.substr(1, 2)) != nullptr)
      return fmt::format("; did you mean '{}'?", name.substr(1, 2));
    return {};
  }
  Error unknown(const std::string& name, const std::string& value = {}) const {
    if (const Option* format = format_asked(name, value))
      return fail(Errc::usage, "'{}' is not an option; did you mean '{}'?", escaped(name), format->names.back());
    if (const std::string hint = meant(name); !hint.empty())
      return fail(Errc::usage, "'{}' is not an option{}", escaped(name), hint);
    return fail(Errc::usage, "'{}' is not an option{}", escaped(name), similar_option(name));
  }
  // The dashes before a name are alike in all of them and say nothing.
  [[nodiscard]] std::string similar_option(const std::string& name) const {
    const std::string_view dashes = "--";
    if (!name.starts_with(dashes)) return {};
    std::vector<std::string> known;
    for (const Option& option : options_.all())
      for (const std::string& n : option.names)
        if (!option.hidden && n.starts_with(dashes)) known.push_back(n.substr(dashes.size()));
    std::vector<std::string> near = similar_words(std::string_view(name).substr(dashes.size()), known);
    for (std::string& one : near) one.insert(0, dashes);
    return did_you_mean(name, near);
  }

  Result<> long_option(const std::string& word) {
    const auto equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const Option* option = options_.find(name);
    if (option == nullptr) return unknown(name, equals == std::string::npos ? "" : word.substr(equals + 1));
    if (equals == std::string::npos) return values_of(*option, std::nullopt);
    if (option->kind == OptionKind::flag) return fail(Errc::usage, "{} takes no value", name);
    return values_of(*option, word.substr(equals + 1));
  }

  // "-nn", "-c,", "-L0", "-t=-5m", "-nr"
  Result<> short_options(const std::string& word) {
    if (const Option* whole = options_.find_classic(word)) return values_of(*whole, std::nullopt);
    for (std::size_t i = 1; i < word.size(); i++) {
      const std::string name = std::string("-") + word[i];
      const Option* option = options_.find(name);
      if (option == nullptr && name == "-h") {
        out_.help = true;
        return {};
      }
      if (option == nullptr) return i == 1 && word.size() > 2 ? unknown_cluster(word, name) : unknown(name);
      if (option->kind == OptionKind::flag) {
        ARGUS_TRY(values_of(*option, std::nullopt));
        continue;
      }
      if (i + 1 == word.size()) return values_of(*option, std::nullopt);
      std::string rest = word.substr(i + 1);
      if (rest.size() > 1 && rest[0] == '=') rest.erase(0, 1);
      return values_of(*option, std::move(rest));
    }
    return {};
  }

  Error unknown_cluster(const std::string& word, const std::string& name) const {
    if (is_signed_field(word))
      return fail(Errc::usage, "'{}': a field with a sign belongs after -s or sort's -m", escaped(word));
    if (options_.find("-" + word) != nullptr)
      return fail(Errc::usage, "'{}' is not an option; did you mean '-{}'?", name, word);
    return unknown(name);
  }

  Result<> values_of(const Option& option, std::optional<std::string> attached) {
    switch (option.kind) {
      case OptionKind::flag: emit(option, nullptr); return {};
      case OptionKind::value:
        if (!attached) {
          if (at_ == words_.size()) return needs(option);
          ARGUS_TRY(check_value(option, words_[at_]));
        }
        return emit_value(option, attached ? *attached : words_[at_++]);
      case OptionKind::list: break;
    }
    std::size_t taken = 0;
    if (attached) {
      ARGUS_TRY(emit_list(option, *attached));
      taken++;
    }
    for (; at_ < words_.size() && belongs_to_list(option, words_[at_], taken); taken++)
      ARGUS_TRY(emit_list(option, words_[at_++]));
    if (taken != 0) return {};
    if (option.alone.empty()) return needs(option);
    return emit_value(option, option.alone);
  }

  // A value that was forgotten, and the next option in its place.
  [[nodiscard]] Result<> check_value(const Option& option, const std::string& word) const {
    if (!is_option_word(word) || options_.find(word.substr(0, word.find('='))) == nullptr) return {};
    return fail(Errc::usage, "{0} needs {1}, and '{2}' is an option; write {0}={2} if it is the value",
                option.names.front(), option.metavar, escaped(word));
  }

  static Error needs(const Option& option) {
    return fail(Errc::usage, "{} needs {}", option.names.front(), option.metavar);
  }

  [[nodiscard]] Result<> emit_list(const Option& option, const std::string& word) {
    if (option.words == ListWords::paths || word.empty()) return emit_value(option, word);
    for (const std::string_view piece : split_words(word, ",")) ARGUS_TRY(emit_value(option, std::string(piece)));
    return {};
  }
  // No option means anything with an empty value; the option library would take the next word in its place.
  [[nodiscard]] Result<> emit_value(const Option& option, const std::string& value) {
    if (value.empty()) return fail(Errc::usage, "{} needs {}, and '' is empty", option.names.front(), option.metavar);
    emit(option, &value);
    return {};
  }
  void emit(const Option& option, const std::string* value) {
    std::string word = option.names.back();
    if (value != nullptr) word += (word.size() > 2 ? "=" : "") + *value;
    out_.words.push_back(std::move(word));
  }

  const std::vector<std::string>& words_;
  const OptionSet& options_;
  std::size_t at_ = 0;
  SplitLine out_;
};

}  // namespace

bool belongs_to_list(const Option& option, const std::string& word, std::size_t taken) {
  if (word == "-") return option.words == ListWords::paths && taken == 0;
  if (word == "--") return false;
  if (option.words == ListWords::fields && is_signed_field(word)) return true;
  return !is_option_word(word);
}

Result<SplitLine> split_line(const std::vector<std::string>& words, const OptionSet& options) {
  return Splitter(words, options).run();
}

}  // namespace argus
