// Options as declarations: parsing, help and the pages in docs/commands come from the same lines. The only user of
// CLI11 is options.cpp; before it, split_words_of (options_split.cpp) understands the classic command lines.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace argus {

enum class OptionKind : std::uint8_t {
  flag,   // no value; may be repeated
  value,  // one value, whatever the next word is
  list,   // words up to the next option, a lone '-' or "--"; may be repeated
};

// What words a list takes beside plain ones.
enum class ListWords : std::uint8_t {
  plain,   // split at commas
  paths,   // as they are; "-" alone is standard input
  fields,  // split at commas; "+name" and "-name" belong to the list when name is a field
};

// What a shell completes a word to.
struct Candidate {
  std::string word, says;  // a blank-free word; a short text on it, or empty
};
struct Candidates {
  enum class Places : std::uint8_t { none, files, folders };
  std::vector<Candidate> words;
  Places places = Places::none;  // names in the file system, too
};
// Those for the word that follows `before`, the words that the option, or the command, has already.
using Offer = std::function<Candidates(const std::vector<std::string>& before)>;

// Which of the commands that `then` joins may have an option: the one that reads the input, the one that writes.
enum class Chained : std::uint8_t { each, first, last };

struct Option {
  std::vector<std::string> names;  // "-m", "--key"
  OptionKind kind = OptionKind::flag;
  ListWords words = ListWords::plain;
  std::string metavar, help, group;
  std::string alone;    // of a list: the word that stands where none is given; empty: there must be one
  bool common = false;  // among those used most: -h shows it
  bool hidden = false;  // accepted for old hands, not shown
  Chained chained = Chained::each;
  Offer offer;                                       // values that a shell offers; may be empty
  std::vector<std::string> classic;                  // words of one dash that old hands write for it: "-title"
  std::function<Result<>(const std::string&)> take;  // each value, or "" for each time a flag is given
};

class OptionSet {
 public:
  // Help shows the groups in the order in which they are declared, those for special purposes after all others.
  enum class Purpose : std::uint8_t { usual, special };
  void group(std::string_view title, Purpose purpose = Purpose::usual);
  void group(std::string_view title, Chained chained, Purpose purpose = Purpose::usual);
  // names: "-m,--key"
  void flag(std::string_view names, bool& target, std::string_view help);
  void count(std::string_view names, int& target, std::string_view help);
  void value(std::string_view names, std::string_view metavar, std::string& target, std::string_view help);
  void value(std::string_view names, std::string_view metavar, std::function<Result<>(const std::string&)> take,
             std::string_view help);
  // What parse(text), a Result, gives goes to the target: a time, a size, a number (number_from).
  template <class T, class Parse>
  void value(std::string_view names, std::string_view metavar, T& target, Parse parse, std::string_view help) {
    value(
        names, metavar,
        [&target, parse = std::move(parse)](const std::string& text) -> Result<> {
          ARGUS_TRY_LET(target, parse(text));
          return {};
        },
        help);
  }
  void list(std::string_view names, std::string_view metavar, std::vector<std::string>& target, ListWords words,
            std::string_view help);
  // What was declared last is known to old hands as these, too: "-title".
  void also(std::string_view classic_names);
  // What was declared last, a list, may have no words: as if this one were given.
  void alone(std::string_view word) { options_.back().alone = word; }
  // What was declared last is among the options used most.
  void common() { options_.back().common = true; }
  // Of these it is none here: "-t,-N".
  void seldom(std::string_view names);
  // What was declared last may be of each command that `then` joins, whatever its group is of.
  void in_each() { options_.back().chained = Chained::each; }
  // What was declared last takes values that a shell can offer.
  void offer(Offer offer) { options_.back().offer = std::move(offer); }
  // The same, and '-' or '+' may stand before them.
  void offer_signed(Offer offer);
  // What was declared last takes one of these words; they are its metavar.
  void one_of(const std::vector<std::string>& words);
  // What was declared last is for old hands only.
  void hide() { options_.back().hidden = true; }
  // The same for others: "-w,--append".
  void hide(std::string_view names);
  // Accepts a classic option that has no effect here but what `take` does.
  void ignored(
      std::string_view name, OptionKind kind,
      std::function<Result<>(const std::string&)> take = [](const std::string&) -> Result<> { return {}; });
  // Words after a lone '-' or "--" go here, joined by blanks; without it such words are an error.
  void filter(std::optional<std::string>& target) { filter_ = &target; }
  // Plain words are taken, not an error.
  void words(std::vector<std::string>& target, Offer offer = {}) { words_ = &target, words_offer_ = std::move(offer); }

