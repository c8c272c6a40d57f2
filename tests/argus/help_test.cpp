#include "argus/help.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "argus/command.h"
#include "base/text.h"
#include "filter/filter.h"
#include "query/key.h"
#include "shell/options.h"

using namespace argus;

namespace {

constexpr std::size_t kScreenLines = 24, kScreenColumns = 80;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

// What the last word of a line may become; the first line says whether files are among them.
std::vector<std::string> offered(const std::string& line) {
  std::vector<std::string> words;
  for (const std::string_view word : split_words(line, " ")) words.emplace_back(word);
  if (line.ends_with(' ')) words.emplace_back();
  std::vector<std::string> out = lines_of(candidates_text(words));
  for (std::string& text : out) text = text.substr(0, text.find('\t'));
  return out;
}

bool has(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("-h of every command is one screen, and says where the rest is") {
  for (const CommandEntry& entry : all_commands()) {
    CAPTURE(entry.name);
    const std::string called = "argus " + std::string(entry.name);
    const std::vector<std::string> lines = lines_of(short_help(entry, called));
    CHECK(lines.size() <= kScreenLines);
    for (const std::string& line : lines) {
      CAPTURE(line);
      CHECK(screen_width(line) <= kScreenColumns);
    }
    CHECK(lines.back().find(called + " --help") != std::string::npos);
    std::size_t common = 0;
    const Described d = describe(entry);
    for (const Option& option : d.options.all()) common += option.common && !option.hidden;
    CHECK(common <= 9);
  }
  CHECK(lines_of(overview()).size() <= kScreenLines);
}

TEST_CASE("--help has every option that is shown, those for special purposes last") {
  for (const CommandEntry& entry : all_commands()) {
    CAPTURE(entry.name);
    const std::string help = long_help(entry, "argus");
    const Described d = describe(entry);
    for (const Option& option : d.options.all())
      if (!option.hidden) CHECK(help.find("  " + signature(option)) != std::string::npos);
    const auto special = help.find("how captures are metered"), usual = help.find("what to print");
    CHECK((usual == std::string::npos || usual < special));
  }
}

TEST_CASE("help names the program as it was called") {
  CHECK(short_help(*find_command("show"), "ra").starts_with("usage: ra [-r FILE"));
}

TEST_CASE("every word that one option of several takes is taken") {
  for (const CommandEntry& entry : all_commands()) {
    const Described d = describe(entry);
    for (const Option& option : d.options.all()) {
      if (option.metavar.find('|') == std::string::npos || !option.offer) continue;
      for (const Candidate& one : option.offer({}).words) {
        CAPTURE(entry.name, option.names[0], one.word);
        CHECK(option.take(one.word));
      }
    }
  }
}

TEST_CASE("an option that takes a file offers files") {
  for (const CommandEntry& entry : all_commands()) {
    const Described d = describe(entry);
    for (const Option& option : d.options.all()) {
      if (option.hidden || !option.metavar.starts_with("FILE")) continue;
      CAPTURE(entry.name, option.names[0]);
      CHECK((option.offer && option.offer({}).places == Candidates::Places::files));
    }
  }
}

TEST_CASE("commands and topics are completed") {
  CHECK(offered("argus so") == Words{"words", "sort"});
  CHECK_FALSE(has(offered("argus "), "version"));
  CHECK(offered("argus help coo") == Words{"words", "cookbook"});
  CHECK(offered("/usr/bin/argus so") == Words{"words", "sort"});
  CHECK(offered("argus nonsense x") == Words{"words"});
  CHECK(candidates_text({}) == "words\n");
}

TEST_CASE("options are completed where one may stand") {
  CHECK(offered("argus show --js") == Words{"words", "--json"});
  CHECK(has(offered("argus show "), "--json"));
  CHECK(has(offered("argus show -r x -"), "-t"));
  CHECK(offered("argus --interf") == Words{"words", "--interface"});
  CHECK(offered("racluster --mer") == Words{"words", "--merge"});
  CHECK_FALSE(has(offered("argus show -t -"), "--json"));  // it takes any value
}

TEST_CASE("fields are completed behind commas and signs, where the option takes them") {
  CHECK(offered("argus cluster -m proto,stim") == Words{"words", "proto,stime"});
  CHECK(offered("argus cluster -m saddr stim") == Words{"words", "stime"});
  CHECK(offered("argus cluster -mstim") == Words{"words", "-mstime"});
  CHECK(offered("argus sort -m saddr,-stim") == Words{"words", "saddr,-stime"});
  CHECK(offered("argus sort -m -stim") == Words{"words", "-stime"});
  CHECK(offered("argus show -s +2stim") == Words{"words", "+2stime"});
  CHECK(offered("argus show --fields=+stim") == Words{"words", "--fields=+stime"});
  CHECK(offered("argus cluster -m -stim") == Words{"words"});
  CHECK(offered("argus top --sort -tcprt") == Words{"words", "-tcprtt"});
  CHECK(has(offered("argus top --sort "), "2s"));
  CHECK_FALSE(has(offered("argus top --sort "), "trend"));
  CHECK(has(offered("argus sort -m saddr -"), "--read"));
}

TEST_CASE("what is offered as a key is one") {
  for (const std::string& word : offered("argus cluster -m "))
    if (word != "words") {
      CAPTURE(word);
      CHECK(parse_keys({word}));
    }
}

TEST_CASE("amounts are completed first, then keys") {
  CHECK(has(offered("argus graph "), "bytes"));
  CHECK_FALSE(has(offered("argus graph "), "saddr"));
  CHECK(has(offered("argus graph bytes "), "saddr"));
  CHECK(has(offered("argus graph -M 1m bytes sad"), "saddr") == false);  // -M takes it
  CHECK(has(offered("argus graph bytes dport -M "), "5m"));
}

TEST_CASE("words of filters are completed behind a lone '-'") {
  CHECK(offered("argus show -r x - tcp and outof") == Words{"words", "outoforder"});
  CHECK(offered("argus show -- outof") == Words{"words", "outoforder"});
  CHECK(offered("argus count - port goph") == Words{"words", "gopher"});
  CHECK(has(offered("argus count - proto ud"), "udp"));
  CHECK(offered("argus count - (outof") == Words{"words", "(outoforder"});
  CHECK(offered("argus key new x - outof") == Words{"words", "outoforder"});
  CHECK(offered("argus expire -w x - outof") == Words{"words"});  // takes no filter
  CHECK(lines_of(candidates_text({"argus", "show", "-", "tcp and outof"})).size() == 2);
  CHECK(lines_of(candidates_text({"argus", "show", "-", "tcp and outof"}))[1].starts_with("tcp and outoforder\t"));
  CHECK(lines_of(candidates_text({"argus", "show", "-", "port goph"}))[1].starts_with("port gopher\t"));
}

TEST_CASE("every word offered at the beginning of a filter is one of the language") {
  for (const std::string& word : offered("argus show - "))
    if (word != "words") {
      CAPTURE(word);
      const auto alone = compile_filter(word);
      const auto with_value = compile_filter(word + " 1");
      const std::string text = alone ? "" : alone.error().text;
      CHECK((alone || with_value || text.find("unknown word") == std::string::npos));
    }
}

TEST_CASE("file names are completed where files are taken") {
  CHECK(offered("argus show -r ") == Words{"files"});
  CHECK(offered("argus show -R ") == Words{"folders"});
  CHECK(offered("argus show -r x y") == Words{"files"});
  CHECK(offered("argus show -N ") == Words{"words"});
  CHECK(offered("argus capture --rotate 5") == Words{"words", "500M", "5m"});
}
