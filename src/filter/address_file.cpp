#include "filter/address_file.h"

#include <algorithm>
#include <array>

#include "base/file.h"
#include "base/text.h"
#include "filter/net.h"
#include "filter/span.h"
#include "flow/where.h"

namespace argus {

namespace {

constexpr std::size_t kPiece = 256 * 1024;
constexpr std::size_t kFirstJoin = 1024 * 1024;  // entries

// By byte: what ends an address. A table, as a million lines are looked through.
constexpr auto kEndsAddress = [] {
  std::array<bool, 256> out{};
  for (const char c : std::string_view(" \t\r\v\f#;,")) out[static_cast<unsigned char>(c)] = true;
  return out;
}();
bool ends_address(char c) { return kEndsAddress[static_cast<unsigned char>(c)]; }
std::uint32_t v4_number(const Address& address) {
  return std::uint32_t{address.bytes[12]} << 24 | std::uint32_t{address.bytes[13]} << 16 |
         std::uint32_t{address.bytes[14]} << 8 | address.bytes[15];
}

// The text up to where an address ends; the text goes on behind it.
std::string_view take_address(std::string_view& text) {
  const auto end = std::find_if(text.begin(), text.end(), ends_address);
  const std::string_view out = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(out.size());
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return out;
}

}  // namespace

Error AddressLines::wrong(std::string_view what) const {
  return fail(Errc::usage, "{}:{}: {}", escaped(path_), line_, what);
}

Result<> AddressLines::take(std::string_view piece) {
  bytes_ += piece.size();
  if (bytes_ > kSetBytesMax)
    return fail(Errc::usage, "{}: more than {} MiB of text", escaped(path_), kSetBytesMax >> 20);
  while (!piece.empty()) {
    const auto end = piece.find('\n');
    const std::string_view text = piece.substr(0, end);
    if (begun_.size() + text.size() > kSetLineMax) {
      line_++;
      return wrong(fmt::format("a line of more than {} bytes", kSetLineMax));
    }
    if (end == std::string_view::npos) {
      begun_ += text;
      return {};
    }
    if (begun_.empty()) {
      ARGUS_TRY(line(text));
    } else {
      begun_ += text;
      ARGUS_TRY(line(begun_));
      begun_.clear();
    }
    piece.remove_prefix(end + 1);
  }
  return {};
}

Result<AddressSet> AddressLines::finish() {
  if (!begun_.empty()) ARGUS_TRY(line(begun_));
  ARGUS_TRY(hold());
  return AddressSet(std::move(path_), std::move(v4_), std::move(others_));
}

Result<> AddressLines::line(std::string_view text) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";  // of UTF-8, as some editors write it
  if (++line_ == 1 && text.starts_with(kMark)) text.remove_prefix(kMark.size());
  text = without_blanks(text);
  if (text.empty() || text[0] == '#' || text[0] == ';') return {};
  std::string_view rest = text;
  const std::string_view first = take_address(rest);
  return entry(first, rest);
}

// One address, a network or a range; "A - B" has its second half in the rest, which is a label otherwise.
Result<> AddressLines::entry(std::string_view text, std::string_view rest) {
  if (text.find('/') != std::string_view::npos) {
    const auto net = parse_prefix(text);
    if (!net) return wrong(fmt::format("'{}' is not a network", escaped(text)));
    if (masked(net->address, net->length) != net->address)
      return wrong(fmt::format("{} has bits set outside its mask; {}/{} is the network", escaped(text),
                               to_text(masked(net->address, net->length)), net->length));
    return add(net->address, last_of(*net));
  }
  const bool spaced = rest.starts_with("- ") || rest.starts_with("-\t");
  if (const auto single = parse_address(text); single && !spaced) return add(*single, *single);
  const auto dash = text.find('-');
  std::string_view last = dash == std::string_view::npos ? std::string_view() : text.substr(dash + 1);
  if (spaced) {
    rest = without_blanks(rest.substr(1));
    last = take_address(rest);
  }
  const auto least = parse_address(text.substr(0, spaced ? text.npos : dash)), most = parse_address(last);
  if (!least || !most) {
    const std::string whole = spaced ? fmt::format("{} - {}", text, last) : std::string(text);
    return wrong(fmt::format("'{}' is not an address, a network or a range", escaped(whole)));
  }
  if (least->family() != most->family())
    return wrong(fmt::format("{} and {} are of different families", to_text(*least), to_text(*most)));
  if (*most < *least) return wrong(fmt::format("{}-{} ends before it begins", to_text(*least), to_text(*most)));
  return add(*least, *most);
}

Result<> AddressLines::add(const Address& least, const Address& most) {
  if (least.is_v4()) {
    v4_.push_back({v4_number(least), v4_number(most)});
  } else {
    const Span span{ordered_image(least), ordered_image(most)};
    if (least.high() != 0 || least.family() == Family::mac) others_.push_back({span.least, span.most});
    else
      for (const Span& part : within_ipv6(span)) others_.push_back({part.least, part.most});
  }
  return v4_.size() + others_.size() > std::max(2 * joined_, kFirstJoin) ? hold() : Result<>();
}

// What overlaps is joined now and then, so that only different addresses take memory.
Result<> AddressLines::hold() {
  AddressSet::V4::join(v4_);
  AddressSet::Wide::join(others_);
  joined_ = v4_.size() + others_.size();
  if (joined_ <= most_) return {};
  return fail(Errc::usage, "{}: more than {} ranges of addresses, the most for one filter", escaped(path_),
              kSetRangesMax);
}

Result<std::shared_ptr<const AddressSet>> AddressFiles::get(const std::string& path) {
  if (path == "-") return fail(Errc::usage, "a list of addresses is not read from standard input; name a file, @FILE");
  if (may_ == SetFiles::refused)
    return fail(Errc::usage, "a filter may not name a file here; write the addresses: in {{192.0.2.1, 10.0.0.0/8}}");
  if (const auto found = known_.find(path); found != known_.end()) return found->second;
  if (known_.size() >= kSetFilesMax) return fail(Errc::usage, "more than {} files of addresses", kSetFilesMax);
  AddressLines lines(path, kSetRangesMax - ranges_);
  if (may_ == SetFiles::read) ARGUS_TRY(read(path, lines));
  ARGUS_TRY_LET(AddressSet set, lines.finish());
  ranges_ += set.ranges();
  return known_[path] = std::make_shared<const AddressSet>(std::move(set));
}

Result<> AddressFiles::read(const std::string& path, AddressLines& into) {
  if (path.find('\0') != std::string::npos) return fail(Errc::usage, "a zero byte in the name of a file");
  auto file = open_read(path);
  if (!file) return fail(Errc::usage, "{}", escaped(file.error().text));
  std::string piece(kPiece, '\0');
  for (;;) {
    auto n = file->read(piece.data(), piece.size());
    if (!n) return fail(Errc::usage, "{}", escaped(n.error().text));
    if (*n == 0) return {};
    ARGUS_TRY(into.take(std::string_view(piece).substr(0, *n)));
  }
}

}  // namespace argus
