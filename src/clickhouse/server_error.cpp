#include "clickhouse/server_error.h"

#include <array>

#include "base/text.h"

namespace argus {

namespace {

struct Known {
  unsigned code;
  Errc kind;
  std::string_view says, hint;
  bool with_text = false;  // what the server said is added
};

constexpr std::string_view kCreate = "argus export --to URL --create makes it, or see: argus schema clickhouse";
constexpr std::string_view kOlder = "where the table is of an older argus: argus schema clickhouse --since N";
constexpr std::string_view kPassword =
    "give the user in the URL, and the password in ARGUS_CLICKHOUSE_PASSWORD or a file: ?password-file=FILE";

constexpr auto kKnown = std::to_array<Known>({
    {16, Errc::foreign, "a column is missing in the table", kOlder, true},
    {20, Errc::foreign, "the table has other columns", kOlder, true},
    {47, Errc::foreign, "a column is missing in the table", kOlder, true},
    {53, Errc::foreign, "a column of the table has another type", kOlder, true},
    {60, Errc::foreign, "the table does not exist", kCreate, true},
    {81, Errc::foreign, "the database does not exist", "make it first: CREATE DATABASE ...", true},
    {82, Errc::foreign, "the database does not exist", "make it first: CREATE DATABASE ...", true},
    {159, Errc::turned_away, "the query took longer than it may",
     "ask for a shorter time, or raise ?timeout=SECONDS in the URL"},
    {160, Errc::limit, "the server refuses a query that would take too long", "ask for a shorter time"},
    {164, Errc::denied, "the user may only read", "give a user that may insert"},
    {192, Errc::denied, "no such user, or a wrong password", kPassword},
    {193, Errc::denied, "no such user, or a wrong password", kPassword},
    {194, Errc::denied, "the user needs a password", kPassword},
    {195, Errc::denied, "this machine's address may not connect as this user", ""},
    {201, Errc::turned_away, "the user's quota is used up", ""},
    {202, Errc::turned_away, "the server has too many queries", ""},
    {209, Errc::turned_away, "the server timed out on its network", ""},
    {210, Errc::turned_away, "the server has trouble with its network", "", true},
    {225, Errc::turned_away, "the table is replicated and the server has no ZooKeeper", ""},
    {241, Errc::turned_away, "the query needs more memory than the server lets it have",
     "ask for less at once, or raise max_memory_usage"},
    {242, Errc::turned_away, "the table is read-only for now", ""},
    {243, Errc::turned_away, "the server's disk is full", ""},
    {252, Errc::turned_away, "the table has too many parts, which the server has to merge first", ""},
    {279, Errc::io, "a shard is down", "no part of an answer is given for the whole", true},
    {285, Errc::turned_away, "too few replicas are up", ""},
    {307, Errc::limit, "the server refuses to read so much for one query", "ask for a shorter time"},
    {394, Errc::interrupted, "the query was cancelled on the server", ""},
    {497, Errc::denied, "the user has no right to do this", "", true},
    {516, Errc::denied, "no such user, or a wrong password", kPassword},
});

constexpr std::size_t kShownMax = 300;

// The sentence of the server, without its numbers and where in its source it was said.
std::string sentence(std::string_view text) {
  for (const std::string_view mark : {"DB::Exception: ", "e.displayText() = "})
    if (const auto at = text.find(mark); at != std::string_view::npos) {
      text.remove_prefix(at + mark.size());
      break;
    }
  for (const std::string_view mark : {", e.what() =", "\n", " (version "})
    if (const auto at = text.find(mark); at != std::string_view::npos) text = text.substr(0, at);
  text = without_blanks(text);
  std::string out = escaped(text.substr(0, kShownMax));
  if (text.size() > kShownMax) out += "...";
  while (out.ends_with('.') && !out.ends_with("...")) out.pop_back();
  return out;
}

}  // namespace

unsigned server_error_code(std::string_view text) {
  constexpr std::string_view kBegins = "Code: ";
  const auto at = text.find(kBegins);
  if (at == std::string_view::npos) return 0;
  std::size_t end = at + kBegins.size();
  while (end < text.size() && is_digit(text[end]) && end < at + kBegins.size() + 6) end++;
  return static_cast<unsigned>(parse_unsigned(text.substr(at + kBegins.size(), end - at - kBegins.size())).value_or(0));
}

Error server_error(std::string_view text) {
  const unsigned code = server_error_code(text);
  for (const Known& one : kKnown)
    if (one.code == code) {
      Error out{one.kind, std::string(one.says), std::string(one.hint)};
      if (one.with_text) out.text += fmt::format(": {}", sentence(text));
      if (!out.hint.empty()) out.hint = "  " + out.hint;
      return out;
    }
  const std::string said = sentence(text);
  return fail(Errc::foreign, "the server says: {}", said.empty() ? "nothing" : said);
}

}  // namespace argus
