#include "source/foreign.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "base/text.h"
#include "flow/field.h"
#include "source/kinds.h"

namespace argus {

namespace {

constexpr auto kReadable = std::to_array<std::string_view>({
#define SOURCE(name, live, text) text,
#include "source/sources.def"
});

std::string readable_kinds() {
  std::string out = "  argus reads";
  for (std::size_t i = 0; i < kReadable.size(); i++) {
    out += i == 0 ? " " : i + 1 == kReadable.size() ? " and " : ", ";
    out += kReadable[i];
  }
  return out + ", also compressed with gzip, zstd, bzip2, xz or lz4";
}

// Files that people have beside those that are read.
struct Foreign {
  std::string_view magic;
  std::string_view what, advice;
};
using namespace std::string_view_literals;
constexpr std::string_view kOldFlows = "argus does not read it yet; the packets it was made of can be read";
constexpr auto kForeign = std::to_array<Foreign>({
    {"\x85\x10"sv, "a file of the classic Argus 5", kOldFlows},
    {"\x0c\xa5"sv, "an nfdump file of a format before version 1.7", "nfdump converts it:  nfdump -r FILE -w NEW"},
    {"PK\x03\x04"sv, "a zip archive", "write:  unzip -p FILE | argus ... -r -"},
});

// The classic programs write tables whose headings are indented.
constexpr std::string_view kClassicTable = "\n  a program of the classic suite sends records only if -w - asks for it";

bool is_text(std::string_view head) {
  return std::all_of(head.begin(), head.end(), [](char one) {
    const auto c = static_cast<unsigned char>(one);
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c != 0x7f);
  });
}

Error foreign_text(const std::string& name, std::string_view text, bool from_pipe) {
  const std::string_view line = text.substr(0, text.find('\n'));
  if (line.starts_with('{'))
    return hinted(
        fail(Errc::foreign, "{} is JSON, and its first line has no field of argus or of Zeek's conn.log", name),
        readable_kinds());
  const std::string_view first = line.substr(0, line.find(' '));
  if (from_pipe && find_field(first))
    return hinted(
        fail(Errc::foreign, "{} is a text table, not flow records", name),
        "  the command before wrote a table, as -s, -c and -L ask for one, or because it could not see argus at the\n"
        "  other end of its pipe; -w - asks for records:  argus ... -w - | argus ...");
  return hinted(
      fail(Errc::foreign, "{} is text, not flow records: it starts with \"{}\"", name, escaped(line.substr(0, 32))),
      readable_kinds() + (from_pipe && line.starts_with(' ') ? std::string(kClassicTable) : std::string()));
}

}  // namespace

Error foreign_input(const std::string& name, Bytes head, bool from_pipe) {
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  for (const Foreign& kind : kForeign)
    if (text.starts_with(kind.magic))
      return hinted(fail(Errc::foreign, "{} is {}", name, kind.what), fmt::format("  {}", kind.advice));
  if (is_text(text)) return foreign_text(name, text, from_pipe);
  std::string bytes;
  for (const std::byte b : head.first(std::min<std::size_t>(head.size(), 8)))
    bytes += fmt::format(" {:02x}", static_cast<unsigned>(b));
  return hinted(fail(Errc::foreign, "{}: not a flow file: starts with bytes{}", name, bytes), readable_kinds());
}

}  // namespace argus
