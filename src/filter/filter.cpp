#include "filter/filter.h"

#include <algorithm>

#include "base/text.h"
#include "filter/address_file.h"
#include "filter/lexer.h"
#include "filter/listing.h"
#include "filter/node.h"
#include "filter/parser.h"
#include "filter/program.h"
#include "flow/field.h"

namespace argus {

namespace {

std::optional<Node> parsed(std::string_view text, SetFiles may, FilterFault& fault) {
  if (text.size() > kFilterBytesMax) {
    fault = {0, 1, fmt::format("longer than {} bytes", kFilterBytesMax), ""};
    return std::nullopt;
  }
  AddressFiles files(may);
  auto tree = FilterParser(filter_tokens(text, fault), files, fault).parse();
  if (!tree) return tree;
  Node root = simplified(*std::move(tree));
  if (depth_of(root) > kFilterDepthMax) {
    fault = {0, 1, fmt::format("nested more than {} deep", kFilterDepthMax), ""};
    return std::nullopt;
  }
  return root;
}

struct Wide {
  char32_t first, last;
};
// Ranges that terminals show two columns wide (Unicode East Asian Width, W and F), roughly.
constexpr Wide kWide[] = {{0x1100, 0x115f},   {0x2e80, 0xa4cf},  {0xac00, 0xd7a3}, {0xf900, 0xfaff},
                          {0xfe30, 0xfe6f},   {0xff00, 0xff60},  {0xffe0, 0xffe6}, {0x1f300, 0x1f64f},
                          {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
constexpr Wide kFlat[] = {{0x0300, 0x036f}, {0x200b, 0x200d}, {0xfe00, 0xfe0f}};

// Screen columns of text that append_escaped() has made safe, which is whole UTF-8.
std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    char32_t code = lead < 0x80 ? lead : lead & (0x7fu >> static_cast<unsigned>(size));
    for (std::size_t k = 1; k < size && i + k < text.size(); k++)
      code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3f);
    i += size;
    const auto within = [code](const Wide& range) { return code >= range.first && code <= range.last; };
    if (std::any_of(std::begin(kFlat), std::end(kFlat), within)) continue;
    columns += std::any_of(std::begin(kWide), std::end(kWide), within) ? std::size_t{2} : std::size_t{1};
  }
  return columns;
}

constexpr std::size_t kShownBefore = 60, kShownAfter = 60;  // bytes of a long filter around the place

// Moves `at` away from the middle of a UTF-8 character.
std::size_t whole(std::string_view text, std::size_t at) {
  while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) at--;
  return at;
}

// The filter on one line with a caret under the place.
Error pointed(std::string_view text, const FilterFault& fault) {
  std::string line;
  for (const char c : text) line += c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f' ? ' ' : c;
  const std::string_view view = line;
  const std::size_t at = std::min(fault.at, view.size()), end = std::min(at + fault.length, view.size());
  const std::size_t from = at > kShownBefore + 20 ? whole(view, at - kShownBefore) : 0;
  const std::size_t to = view.size() > end + kShownAfter + 20 ? whole(view, end + kShownAfter) : view.size();
  const std::string before = (from > 0 ? "..." : "") + escaped(view.substr(from, at - from));
  const std::string place = escaped(view.substr(at, std::min(end, to) - at));
  const std::string after =
      escaped(view.substr(std::min(end, to), to - std::min(end, to))) + (to < view.size() ? "..." : "");
  std::string shown = fmt::format("    {}{}{}\n    {}{}", before, place, after, std::string(columns_of(before), ' '),
                                  std::string(std::max<std::size_t>(columns_of(place), 1), '^'));
  if (!fault.hint.empty()) shown += "\n  " + fault.hint;
  return hinted(fail(Errc::usage, "filter: {}", fault.text), std::move(shown));
}

}  // namespace

Result<WherePtr> compile_filter(std::string_view text, FilterFault* fault, SetFiles files) {
  FilterFault own;
  auto root = parsed(text, files, own);
  if (root) return where_of(*std::move(root));
  Error error = pointed(text, own);
  if (fault != nullptr) *fault = std::move(own);
  return error;
}

Result<Node> parse_filter(std::string_view text, SetFiles files) {
  FilterFault fault;
  auto root = parsed(text, files, fault);
  if (!root) return pointed(text, fault);
  return *std::move(root);
}

Result<std::string> portable_filter(std::string_view text, std::size_t most) {
  FilterFault fault;
  auto root = parsed(text, SetFiles::named, fault);
  if (!root) return pointed(text, fault);
  std::string out(text);
  const bool names_files = !parsed(text, SetFiles::refused, fault);
  if (names_files || fields_of(*root).has(Field::cid)) {
    const Node rest = simplified(portable(*std::move(root), true));
    out = rest.kind == Node::Kind::everything ? std::string() : explained(rest);
  }
  return out.size() <= most ? out : std::string();
}

Result<std::string> explain_filter(std::string_view text) {
  FilterFault fault;
  const auto root = parsed(text, SetFiles::named, fault);
  if (!root) return pointed(text, fault);
  return explained(*root);
}

Result<FilterListing> list_filter(std::string_view text) {
  FilterFault fault;
  auto root = parsed(text, SetFiles::named, fault);
  if (!root) return pointed(text, fault);
  cheap_first(*root);
  return listed(*root);
}

}  // namespace argus
