#include "argus/explain.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/count_text.h"
#include "base/log.h"
#include "base/result.h"
#include "base/text.h"
#include "draw/scale.h"
#include "filter/filter.h"
#include "flow/batch.h"

namespace argus {

namespace {

constexpr std::size_t kTextMost = 72;  // characters of a test that are shown: sets may be long

// A line below the first, its first word in a column of its own.
std::string line(std::string_view name, std::string_view text) { return fmt::format("\n  {:<10}{}", name, text); }

std::string shown(const std::string& text) {
  const std::string safe = escaped(text);
  return safe.size() <= kTextMost ? safe : safe.substr(0, kTextMost - 4) + " ...";
}

void append_filter(const std::string& filter, std::string& out) {
  const auto listing = list_filter(filter);
  if (!listing) return;  // compiled before
  std::size_t width = 0;
  for (const FilterLine& one : listing->lines) width = std::max(width, shown(one.text).size());
  std::string name = "filter";
  for (const FilterLine& one : listing->lines) {
    const std::string text = shown(one.text);
    out += line(std::exchange(name, ""),
                one.skips.empty() ? text : fmt::format("{:<{}}  skips {}", text, width, one.skips));
  }
  if (!listing->can_skip) out += line("", "this filter skips no frame: every frame in the time range is read");
}

std::string time_text(const ReadPlan& plan) {
  if (plan.time.empty()) return "all; -t RANGE skips frames of other times";
  const std::string given = escaped(plan.time);
  if (plan.span.begin == INT64_MIN || plan.span.end == INT64_MAX) return given;
  return fmt::format("{}: {}; skips frames of other times", given, range_text(plan.span.begin, plan.span.end));
}

std::string names_of(const FieldSet& fields) {
  std::vector<std::string> names;
  for (const Field field : fields.list()) names.emplace_back(info(field).name);
  if (names.empty()) return "none";
  return names.size() == kStoredFields ? fmt::format("all {}", names.size()) : joined(names, " ");
}

void append_columns(const ReadPlan& plan, std::string& out) {
  const FieldSet by = stored_inputs(plan.chosen_by), wanted = stored_inputs(plan.wanted);
  if (by.list().empty()) {
    out += line("columns", names_of(wanted));
  } else {
    FieldSet more;
    for (const Field field : wanted.list())
      if (!by.has(field) || wanted == FieldSet::all_stored()) more.add(field);
    out += line("columns", names_of(by) + " of every frame read");
    out += line("", names_of(more) + " where a row of the frame is wanted");
  }
  if (plan.copies) out += line("", "frames are copied as they are where every row is wanted");
}

class Explained final : public Stage, public MeasuredSource {
 public:
  Explained(SourcePtr input, ReadPlan plan) : Stage(std::move(input)), plan_(std::move(plan)) {}
  void accept_raw_frames(const RawFrameRequest& request) override {
    plan_.copies = true;
    input_->accept_raw_frames(request);
  }
  Result<> bind(const Needs& needs, const Resources& resources) override {
    plan_.wanted = needs.fields;
    if (needs.where) plan_.chosen_by = needs.where->fields();
    log_note(plan_text(plan_));
    return input_->bind(needs, resources);
  }
  Result<Step> next(Batch& out) override {
    ARGUS_TRY_LET(const Step step, input_->next(out));
    if (step == Step::rows) came_ += out.rows();
    return step;
  }
  std::vector<SourcePtr> split(std::size_t n) override { return input_->split(n); }
  // Of what does not know it, what came through here.
  const MeasuredSource* measured() const override {
    const MeasuredSource* below = input_->measured();
    return below != nullptr ? below : this;
  }
  Progress progress() const override {
    Progress out;
    out.read.rows_kept = came_;
    return out;
  }

 private:
  ReadPlan plan_;
  std::uint64_t came_ = 0;
};

std::string frames_text(const ReadCounts& read) {
  std::vector<std::string> parts = {fmt::format("{} read", read.frames_read)};
  const auto skipped = [&](std::uint64_t count, std::string_view why) {
    if (count != 0) parts.push_back(fmt::format("{} skipped by {}", count, why));
  };
  skipped(read.skipped_by_time, "time");
  skipped(read.skipped_by_range, "minima and maxima");
  skipped(read.skipped_by_membership, "membership");
  return joined(parts, ", ");
}

}  // namespace

std::string plan_text(const ReadPlan& plan) {
  std::string out = "to be read: " + escaped(plan.input);
  out += line("time", time_text(plan));
  if (plan.filter.empty()) out += line("filter", "none");
  else append_filter(plan.filter, out);
  append_columns(plan, out);
  return out;
}

std::string read_text(const Progress& progress) {
  const ReadCounts& read = progress.read;
  std::string out = read.files == 0 ? "was read: live input" : "was read: " + count_text(read.files, "input");
  const std::uint64_t skipped = read.skipped_by_time + read.skipped_by_range + read.skipped_by_membership;
  if (read.frames_read + skipped != 0) out += line("frames", frames_text(read));
  if (progress.packets != 0) out += line("packets", fmt::format("{} read and metered", progress.packets));
  if (read.rows_read == 0 && progress.records == 0) {
    out += line("records", fmt::format("{} arrived", read.rows_kept));
  } else {
    const std::string of = progress.records > read.rows_read ? fmt::format(" of {}", progress.records) : "";
    out += line("records", fmt::format("{} read{}, {} kept", read.rows_read, of, read.rows_kept));
  }
  if (progress.bytes_whole != 0)
    out += line("bytes", fmt::format("{} read of {}", progress.bytes, progress.bytes_whole));
  return out;
}

SourcePtr explained(SourcePtr input, ReadPlan plan) {
  return std::make_unique<Explained>(std::move(input), std::move(plan));
}

}  // namespace argus
