// The only door to CLI11.
#include "shell/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/text.h"

namespace argus {

void OptionSet::group(std::string_view title, Purpose purpose) { group(title, Chained::each, purpose); }

void OptionSet::group(std::string_view title, Chained chained, Purpose purpose) {
  group_ = title;
  chained_ = chained;
  if (purpose == Purpose::special) special_groups_.push_back(group_);
}

std::vector<std::string> OptionSet::groups() const {
  const auto in = [](const std::vector<std::string>& list, const std::string& title) {
    return std::find(list.begin(), list.end(), title) != list.end();
  };
  std::vector<std::string> usual, special;
  for (const Option& option : options_) {
    std::vector<std::string>& titles = in(special_groups_, option.group) ? special : usual;
    if (!option.hidden && !in(titles, option.group)) titles.push_back(option.group);
  }
  usual.insert(usual.end(), special.begin(), special.end());
  return usual;
}

Option& OptionSet::add(std::string_view names, OptionKind kind, std::string_view metavar, std::string_view help) {
  Option option;
  for (const std::string_view name : split_words(names, ",")) option.names.emplace_back(name);
  option.kind = kind;
  option.metavar = metavar;
  option.help = help;
  option.group = group_;
  option.chained = chained_;
  options_.push_back(std::move(option));
  return options_.back();
}

void OptionSet::flag(std::string_view names, bool& target, std::string_view help) {
  add(names, OptionKind::flag, "", help).take = [&target](const std::string&) -> Result<> {
    return target = true, Result<>();
  };
}

void OptionSet::count(std::string_view names, int& target, std::string_view help) {
  add(names, OptionKind::flag, "", help).take = [&target](const std::string&) -> Result<> {
    return target++, Result<>();
  };
}

void OptionSet::value(std::string_view names, std::string_view metavar, std::string& target, std::string_view help) {
  add(names, OptionKind::value, metavar, help).take = [&target](const std::string& text) -> Result<> {
    target = text;
    return {};
  };
}

void OptionSet::value(std::string_view names, std::string_view metavar,
                      std::function<Result<>(const std::string&)> take, std::string_view help) {
  add(names, OptionKind::value, metavar, help).take = std::move(take);
}

void OptionSet::list(std::string_view names, std::string_view metavar, std::vector<std::string>& target,
                     ListWords words, std::string_view help) {
  Option& option = add(names, OptionKind::list, metavar, help);
  option.words = words;
  option.take = [&target](const std::string& text) -> Result<> {
    target.push_back(text);
    return {};
  };
}

void OptionSet::also(std::string_view classic_names) {
  for (const std::string_view name : split_words(classic_names, ",")) options_.back().classic.emplace_back(name);
}

void OptionSet::offer_signed(Offer offer) {
  options_.back().words = ListWords::fields;
  options_.back().offer = std::move(offer);
}

void OptionSet::one_of(const std::vector<std::string>& words) {
  options_.back().metavar = joined(words, "|");
  offer([words](const std::vector<std::string>&) {
    Candidates out;
    for (const std::string& word : words) out.words.push_back({word, {}});
    return out;
  });
}

template <class Change>
void OptionSet::each_of(std::string_view names, Change change) {
  for (Option& option : options_)
    for (const std::string_view name : split_words(names, ","))
      if (std::find(option.names.begin(), option.names.end(), name) != option.names.end()) change(option);
}

void OptionSet::seldom(std::string_view names) {
  each_of(names, [](Option& option) { option.common = false; });
}

void OptionSet::hide(std::string_view names) {
  each_of(names, [](Option& option) { option.hidden = true; });
}

void OptionSet::ignored(std::string_view name, OptionKind kind, std::function<Result<>(const std::string&)> take) {
  Option& option = add(name, kind, "VALUE", "");
  option.hidden = true;
  option.take = std::move(take);
}

const Option* OptionSet::find(std::string_view name) const {
  for (const Option& option : options_)
    for (const std::string& known : option.names)
      if (known == name) return &option;
  return nullptr;
}

const Option* OptionSet::find_classic(std::string_view word) const {
  for (const Option& option : options_)
    for (const std::string& known : option.classic)
      if (known == word) return &option;
  return nullptr;
}

Result<> OptionSet::parse(const std::vector<std::string>& words) {
  parsed_ = words;
  ARGUS_TRY_LET(SplitLine line, split_line(words, *this));
  if (asks_help_ = line.help; asks_help_) return {};
  if (line.filter) *filter_ = std::move(line.filter);
  if (words_ != nullptr) *words_ = std::move(line.plain);

  CLI::App app;
  app.set_help_flag();
  std::vector<std::vector<std::string>> values(options_.size());
  std::vector<CLI::Option*> parsed(options_.size());
  for (std::size_t i = 0; i < options_.size(); i++) {
    const std::string names = joined(options_[i].names, ",");
    if (options_[i].kind == OptionKind::flag) {
      parsed[i] = app.add_flag(names);
    } else {
      parsed[i] = app.add_option(names, values[i]);
      parsed[i]->allow_extra_args(false)->take_all();
    }
  }
  try {
    std::vector<std::string> reversed(line.words.rbegin(), line.words.rend());  // CLI11 takes them last first
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return fail(Errc::usage, "{}", error.what());
  }
  for (std::size_t i = 0; i < options_.size(); i++)
    if (options_[i].kind == OptionKind::flag) values[i].assign(parsed[i]->count(), std::string());
  given_ = std::move(values);
  for (std::size_t i = 0; i < options_.size(); i++)
    for (const std::string& word : given_[i]) {
      auto taken = options_[i].take(word);
      if (!taken) return while_doing(options_[i].names.front(), std::move(taken.error()));
    }
  return {};
}

const std::vector<std::string>& OptionSet::given(const Option& option) const {
  static const std::vector<std::string> none;
  const auto at = static_cast<std::size_t>(&option - options_.data());
  return at < given_.size() ? given_[at] : none;
}

std::optional<std::string> OptionSet::filter_given() const { return filter_ != nullptr ? *filter_ : std::nullopt; }

Result<> OptionSet::supply(const Option& option, const std::vector<std::string>& words) {
  if (!given(option).empty()) return {};
  for (const std::string& word : words) ARGUS_TRY(option.take(word));
  return {};
}

void OptionSet::supply_filter(const std::string& text) {
  if (filter_ != nullptr && !*filter_) *filter_ = text;
}

Result<std::uint64_t> parse_size(std::string_view text) {
  std::string_view number = text;
  std::uint64_t unit = 1;
  const bool binary = number.ends_with("iB");
  if (binary) number.remove_suffix(2);
  else if (number.size() > 1 && number.ends_with("B")) number.remove_suffix(1);
  const std::uint64_t step = binary ? 1024 : 1000;
  const std::string_view units = "kMGT";
  if (!number.empty()) {
    const char last = number.back() == 'K' ? 'k' : number.back();
    if (const auto at = units.find(last); at != std::string_view::npos) {
      for (std::size_t i = 0; i <= at; i++) unit *= step;
      number.remove_suffix(1);
    }
  }
  const auto value = parse_unsigned(number);
  if (!value || *value > UINT64_MAX / unit)
    return fail(Errc::usage, "invalid size '{}': write 500M, 2G or 64MiB", escaped(text));
  return *value * unit;
}

namespace {

Error out_of_bounds(std::string_view text, std::uint64_t least, std::uint64_t most, std::string_view of) {
  return fail(Errc::usage, "invalid value '{}': give {} to {}{}{}", escaped(text), least, most, of.empty() ? "" : " ",
              of);
}

}  // namespace

Result<std::uint64_t> parse_number_within(std::string_view text, std::uint64_t least, std::uint64_t most,
                                          std::string_view of) {
  const auto n = parse_unsigned(text);
  if (!n || *n < least || *n > most) return out_of_bounds(text, least, most, of);
  return *n;
}

Result<std::uint64_t> parse_size_within(std::string_view text, std::uint64_t least, std::uint64_t most,
                                        std::string_view of) {
  ARGUS_TRY_LET(const std::uint64_t n, parse_size(text));
  if (n < least || n > most) return out_of_bounds(text, least, most, of);
  return n;
}

}  // namespace argus