  [[nodiscard]] const std::vector<Option>& all() const { return options_; }
  [[nodiscard]] std::vector<std::string> groups() const;          // of options that are shown, in the order of help
  [[nodiscard]] const Option* find(std::string_view name) const;  // "-m" or "--key"
  [[nodiscard]] const Option* find_classic(std::string_view word) const;  // "-title"
  [[nodiscard]] bool takes_filter() const { return filter_ != nullptr; }
  [[nodiscard]] bool takes_words() const { return words_ != nullptr; }
  [[nodiscard]] const Offer& words_offer() const { return words_offer_; }

  // Usage errors name the word and what would be right. Where help is asked for, nothing is taken.
  [[nodiscard]] Result<> parse(const std::vector<std::string>& words);
  // What parse() got has a -h among the options.
  [[nodiscard]] bool asks_help() const { return asks_help_; }

  // What parse() got, so that another set like this one can be given the same.
  [[nodiscard]] const std::vector<std::string>& parsed() const { return parsed_; }
  // What parse() found for an option of all(): its values, "" for each time a flag was given.
  [[nodiscard]] const std::vector<std::string>& given(const Option& option) const;
  [[nodiscard]] std::optional<std::string> filter_given() const;
  // Values from elsewhere for an option or filter that was not given.
  [[nodiscard]] Result<> supply(const Option& option, const std::vector<std::string>& words);
  void supply_filter(const std::string& text);

 private:
  Option& add(std::string_view names, OptionKind kind, std::string_view metavar, std::string_view help);
  template <class Change>
  void each_of(std::string_view names, Change change);

  std::vector<Option> options_;
  std::vector<std::string> parsed_;
  std::vector<std::vector<std::string>> given_;  // for each option, once parsed
  std::string group_;
  Chained chained_ = Chained::each;  // of the group
  std::vector<std::string> special_groups_;
  bool asks_help_ = false;
  std::optional<std::string>* filter_ = nullptr;
  std::vector<std::string>* words_ = nullptr;
  Offer words_offer_;
};

// A command line cut into plain "--name=value" words and the filter.
struct SplitLine {
  std::vector<std::string> words;     // one option each: "--key=proto", "-n"
  std::vector<std::string> plain;     // words that belong to no option, where such are taken
  bool help = false;                  // -h stood where options may, and is no option here; words behind it are not read
  std::optional<std::string> filter;  // what stood after the lone '-' or "--"
};
[[nodiscard]] Result<SplitLine> split_line(const std::vector<std::string>& words, const OptionSet& options);

// The word after a list option, which has `taken` values, is one more of them, not an option or the mark of the filter.
[[nodiscard]] bool belongs_to_list(const Option& option, const std::string& word, std::size_t taken);

// "10k", "64M", "2G" (powers of 1000), "64MiB" (powers of 1024); usage error otherwise.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);
// A whole number or a size within bounds. Usage error "'0': from 1 to 64 threads", where `of` is "threads"; or empty.
[[nodiscard]] Result<std::uint64_t> parse_number_within(std::string_view text, std::uint64_t least, std::uint64_t most,
                                                        std::string_view of);
[[nodiscard]] Result<std::uint64_t> parse_size_within(std::string_view text, std::uint64_t least, std::uint64_t most,
                                                      std::string_view of);

// The same for OptionSet::value(). `of` must outlive it.
template <class T>
[[nodiscard]] auto number_from(T least, T most, std::string_view of) {
  return [=](const std::string& text) -> Result<T> {
    ARGUS_TRY_LET(const std::uint64_t n,
                  parse_number_within(text, static_cast<std::uint64_t>(least), static_cast<std::uint64_t>(most), of));
    return static_cast<T>(n);
  };
}
template <class T>
[[nodiscard]] auto size_from(T least, T most, std::string_view of) {
  return [=](const std::string& text) -> Result<T> {
    ARGUS_TRY_LET(const std::uint64_t n,
                  parse_size_within(text, static_cast<std::uint64_t>(least), static_cast<std::uint64_t>(most), of));
    return static_cast<T>(n);
  };
}

}  // namespace argus
