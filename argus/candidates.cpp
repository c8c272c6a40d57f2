// What a word of a command line that is being typed may become.
#include <algorithm>
#include <map>

#include "argus/chain.h"
#include "argus/command.h"
#include "argus/help.h"
#include "argus/offers.h"
#include "base/text.h"
#include "shell/classic.h"
#include "shell/options.h"

namespace argus {

namespace {

// Where a word stands: behind which option or among which plain words, or in the filter.
struct Place {
  const Option* option = nullptr;   // takes the word, or could
  bool must = false;                // it needs it
  std::string attached;             // of the word itself, before the value: "--fields=", "-m"
  std::vector<std::string> before;  // the other words there
  bool filter = false;
};

class LineReader {
 public:
  explicit LineReader(const OptionSet& options) : options_(options) {}

  // The words before the one that is typed, without the command.
  void take(const std::string& word) {
    if (place_.filter) {
      place_.before.push_back(word);
    } else if (place_.must && place_.option->kind == OptionKind::value) {
      leave();
    } else if (place_.option != nullptr && belongs_to_list(*place_.option, word, place_.before.size())) {
      for (const std::string_view piece : split_words(word, ",")) place_.before.emplace_back(piece);
      place_.must = false;
    } else if (word == "-" || word == "--") {
      leave();
      place_.filter = options_.takes_filter();
    } else if (word.size() > 1 && word[0] == '-') {
      leave();
      open(word);
    } else {
      plain_.push_back(word);
    }
  }
  // Of the word that is typed.
  Place finish(const std::string& word) {
    const bool is_option = word.size() > 1 && word[0] == '-';
    if (place_.filter || (place_.must && place_.option->kind == OptionKind::value)) return std::move(place_);
    if (is_option && !(place_.option != nullptr && place_.option->words == ListWords::fields)) {
      Place attached;
      if (const Option* option = option_of(word, attached.attached); option != nullptr && !attached.attached.empty()) {
        attached.option = option;
        attached.must = true;
        return attached;
      }
    }
    if (place_.option == nullptr) place_.before = plain_;
    return std::move(place_);
  }

 private:
  void leave() { place_ = {}; }

  // The option that a word names, and what of the word stands before a value in it, if there is one.
  const Option* option_of(const std::string& word, std::string& attached) const {
    if (word.starts_with("--")) {
      const auto equals = word.find('=');
      if (equals != std::string::npos) attached = word.substr(0, equals + 1);
      return options_.find(word.substr(0, equals));
    }
    if (const Option* whole = options_.find_classic(word)) return whole;
    for (std::size_t i = 1; i < word.size(); i++) {
      const Option* option = options_.find(std::string("-") + word[i]);
      if (option == nullptr) return nullptr;
      if (option->kind == OptionKind::flag) continue;
      if (i + 1 < word.size()) attached = word.substr(0, i + 1);
      return option;
    }
    return nullptr;
  }
  void open(const std::string& word) {
    std::string attached;
    const Option* option = option_of(word, attached);
    if (option == nullptr || option->kind == OptionKind::flag) return;
    if (!attached.empty() && option->kind == OptionKind::value) return;
    place_.option = option;
    place_.must = attached.empty();
    if (!attached.empty()) place_.before.push_back(word.substr(attached.size()));
  }

  const OptionSet& options_;
  Place place_;
  std::vector<std::string> plain_;
};

// The part of a word that is done: what was typed of a list up to its last comma, and a sign.
std::size_t done_of(const std::string& word, std::size_t from, ListWords kind) {
  if (kind == ListWords::paths) return from;
  std::size_t out = from;
  if (const auto comma = word.rfind(','); comma != std::string::npos && comma >= from) out = comma + 1;
  if (kind != ListWords::fields || out == word.size() || (word[out] != '+' && word[out] != '-')) return out;
  for (out++; out < word.size() && is_digit(word[out]);) out++;
  return out;
}

class CandidateList {
 public:
  explicit CandidateList(std::string word) : word_(std::move(word)) {}

