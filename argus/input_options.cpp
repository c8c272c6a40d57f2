#include "argus/input_options.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "argus/command.h"
#include "argus/explain.h"
#include "argus/handed.h"
#include "argus/nothing_passed.h"
#include "argus/offers.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "base/zone.h"
#include "collect/paired.h"
#include "draw/scale.h"
#include "filter/filter.h"
#include "flow/batch.h"
#include "flow/community_id.h"
#include "label/labels.h"
#include "query/cut.h"
#include "query/read_for.h"
#include "query/where.h"
#include "sensor/system_calls.h"
#include "shell/pipe.h"
#include "shell/progress_line.h"
#include "source/open_source.h"

namespace argus {

namespace {

// Says at the end where the records are when none of them was in the time range.
class MissedRange final : public Stage {
 public:
  MissedRange(SourcePtr input, std::shared_ptr<const TimesMet> met, NoticeTaker say)
      : Stage(std::move(input)), met_(std::move(met)), say_(std::move(say)) {}
  void accept_raw_frames(const RawFrameRequest& request) override { input_->accept_raw_frames(request); }
  Result<> bind(const Needs& needs, const Resources& resources) override {
    stop_ = resources.stop;
    return input_->bind(needs, resources);
  }
  Result<Step> next(Batch& out) override {
    ARGUS_TRY_LET(const Step step, input_->next(out));
    const bool stopped = stop_ != nullptr && *stop_;
    if (const auto data = met_->missed(); data && step == Step::end && !stopped)
      say_({"no record is in the time range; there is data of " + range_text(data->begin, data->end)});
    return step;
  }

  std::vector<SourcePtr> split(std::size_t n) override { return input_->split(n); }

