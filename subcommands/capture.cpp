// capture: packets into flow records.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "archive/file_pattern.h"
#include "argus/account.h"
#include "argus/command.h"
#include "argus/file_options.h"
#include "argus/input_options.h"
#include "argus/offers.h"
#include "argus/output_options.h"
#include "argus/run.h"
#include "base/count_text.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/result.h"
#include "base/signals.h"
#include "base/text.h"
#include "collect/paired.h"
#include "config/config.h"
#include "config/live_settings.h"
#include "flow/ledger.h"
#include "flow/sink.h"
#include "flow/source.h"
#include "meter/meter.h"
#include "relay/serve.h"
#include "sensor/output.h"
#include "sensor/rights.h"
#include "sensor/sensor.h"
#include "shell/io.h"
#include "shell/options.h"
#include "sink/fan_out.h"
#include "sink/filtered.h"
#include "source/collect.h"
#include "source/live.h"

namespace argus {

namespace {

constexpr std::string_view kCaptures = "captures";  // what --collect without an address is about
constexpr std::size_t kThreads = 2;                 // one meters files, another codes their records
constexpr std::uint64_t kBufferLeast = 1u << 20, kBufferMost = 2u << 30;
constexpr std::uint32_t kSnaplenLeast = 64, kSnaplenMost = 65'535;

// What is written of capture files, and where to.
struct Outputs {
  SinkPtr sink;
  std::vector<OutputTarget> targets;
};

std::string left_when_cut(const std::vector<OutputTarget>& targets) {
  std::vector<std::string> out;
  for (const OutputTarget& target : targets) out.push_back(target.left_when_cut());
  return joined(out, "; ");
}

// "30042 packets, 4076 records written to day.flows"
std::string closing_line(const Outcome& done, const std::vector<OutputTarget>& targets) {
  std::uint64_t received = 0;
  for (const LedgerEntry& entry : done.journal.entries())
    if (entry.item == LedgerItem::received) received += entry.count;
  std::vector<std::string> written;
  for (const OutputTarget& target : targets) written.push_back(target.written());
  return fmt::format("{}, {} {}", count_text(received, "packet"), count_text(done.rows, "record"),
                     joined(written, ", "));
}

class Capture final : public Command {
 public:
  Page page() const override {
    return {
        "-i INTERFACE... | --collect WHERE... | -r FILE... [-w FILE] [--append] [options] [- filter]",
        "Meters packets into bidirectional flow records: packets of interfaces until it is stopped (INT, TERM), or\n"
        "packets of capture files, which are read as one continuous capture. From interfaces, -w FILE appends to a\n"
        "flow file that exists; from capture files, it replaces the file unless --append is given. Several -w make\n"
        "several files, and a filter behind \" - \" chooses the records of one: -w 'dns.flows - udp port 53'.",
        {{"argus capture -i eth0 -w day.flows", "an interface, until Ctrl-C"},
         {"argus capture -r monday.pcap -w day.flows", "packets to records"},
         {"argus capture -i eth0 -w '/var/lib/argus/%Y/%m/%d/%H.flows' --rotate 1h --keep 30d", "a sensor's archive"},
         {"argus capture --collect udp://:2055 udp://:4739 -w day.flows", "NetFlow, IPFIX or sFlow of routers"},
         {"argus capture -i eth0 --listen 561", "offer the flows to readers on this machine"},
         {"argus capture -r monday.pcap -w all.flows -w 'dns.flows - udp port 53'", "several files at once"},
         {"tcpdump -w - -i eth0 | argus capture -r - -w eth0.flows", "from a pipe"}},
        "HUP closes the file and opens it again, so that `mv day.flows old.flows; kill -HUP PID` loses nothing. It\n"
        "also reads keys and settings again and applies what changed; [operating](../operating.md) says how. USR1\n"
        "prints the status line. TERM and INT, once or more, write every live flow and end with 0.\n"
        "\n"
        "The filter after `-` is the same as in every command and chooses records. `--kernel-filter` takes a filter\n"
        "of pcap-filter(7) and chooses packets in the kernel, before they cost anything."};
  }
  void declare(OptionSet& options) override {
    options_ = &options;
    options.group("packets of interfaces");
    options.list("-i,--interface", "NAME...", live_.interfaces, ListWords::plain, "interfaces; 'any' is all of them");
    options.common(), options.offer(&offered_interfaces);
    options.list("--collect", "[WHERE...]", collect_.addresses, ListWords::plain,
                 "NetFlow, IPFIX and sFlow that come to udp://ADDRESS:PORT, beside or instead of interfaces; with -r "
                 "alone, those in captures of datagrams");
    options.common(), options.offer(&offered_collect_addresses), options.alone(kCaptures);
    options.value("--state", "FOLDER", collect_.state_folder,
                  "keep here what --collect learned of exporters, for the next start");
    options.offer(&offered_folders);
    options.value("--buffer", "SIZE", live_.buffer, size_from(kBufferLeast, kBufferMost, ""),
                  "size of the kernel's ring of packets, for each interface (32MiB)");
    options.value("--snaplen", "BYTES", live_.snaplen, size_from(kSnaplenLeast, kSnaplenMost, ""),
                  "bytes captured of each packet (256); recorded lengths stay exact");
    options.flag("--no-promiscuous", not_promiscuous_, "capture only the packets of this machine");
    options.value("--kernel-filter", "FILTER", live_.kernel_filter,
                  "capture only these packets: a filter of pcap-filter(7)");
    options.flag("--reopen", rights_.keep_net_raw, "keep CAP_NET_RAW for interfaces that come and go");
    options.value("--user", "NAME", rights_.user, "become this user once everything is open");
    options.value("--group", "NAME", rights_.group, "become this group too");
    options.flag("--stay-root", rights_.stay_root, "when started by root, stay root, without capabilities");
    options.list("--listen", "ADDRESS...", serve_.listen, ListWords::plain,
                 "offer the flows to readers: 561 (this machine), HOST:PORT, unix:PATH");
    options.common();
    options.value("--keys", "FILE", serve_.keys_path, "file of readers' keys, as `argus key new` makes them");
    options.offer(&offered_files);
    options.value("--pid-file", "FILE", pid_file_, "write the process ID here while it runs");
    options.offer(&offered_files);
    options.value("--config", "FILE", from_.toml, "read this configuration file and no other");
    options.offer(&offered_files);
    options.value("-F", "FILE", from_.classic, "read this configuration file, written as a classic argus.conf");
    options.offer(&offered_files);
    input_.declare(options);
    // A flow file holds every field, though nobody asked for each.
    input_.meter_fields(FieldsMetered::by_filter);
    output_.take_several();
    output_.declare(options);
    options.hide("--resolve,--resolver");
    files_.declare(options);
    options.seldom("-t,-s,-N,--min-free");
    // What the classic daemon needs to be asked for is always in a record here.
    for (const std::string_view name : {"-A", "-m", "-d"}) options.ignored(name, OptionKind::flag);
    for (const std::string_view name : {"-J", "-Z"})
      options.ignored(name, OptionKind::flag, [this](const std::string&) -> Result<> {
        input_.meter_fields(FieldsMetered::full);
        return {};
      });
  }
  Result<Exit> run(Io& io) override;

