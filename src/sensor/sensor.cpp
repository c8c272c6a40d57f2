#include "sensor/sensor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"
#include "base/log.h"
#include "base/signals.h"
#include "base/text.h"
#include "flow/batch.h"
#include "query/sort.h"
#include "sensor/changes.h"
#include "sensor/status.h"
#include "sensor/system_calls.h"
#include "sink/fan_out.h"
#include "sink/filtered.h"

namespace argus {

namespace {

// The process's number in a file that is gone with it, or empty where the process may not remove it.
class PidFile {
 public:
  static Result<PidFile> create(const std::string& path, const Identity& identity) {
    PidFile out;
    if (path.empty()) return out;
    const std::string folder = fixed_folder(path);
    // A folder of its own is the new owner's, who can then remove the file.
    if (::mkdir(folder.c_str(), 0755) == 0) ARGUS_TRY(give_to(folder, identity));
    ARGUS_TRY_LET(Replacement file, Replacement::create(path));
    ARGUS_TRY(file.file().write(fmt::format("{}\n", ::getpid())));
    ARGUS_TRY(file.commit());
    out.path_ = path;
    out.file_ = File(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW), path);
    return out;
  }
  PidFile(PidFile&& other) noexcept : path_(std::exchange(other.path_, {})), file_(std::move(other.file_)) {}
  ~PidFile() {
    if (!path_.empty() && ::unlink(path_.c_str()) != 0 && file_.is_open()) (void)!::ftruncate(file_.fd(), 0);
  }

 private:
  PidFile() = default;
  std::string path_;
  File file_;
};

// Only the rows of a filter that may become another.
class ReloadableFilter final : public Stage {
 public:
  ReloadableFilter(SourcePtr input, const WherePtr& where) : Stage(std::move(input)), where_(where) {}
  Result<Step> next(Batch& out) override {
    ARGUS_TRY_LET(const Step step, input_->next(out));
    if (step == Step::rows) out = filtered(out, where_.get());
    return step;
  }

 private:
  const WherePtr& where_;
};

std::string joined_names(const SensorChanges::Names& names) {
  return joined(std::vector<std::string>(names.begin(), names.end()), ", ");
}

class LiveSensor final : public Sensor {
 public:
  LiveSensor(SensorEnds ends, SensorOptions options, std::atomic<bool>* stop)
      : stop_(stop), begun_(options), options_(std::move(options)), ends_(std::move(ends)) {}
  [[nodiscard]] Result<> start();
  Result<> give_up_rights() override;
  Source& source() override { return *flows_; }
  Sink& sink() override { return *sink_; }

 private:
  [[nodiscard]] Result<> open_parts();
  [[nodiscard]] Result<> open_file(const std::string& path);
  [[nodiscard]] Result<SinkPtr> sinks();
  [[nodiscard]] Result<> turn();
  void hand_over_serving() const;
  void hang_up();
  void take_over(SensorOptions now);
  [[nodiscard]] Result<> serve_as(const ServeOptions& now);
  [[nodiscard]] Result<> write_as(std::vector<SensorOutput> outputs, const Rotation& rotation);
  void introduce(const RightsReport& rights) const;

