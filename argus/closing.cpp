#include "argus/closing.h"

#include "argus/ledger_report.h"
#include "base/count_text.h"
#include "shell/io.h"

namespace argus {

namespace {

std::string counted(std::uint64_t count, std::string_view noun) {
  return grouped_digits(count, ',') + ' ' + noun_of(count, noun);
}

// "14:02-14:03", to the second where that is short, with the day where it is not today's.
std::string times_text(const TimesRead& times, bool utc, Nanos now) {
  constexpr std::size_t kDay = 10, kMinutes = 5, kSeconds = 8;  // bytes: 2026-09-21 14:02:03
  const auto text_of = [&](Nanos time) {
    std::string out;
    append_time(time, {utc ? TimeStyle::Form::utc : TimeStyle::Form::local, 0, {}}, out);
    return out;
  };
  const std::string first = text_of(times.first), last = text_of(times.last);
  const bool short_time = times.last - times.first < 2 * kMinute;
  const auto clock = [&](const std::string& text) { return text.substr(kDay + 1, short_time ? kSeconds : kMinutes); };
  const auto day = [&](const std::string& text) { return text.substr(0, kDay); };
  if (day(first) != day(last)) return day(first) + ' ' + clock(first) + " - " + day(last) + ' ' + clock(last);
  const std::string range = clock(first) + '-' + clock(last);
  return day(first) == day(text_of(now)) ? range : day(first) + ' ' + range;
}

// What outranks what is the order of these lines.
std::string_view ending(const ClosingFacts& facts, const Outcome& done) {
  if (done.interrupted || facts.stopped) return "interrupted";
  if (done.exit == Exit::could_not) return "incomplete";
  if (done.exit == Exit::damaged) return "damaged";
  if (has_loss(done.journal)) return "with losses";
  if (facts.rows_limited) return "stopped at -N";
  if (facts.time_limited) return "stopped at -T";
  return "complete";
}

}  // namespace

std::string closing_text(const ClosingFacts& facts, const Progress& progress, const Outcome& done, Nanos now) {
  std::string out = counted(facts.rows, "row");
  if (progress.packets != 0) out += " from " + counted(progress.packets, "packet");
  else if (const auto records = std::max(progress.records, progress.read.rows_kept); records != 0)
    out += " from " + counted(records, "record");
  if (progress.times.known()) out += ", " + times_text(progress.times, facts.utc, now);
  return out.append(", ").append(ending(facts, done));
}

}  // namespace argus
