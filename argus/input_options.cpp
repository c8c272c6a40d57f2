#include "argus/input_options.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "argus/pipe.h"
#include "base/text.h"
#include "filter/filter.h"
#include "query/where.h"

namespace argus {

void InputOptions::declare(OptionSet& options) {
  options.group("what to read");
  options.list("-r,--read", "FILE...", paths_, ListWords::paths,
               "flow files, captures (also compressed), folders; '-' is standard input");
  options.list("-R", "FOLDER...", directories_, ListWords::paths, "the same as -r");
  options.value("-t,--time", "RANGE", time_, "only records whose time overlaps: -1h, 14:00-15:00, 2026/11/23");
  options.filter(filter_);
  options.group("how captures are metered");
  options.value(
      "--status", "TIME",
      [this](const std::string& text) -> Result<> {
        ARGUS_TRY_LET(status_, parse_duration(text));
        return {};
      },
      "report live flows at least this often (60s)");
  options.value(
      "--flows", "COUNT",
      [this](const std::string& text) -> Result<> {
        ARGUS_TRY_LET(flows_max_, parse_size(text));
        if (flows_max_ < 16 || flows_max_ > 1'000'000'000)
          return fail(Errc::usage, "'{}': from 16 to 1000000000 live flows", text);
        return {};
      },
      "live flows at most; the longest idle are written early beyond it (1M)");
  options.list("--key", "+vlan", key_words_, ListWords::plain, "+vlan makes the VLAN id part of a flow's identity");
  options.value("--sensor", "NAME", sensor_, "name that the records carry as srcid");
  options.ignored("-X", OptionKind::flag);
}

Result<MeterOptions> InputOptions::meter_options() const {
  MeterOptions meter;
  if (status_ != 0) meter.status_interval = status_;
  if (flows_max_ != 0) meter.flows_max = static_cast<std::uint32_t>(flows_max_);
  for (const std::string& word : key_words_) {
    if (word != "+vlan") return fail(Errc::usage, "--key: '{}' is not +vlan", escaped(word));
    meter.key_vlan = true;
  }
  if (sensor_.size() > 32) return fail(Errc::usage, "--sensor: a name has 32 bytes at most");
  meter.sensor = sensor_;
  meter.hash_key = random_hash_key();
  return meter;
}

bool InputOptions::reads_stdin() const {
  const bool named = !paths_.empty() || !directories_.empty();
  return !named || std::find(paths_.begin(), paths_.end(), "-") != paths_.end();
}

Result<WherePtr> InputOptions::wanted() {
  WherePtr where;
  if (filter_) {
    ARGUS_TRY_LET(where, compile_filter(*filter_));
  }
  if (!time_.empty()) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    auto when = parse_when(time_, std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
    if (!when) return while_doing("-t", std::move(when.error()));
    where = both(std::move(where), std::move(when->where));
    span_ = when->span;
  }
  return where;
}

Result<SourcePtr> InputOptions::open(Io& io) {
  if (reads_stdin()) announce_record_reader(io.in.fd());  // first of all: the writer before us may be waiting
  ARGUS_TRY_LET(WherePtr where, wanted());
  ARGUS_TRY_LET(MeterOptions meter, meter_options());
  std::vector<std::string> paths = paths_;
  paths.insert(paths.end(), directories_.begin(), directories_.end());
  if (paths.empty()) {
    struct stat info {};
    const bool usable =
        ::fstat(io.in.fd(), &info) == 0 && (S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode) || S_ISREG(info.st_mode));
    if (!usable) return fail(Errc::usage, "nothing to read; give -r FILE or a pipe");
    paths.emplace_back("-");
  }
  SourceOptions options;
  options.meter = std::move(meter);
  ARGUS_TRY_LET(SourcePtr source, open_source(paths, options));
  if (where) source = argus::where(std::move(source), std::move(where), span_);
  return source;
}

}  // namespace argus
