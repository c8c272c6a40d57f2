#include "label/label_store.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/address.h"
#include "base/file.h"
#include "base/text.h"
#include "flow/field.h"
#include "flow/format.h"
#include "label/labels.h"

namespace argus {

namespace {

constexpr std::size_t kHead = 4096;  // bytes by which text is told from a database
constexpr unsigned kDelegatedWords = 7;

// The first word; the text goes on behind the blanks that follow it.
std::string_view take_word(std::string_view& text) {
  text = without_blanks(text);
  const auto end = std::find_if(text.begin(), text.end(), is_blank);
  const std::string_view out = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text = without_blanks(text.substr(out.size()));
  return out;
}

std::string_view first_word(std::string_view text) { return take_word(text); }

std::string_view without_quotes(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
  return text;
}

std::string_view cut(std::string_view name) {
  std::size_t size = std::min(name.size(), kLabelTextMax);
  while (size > 0 && size < name.size() && (static_cast<unsigned char>(name[size]) & 0xc0) == 0x80) size--;
  return name.substr(0, size);
}

struct Service {
  std::uint16_t proto = 0, least = 0, most = 0;
};

// "22/tcp", "5000-5010/udp", "tcp/22".
std::optional<Service> parse_service(std::string_view word) {
  const std::size_t slash = word.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  std::string_view ports = word.substr(0, slash), proto = word.substr(slash + 1);
  if (ports.empty() || !is_digit(ports.front())) std::swap(ports, proto);
  const std::size_t dash = ports.find('-');
  const auto least = parse_unsigned(ports.substr(0, dash));
  const auto most = dash == std::string_view::npos ? least : parse_unsigned(ports.substr(dash + 1));
  if (proto.empty() || is_digit(proto.front())) return std::nullopt;
  const auto number = parse_value(Field::proto, proto);
  if (!least || !most || *least > *most || *most > UINT16_MAX || !number) return std::nullopt;
  return Service{static_cast<std::uint16_t>(*number), static_cast<std::uint16_t>(*least),
                 static_cast<std::uint16_t>(*most)};
}

std::optional<Prefix> network_of(std::string_view word) {
  if (const auto prefix = parse_prefix(word)) return prefix;
  const auto address = parse_address(word);
  if (!address) return std::nullopt;
  return Prefix{*address, static_cast<std::uint8_t>(bits_of(address->family()))};
}

// A value of name="..." in a line of items; empty when it is not there.
std::string_view quoted_item(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) return {};
  std::string_view rest = text.substr(at + name.size());
  if (rest.empty() || rest.front() != '"') return rest.substr(0, rest.find_first_of(" \t"));
  rest.remove_prefix(1);
  return rest.substr(0, rest.find('"'));
}

}  // namespace

// The forms that a line may have, in the order in which they are tried.
struct LabelLines::Form {
  bool (*is_of)(std::string_view line);
  Result<> (LabelLines::*take)(std::string_view line);
};
const LabelLines::Form LabelLines::kForms[] = {
    {[](std::string_view line) { return line.substr(0, 8) == "RALABEL_"; }, &LabelLines::setting},
    {[](std::string_view line) { return line.find("label=") != std::string_view::npos; }, &LabelLines::rule},
    {[](std::string_view line) { return std::count(line.begin(), line.end(), '|') >= 5; }, &LabelLines::delegated},
    {[](std::string_view line) { return network_of(first_word(line)).has_value(); }, &LabelLines::network},
    {[](std::string_view) { return true; }, &LabelLines::service},
};

Error LabelLines::wrong(std::string_view what) const {
  return fail(Errc::usage, "{}:{}: {}", escaped(path_), line_, what);
}

Result<> LabelLines::take(std::string_view text) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";  // of UTF-8, as some editors write it
  if (text.substr(0, kMark.size()) == kMark) text.remove_prefix(kMark.size());
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    line_++;
    ARGUS_TRY(line(without_blanks(text.substr(0, end))));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

Result<> LabelLines::line(std::string_view text) {
  if (text.empty() || text.front() == '#' || text.front() == ';') return {};
  for (const Form& form : kForms)
    if (form.is_of(text)) return (this->*form.take)(text);
  return {};
}

// RALABEL_ARGUS_FLOW_FILE="flows.txt": of the classic's configuration, what names a file; switches mean nothing here.
Result<> LabelLines::setting(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return wrong("a setting has the form NAME=VALUE");
  const std::string_view name = without_blanks(text.substr(0, equals));
  const std::string_view value = without_quotes(without_blanks(text.substr(equals + 1)));
  constexpr std::string_view kFile = "_FILE";
  const bool names = name.size() > kFile.size() && name.substr(name.size() - kFile.size()) == kFile;
  const bool countries = name == "RALABEL_ARIN_COUNTRY_CODES" && value != "yes" && value != "no";
  if ((names || countries) && !value.empty()) named_.emplace_back(value);
  return {};
}

// filter="tcp and port 22" label="ssh" cont
Result<> LabelLines::rule(std::string_view text) {
  if (store_->rules.size() == kLabelRulesMax) return wrong(fmt::format("more than {} rules", kLabelRulesMax));
  LabelRule rule;
  const std::string_view label = quoted_item(text, "label=");
  if (label.empty()) return wrong("a rule has the form filter=\"tcp port 22\" label=\"ssh\"");
  rule.label = cut(label);
  auto where = compile_filter(quoted_item(text, "filter="), nullptr, files_);
  if (!where) return while_doing(fmt::format("{}:{}", escaped(path_), line_), std::move(where.error()));
  rule.where = std::move(*where);
  rule.goes_on = text.size() > 5 && text.substr(text.size() - 5) == " cont";
  store_->rules.push_back(std::move(rule));
  return {};
}