 private:
  std::shared_ptr<const TimesMet> met_;
  NoticeTaker say_;
  const std::atomic<bool>* stop_ = nullptr;
};

Result<Tunnels> parse_tunnels(const std::string& text) {
  if (text == "inner") return Tunnels::inner;
  if (text == "outer") return Tunnels::outer;
  return fail(Errc::usage, "'{}' is neither inner nor outer", escaped(text));
}

}  // namespace

struct InputOptions::FeedKind {
  std::string_view option, metavar;
  FeedOf of;
  enum class Often : std::uint8_t { common, seldom } often;
  std::string_view alone;
  std::string_view example, excludes;
  Candidates (*offer)(const Words& before);
  std::string_view help;
  Result<SourcePtr> (InputOptions::*open)(const Io& io) const;
};

const std::array<InputOptions::FeedKind, InputOptions::kFeeds>& InputOptions::feed_kinds() {
  static constexpr std::array<FeedKind, kFeeds> kinds = {{
#define FEED(name, option, metavar, of, often, alone, example, excludes, offer, help) \
  {option,   metavar, FeedOf::of, FeedKind::Often::often,    alone, example,          \
   excludes, &offer,  help,       &InputOptions::open_##name},
#include "argus/feeds.def"
  }};
  return kinds;
}

Error InputOptions::words_missing(Error error) const {
  std::vector<std::string> taken;
  for (std::size_t i = 1; i < paths_.size(); i++)
    if (paths_[i].find('/') == std::string::npos && ::access(paths_[i].c_str(), F_OK) != 0)
      taken.push_back("'" + escaped(paths_[i]) + "'");
  if (taken.empty()) return error;
  return hinted(std::move(error),
                fmt::format("  -r takes all words up to the next option for files, also {}: write {} before -r",
                            joined(taken, ", "), taken.size() == 1 ? "it" : "them"));
}

void InputOptions::declare(OptionSet& options) {
  declare_files(options);
  declare_metering(options);
}

void InputOptions::declare_reading(OptionSet& options) {
  reading_ = true;
  declare_files(options);
  declare_feeds(options, FeedOf::reading);
  options.value("-T", "TIME", read_for_, parse_duration, "stop reading live input after this time: 90, 5m");
  options.offer(offered_words({"60", "5m", "1h"}));
  options.flag("--follow", follow_, "at the end of a file that is still being written, wait for more");
  options.list("--labels", "FILE...", label_files_, ListWords::paths,
               "countries (.mmdb), networks and services by name, for the fields sco dco sas das snet dnet label...");
  options.offer(&offered_files);
  options.flag("--explain", explain_, "print what will be read of the input and why, and at the end how much was read");
  declare_metering(options);
}

void InputOptions::declare_watching(OptionSet& options) {
  watching_ = true;
  options.group("interfaces of this machine", Chained::first);
  declare_feeds(options, FeedOf::watching);
  options.value("--kernel-filter", "FILTER", kernel_filter_, "capture only these packets: a filter of pcap-filter(7)");
  options.flag("--no-promiscuous", not_promiscuous_, "capture only the packets of this machine");
  options.flag("--stay-root", stay_root_, "when started by root, stay root, without capabilities");
  declare_reading(options);
}

void InputOptions::declare_files(OptionSet& options) {
  options.group("what to read", Chained::first);
  options.list("-r,--read", "FILE...", paths_, ListWords::paths,
               "flow files, captures (also compressed), folders, tcp://HOST:PORT; '-' is standard input");
  options.common(), options.offer(&offered_files);
  options.list("-R", "FOLDER...", directories_, ListWords::paths, "the same as -r");
  options.offer(&offered_folders);
  declare_times(options);
  options.filter(filter_);
}

void InputOptions::declare_times(OptionSet& options) {
  options.value(
      "-t,--time", "RANGE",
      [this](const std::string& text) -> Result<> {
        times_.push_back(text);
        time_ = text;
        return {};
      },
      "only records whose time overlaps: -1h, 14:00-15:00, 2026/11/23");
  options.common(), options.offer(&offered_times), options.in_each();
  const Offer instants = offered_words({"-1h", "-1d", "12:00"});
  const auto take = [](std::optional<std::string>& target) {
    return [&target](const std::string& text) -> Result<> {
      target = text;
      return {};
    };
  };
  options.value("--since", "TIME", take(since_), "only records that end at this time or later: -1h, 14:00, 2026/11/23");
  options.offer(instants), options.in_each();
  options.value("--until", "TIME", take(until_), "only records that begin before this time");
  options.offer(instants), options.in_each();
  options.flag("--cut", cut_, "cut records at the ends of the time range: only what is within it counts");
  options.in_each();
}

void InputOptions::declare_feeds(OptionSet& options, FeedOf of) {
  for (std::size_t i = 0; i < kFeeds; i++)
    if (const FeedKind& kind = feed_kinds()[i]; kind.of == of) {
      options.list(kind.option, kind.metavar, feeds_[i], ListWords::plain, kind.help);
      if (kind.often == FeedKind::Often::common) options.common();
      options.offer(kind.offer);
      if (!kind.alone.empty()) options.alone(kind.alone);
    }
}

void InputOptions::declare_metering(OptionSet& options) {
  options.group("how captures are metered", Chained::first, OptionSet::Purpose::special);
  options.value("--status", "TIME", status_, parse_duration, "report live flows at least this often (60s)");
  options.value("--flows", "COUNT", flows_max_, size_from<std::uint32_t>(16, 1'000'000'000, "live flows"),
                "most live flows; beyond it the longest idle are written early (1M)");
  options.list("--key", "+vlan", key_words_, ListWords::plain, "+vlan makes the VLAN id part of a flow's identity");
  options.offer(offered_words({"+vlan"}));
  options.value("--pair", "TIME", pair_, parse_duration,
                "join two records of one direction each that begin within this time (30s)");
  options.value(
      "--tunnels", "WHICH", tunnels_, parse_tunnels,
      "which header of a packet in tunnels is metered: the innermost (inner) or the outermost (outer); inner");
  options.one_of({"inner", "outer"});
  options.flag("--details", details_,
               "observe gaps and jitter, extremes of sizes, first sequence numbers and history too, as where one of "
               "these fields is named");
  options.flag("--no-details", no_details_, "do not, though one is named or a flow file is written");
  options.flag("--dns-names", names_,
               "note the names that DNS answers in the capture give addresses, as where sname or dname is named");
  options.value("--sensor", "NAME", sensor_, "name that the records carry as srcid");
  options.value(
      "--community-id-seed", "NUMBER",
      [](const std::string& text) -> Result<> {
        ARGUS_TRY_LET(const auto seed, number_from<std::uint16_t>(0, 65'535, "the seed")(text));
        set_community_id_seed(seed);
        return {};
      },
      "the seed of Community IDs (cid); every program whose IDs are compared has the same (0)");
  options.flag("--no-system-call-filter", all_calls_, "do not restrict system calls; debuggers need this");
  options.ignored("-X", OptionKind::flag);
}

Result<MeterOptions> InputOptions::meter_options() const {
  MeterOptions meter;
  if (status_ != 0) meter.status_interval = status_;
  if (flows_max_ != 0) meter.flows_max = flows_max_;
  for (const std::string& word : key_words_) {
    if (word != "+vlan") return fail(Errc::usage, "--key: '{}' is not +vlan", escaped(word));
    meter.key_vlan = true;
  }
  meter.tunnels = tunnels_;
  if (details_ && no_details_) return fail(Errc::usage, "--details and --no-details exclude each other");
  meter.fields = details_ ? FieldsMetered::full : no_details_ ? FieldsMetered::basic : fields_;
  meter.names = names_;
  if (sensor_.size() > 32) return fail(Errc::usage, "--sensor: a name has 32 bytes at most");
  meter.sensor = sensor_;
  meter.hash_key = random_hash_key();
  return meter;
}

bool InputOptions::reads_feed(std::size_t kind) const {
  const std::vector<std::string>& words = feeds_[kind];
  const std::string_view alone = feed_kinds()[kind].alone;
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) { return word != alone; });
}

bool InputOptions::reads_feed() const {
  for (std::size_t i = 0; i < kFeeds; i++)
    if (reads_feed(i)) return true;
  return false;
}

bool InputOptions::collects_captures() const {
  return !words_of(Feed::exporters).empty() && !reads_feed(static_cast<std::size_t>(Feed::exporters));
}

void InputOptions::collect_captures() {
  const auto kind = static_cast<std::size_t>(Feed::exporters);
  feeds_[kind] = {std::string(feed_kinds()[kind].alone)};
}

bool InputOptions::reads_stdin() const {
  return (paths_.empty() && directories_.empty() && !reads_feed()) ||
         std::find(paths_.begin(), paths_.end(), "-") != paths_.end();
}

std::vector<std::string> InputOptions::files() const {
  std::vector<std::string> paths = paths_;
  paths.insert(paths.end(), directories_.begin(), directories_.end());
  std::vector<Error> problems;  // opening says them
  return input_files(paths, problems);
}

Result<> InputOptions::check_rereadable(std::string_view who) const {
  if ((!reads_files() && !reads_database()) || follow_)
    return fail(Errc::usage, "{} reads the input more than once; give files that are complete with -r FILE", who);
  for (const std::string& path : paths_) {
    struct stat found {};
    const bool passes = ::stat(path.c_str(), &found) == 0 && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode);
    if (passes || names_connection(path))
      return fail(Errc::usage, "{} reads the input more than once, and {} is neither a file nor a folder", who,
                  escaped(path));
  }
  return {};
}

std::string InputOptions::describe() const {
  for (std::size_t i = 0; i < kFeeds; i++)
    if (reads_feed(i)) return escaped(joined(feeds_[i], " "));
  std::vector<std::string> paths = paths_;
  paths.insert(paths.end(), directories_.begin(), directories_.end());
  if (paths.empty() || (paths.size() == 1 && paths[0] == "-")) return "standard input";
  if (paths.size() > 3) return fmt::format("{} inputs", paths.size());
  for (std::string& path : paths) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    if (path != "/") path = path.substr(path.rfind('/') + 1);
  }
  return escaped(joined(paths, " "));
}

RightsOptions InputOptions::rights() const {
  RightsOptions out;
  out.stay_root = stay_root_;
  return out;
}

void InputOptions::log_notice(const Notice& notice) { log_note(whole_text(notice)); }

// Bytes of strangers come next.
void InputOptions::limit_calls() const {
  if (all_calls_) return;
  if (auto limited = limit_system_calls(Duty::reader); !limited) log_detail(limited.error().text);
}

// "-r day.flows sort -m bytes": the `then` before the command was forgotten.
Result<> InputOptions::check_commands() const {
  for (std::size_t i = 1; i < paths_.size(); i++) {
    if (::access(paths_[i].c_str(), F_OK) == 0) continue;
    if (find_command(paths_[i]) != nullptr)
      return fail(Errc::usage, "'{}' is not a file; `then` or a pipe joins commands:  argus ... -r {} then {} ...",
                  escaped(paths_[i]), escaped(paths_[0]), paths_[i]);
  }
  return {};
}

// "-r day.flows tcp port 80": the lone '-' before the filter was forgotten.
Result<> InputOptions::check_paths() const {
  ARGUS_TRY(check_commands());
  if (filter_) return {};
  for (std::size_t i = 1; i < paths_.size(); i++) {
    if (paths_[i] == "-" || ::access(paths_[i].c_str(), F_OK) == 0) continue;
    const std::string text = joined({paths_.begin() + static_cast<std::ptrdiff_t>(i), paths_.end()}, " ");
    if (!compile_filter(text, nullptr, SetFiles::named)) return {};
    return fail(Errc::usage, "'{}' is not a file; a filter follows a lone '-':  -r {} - {}", escaped(paths_[i]),
                escaped(paths_[0]), escaped(text));
  }
  return {};
}

Result<SourcePtr> InputOptions::open_files(const Io& io) const {
  SourceOptions options;
  options.follow = follow_;
  options.follow_written = follow_written_;
  options.stop = io.stop;
  options.progress = io.progress;
  options.count_skipped = explain_;
  options.collect = collects_captures();
  ARGUS_TRY_LET(options.meter, meter_options());
  ARGUS_TRY(check_paths());
  std::vector<std::string> paths = paths_;
  paths.insert(paths.end(), directories_.begin(), directories_.end());
  if (paths.empty()) {
    if (!may_have_records(io.in.fd())) return nothing_to_read();
    paths.emplace_back("-");
  }
  if (std::find(paths.begin(), paths.end(), "-") != paths.end() && ::isatty(io.in.fd()) != 0)
    return fail(Errc::usage, "-r -: standard input is a terminal; give a pipe or -r FILE");
  limit_calls();
  return open_source(paths, options);
}

// Null: files are read.
Result<const InputOptions::FeedKind*> InputOptions::feed_named() const {
  const FeedKind* out = nullptr;
  bool others = !paths_.empty() || !directories_.empty();
  for (std::size_t i = 0; i < kFeeds; i++) {
    if (!reads_feed(i)) continue;
    out = &feed_kinds()[i];
    if (std::exchange(others, true)) return fail(Errc::usage, "{}", out->excludes);
  }
  return out;
}

Error InputOptions::nothing_to_read() const {
  std::string examples;
  for (const FeedKind& kind : feed_kinds())
    if (kind.of == FeedOf::reading ? reading_ : watching_) examples += fmt::format(", {}", kind.example);
  return fail(Errc::usage, "nothing to read; give -r FILE{} or a pipe", examples);
}

Result<std::optional<When>> InputOptions::range() const {
  if (!time_.empty() && (since_ || until_))
    return fail(Errc::usage, "-t and --{} are two time ranges; give one", since_ ? "since" : "until");
  if (since_ || until_) {
    ARGUS_TRY_LET(When when, parse_since_until(since_, until_, wall_now()));
    return std::optional(std::move(when));
  }
  if (time_.empty()) return std::optional<When>();
  auto when = parse_when(time_, wall_now());
  if (!when) return while_doing("-t", std::move(when.error()));
  return std::optional(*std::move(when));
}

// As it was given.
std::string InputOptions::range_words() const {
  if (!time_.empty()) return "-t " + time_;
  std::vector<std::string> words;
  if (since_) words.push_back("--since " + *since_);
  if (until_) words.push_back("--until " + *until_);
  return joined(words, " ");
}

Result<WherePtr> InputOptions::wanted() {
  WherePtr where;
  if (filter_) {
    ARGUS_TRY_LET(where, compile_filter(*filter_, nullptr, SetFiles::read));
    why_nothing_passed_ = why_nothing_passed(where->fields());
  }
  ARGUS_TRY_LET(std::optional<When> when, range());
  if (cut_ && !when) return fail(Errc::usage, "--cut cuts at the ends of a time range; give -t, --since or --until");
  if (cut_ && !when->borders)
    return fail(Errc::usage, "--cut: '{}' has no ends to cut at; leave out the letter before it, and any '*'",
                escaped(time_));
  if (when) {
    met_ = std::make_shared<TimesMet>();
    where = where_met(std::move(when->where), std::move(where), met_);
    span_ = when->span, borders_ = when->borders;
  }
  return where;
}

Result<SourcePtr> InputOptions::open(Io& io) {
  if (!io.handed && reads_stdin())
    announce_record_reader(io.in.fd());  // first of all: the writer before us may be waiting
  if (const auto zone = unknown_zone(); zone && !std::exchange(zone_said_, true))
    log_warning(fmt::format("TZ: this system does not know the time zone '{}'; times are in UTC", escaped(*zone)));
  ARGUS_TRY_LET(WherePtr where, wanted());
  std::shared_ptr<const Labels> labels;
  if (!label_files_.empty()) {
    ARGUS_TRY_LET(labels, Labels::read(label_files_));
  }
  SourcePtr source;
  if (io.handed) {
    why_nothing_passed_ = {};
    source = take_handed(io);
  } else {
    ARGUS_TRY_LET(source, open_input(io, labels ? nullptr : where));
  }
  if (labels) source = labelled(std::move(source), std::move(labels));
  if (where && !leaves_choice_) source = argus::where(std::move(source), std::move(where), span_);
  if (cut_) source = cut_to(std::move(source), span_);
  if (has_time_range() && says_missed_ && !reads_feed())
    source = std::make_unique<MissedRange>(std::move(source), met_, say_);
  return source;
}

Result<SourcePtr> InputOptions::open_input(const Io& io, const WherePtr& where) {
  ARGUS_TRY_LET(const FeedKind* feed, feed_named());
  const auto opened = [&] {
    return feed != nullptr ? (this->*feed->open)(io) : reads_database() ? open_database(io, where) : open_files(io);
  };
  ARGUS_TRY_LET(SourcePtr source, opened());
  if (io.line && feed == nullptr && !source->header().live) source = watched(std::move(source), io.line);
  if (pair_ != 0) source = paired(std::move(source), pair_);
  if (explain_) source = explained(std::move(source), {describe(), filter_text(), range_words(), span_});
  return read_for_ != 0 ? read_for(std::move(source), read_for_) : std::move(source);
}

const std::vector<std::string>& InputOptions::paths_of(const Io& io) const {
  return io.handed ? io.handed->input.paths() : paths_;
}

SourcePtr InputOptions::take_handed(Io& io) {
  const std::shared_ptr<Handed> handed = std::exchange(io.handed, nullptr);
  const InputOptions& first = handed->input;
  feeds_ = first.feeds_, paths_ = first.paths_, directories_ = first.directories_;
  read_for_ = first.read_for_, follow_ = first.follow_, explain_ = first.explain_;
  if (!has_time_range()) span_ = first.span_;
  handed_ = true;
  return std::move(handed->rows);
}

}  // namespace argus
