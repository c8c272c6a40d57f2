#include "filter/filter.h"

#include <wchar.h>

#include "base/text.h"
#include "filter/parser.h"

namespace argus {

namespace {

class Compiled final : public Where {
 public:
  explicit Compiled(NodePtr root) : root_(std::move(root)) {}
  FieldSet fields() const override { return fields_of(*root_); }
  Verdict judge(const FrameStats& stats) const override { return argus::judge(*root_, stats); }
  void select(const Batch& batch, std::span<std::uint8_t> keep) const override {
    const auto good = matches(*root_, batch);
    for (std::size_t i = 0; i < keep.size(); i++) keep[i] &= good[i];
  }

 private:
  NodePtr root_;
};

Result<NodePtr> parsed(std::string_view text, FilterFault& fault) {
  if (text.size() > kFilterBytesMax) {
    fault = {0, 1, fmt::format("longer than {} bytes", kFilterBytesMax), ""};
    return fail(Errc::usage, "{}", fault.text);
  }
  ARGUS_TRY_LET(std::vector<Token> tokens, filter_tokens(text, fault));
  return FilterParser(std::move(tokens), fault).parse();
}

// Screen columns that `text` takes once escaped.
std::size_t columns_of(std::string_view text) {
  const std::string shown = escaped(text);
  std::size_t n = 0;
  for (const char c : shown) n += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  return n;
}

// The filter in one line with a caret under the place.
Error pointed(std::string_view text, const FilterFault& fault) {
  std::string line;
  for (const char c : text) line += c == '\t' || c == '\n' || c == '\r' ? ' ' : c;
  const std::size_t at = std::min(fault.at, line.size());
  const std::size_t length = std::max<std::size_t>(std::min(fault.length, line.size() - at), 1);
  std::string out =
      fmt::format("filter: {}\n    {}\n    {}{}", fault.text, escaped(line),
                  std::string(columns_of(std::string_view(line).substr(0, at)), ' '),
                  std::string(std::max<std::size_t>(columns_of(std::string_view(line).substr(at, length)), 1), '^'));
  if (!fault.hint.empty()) out += "\n  " + fault.hint;
  return {Errc::usage, std::move(out)};
}

}  // namespace

Result<WherePtr> compile_filter(std::string_view text, FilterFault* fault) {
  FilterFault own;
  auto root = parsed(text, own);
  if (!root) {
    if (fault != nullptr) *fault = own;
    return pointed(text, own);
  }
  if ((*root)->kind == Node::Kind::all) return WherePtr();
  return WherePtr(std::make_shared<Compiled>(*std::move(root)));
}

Result<std::string> explain_filter(std::string_view text) {
  FilterFault fault;
  auto root = parsed(text, fault);
  if (!root) return pointed(text, fault);
  return spelt(**root);
}

}  // namespace argus