  // Those that begin with what was typed behind its first `done` characters.
  void add(const Candidates& offered, std::size_t done) {
    const std::string_view start = std::string_view(word_).substr(done);
    for (const Candidate& one : offered.words)
      if (one.word.starts_with(start)) add(word_.substr(0, done) + one.word, one.says);
    if (offered.places != Candidates::Places::none) places_ = offered.places;
  }
  void add(const std::string& word, const std::string& says) {
    if (!word.starts_with(word_)) return;
    std::string& known = out_[word];
    if (known.empty()) known = says;
  }
  std::string text() const {
    std::string out = places_ == Candidates::Places::files     ? "files\n"
                      : places_ == Candidates::Places::folders ? "folders\n"
                                                               : "words\n";
    for (const auto& [word, says] : out_) out += fmt::format("{}\t{}\n", escaped(word), escaped(says));
    return out;
  }

 private:
  std::string word_;
  std::map<std::string, std::string> out_;
  Candidates::Places places_ = Candidates::Places::none;
};

void add_options(const OptionSet& options, CandidateList& list) {
  for (const Option& option : options.all()) {
    if (option.hidden) continue;
    for (const std::string& name : option.names) list.add(name, option.help);
  }
  list.add("--help", "print help");
}

void add_of_command(const CommandEntry& entry, const std::vector<std::string>& words, CandidateList& list) {
  const Described about = describe(entry);
  LineReader line(about.options);
  for (std::size_t i = 0; i + 1 < words.size(); i++) line.take(words[i]);
  const std::string& word = words.back();
  const Place place = line.finish(word);
  if (place.filter) {
    const auto mark = word.find_last_of(" (!{,");
    list.add(
        offered_filter(mark == std::string::npos || word[mark] != ' ' ? place.before : Words{word.substr(0, mark)}),
        mark == std::string::npos ? 0 : mark + 1);
    return;
  }
  const Offer& offer = place.option != nullptr ? place.option->offer : about.options.words_offer();
  if (offer) {
    ListWords kind = place.option != nullptr ? place.option->words : ListWords::paths;
    if (kind == ListWords::plain && place.option->kind == OptionKind::value) kind = ListWords::paths;  // has no commas
    list.add(offer(place.before), done_of(word, place.attached.size(), kind));
  }
  const bool may_be_option = place.attached.empty() && !place.must;
  if (may_be_option && (word.starts_with('-') || (word.empty() && !offer))) add_options(about.options, list);
}

// Those that may follow a `then`.
void add_joined(CandidateList& list) {
  for (const CommandEntry& entry : all_commands())
    if (entry.joins != Joins::not_at_all) list.add(std::string(entry.name), std::string(entry.summary));
}

}  // namespace

std::string candidates_text(const std::vector<std::string>& words) {
  CandidateList list(words.empty() ? "" : words.back());
  if (words.size() < 2) return list.text();
  const std::string_view called = std::string_view(words[0]).substr(words[0].rfind('/') + 1);
  std::vector<std::string> rest(words.begin() + 1, words.end());
  std::string name(command_of_classic(called));
  const bool classic = !name.empty();
  if (name.empty() && rest.size() == 1 && !rest[0].starts_with('-')) {
    for (const CommandEntry& entry : all_commands())
      if (entry.group != "hidden") list.add(std::string(entry.name), std::string(entry.summary));
    return list.text();
  }
  if (name.empty() && rest[0].starts_with('-')) name = "capture";  // as the classic daemon is called
  if (name.empty()) name = rest[0], rest.erase(rest.begin());
  const CommandEntry* entry = find_command(name);
  if (entry != nullptr && !classic && entry->joins != Joins::not_at_all) {
    const auto then = std::find(rest.rbegin() + 1, rest.rend(), kThen);
    if (then != rest.rend()) {
      rest.erase(rest.begin(), then.base());
      if (rest.size() == 1) {
        add_joined(list);
        return list.text();
      }
      entry = find_command(rest[0]);
      rest.erase(rest.begin());
    }
  }
  if (entry != nullptr) add_of_command(*entry, rest, list);
  return list.text();
}

}  // namespace argus
