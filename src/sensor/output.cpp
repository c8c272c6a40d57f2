#include "sensor/output.h"

#include <algorithm>

#include "base/text.h"
#include "filter/filter.h"

namespace argus {

Result<SensorOutput> parse_output(std::string_view text) {
  constexpr std::string_view kMark = " - ";
  const auto mark = text.find(kMark);
  SensorOutput out{std::string(text.substr(0, mark))};
  if (out.path.empty()) return fail(Errc::usage, "'{}' names no file", escaped(text));
  if (mark == std::string_view::npos) return out;
  out.where_text = text.substr(mark + kMark.size());
  auto where = compile_filter(out.where_text, nullptr, SetFiles::read);
  if (!where) return while_doing(escaped(out.path), std::move(where.error()));
  out.where = *std::move(where);
  return out;
}

Result<std::vector<SensorOutput>> parse_outputs(const std::vector<std::string>& texts) {
  if (texts.size() > kOutputsMost) return fail(Errc::usage, "{} outputs, at most {}", texts.size(), kOutputsMost);
  std::vector<SensorOutput> out;
  for (const std::string& text : texts) {
    ARGUS_TRY_LET(SensorOutput one, parse_output(text));
    if (std::any_of(out.begin(), out.end(), [&](const SensorOutput& known) { return known.path == one.path; }))
      return fail(Errc::usage, "'{}' is written twice", escaped(one.path));
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace argus
