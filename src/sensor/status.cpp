#include "sensor/status.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/count_text.h"
#include "base/log.h"
#include "base/text.h"
#include "flow/format.h"

namespace argus {

namespace {

using std::chrono::steady_clock;

std::string human(double value) {
  std::string out;
  append_human(value, out);
  return out;
}
std::string human(std::uint64_t value) { return human(static_cast<double>(value)); }

std::string clock_of(steady_clock::duration since) {
  const auto s = std::chrono::duration_cast<std::chrono::seconds>(since).count();
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

std::string base_name(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

// From the root on, where this process may know it.
std::string whole_path(const std::string& path) {
  if (path.starts_with('/')) return escaped(path);
  std::array<char, 4096> here{};
  return escaped(::getcwd(here.data(), here.size()) != nullptr ? std::string(here.data()) + "/" + path : path);
}

// "written to day.flows (2.1MB, 21 bytes each)"; of files that follow each other, all of them together.
std::string written_text(const LiveFileCounts& file) {
  const std::string bytes = human(file.bytes);
  std::string out = file.grown ? "appended to " : "written to ";
  if (file.files > 1) out += fmt::format("{} files, the last one ", file.files);
  out += fmt::format("{} ({}B", whole_path(file.path), bytes);
  if (file.files > 1) out += " in all";
  if (file.records != 0)
    out += fmt::format(", {} each", count_text((file.bytes + file.records / 2) / file.records, "byte"));
  return out + ")";
}

double share(std::uint64_t part, std::uint64_t rest) {
  return part == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(part + rest);
}

}  // namespace

std::string writing_text(const std::string& path, const LiveFileCounts& file) {
  return (file.grown ? "adds to " : "writes to ") + whole_path(path);
}

StatusSink::StatusSink(const SensorParts& parts, bool quiet, std::function<Result<>()> on_turn)
    : parts_(parts), quiet_(quiet), terminal_(::isatty(2) != 0), on_turn_(std::move(on_turn)) {}

Result<> StatusSink::begin(const StreamHeader&) {
  started_ = next_line_ = rate_.at = steady_clock::now();
  next_line_ += terminal_ ? std::chrono::seconds(1) : std::chrono::seconds(60);
  notifier_.ready(parts_.reads);
  return {};
}

Result<> StatusSink::write(const Batch& batch) {
  records_ += batch.rows();
  return turn();
}

LiveCounts StatusSink::counts() const { return parts_.counting != nullptr ? parts_.counting->counts() : LiveCounts(); }

std::string StatusSink::line() const {
  const LiveCounts now = counts();
  const std::uint64_t drops = now.kernel_dropped + now.interface_dropped;
  std::string out = clock_of(steady_clock::now() - started_);
  if (parts_.counting == nullptr) out += fmt::format("   {} {}", human(records_), noun_of(records_, "record"));
  else
    out += fmt::format("   {} pkt   {} pkt/s   {} bit/s   flows {} live, {} written   drops {}", human(now.packets),
                       human(rate_.packets_a_second), human(rate_.bits_a_second), human(now.flows), human(records_),
                       human(drops));
  if (drops != 0) out += fmt::format(" ({:.2f} %)", share(drops, now.packets));
  for (const LiveFileSink* sink : parts_.files) {
    const LiveFileCounts file = sink->counts();
    out += fmt::format("   {} {}B", terminal_ ? base_name(file.path) : whole_path(file.path), human(file.bytes));
    if (file.lost != 0) out += fmt::format("   {} {} not written", human(file.lost), noun_of(file.lost, "record"));
  }
  if (parts_.server != nullptr) out += fmt::format("   readers {}", parts_.server->counts().readers);
  return out;
}

void StatusSink::tell() const { log_note(line()); }

Result<> StatusSink::turn() {
  const auto now = steady_clock::now();
  const double passed = std::chrono::duration<double>(now - rate_.at).count();
  if (passed >= 1) {
    const LiveCounts sums = counts();
    rate_.packets_a_second = static_cast<double>(sums.packets - rate_.packets) / passed;
    rate_.bits_a_second = 8 * static_cast<double>(sums.bytes - rate_.bytes) / passed;
    rate_.packets = sums.packets, rate_.bytes = sums.bytes, rate_.at = now;
    if (notifier_.active()) notifier_.status(line());
  }
  if (notifier_.watchdog_every() != 0 && now >= next_watchdog_) {
    notifier_.watchdog();
    next_watchdog_ = now + std::chrono::nanoseconds(notifier_.watchdog_every());
  }
  if (now >= next_line_ && !quiet_) {
    if (terminal_) {
      log_transient(line(), counts().kernel_dropped != 0);
      next_line_ = now + std::chrono::seconds(1);
    } else {
      log_note(line());
      next_line_ += std::chrono::seconds(60);
    }
  }
  return on_turn_();
}

void StatusSink::summary() const {
  const LiveCounts all = counts();
  std::string text = fmt::format("stopped after {}\n", clock_of(steady_clock::now() - started_));
  if (parts_.counting != nullptr)
    text += fmt::format("  packets   {:>12} seen, {} dropped by the kernel, {} by the interface\n", all.packets,
                        all.kernel_dropped, all.interface_dropped);
  if (parts_.files.empty()) text += fmt::format("  records   {:>12}", records_);
  for (const LiveFileSink* sink : parts_.files) {
    const LiveFileCounts file = sink->counts();
    // Of several files each has its own records.
    const bool alone = parts_.files.size() == 1;
    if (sink != parts_.files.front()) text += '\n';
    text += fmt::format("  records   {:>12} ", alone ? records_ - std::min(records_, file.lost) : file.records);
    text += written_text(file);
    if (file.lost != 0) text += fmt::format(", {} lost: they could not be written", file.lost);
    if (file.taken_along != 0)
      text +=
          fmt::format(", {} of them lost: their file was removed or replaced while it was written", file.taken_along);
  }
  if (parts_.server != nullptr) {
    const ServeCounts served = parts_.server->counts();
    text += fmt::format("\n  readers   {:>12} connected, {} refused, {} skipped by slow ones", served.accepted,
                        served.refused, count_text(served.skipped, "record"));
  }
  if (all.undecoded != 0)
    text += fmt::format("\n  skipped   {:>12} {} not decoded", all.undecoded, noun_of(all.undecoded, "packet"));
  if (all.kernel_dropped != 0)
    text += "\n  drops: raise --buffer, or filter in the kernel, e.g. --kernel-filter 'not port 2049'";
  if (!parts_.files.empty())
    text += fmt::format("\n  next        argus show -r {}", parts_.files.front()->counts().path);
  log_note(text);
}

Result<> StatusSink::finish() {
  notifier_.stopping("writing live flows");
  if (terminal_ && !quiet_) log_transient({});
  if (!quiet_) summary();
  return {};
}

}  // namespace argus
