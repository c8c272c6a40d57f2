#include "argus/chain.h"

#include <algorithm>

#include "argus/handed.h"
#include "base/text.h"

namespace argus {

namespace {

std::string names_of(Joins joins) {
  std::vector<std::string> out;
  for (const CommandEntry& entry : all_commands())
    if (entry.joins == joins) out.emplace_back(entry.name);
  return joined(out, ", ");
}

bool may_follow(const std::string& name) {
  const CommandEntry* entry = find_command(name);
  return entry != nullptr && entry->joins != Joins::not_at_all;
}

Error hands_nothing_on(const CommandEntry& entry) {
  return fail(Errc::usage, "{} hands no rows on; before a 'then' stand: {}", entry.name, names_of(Joins::anywhere));
}

Error no_command(const std::string& name) {
  std::vector<std::string> known;
  for (const CommandEntry& entry : all_commands())
    if (entry.joins != Joins::not_at_all) known.emplace_back(entry.name);
  return fail(Errc::usage, "then: '{}' is not a command that reads rows{}; these are: {}", escaped(name),
              did_you_mean(name, known), joined(known, ", "));
}

}  // namespace

Result<std::vector<Link>> Chain::links_of(const CommandEntry& first, std::vector<std::string> words) {
  std::vector<Link> out = {{&first, {}}};
  if (first.joins == Joins::not_at_all) {
    for (std::size_t i = 0; i + 1 < words.size(); i++)
      if (words[i] == kThen && may_follow(words[i + 1])) return hands_nothing_on(first);
    out[0].words = std::move(words);
    return out;
  }
  for (std::size_t i = 0; i < words.size(); i++) {
    if (words[i] != kThen) {
      out.back().words.push_back(std::move(words[i]));
      continue;
    }
    if (++i == words.size()) return fail(Errc::usage, "a command follows 'then':  then sort -m bytes");
    if (!may_follow(words[i])) return no_command(words[i]);
    out.push_back({find_command(words[i]), {}});
  }
  for (std::size_t i = 0; i + 1 < out.size(); i++)
    if (out[i].entry->joins == Joins::last) return hands_nothing_on(*out[i].entry);
  return out;
}

Result<> Chain::take(const std::vector<Link>& links) {
  members_.reserve(links.size());
  for (const Link& link : links) {
    Member& member = members_.emplace_back(Member{link.entry, link.entry->make(), {}});
    member.command->declare(member.options);
    auto good = member.options.parse(link.words);
    if (member.options.asks_help()) return help_asked_ = link.entry, Result<>();
    if (!good) return while_doing(std::string(link.entry->name), std::move(good.error()));
  }
  return check_places();
}

// What is read is said of the first, what is written of the last.
Result<> Chain::check_places() const {
  for (std::size_t i = 0; i < members_.size(); i++) {
    const OptionSet& options = members_[i].options;
    for (const Option& option : options.all()) {
      if (options.given(option).empty()) continue;
      if (option.chained == Chained::first && i != 0)
        return fail(Errc::usage, "{}: {} is of the first command, which reads the input", members_[i].entry->name,
                    option.names.front());
      if (option.chained == Chained::last && i + 1 != members_.size())
        return fail(Errc::usage, "{}: {} is of the last command, which writes the output", members_[i].entry->name,
                    option.names.front());
    }
  }
  return {};
}

Result<Exit> Chain::run(Io& io) {
  io.next = [this, &io](std::shared_ptr<Handed> rows) {
    io.handed = std::move(rows);
    return run_next(io);
  };
  return run_next(io);
}

Result<Exit> Chain::run_next(Io& io) {
  const Member& member = members_[next_++];
  const std::size_t begun = next_;
  io.is_last = begun == members_.size();
  auto done = member.command->run(io);
  if (!done && next_ == begun) return while_doing(std::string(member.entry->name), std::move(done.error()));
  return done;
}

}  // namespace argus