// ripencc|DE|ipv4|5.1.0.0|65536|20120411|allocated: a registry's statistics file. Its summaries and headings, and what
// is no address or was given to nobody, are passed over.
Result<> LabelLines::delegated(std::string_view text) {
  std::array<std::string_view, kDelegatedWords> words;
  std::size_t n = 0;
  while (n < words.size()) {
    const std::size_t end = std::min(text.find('|'), text.size());
    words.at(n++) = text.substr(0, end);
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  const std::string_view country = words[1], kind = words[2];
  if (country.size() != 2 || country == "ZZ" || (kind != "ipv4" && kind != "ipv6")) return {};
  const auto first = parse_address(words[3]);
  const auto count = parse_unsigned(words[4]);
  if (!first || !count || *count == 0 || (first->is_v4() != (kind == "ipv4")))
    return wrong("not a line of a table of delegated addresses");
  if (store_->countries.size() == kLabelRangesMax) return wrong(fmt::format("more than {} ranges", kLabelRangesMax));
  if (kind == "ipv6") {
    if (*count > 128) return wrong("a prefix of more than 128 bits");
    store_->countries.add(Prefix{*first, static_cast<std::uint8_t>(*count)}, country);
    return {};
  }
  std::uint64_t number = 0;
  for (std::size_t i = 12; i < 16; i++) number = number << 8 | first->bytes.at(i);
  if (*count > (std::uint64_t{1} << 32) - number) return wrong("a range that goes beyond the last address");
  number += *count - 1;
  const std::array<std::uint8_t, 4> last = {static_cast<std::uint8_t>(number >> 24),
                                            static_cast<std::uint8_t>(number >> 16),
                                            static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
  store_->countries.add(*first, Address::from_v4(last.data()), country);
  return {};
}

// 10.1.0.0/16 office
Result<> LabelLines::network(std::string_view text) {
  const auto prefix = network_of(take_word(text));
  const std::string_view name = without_quotes(text);
  if (name.empty()) return wrong("a name follows the network: 10.1.0.0/16 office");
  if (name.size() == text.size() && name.find('=') != std::string_view::npos)
    return wrong(
        "only a name follows a network, and one with '=' in it needs quotes; countries and AS numbers are in tables "
        "and databases: argus help labels");
  if (store_->networks.size() == kLabelRangesMax) return wrong(fmt::format("more than {} networks", kLabelRangesMax));
  store_->networks.add(*prefix, cut(name));
  return {};
}

// 8443/tcp portal, or as /etc/services has it: portal 8443/tcp
Result<> LabelLines::service(std::string_view text) {
  const std::string_view one = take_word(text);
  std::string_view other = without_quotes(text);
  auto service = parse_service(one);
  if (!service) {
    service = parse_service(first_word(text));
    other = one;
  }
  if (!service || other.empty())
    return wrong(fmt::format("'{}' is neither a network (10.1.0.0/16 office) nor a service (8443/tcp portal)",
                             escaped(one.substr(0, 64))));
  for (std::uint32_t port = service->least; port <= service->most; port++)
    store_->services.emplace(service_key(service->proto, static_cast<std::uint16_t>(port)), cut(other));
  return {};
}

namespace {

Result<std::string> read_text(File& file, std::string begun) {
  constexpr std::size_t kPiece = 1 << 20;
  for (;;) {
    const std::size_t before = begun.size();
    if (before > kLabelBytesMax)
      return fail(Errc::limit, "{}: more than {} MiB of text", file.path(), kLabelBytesMax >> 20);
    begun.resize(before + kPiece);
    ARGUS_TRY_LET(const std::size_t n, file.read(begun.data() + before, kPiece));
    begun.resize(before + n);
    if (n < kPiece) return begun;
  }
}

// `depth`: files that name this one.
Result<> read_file(const std::string& path, LabelStore& store, std::size_t& files, unsigned depth) {
  if (++files > kLabelFilesMax) return fail(Errc::usage, "more than {} files of labels", kLabelFilesMax);
  if (depth > 1) return fail(Errc::usage, "{}: a file that another one names cannot name further ones", path);
  ARGUS_TRY_LET(File file, open_read(path));
  std::string text(kHead, '\0');
  ARGUS_TRY_LET(const std::size_t n, file.read(text.data(), text.size()));
  text.resize(n);
  if (text.find('\0') != std::string::npos) {
    ARGUS_TRY_LET(AddressDatabase database, AddressDatabase::open(path));
    store.databases.push_back(std::move(database));
    return {};
  }
  ARGUS_TRY_LET(text, read_text(file, std::move(text)));
  LabelLines lines(path, store);
  ARGUS_TRY(lines.take(text));
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash + 1);
  for (const std::string& named : lines.named())
    ARGUS_TRY(read_file(named.front() == '/' ? named : folder + named, store, files, depth + 1));
  return {};
}

}  // namespace

Result<> read_label_file(const std::string& path, LabelStore& store) {
  std::size_t files = 0;
  return read_file(path, store, files, 0);
}

}  // namespace argus
