#include "argus/rarc.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/zone.h"

namespace argus {

namespace {

constexpr std::size_t kRarcBytesMax = 1 << 20;

enum class RarcDoes : std::uint8_t { value, words, text, columns, flag, names, server, filter, zone, nothing };

struct Variable {
  std::string_view name;
  RarcDoes does;
  std::string_view option, command, says;
};
constexpr auto kVariables = std::to_array<Variable>({
#define RARC(name, does, option, command, says) {#name, RarcDoes::does, option, command, says},
#include "argus/rarc.def"
});

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const auto begin = text.find_first_not_of(kBlanks);
  return begin == std::string_view::npos ? std::string_view()
                                         : text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

bool is_off(std::string_view value) { return value.empty() || value == "no" || value == "0" || value == "off"; }

// What -n is given for it.
std::optional<std::size_t> numbers_of(std::string_view names) {
  if (names == "none") return 2;
  if (names == "proto") return 1;
  if (names == "port" || names == "all") return 0;
  return std::nullopt;
}

class RarcFile {
 public:
  RarcFile(std::string path, std::string_view command, OptionSet& options)
      : path_(std::move(path)), command_(command), options_(options), writes_(was_given("-w")) {}

  Result<> read(std::string_view text) {
    for (line_ = 1; !text.empty(); line_++) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(line.size() + 1, text.size()));
      if (auto taken = read_line(trimmed(line)); !taken) return while_doing(place(), std::move(taken.error()));
    }
    if (const Option* remote = options_.find("--remote"); remote != nullptr && !servers_.empty() && !reads())
      return options_.supply(*remote, servers_);
    return {};
  }

 private:
  [[nodiscard]] std::string place() const { return fmt::format("{}:{}", escaped(path_), line_); }
  [[nodiscard]] bool was_given(std::string_view name) const {
    const Option* option = options_.find(name);
    return option != nullptr && !options_.given(*option).empty();
  }
  [[nodiscard]] bool reads() const { return was_given("-r") || was_given("-R") || was_given("--remote"); }

  Result<> read_line(std::string_view line) {
    if (line.empty() || line[0] == '#') return {};
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return fail(Errc::usage, "a line is NAME=value");
    const std::string_view name = trimmed(line.substr(0, equals));
    std::string_view value = trimmed(line.substr(equals + 1));
    if (const auto end = value.empty() ? std::string_view::npos : value.find(value[0], 1);
        (value.starts_with('"') || value.starts_with('\'')) && end != std::string_view::npos)
      value = value.substr(1, end - 1);
    else value = trimmed(value.substr(0, value.find(" #")));
    const auto found =
        std::find_if(kVariables.begin(), kVariables.end(), [&](const Variable& row) { return row.name == name; });
    if (found != kVariables.end()) {
      if (auto taken = take(*found, std::string(value)); !taken)
        return while_doing(std::string(name), std::move(taken.error()));
      return {};
    }
    std::vector<std::string> known;
    for (const Variable& row : kVariables) known.emplace_back(row.name);
    log_warning(fmt::format("{}: no variable '{}'{}", place(), escaped(name), did_you_mean(name, known)));
    return {};
  }

  Result<> take(const Variable& row, const std::string& value) {
    if (value.empty() || (!row.command.empty() && row.command != command_)) return {};
    const Option* option = row.option.empty() ? nullptr : options_.find(row.option);
    if (!row.option.empty() && option == nullptr) return {};  // of other programs
    const std::vector<std::string> words = words_of(value);
    switch (row.does) {
      case RarcDoes::value: return options_.supply(*option, {value});
      case RarcDoes::words: return options_.supply(*option, words);
      case RarcDoes::text: return writes_ ? Result<>() : options_.supply(*option, {value});
      case RarcDoes::columns: return writes_ || command_ == "count" ? Result<>() : options_.supply(*option, words);
      case RarcDoes::flag: return is_off(value) ? Result<>() : options_.supply(*option, {""});
      case RarcDoes::names: {
        const auto count = numbers_of(value);
        if (!count) return fail(Errc::usage, "'{}': none, proto, port or all", escaped(value));
        return options_.supply(*option, std::vector<std::string>(*count));
      }
      case RarcDoes::server: servers_.insert(servers_.end(), words.begin(), words.end()); return {};
      case RarcDoes::filter: options_.supply_filter(value); return {};
      case RarcDoes::zone: set_zone(value); return {};
      case RarcDoes::nothing: break;
    }
    if (!row.says.empty() && !is_off(value))
      log_note(fmt::format("{}: {} has no effect: {}", place(), row.name, row.says));
    return {};
  }
  static std::vector<std::string> words_of(std::string_view value) {
    std::vector<std::string> out;
    for (const std::string_view word : split_words(value, ", \t")) out.emplace_back(word);
    return out;
  }

  std::string path_;
  std::string_view command_;
  OptionSet& options_;
  bool writes_;  // records, and no text
  std::size_t line_ = 0;
  std::vector<std::string> servers_;
};

std::vector<std::string> usual_places() {
  std::vector<std::string> out;
  for (const char* variable : {"ARGUSPATH", "ARGUSHOME", "HOME"})
    if (const char* folders = std::getenv(variable); folders != nullptr)
      for (const std::string_view folder : split_words(folders, ":")) out.push_back(std::string(folder) + "/.rarc");
  return out;
}

Result<std::string> read_text(const std::string& path) {
  ARGUS_TRY_LET(File file, open_read(path));
  std::string text(kRarcBytesMax + 1, '\0');
  ARGUS_TRY_LET(const std::size_t n, file.read(text.data(), text.size()));
  if (n > kRarcBytesMax) return fail(Errc::usage, "{}: longer than {} bytes", path, kRarcBytesMax);
  text.resize(n);
  return text;
}

}  // namespace

void declare_rarc(OptionSet& options) {
  if (options.find("-F") == nullptr) options.ignored("-F", OptionKind::value);
}

Result<> fill_from_rarc(std::string_view command, OptionSet& options) {
  const Option* none = options.find("-X");
  if (none != nullptr && !options.given(*none).empty()) return {};
  if (const Option* named = options.find("-F"); named != nullptr && !options.given(*named).empty()) {
    const std::string& path = options.given(*named).back();
    ARGUS_TRY_LET(const std::string text, read_text(path));
    return RarcFile(path, command, options).read(text);
  }
  for (const std::string& path : usual_places())
    if (auto text = read_text(path)) return RarcFile(path, command, options).read(*text);
  return {};
}

}  // namespace argus