 private:
  // Collects what comes to this machine, and not what captures hold.
  [[nodiscard]] bool collects_here() const {
    return std::any_of(collect_.addresses.begin(), collect_.addresses.end(),
                       [](const std::string& word) { return word != kCaptures; });
  }
  [[nodiscard]] bool reads_live() const { return !live_.interfaces.empty() || collects_here(); }
  [[nodiscard]] Result<SensorEnds> open_live_ends();
  [[nodiscard]] Result<> configure(Settings& settings);
  [[nodiscard]] Result<SensorOptions> plan();
  [[nodiscard]] Result<Exit> sense(Io& io);
  [[nodiscard]] Result<Outputs> open_outputs(Io& io, const StreamHeader& header,
                                             const std::vector<SensorOutput>& outputs) const;
  [[nodiscard]] Result<Exit> meter_files(Io& io);

  OptionSet* options_ = nullptr;
  LiveOptions live_;
  CollectOptions collect_;
  ServeOptions serve_;
  RightsOptions rights_;
  FileOptions files_;
  bool not_promiscuous_ = false;
  std::string pid_file_;
  LoadOptions from_;
  std::vector<std::string> files_read_;
  InputOptions input_;
  OutputOptions output_;
};

Result<> Capture::configure(Settings& settings) {
  ARGUS_TRY_LET(settings, load_settings(from_));
  files_read_ = settings.files();
  // The usual files are the plan of the sensor that runs as a service. Who names an interface by hand says also where
  // its flows go, and whom they are offered to.
  const bool named = !from_.toml.empty() || !from_.classic.empty() || std::getenv("ARGUS_CONFIG") != nullptr;
  const bool service = std::getenv("STATE_DIRECTORY") != nullptr;
  if (reads_live() && !named && !service) {
    settings.forget_plan();
  } else {
    for (const std::string& warning : settings.warnings()) log_warning(warning);
  }
  const bool exporters_alone = collects_here() && live_.interfaces.empty() && !named && !service;
  ARGUS_TRY(check_settings(settings, options_));
  ARGUS_TRY(settings.fill(*options_));
  if (exporters_alone) live_.interfaces.clear();
  return {};
}

Result<SensorOptions> Capture::plan() {
  SensorOptions sensor;
  ARGUS_TRY_LET(live_.meter, input_.meter_options());
  ARGUS_TRY_LET(sensor.where, input_.wanted());
  if (input_.has_time_range())
    return fail(Errc::usage, "-t, --since and --until select stored records; a live capture has none");
  live_.promiscuous = !not_promiscuous_;
  live_.reopen = rights_.keep_net_raw;
  live_.reopen_option = "--reopen";
  sensor.source = live_settings(live_);
  sensor.serve = serve_;
  sensor.rights = rights_;
  sensor.collect = collect_.addresses, sensor.collect_state = collect_.state_folder;
  if (collects_here() && !collect_.state_folder.empty()) {
    sensor.rights.folders.push_back(collect_.state_folder);
    sensor.rights.makes_files = true;
  }
  sensor.quiet = output_.quiet();
  sensor.limits_calls = input_.limits_calls();
  sensor.where_text = input_.filter_text();
  sensor.pid_file = pid_file_;
  if (output_.to_file()) {
    auto outputs = parse_outputs(output_.written());
    if (!outputs) return while_doing("-w", std::move(outputs.error()));
    sensor.outputs = *std::move(outputs);
  }
  for (const SensorOutput& output : sensor.outputs) {
    ARGUS_TRY_LET(sensor.rotation, files_.rotation(output.path));
  }
  return sensor;
}

Result<SensorEnds> Capture::open_live_ends() {
  SensorEnds ends;
  if (!live_.interfaces.empty()) {
    ARGUS_TRY_LET(std::unique_ptr<LiveSource> live, open_live(live_));
    ends.reads = live->describe();
    ends.source = std::move(live);
  }
  if (!collects_here()) return ends;
  collect_.sensor = live_.meter.sensor;
  collect_.say = live_.say;
  if (!collect_.state_folder.empty()) ends.made = missing_for(collect_.state_folder + '/').folders;
  ARGUS_TRY_LET(std::unique_ptr<CollectedSource> collected, open_collected(collect_));
  ends.reads += (ends.reads.empty() ? "" : "; ") + collected->describe();
  SourcePtr rows = std::move(collected);
  if (input_.pair_window() != 0) rows = paired(std::move(rows), input_.pair_window());
  ends.source = ends.source ? read_beside(std::move(ends.source), std::move(rows)) : std::move(rows);
  return ends;
}

Result<Exit> Capture::sense(Io& io) {
  ARGUS_TRY_LET(SensorOptions sensor, plan());
  // The same command line with the settings as they are by then.
  sensor.reload = [words = options_->parsed(), people = from_.people, files = files_read_]() -> Result<SensorOptions> {
    // Passed over, it would take back all that it said.
    for (const std::string& path : files)
      if (::access(path.c_str(), R_OK) != 0 && errno == EACCES)
        return fail(Errc::io, "{}: this user can no longer read it; a restart would", escaped(path));
    Capture again;
    OptionSet options;
    again.declare(options);
    ARGUS_TRY(options.parse(words));
    again.from_.people = people;
    Settings settings;
    ARGUS_TRY(again.configure(settings));
    return again.plan();
  };
  sensor.console.open = [this, &io](const StreamHeader& header) -> Result<SinkPtr> {
    ARGUS_TRY_LET(Output rows, output_.open_sink(io, header, {}));
    return std::move(rows.sink);
  };
  sensor.console.is_terminal = ::isatty(io.out.fd()) != 0;
  if (const auto& rows = output_.rows_printed()) sensor.console.first = rows->begin, sensor.console.end = rows->end;
  hear_sensor_signals();  // first: a signal that comes while all is opened is heard when it is
  live_.say = [](const std::string& text) { log_warning(text); };
  ARGUS_TRY_LET(SensorEnds ends, open_live_ends());
  ARGUS_TRY_LET(const std::unique_ptr<Sensor> opened, Sensor::open(std::move(ends), std::move(sensor), io.stop));
  ARGUS_TRY(opened->give_up_rights());  // before the first packet
  ARGUS_TRY_LET(const Outcome done, run_pipeline(io, opened->source(), opened->sink(), output_.run_options({})));
  return done.exit;
}

Result<Outputs> Capture::open_outputs(Io& io, const StreamHeader& header,
                                      const std::vector<SensorOutput>& outputs) const {
  Outputs out;
  std::vector<SinkPtr> sinks;
  for (const SensorOutput& output : outputs) {
    OutputOptions one = output_;
    one.write_to(output.path);
    ARGUS_TRY_LET(Output opened, one.open_sink(io, header, input_.paths()));
    out.targets.push_back(std::move(opened.target));
    sinks.push_back(output.where ? std::make_unique<FilteredSink>(std::move(opened.sink), output.where)
                                 : std::move(opened.sink));
  }
  if (sinks.empty()) {
    ARGUS_TRY_LET(Output opened, output_.open_sink(io, header, input_.paths()));
    sinks.push_back(std::move(opened.sink));
  }
  out.sink = sinks.size() == 1 ? std::move(sinks.front()) : std::make_unique<FanOut>(std::move(sinks));
  return out;
}

Result<Exit> Capture::meter_files(Io& io) {
  if (!serve_.listen.empty()) return fail(Errc::usage, "--listen offers the flows of interfaces; give -i NAME");
  if (files_.rules().rotates() || files_.rules().removes())
    return fail(Errc::usage,
                "{} works only while an interface is read; this splits existing records:  argus "
                "split -M time 5m",
                files_.rules().rotates() ? "--rotate" : "--keep");
  auto outputs = parse_outputs(output_.written());
  if (!outputs) return while_doing("-w", std::move(outputs.error()));
  for (const SensorOutput& output : *outputs)
    if (FilePattern::has_time(output.path))
      return fail(Errc::usage,
                  "-w: '{}' is a pattern, which only a live capture fills in; this splits existing records:  argus "
                  "split -M time 1h -w PATTERN",
                  escaped(output.path));
  ARGUS_TRY_LET(SourcePtr flows, input_.open(io));
  flows = output_.rows_wanted(std::move(flows));
  ARGUS_TRY_LET(const Outputs to, open_outputs(io, flows->header(), *outputs));
  RunOptions run = output_.run_options(input_.asked());
  run.threads = std::min(usable_cores(), kThreads);
  run.account.cut = left_when_cut(to.targets);
  if (output_.to_file() && !output_.quiet())
    run.account.closing = [&to](const Outcome& done) { return done.interrupted ? "" : closing_line(done, to.targets); };
  ARGUS_TRY_LET(const Outcome done, run_pipeline(io, *flows, *to.sink, run));
  return done.exit;
}

Result<Exit> Capture::run(Io& io) {
  if (output_.resolves())
    return fail(Errc::usage, "--resolve: a capture does not wait for names; argus show --resolve prints them");
  if (!input_.paths().empty()) {
    if (reads_live())
      return fail(Errc::usage, "{} and -r exclude each other: read either {} or files",
                  collects_here() ? "--collect with an address" : "-i", collects_here() ? "exporters" : "interfaces");
    if (!collect_.addresses.empty()) input_.collect_captures();
    return meter_files(io);
  }
  Settings settings;
  ARGUS_TRY(configure(settings));
  if (reads_live()) {
    if (!settings.files_text().empty() && !output_.quiet()) log_note("settings: " + settings.files_text());
    return sense(io);
  }
  struct stat info {};
  if (::fstat(io.in.fd(), &info) == 0 && !S_ISCHR(info.st_mode)) return meter_files(io);
  return fail(Errc::usage,
              "nothing to capture; give -i INTERFACE, --collect udp://:PORT, -r FILE, or an interface in "
              "/etc/argus/argus.toml");
}

}  // namespace

ARGUS_COMMAND(capture, Capture)

}  // namespace argus
