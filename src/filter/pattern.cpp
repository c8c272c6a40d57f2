#include "filter/pattern.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "base/text.h"

namespace argus {

namespace {

RE2::Options options_for(bool any_case) {
  RE2::Options out;
  out.set_log_errors(false);
  out.set_max_mem(static_cast<std::int64_t>(kPatternMemory));
  out.set_case_sensitive(!any_case);
  return out;
}

}  // namespace

TextPattern::TextPattern(std::string_view text, bool any_case)
    : text_(text),
      any_case_(any_case),
      program_(std::make_unique<const RE2>(re2::StringPiece(text.data(), text.size()), options_for(any_case))) {}
TextPattern::~TextPattern() = default;

TextPattern::Made TextPattern::make(std::string_view text, bool any_case) {
  if (text.size() > kPatternBytesMax)
    return PatternFault{fmt::format("a regular expression of more than {} bytes", kPatternBytesMax), 0, 0};
  auto out = std::make_shared<const TextPattern>(text, any_case);
  if (out->program_->ok()) return out;
  const std::string& why = out->program_->error();
  const std::string& part = out->program_->error_arg();
  const std::size_t at = part.empty() ? std::string_view::npos : text.find(part);
  return PatternFault{"in a regular expression: " + escaped(why), at == text.npos ? 0 : at,
                      at == text.npos ? 0 : part.size()};
}

bool TextPattern::matches(std::string_view text) const {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *program_);
}

}  // namespace argus