  std::atomic<bool>* stop_;
  const SensorOptions begun_;
  SensorOptions options_;
  std::optional<PidFile> pid_;
  SensorEnds ends_;
  SourcePtr flows_;
  std::vector<std::unique_ptr<LiveFileSink>> files_;  // of options_.outputs, until they are in sink_
  std::unique_ptr<Server> server_;
  SinkPtr sink_;
  Identity identity_;
  SensorParts parts_;
  // Owned by those above.
  ReloadableSource* reloadable_ = nullptr;
  std::vector<LiveFileSink*> writers_;  // of options_.outputs
  FanOut* outlets_ = nullptr;
  StatusSink* status_ = nullptr;
  bool alone_ = false;  // rows go to the console, since nobody else takes them
  const bool had_terminal_ = ::isatty(STDERR_FILENO) != 0;
  std::uint32_t hangups_seen_ = 0, status_seen_ = 0;
};

Result<> LiveSensor::open_parts() {
  options_.serve.warn = [](const std::string& text) { log_warning(text); };
  options_.serve.detail = [](const std::string& text) { log_detail(text); };
  parts_.reads = ends_.reads;
  parts_.counting = ends_.source->counting();
  reloadable_ = ends_.source->reloadable();
  TickingSource* const ticking = ends_.source->ticking();
  options_.serve.has_ticks = ticking != nullptr;
  if (ticking != nullptr)
    ticking->give_ticks_to(
        {[this] { return server_ && server_->wants_ticks(); },
         [this](const Batch& ticks) { return server_->take_ticks(filtered(ticks, options_.where.get())); }});
  if (!options_.serve.listen.empty()) {
    ARGUS_TRY_LET(server_, Server::open(options_.serve));
    parts_.server = server_.get();
  }
  for (const SensorOutput& output : options_.outputs) options_.rights.folders.push_back(fixed_folder(output.path));
  options_.rights.makes_files |= options_.rotation.rotates();
  ARGUS_TRY_LET(identity_, choose_identity(options_.rights));
  for (const std::string& folder : ends_.made) ARGUS_TRY(give_to(folder, identity_));
  for (const SensorOutput& output : options_.outputs) ARGUS_TRY(open_file(output.path));
  return {};
}

Result<> LiveSensor::open_file(const std::string& path) {
  LiveFileOptions file;
  file.path = path;
  file.rotation = options_.rotation;
  file.reopen = &signals().hangups;
  file.warn = [](const std::string& text) { log_warning(text); };
  const MissingParts missing = missing_for(path);
  ARGUS_TRY_LET(std::unique_ptr<LiveFileSink> sink, live_file_sink(file));
  ARGUS_TRY(give_made(sink->counts().path, path, missing, identity_));
  writers_.push_back(sink.get());
  parts_.files.push_back(sink.get());
  files_.push_back(std::move(sink));
  return {};
}

Result<SinkPtr> LiveSensor::sinks() {
  std::vector<SinkPtr> all = std::move(ends_.sinks);
  alone_ = all.empty() && files_.empty() && !server_;
  for (std::size_t i = 0; i < files_.size(); i++)
    all.push_back(std::make_unique<FilteredSink>(std::move(files_[i]), options_.outputs[i].where));
  if (server_) all.push_back(server_->sink());
  if (alone_) {
    ARGUS_TRY_LET(SinkPtr out, options_.console.open(ends_.source->header()));
    all.push_back(std::move(out));
  }
  const bool quiet = options_.quiet || (alone_ && options_.console.is_terminal);
  auto status = std::make_unique<StatusSink>(parts_, quiet, [this] { return turn(); });
  status_ = status.get();
  all.push_back(std::move(status));
  auto out = std::make_unique<FanOut>(std::move(all));
  outlets_ = out.get();
  return SinkPtr(std::move(out));
}

Result<> LiveSensor::turn() {
  if (const std::uint32_t now = signals().status_asked; now != status_seen_) {
    status_seen_ = now;
    status_->tell();
  }
  if (const std::uint32_t now = signals().hangups; now != hangups_seen_) {
    hangups_seen_ = now;  // the file watches the same count
    hang_up();
  }
  return {};
}

void LiveSensor::hang_up() {
  // The terminal that it was started from is gone, and nobody would ever end it.
  if (had_terminal_ && ::tcgetpgrp(STDERR_FILENO) < 0 && errno != ENOTTY) {
    *stop_ = true;
    return;
  }
  status_->notifier().reloading();
  auto now = options_.reload();
  if (now) {
    take_over(*std::move(now));
  } else {
    log_error(with_outcome(std::move(now.error()), "the old configuration stays"));
    if (auto done = serve_as(options_.serve); !done)
      log_error(with_outcome(std::move(done.error()), "the old keys stay"));
  }
  status_->notifier().ready(ends_.reads);
}

// Keys are read again also where nothing else changed.
Result<> LiveSensor::serve_as(const ServeOptions& now) {
  if (server_) return server_->change(now);
  if (now.listen.empty()) return {};
  if (alone_)
    return fail(Errc::usage, "listen: rows go to standard output, and to remote readers only from the next start");
  ARGUS_TRY_LET(server_, Server::open(now));
  parts_.server = server_.get();
  return outlets_->add(server_->sink());
}

// As many as before: how many there are does not change while it runs.
Result<> LiveSensor::write_as(std::vector<SensorOutput> outputs, const Rotation& rotation) {
  for (std::size_t i = 0; i < writers_.size(); i++) {
    ARGUS_TRY(writers_[i]->change(outputs[i].path, rotation));
    options_.outputs[i] = std::move(outputs[i]);
  }
  options_.rotation = rotation;
  return {};
}

void LiveSensor::take_over(SensorOptions now) {
  const SensorChanges changes = changes_between(begun_, options_, now, reloadable_);
  std::vector<std::string> done;
  const auto tell = [&](const SensorChanges::Names& names, const Result<>& result) {
    if (!result) log_error(with_outcome(result.error(), names.empty() ? "the old keys stay" : "the old ones stay"));
    else done.insert(done.end(), names.begin(), names.end());
    return static_cast<bool>(result);
  };
  if (!changes.source.empty() && tell(changes.source, reloadable_->change(now.source)))
    options_.source = std::move(now.source);
  if (!changes.filter.empty() && tell(changes.filter, {})) {
    options_.where = std::move(now.where);
    options_.where_text = std::move(now.where_text);
  }
  if (!changes.file.empty()) tell(changes.file, write_as(std::move(now.outputs), now.rotation));
  ServeOptions serve = options_.serve;
  serve.listen = std::move(now.serve.listen);
  serve.keys_path = std::move(now.serve.keys_path);
  if (tell(changes.serve, serve_as(serve))) options_.serve = std::move(serve);
  log_note(done.empty() ? std::string("configuration read again, nothing changed")
                        : fmt::format("configuration read again: {} changed", joined(done, ", ")));
  if (!changes.later.empty())
    log_warning(fmt::format("{}: takes effect at the next start", joined_names(changes.later)));
}

// A reader's socket is the new owner's too, and keys that it cannot read cannot be taken back by HUP.
void LiveSensor::hand_over_serving() const {
  if (!identity_.changes || identity_.is_shared || !server_) return;
  for (const std::string& address : options_.serve.listen)
    if (address.starts_with("unix:")) (void)!::lchown(address.substr(5).c_str(), identity_.uid, identity_.gid);
}

void LiveSensor::introduce(const RightsReport& rights) const {
  if (!options_.quiet) {
    log_note(ends_.reads);
    for (std::size_t i = 0; i < writers_.size(); i++)
      log_note(writing_text(options_.outputs[i].path, writers_[i]->counts()));
    if (!rights.sentence.empty()) log_note(rights.sentence);
  }
  const std::string& keys = options_.serve.keys_path;
  if (server_ && !keys.empty() && ::access(keys.c_str(), R_OK) != 0 && errno == EACCES)
    log_warning(fmt::format("{}: {} cannot read it: HUP will neither add nor remove keys; a restart will",
                            escaped(keys), identity_.name));
}

Result<> LiveSensor::start() {
  ARGUS_TRY(open_parts());
  hand_over_serving();
  ARGUS_TRY_LET(PidFile pid, PidFile::create(options_.pid_file, identity_));
  pid_.emplace(std::move(pid));
  ARGUS_TRY_LET(sink_, sinks());
  flows_ = std::make_unique<ReloadableFilter>(std::move(ends_.source), options_.where);
  if (const Console& console = options_.console; alone_ && (console.first != 0 || console.end != UINT64_MAX))
    flows_ = limited(std::move(flows_), console.first, console.end);
  return {};
}

Result<> LiveSensor::give_up_rights() {
  ARGUS_TRY_LET(const RightsReport rights, drop_rights(identity_, options_.rights));
  introduce(rights);
  if (auto limited = options_.limits_calls ? limit_system_calls(Duty::sensor) : Result<>(); !limited)
    log_warning(limited.error().text + "; the sensor continues without it");
  return {};
}

}  // namespace

Result<std::unique_ptr<Sensor>> Sensor::open(SensorEnds ends, SensorOptions options, std::atomic<bool>* stop) {
  auto sensor = std::make_unique<LiveSensor>(std::move(ends), std::move(options), stop);
  ARGUS_TRY(sensor->start());
  return std::unique_ptr<Sensor>(std::move(sensor));
}

}  // namespace argus
