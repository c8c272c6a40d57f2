#include "argus/sensor.h"

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "argus/sensor_status.h"
#include "base/log.h"
#include "base/text.h"
#include "query/sort.h"
#include "query/where.h"
#include "sink/fan_out.h"

namespace argus {

namespace {

std::atomic<std::uint32_t> hangups = 0, status_asked = 0;
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

extern "C" void on_sensor_signal(int number) { number == SIGHUP ? hangups++ : status_asked++; }

std::atomic<bool>* stop_wanted = nullptr;

// Also the second time: what is live is written within seconds, and lost otherwise.
extern "C" void on_stop_signal(int) { *stop_wanted = true; }

void listen_to_signals(std::atomic<bool>* stop) {
  stop_wanted = stop;
  struct sigaction ending {};
  ending.sa_handler = on_stop_signal;
  ending.sa_flags = static_cast<int>(SA_RESTART);
  ::sigaction(SIGINT, &ending, nullptr);
  ::sigaction(SIGTERM, &ending, nullptr);
  struct sigaction action {};
  action.sa_handler = on_sensor_signal;
  action.sa_flags = static_cast<int>(SA_RESTART);
  ::sigaction(SIGHUP, &action, nullptr);
  ::sigaction(SIGUSR1, &action, nullptr);
}

// The process's number in a file that is gone with it.
class PidFile {
 public:
  static Result<PidFile> create(const std::string& path) {
    PidFile out;
    if (path.empty()) return out;
    ARGUS_TRY_LET(Replacement file, Replacement::create(path));
    ARGUS_TRY(file.file().write(fmt::format("{}\n", ::getpid())));
    ARGUS_TRY(file.commit());
    out.path_ = path;
    return out;
  }
  PidFile(PidFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ~PidFile() {
    if (!path_.empty()) (void)::unlink(path_.c_str());  // not possible after rights were dropped: then it stays
  }

 private:
  PidFile() = default;
  std::string path_;
};

class Sensor {
 public:
  Sensor(Io& io, SensorOptions options, OutputOptions& output)
      : io_(io), options_(std::move(options)), output_(output) {}
  Result<Exit> run();

 private:
  [[nodiscard]] Result<> open();
  [[nodiscard]] Result<SinkPtr> sinks();
  [[nodiscard]] Result<> turn();
  void hand_over_serving() const;

  Io& io_;
  SensorOptions options_;
  OutputOptions& output_;
  std::unique_ptr<LiveSource> source_;
  SourcePtr flows_;
  std::unique_ptr<LiveFileSink> file_;
  std::unique_ptr<Server> server_;
  Identity identity_;
  std::string source_text_;
  SensorParts parts_;
  StatusSink* status_ = nullptr;
  std::uint32_t hangups_seen_ = 0, status_seen_ = 0;
};

Result<> Sensor::open() {
  options_.live.say = options_.serve.warn = options_.file.warn = [](const std::string& text) { log_warning(text); };
  ARGUS_TRY_LET(source_, open_live(options_.live));
  parts_.source = source_.get();
  if (!options_.serve.listen.empty()) {
    options_.serve.has_ticks = true;
    source_->give_ticks_to(
        {[this] { return server_->wants_ticks(); },
         [this](const Batch& ticks) { return server_->take_ticks(filtered(ticks, options_.where.get())); }});
    ARGUS_TRY_LET(server_, Server::open(options_.serve));
    parts_.server = server_.get();
  }
  if (!options_.file.path.empty()) {
    options_.file.reopen = &hangups;
    options_.rights.folder = fixed_folder(options_.file.path);
    options_.rights.makes_files = options_.file.rotation.every != 0 || options_.file.rotation.size != 0;
    ARGUS_TRY_LET(identity_, choose_identity(options_.rights));
    const MissingParts missing = missing_for(options_.file.path);
    ARGUS_TRY_LET(file_, live_file_sink(options_.file));
    parts_.file = file_.get();
    return give_made(file_->counts().path, options_.file.path, missing, identity_);
  }
  ARGUS_TRY_LET(identity_, choose_identity(options_.rights));
  return {};
}

Result<SinkPtr> Sensor::sinks() {
  std::vector<SinkPtr> all;
  const bool alone = !file_ && !server_;
  if (file_) all.push_back(std::move(file_));
  if (server_) all.push_back(server_->sink());
  if (alone) {
    ARGUS_TRY_LET(SinkPtr out, output_.open_sink(io_, source_->header(), {}));
    all.push_back(std::move(out));
  }
  // Rows on the same terminal leave no place for a line of status.
  const bool quiet = output_.quiet() || (alone && ::isatty(io_.out.fd()) != 0);
  auto status = std::make_unique<StatusSink>(parts_, quiet, [this] { return turn(); });
  status_ = status.get();
  all.push_back(std::move(status));
  return fan_out(std::move(all));
}

Result<> Sensor::turn() {
  if (const std::uint32_t now = status_asked; now != status_seen_) {
    status_seen_ = now;
    status_->tell();
  }
  if (const std::uint32_t now = hangups; now != hangups_seen_) {
    hangups_seen_ = now;  // the file watches the same count
    status_->notifier().reloading();
    if (server_) {
      auto done = server_->reload_keys();
      if (!done) log_error(done.error().text + "; the old keys stay");
    }
    if (options_.reload) {
      auto done = options_.reload();
      if (done) log_note("the configuration is right; what changed in it holds from the next start");
      else log_error(done.error().text + "; the old configuration stays");
    }
    status_->notifier().ready(source_text_);
  }
  return {};
}

// A reader's socket is the new owner's too, and keys that it cannot read cannot be taken back by HUP.
void Sensor::hand_over_serving() const {
  if (!identity_.changes || !server_) return;
  for (const std::string& address : options_.serve.listen)
    if (address.starts_with("unix:")) (void)!::lchown(address.substr(5).c_str(), identity_.uid, identity_.gid);
}

Result<Exit> Sensor::run() {
  ARGUS_TRY(open());
  hand_over_serving();
  ARGUS_TRY_LET(const PidFile pid, PidFile::create(options_.pid_file));
  ARGUS_TRY_LET(const RightsReport rights, drop_rights(identity_, options_.rights));
  source_text_ = source_->describe();
  if (!output_.quiet()) {
    log_note(source_text_);
    if (!rights.sentence.empty()) log_note(rights.sentence);
  }
  const std::string& keys = options_.serve.keys_path;
  if (server_ && !keys.empty() && ::access(keys.c_str(), R_OK) != 0)
    log_warning(fmt::format("{}: {} cannot read it: HUP will neither add nor remove keys; a restart will",
                            escaped(keys), identity_.name));
  listen_to_signals(io_.stop);
  ARGUS_TRY_LET(const SinkPtr sink, sinks());
  const bool alone = parts_.file == nullptr && parts_.server == nullptr;
  flows_ = std::move(source_);
  if (options_.where) flows_ = where(std::move(flows_), options_.where, {});
  if (const auto& rows = output_.rows_printed(); rows && alone)
    flows_ = limited(std::move(flows_), rows->begin, rows->end);
  ARGUS_TRY_LET(Exit exit, output_.run_into(io_, *flows_, *sink, {}));
  if (options_.fail_on_loss && parts_.source->counts().kernel_dropped != 0 && exit == Exit::done) exit = Exit::damaged;
  return exit;
}

}  // namespace

Result<Exit> run_sensor(Io& io, SensorOptions options, OutputOptions& output) {
  return Sensor(io, std::move(options), output).run();
}

}  // namespace argus
